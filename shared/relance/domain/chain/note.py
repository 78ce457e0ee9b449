"""Checkpoints as signed notes: the statement that an auditor keeps.

Formats: C2SP signed-note and tlog-checkpoint (https://c2sp.org/signed-note, https://c2sp.org/tlog-checkpoint, checked
2026-11), Ed25519 signatures of type 0x01. Two extension lines follow the root: `chain <hex>`, the hash of the last
event, and `segment <first_seq> <sha256>`, the SHA-256 of the *stored bytes* of the segment that ends here: a gzip
header has bits that no check of its content sees.

A key note is the statement that another key signs from now on. It begins with the same three lines, so that readers of
checkpoints read it, and carries two signatures of one name: the key that goes and the key that comes. [AR-02]

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
class KeyNote:
    """From `size` on, `next_key` (Ed25519, raw) signs this log, and the key that signed until then signs no more.

    `size`, `root` and `chain` are those of a checkpoint that the old key signed.
    """

    origin: str
    size: int
    root: bytes
    chain: str
    next_key: bytes

    def text(self) -> str:
        """What both keys sign, final newline included; a function of the fields alone, as of a checkpoint."""
        return (
            f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"
            f"chain {self.chain}\nnext {verifier_key(self.origin, self.next_key)}\n"
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


def parse_verifier_key(vkey: str) -> tuple[str, bytes]:
    """Name and Ed25519 public key of a vkey. Raises BadNote for anything but the one spelling of `verifier_key`."""
    name, _, rest = vkey.partition("+")
    try:
        raw = b64decode(rest.partition("+")[2], validate=True)
    except (ValueError, Base64Error) as error:
        raise BadNote("ce n’est pas une clé publique") from error
    public_key = raw.removeprefix(ED25519)
    if not _is_name(name) or len(public_key) != PUBLIC_KEY_BYTES or verifier_key(name, public_key) != vkey:
        raise BadNote("ce n’est pas une clé publique Ed25519")
    return name, public_key


def sign_note(text: str, name: str, public_key: bytes, signature: bytes) -> bytes:
    """The stored note. Raises BadNote for a name, key or signature that the format does not take."""
    return add_signature(f"{text}\n".encode(), name, public_key, signature)


def add_signature(note: bytes, name: str, public_key: bytes, signature: bytes) -> bytes:
    """The same note with one signature line more, over the same text. Raises BadNote as `sign_note` does."""
    if not _is_name(name):
        raise BadNote(f"nom de clé « {name} »")
    if len(public_key) != PUBLIC_KEY_BYTES or len(signature) != SIGNATURE_BYTES:
        raise BadNote("ce ne sont pas une clé et une signature Ed25519")
    blob = b64encode(key_id(name, public_key) + signature).decode()
    return note + f"{_DASH}{name} {blob}\n".encode()


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


def parse_key_note(text: str) -> KeyNote:
    """The key note whose `text()` is exactly `text`. Raises BadNote."""
    lines = text.split("\n")
    try:
        origin, size, root, chain, following, end = lines
        name, next_key = parse_verifier_key(following.removeprefix("next "))
        key_note = KeyNote(
            origin, int(size), b64decode(root, validate=True), hex_digest(chain.removeprefix("chain ")), next_key
        )
    except (ValueError, Base64Error, MalformedEvent) as error:
        raise BadNote("ce n’est pas un changement de clé") from error
    if end or name != origin or key_note.text() != text or len(key_note.root) != HASH_BYTES:
        raise BadNote("autre écriture du même changement de clé")
    if key_note.size < 1:
        raise BadNote("taille impossible")
    return key_note


def open_key_note(note: bytes) -> tuple[KeyNote, Signature, Signature]:
    """A stored key note and its two signature lines, the old key's and the new key's, neither of them checked.

    Raises BadNote unless there are exactly these two, in this order, by two keys of the log's own name.
    """
    text, signatures = open_note(note)
    key_note = parse_key_note(text)
    names = [signature.name for signature in signatures]
    if names != [key_note.origin] * 2:
        raise BadNote("un changement de clé porte deux signatures au nom de l’archive")
    old, new = signatures
    if new.key_id != key_id(key_note.origin, key_note.next_key) or old.key_id == new.key_id:
        raise BadNote("un changement de clé est signé par l’ancienne clé, puis par la nouvelle")
    return key_note, old, new


def _is_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(c.isspace() for c in name)


def _signature(line: str) -> Signature:
    try:
        name, blob = line.removeprefix(_DASH).split(" ")
        raw = b64decode(blob, validate=True)
    except (ValueError, Base64Error) as error:
        raise BadNote("ligne de signature malformée") from error
    if not line.startswith(_DASH) or len(raw) < 5 or b64encode(raw).decode() != blob:
        raise BadNote("ligne de signature malformée")
    return Signature(name, raw[:4], raw[4:])
