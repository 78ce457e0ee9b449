"""Archives whose key was changed, and every way of cheating about keys: what both verifiers must refuse. [AR-02]

Three sales in three segments of six events; the first is signed by the key of log.json, each of the others by a key of
its own, which a note of the one before announces. Written by hand from the format, without the archiver's rotation.
"""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from relance.app.archiving import layout
from relance.domain.archive_export import Period
from relance.domain.chain import note
from relance.domain.chain.event import SealedEvent
from relance.domain.chain.merkle import leaf_hash, root_of
from tests.doubles import periods
from tests.doubles.exported import TENANT, Files, files_of, world_of
from tests.doubles.tampered import Case, loose

FIRST, SECOND, THIRD, STRANGER = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (7, 17, 27, 37))
ORIGIN: Final = layout.origin(TENANT)
EVENTS: Final = tuple(world_of().events[TENANT])
EXPORT: Final = files_of(world_of())
CHANGES: Final = {6: SECOND, 12: THIRD}  # after so many events, so it signs what follows
BEFORE: Final = {6: FIRST, 12: SECOND}  # who signed until then


def public(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes_raw()


def vkey(key: Ed25519PrivateKey) -> str:
    return note.verifier_key(ORIGIN, public(key))


def statement(size: int, key: Ed25519PrivateKey, events: Sequence[SealedEvent] = EVENTS) -> note.KeyNote:
    """What a key note says: after `size` of these events, `key` signs."""
    hashes = [event.hash for event in events[:size]]
    root = root_of(leaf_hash(bytes.fromhex(digest)) for digest in hashes)
    return note.KeyNote(ORIGIN, size, root, hashes[-1], public(key))


def signed(text: str, *keys: Ed25519PrivateKey, name: str = ORIGIN) -> bytes:
    """The note with a true signature of each key."""
    stored = f"{text}\n".encode()
    for key in keys:
        stored = note.add_signature(stored, name, public(key), key.sign(text.encode()))
    return stored


def key_note(size: int, old: Ed25519PrivateKey, new: Ed25519PrivateKey) -> bytes:
    return signed(statement(size, new).text(), old, new)


def rekeyed(files: Files, changes: Mapping[int, Ed25519PrivateKey], events: Sequence[SealedEvent] = EVENTS) -> Files:
    """The same archive as if its key had been changed then: notes of the keys, each checkpoint under its own."""
    bodies = dict(files.bodies)
    signers = {0: FIRST, **changes}
    for name in files.named("ckpt"):
        size = int(name[5:17])
        key = signers[max(start for start in signers if start < size)]
        bodies[name] = signed(note.open_note(bodies[name])[0], key)
    for (_, old), (size, new) in zip(list(signers.items())[:-1], changes.items(), strict=True):
        bodies[layout.key_note(size)] = signed(statement(size, new, events).text(), old, new)
    return Files(bodies).resummed()


KEYED: Final = rekeyed(EXPORT, CHANGES)
DAYS: Final = tuple(periods.WORLD.events[TENANT])


def of_period(period: Period, changes: Mapping[int, Ed25519PrivateKey]) -> Files:
    return rekeyed(files_of(periods.WORLD, period=period), changes, DAYS)


def intact() -> Iterator[Case]:
    """What must be accepted."""
    yield Case("two changes of key", KEYED)
    for name, key in (("first", FIRST), ("second", SECOND), ("third", THIRD)):
        yield Case(f"who knows the {name} key", KEYED, vkey=vkey(key))
    yield Case("a checkpoint kept of each key", KEYED, tuple(KEYED.read(name) for name in KEYED.named("ckpt")))
    yield Case("a key that came back", rekeyed(EXPORT, {6: SECOND, 12: FIRST}))
    yield Case("a key that signed nothing yet", rekeyed(EXPORT, {18: SECOND}))
    bucket = {name: body for name, body in KEYED.bodies.items() if "/" in name or name == layout.LOG}
    yield Case("the bucket with its keys", Files(bucket), export=False)
    yield Case("a period after a change of key", of_period(periods.PERIOD, {6: SECOND}))
    yield Case("a period in which the key changes", of_period(periods.PERIOD, CHANGES))
    yield Case("a period after two changes of key", of_period(periods.TO_THE_END, CHANGES))


def cases() -> Iterator[Case]:
    """What must be refused."""
    yield from (Case(f"keys: {name}", files) for name, files in _notes())
    yield from (Case(f"keys: {name}", files) for name, files in _signatures())
    yield from (Case(f"keys: {name}", files) for name, files in _checkpoints())
    yield from (Case(f"keys: {name}", files) for name, files in _parts())
    yield from _known_elsewhere()


def changed(bodies: Mapping[str, bytes | None], files: Files = KEYED) -> Files:
    """Files put in their place, or taken away; the sums made again."""
    merged = {**files.bodies, **bodies}
    return Files({name: body for name, body in merged.items() if body is not None}).resummed()


def _notes() -> Iterator[tuple[str, Files]]:
    """What a key note says, under two true signatures."""
    for size, key in CHANGES.items():
        name, said = layout.key_note(size), statement(size, key)
        other = statement(size, STRANGER)
        for what, text in (
            ("root", replace(said, root=bytes(32)).text()),
            ("chain", replace(said, chain="0" * 64).text()),
            ("size", replace(said, size=size + 1).text()),
            ("key id", said.text().replace(f"+{note.key_id(ORIGIN, public(key)).hex()}+", "+00000000+")),
            ("kind of key", said.text().replace(_encoded(b"\x01", key), _encoded(b"\x02", key))),
            ("key name", said.text().replace(f"next {ORIGIN}", "next relance/ten_b")),
            ("line more", said.text() + "more\n"),
            ("new key", other.text()),
        ):
            yield f"the note of {size} with another {what}", changed({name: signed(text, BEFORE[size], key)})
    foreign = replace(statement(6, SECOND), origin="relance/ten_b").text()
    yield "the note of another company", changed({layout.key_note(6): signed(foreign, FIRST, SECOND)})
    strange = signed(foreign, FIRST, SECOND, name="relance/ten_b")
    yield "the note of another company in its name", changed({layout.key_note(6): strange})
    misnamed = signed(statement(6, SECOND).text(), FIRST, SECOND, name="relance/ten_b")
    yield "the note signed in another name", changed({layout.key_note(6): misnamed})
    named = statement(6, SECOND).text().replace(vkey(SECOND), note.verifier_key("relance/ten_b", public(SECOND)))
    yield "a key of another name", changed({layout.key_note(6): signed(named, FIRST, SECOND)})
    yield "a key that stays", rekeyed(EXPORT, {6: FIRST})
    yield "a key changed where no checkpoint is", rekeyed(EXPORT, {3: SECOND})
    yield "a key changed after the end", changed({layout.key_note(99): key_note(18, THIRD, STRANGER)})
    beyond = replace(statement(18, STRANGER), size=99).text()
    yield "a key changed after the end, as it says", changed({layout.key_note(99): signed(beyond, THIRD, STRANGER)})
    yield "a note under another name", changed({"key/x.note": KEYED.read(layout.key_note(6))})
    yield (
        "the notes exchanged",
        changed(
            {layout.key_note(6): KEYED.read(layout.key_note(12)), layout.key_note(12): KEYED.read(layout.key_note(6))}
        ),
    )
    yield "a note twice", changed({layout.key_note(18): KEYED.read(layout.key_note(12))})
    yield "a checkpoint as a note", changed({layout.key_note(6): KEYED.read(layout.checkpoint(6))})
    yield "a note as a checkpoint", changed({layout.checkpoint(6): KEYED.read(layout.key_note(6))})
    raw = KEYED.read(layout.key_note(6))
    for what, body in (("cut", raw[:-1]), ("longer", raw + b"\n"), ("no UTF-8", b"\xff"), ("none", b"")):
        yield f"a note {what}", changed({layout.key_note(6): body})
    for line in (2, -3, -2):
        yield f"line {line} of the note in another base64", changed({layout.key_note(6): loose(raw, line)})


def _encoded(kind: bytes, key: Ed25519PrivateKey) -> str:
    return base64.b64encode(kind + public(key)).decode()


def _signatures() -> Iterator[tuple[str, Files]]:
    """Who signed a key note."""
    text = statement(12, THIRD).text()
    for what, keys in (
        ("nobody", ()),
        ("the old key alone", (SECOND,)),
        ("the new key alone", (THIRD,)),
        ("the new key first", (THIRD, SECOND)),
        ("the old key twice", (SECOND, SECOND)),
        ("the new key twice", (THIRD, THIRD)),
        ("a retired key", (FIRST, THIRD)),
        ("a stranger for the old key", (STRANGER, THIRD)),
        ("a stranger for the new key", (SECOND, STRANGER)),
        ("a third key too", (SECOND, THIRD, STRANGER)),
    ):
        yield f"a note signed by {what}", changed({layout.key_note(12): signed(text, *keys)})
    for at, key in enumerate((SECOND, THIRD)):
        signatures = [SECOND.sign(text.encode()), THIRD.sign(text.encode())]
        signatures[at] = key.sign(b"something else")
        stored = f"{text}\n".encode()
        for signer, signature in zip((SECOND, THIRD), signatures, strict=True):
            stored = note.add_signature(stored, ORIGIN, public(signer), signature)
        yield f"a note whose signature {at} is false", changed({layout.key_note(12): stored})
    yield "a note that a thief adds at the end", changed({layout.key_note(18): key_note(18, SECOND, STRANGER)})
    yield "a note that nobody's key adds at the end", changed({layout.key_note(18): key_note(18, STRANGER, SECOND)})


def _checkpoints() -> Iterator[tuple[str, Files]]:
    """Who signed a checkpoint, and what remains when a key note is gone."""
    for size in CHANGES:
        yield f"no note of {size}", changed({layout.key_note(size): None})
    yield "no notes", changed({layout.key_note(6): None, layout.key_note(12): None})
    for size, wrong in (
        (6, (SECOND, THIRD, STRANGER)),
        (12, (FIRST, THIRD, STRANGER)),
        (18, (FIRST, SECOND, STRANGER)),
    ):
        name = layout.checkpoint(size)
        for n, key in enumerate(wrong):
            stored = signed(note.open_note(KEYED.read(name))[0], key)
            yield f"checkpoint {size} signed by wrong key {n}", changed({name: stored})
    name = layout.checkpoint(18)
    text = note.open_note(KEYED.read(name))[0]
    false = note.sign_note(text, ORIGIN, public(THIRD), SECOND.sign(text.encode()))
    yield "a checkpoint signed by the old key in the name of the new one", changed({name: false})
    yield "a checkpoint signed by both keys", changed({name: signed(text, SECOND, THIRD)})
    swapped = {0: SECOND, 6: FIRST}
    bodies: dict[str, bytes | None] = {
        layout.checkpoint(size): signed(
            note.open_note(EXPORT.read(layout.checkpoint(size)))[0], swapped[6 if size > 6 else 0]
        )
        for size in (6, 12, 18)
    }
    yield "the keys exchanged", changed({**bodies, layout.key_note(6): key_note(6, FIRST, SECOND)}, EXPORT)
    yield "a log that begins with the second key", changed({layout.LOG: layout.log_json(TENANT, public(SECOND))})
    log = json.loads(KEYED.read(layout.LOG))
    log["keys"].append(json.loads(layout.log_json(TENANT, public(SECOND)))["keys"][0])
    yield "a log with two keys", changed({layout.LOG: json.dumps(log, sort_keys=True, separators=(",", ":")).encode()})
    yield "a log that does not read", changed({layout.LOG: b"!"})
    yield "no segment where the key changes", changed({layout.segment(7): None})
    yield "no checkpoint where the key changes", changed({layout.checkpoint(12): None})


def _parts() -> Iterator[tuple[str, Files]]:
    """Exports of a period."""
    inside, after = of_period(periods.PERIOD, CHANGES), of_period(periods.TO_THE_END, CHANGES)
    for size in CHANGES:
        yield f"a period without the note of {size}", changed({layout.key_note(size): None}, inside)
        yield f"a period after the note of {size} without it", changed({layout.key_note(size): None}, after)
    wrong = replace(statement(6, SECOND, DAYS), root=bytes(32)).text()
    yield (
        "a period whose first note speaks of something else",
        changed({layout.key_note(6): signed(wrong, FIRST, SECOND)}, inside),
    )
    alone = signed(statement(6, SECOND, DAYS).text(), SECOND)
    yield "a period after a note with one signature", changed({layout.key_note(6): alone}, after)
    text = note.open_note(after.read(layout.checkpoint(18)))[0]
    yield "a period that begins under a retired key", changed({layout.checkpoint(18): signed(text, SECOND)}, after)


def _known_elsewhere() -> Iterator[Case]:
    """What the reader knows of the keys."""
    yield Case("keys: another key known", KEYED, vkey=vkey(STRANGER))
    thief = rekeyed(EXPORT, {6: STRANGER})
    yield Case("keys: all again by a thief of the first key", thief, vkey=vkey(THIRD))
    last = note.open_note(KEYED.read(layout.checkpoint(18)))[0]
    yield Case("keys: a checkpoint kept of a retired key", KEYED, (signed(last, FIRST),))
    yield Case("keys: a checkpoint kept of a stranger", KEYED, (signed(last, STRANGER),))
    first = note.open_note(KEYED.read(layout.checkpoint(6)))[0]
    yield Case("keys: a checkpoint kept of a key to come", KEYED, (signed(first, THIRD),))
    yield Case("keys: the thief's history", thief, (KEYED.read(layout.checkpoint(18)),))
