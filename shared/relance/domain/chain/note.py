"""Checkpoints as signed notes: the statement that an auditor keeps.

Formats: C2SP signed-note and tlog-checkpoint (https://c2sp.org/signed-note, https://c2sp.org/tlog-checkpoint, checked
2026-11), Ed25519 signatures of type 0x01. Two extension lines follow the root: `chain <hex>`, the hash of the last
event, and `segment <first_seq> <sha256>`, the SHA-256 of the *stored bytes* of the segment that ends here: a gzip
header has bits that no check of its content sees.

Nothing here holds or checks a key: signing is a port, checking is the work of `resources/verify_archive.py`.
"""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from relance.domain.chain.errors import BadNote, MalformedEvent
from relance.domain.chain.event import hex_digest
from relance.domain.chain.merkle import HASH_BYTES

ED25519: Final = b"\x01"  # signature type of the note format
PUBLIC_KEY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64
_DASH: Final = "\u2014 "  # em dash, space: how a signature line starts


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The whole archive of one tenant in five lines: `size` events, their Merkle root, the last event's hash, the
    last segment.
    """

    origin: str
    size: int
    root: bytes
    chain: str
    first_seq: int
    segment_sha256: str

    def text(self) -> str:
        """What is signed, final newline included; a function of the fields alone, so signing again gives the same
        note.
        """
        return (
            f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"
            f"chain {self.chain}\nsegment {self.first_seq} {self.segment_sha256}\n"
        )


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: who says it signed (name, 4-byte key id) and the raw signature."""

    name: str
    key_id: bytes
    signature: bytes


def key_id(name: str, public_key: bytes) -> bytes:
    """First 4 bytes of SHA-256(name ‖ 0x0A ‖ 0x01 ‖ public key), as C2SP recommends for Ed25519."""
    return sha256(name.encode() + b"\n" + ED25519 + public_key).digest()[:4]


def verifier_key(name: str, public_key: bytes) -> str:
    """`name+keyid+base64(0x01 ‖ key)`: the form in which other tools take the public key (vkey)."""
    return f"{name}+{key_id(name, public_key).hex()}+{b64encode(ED25519 + public_key).decode()}"


def sign_note(text: str, name: str, public_key: bytes, signature: bytes) -> bytes:
    """The stored note. Raises BadNote for a name, key or signature that the format does not take."""
    if not name or "+" in name or any(c.isspace() for c in name):
        raise BadNote(f"nom de clé « {name} »")
    if len(public_key) != PUBLIC_KEY_BYTES or len(signature) != SIGNATURE_BYTES:
        raise BadNote("ce ne sont pas une clé et une signature Ed25519")
    blob = b64encode(key_id(name, public_key) + signature).decode()
    return f"{text}\n{_DASH}{name} {blob}\n".encode()


def open_note(note: bytes) -> tuple[str, tuple[Signature, ...]]:
    """The signed text and its signature lines, none of them checked. Raises BadNote."""
    try:
        text, _, lines = note.decode().rpartition("\n\n")
    except UnicodeDecodeError as error:
        raise BadNote("ce n’est pas de l’UTF-8") from error
    if not text or not lines.endswith("\n"):
        raise BadNote("pas de signature")
    return text + "\n", tuple(_signature(line) for line in lines[:-1].split("\n"))


def parse_checkpoint(text: str) -> Checkpoint:
    """The checkpoint whose `text()` is exactly `text`. Raises BadNote."""
    lines = text.split("\n")
    try:
        origin, size, root, chain, segment, end = lines
        _, first_seq, digest = segment.split(" ")
        checkpoint = Checkpoint(
            origin, int(size), b64decode(root, validate=True), chain.removeprefix("chain "), int(first_seq), digest
        )
        hex_digest(checkpoint.chain)
        hex_digest(digest)
    except (ValueError, Base64Error, MalformedEvent) as error:
        raise BadNote("ce n’est pas un point de contrôle") from error
    if end or checkpoint.text() != text or len(checkpoint.root) != HASH_BYTES:
        raise BadNote("autre écriture du même point de contrôle")
    if not 1 <= checkpoint.first_seq <= checkpoint.size:
        raise BadNote("tailles impossibles")
    return checkpoint


def _signature(line: str) -> Signature:
    try:
        name, blob = line.removeprefix(_DASH).split(" ")
        raw = b64decode(blob, validate=True)
    except (ValueError, Base64Error) as error:
        raise BadNote("ligne de signature malformée") from error
    if not line.startswith(_DASH) or len(raw) < 5 or b64encode(raw).decode() != blob:
        raise BadNote("ligne de signature malformée")
    return Signature(name, raw[:4], raw[4:])
