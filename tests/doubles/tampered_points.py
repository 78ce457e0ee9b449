"""Archives whose signatures hold for some Ed25519 libraries and not for others, made by whoever holds the key.

RFC 8032 § 5.1.7 leaves open whether errors of small order count, and says nothing of keys and nonces that are points of
small order; Chalkias, Garillot and Nikolaenko, "Taming the many EdDSAs" (SSR 2020), tells who accepts what. Both
verifiers must refuse all of it: an archive is intact for everybody or for nobody. Checked 2026-11.
"""

from collections.abc import Callable, Iterator
from functools import partial
from hashlib import sha512
from itertools import count
from typing import Final

from relance.app.archiving import layout
from relance.domain.chain import note
from relance.resources import verify_archive as curve
from tests.doubles.exported import TENANT, Files, files_of, world_of
from tests.doubles.tampered import Case
from tests.doubles.tampered_keys import ORIGIN

ORDER: Final = 2**252 + 27742317777372353535851937790883648493
FIELD: Final = 2**255 - 19
EXPORT: Final = files_of(world_of(range(1, 7)))  # six checkpoints
NOTES: Final = EXPORT.named("ckpt")

# How they are written, and their order.
SMALL_ORDER: Final = {
    "order 1": (1).to_bytes(32, "little"),
    "order 2": (FIELD - 1).to_bytes(32, "little"),
    "order 4": bytes(32),
    "order 4, odd": (1 << 255).to_bytes(32, "little"),
    "order 8": bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    "order 8, odd": bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85"),
    "order 8, the others": bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
    "order 8, the others, odd": bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"),
}
# The same points, written in ways that strict libraries refuse and others read.
OTHER_SPELLINGS: Final = {
    "order 1, y beyond the field": (FIELD + 1).to_bytes(32, "little"),
    "order 1, minus zero": (1 | 1 << 255).to_bytes(32, "little"),
    "order 2, minus zero": (FIELD - 1 | 1 << 255).to_bytes(32, "little"),
    "order 4, y beyond the field": FIELD.to_bytes(32, "little"),
}


def scalar_of(secret: bytes) -> int:
    """RFC 8032 § 5.1.5."""
    return int.from_bytes(sha512(secret).digest()[:32], "little") & (2**254 - 8) | 2**254


def multiple(scalar: int, encoded: bytes) -> bytes:
    """That many times a point."""
    point, total = curve._decompress(encoded), (0, 1, 1, 0)
    assert point is not None
    for bit in bin(scalar)[2:]:
        total = curve._add(total, total)
        total = curve._add(total, point) if bit == "1" else total
    return curve._compress(total)


def plus(one: bytes, other: bytes) -> bytes:
    a, b = curve._decompress(one), curve._decompress(other)
    assert a is not None
    assert b is not None
    return curve._compress(curve._add(a, b))


def hashed(nonce: bytes, public: bytes, message: bytes) -> int:
    return int.from_bytes(sha512(nonce + public + message).digest(), "little") % ORDER


def signed_off_by(small: bytes, secret: bytes, public: bytes, message: bytes, nonce: int = 99) -> bytes:
    """A signature whose equation holds but for that point: with the cofactor it is valid, without it is not."""
    point = plus(multiple(nonce, curve._BASE), small)
    return point + ((nonce + hashed(point, public, message) * scalar_of(secret)) % ORDER).to_bytes(32, "little")


def signed_without_nonce(secret: bytes, public: bytes, message: bytes) -> bytes:
    """R is the neutral point: the equation holds, and tells the key to whoever can divide."""
    point = SMALL_ORDER["order 1"]
    return point + (hashed(point, public, message) * scalar_of(secret) % ORDER).to_bytes(32, "little")


def signed_by_nobody(public: bytes, message: bytes) -> bytes:
    """Holds under a key of small order, whoever signs: one nonce in eight takes the key out of the equation."""
    for nonce in count(1):
        point = multiple(nonce, curve._BASE)
        if hashed(point, public, message) % 8 == 0:
            return point + nonce.to_bytes(32, "little")
    raise AssertionError


def resigned(
    files: Files, names: list[str], public: bytes, sign: Callable[[bytes], bytes], origin: str = ORIGIN
) -> dict[str, bytes]:
    """These checkpoints, signed anew."""
    texts = {name: note.open_note(files.read(name))[0] for name in names}
    return {name: note.sign_note(text, origin, public, sign(text.encode())) for name, text in texts.items()}


def intact() -> Iterator[Case]:
    yield Case("six checkpoints", EXPORT)


def cases() -> Iterator[Case]:
    """What must be refused."""
    world = world_of([1])
    secret, public = world.private_key.private_bytes_raw(), world.private_key.public_key().public_bytes_raw()

    def changed(bodies: dict[str, bytes]) -> Files:
        return Files({**EXPORT.bodies, **bodies}).resummed()

    for name, small in SMALL_ORDER.items():
        if name != "order 1":
            off = resigned(EXPORT, NOTES[:2], public, partial(signed_off_by, small, secret, public))
            yield Case(f"points: two signatures off by {name}", changed(off))
            yield Case(f"points: a signature off by {name}", changed({NOTES[0]: off[NOTES[0]]}))
    without = resigned(EXPORT, NOTES[:1], public, partial(signed_without_nonce, secret, public))
    yield Case("points: a signature without a nonce", changed(without))
    for name, key in {**SMALL_ORDER, **OTHER_SPELLINGS}.items():
        anybody = resigned(EXPORT, NOTES, key, partial(signed_by_nobody, key))
        yield Case(f"points: a key of {name}", changed({layout.LOG: layout.log_json(TENANT, key), **anybody}))
