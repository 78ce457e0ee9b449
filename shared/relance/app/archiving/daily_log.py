"""Once a day, one signed note over the checkpoints of all companies: who keeps it can unmask a fork of any of them.

`_all/{day}.jsonl.gz` has one line of canonical JSON per company: its id, size, and the SHA-256 of its last signed note.
`_all/{day}.note` signs their Merkle tree (RFC 6962; a leaf's data is the line). The list is stored before the note, and
the note is made of what is stored: an attempt that died half-way is finished by the next, with the same bytes.
The first note of another key has one line more, `next` and its public key, and is signed by the key before it too:
who knows that one goes on from it (decision 0024).
C2SP signed-note and tlog-checkpoint, checked 2026-11. [AR-02]
"""

from base64 import b64encode
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import Final

from relance.app.archiving import layout
from relance.app.archiving.drain import Archiver
from relance.app.archiving.rotation import Keyring
from relance.app.ports.archive import AlreadyStored, CheckpointSigner, ObjectMissing, TimeStamper
from relance.domain.chain import note, segment
from relance.domain.chain.canonical import canonical
from relance.domain.chain.errors import ChainError
from relance.domain.chain.merkle import leaf_hash, root_of
from relance.domain.errors import Corrupted

ALL: Final = "_all"  # no company: ids of companies begin with a letter
ORIGIN: Final = layout.origin(ALL)
LOOK_BACK_DAYS: Final = 7  # without a note: longer silences begin anew, with the active key alone


@dataclass(frozen=True, slots=True)
class DailyLog:
    """What was signed for a day: `size` companies under `note`."""

    day: date
    size: int
    note: bytes


def write_daily_log(tenants: Iterable[str], archive: Archiver, day: date) -> DailyLog | None:
    """Store and sign the list of a day, or find it there; None when no company has a signed checkpoint yet.

    Durable and locked once it returns. Raises Corrupted `archive.foreign_object` when another note is in its place,
    `archive.key_changed` when the note before is by a key that is not at hand, KeyUnusable when it signs no more.
    """
    lines = sorted(line for tenant in tenants if (line := _line(tenant, archive)) is not None)
    if not lines:
        return None
    list_name = f"{ALL}/{day}.jsonl.gz"
    with suppress(AlreadyStored):
        archive.store.put_new(list_name, segment.pack(lines), layout.media_type(list_name))
    stored = archive.store.get(list_name)
    lines = list(segment.unpack(stored))
    root = b64encode(root_of(leaf_hash(line) for line in lines)).decode()
    text = f"{ORIGIN}\n{len(lines)}\n{root}\nday {day}\nlist {sha256(stored).hexdigest()}\n"
    return DailyLog(day, len(lines), _signed(day, text, archive))


def _signed(day: date, text: str, archive: Archiver) -> bytes:
    """The stored note of that text: the one that is there, or a new one by the active key and by the key before it."""
    name = _note(day)
    with suppress(ObjectMissing):
        return _same(name, archive.store.get(name), text, archive.keyring)
    active = archive.signer
    old = _predecessor(day, archive)
    if old is None:
        signed = note.sign_note(text, ORIGIN, active.public_key(), active.sign(text.encode()))
    else:
        text += f"next {note.verifier_key(ORIGIN, active.public_key())}\n"
        signed = note.sign_note(text, ORIGIN, old.public_key(), old.sign(text.encode()))
        signed = note.add_signature(signed, ORIGIN, active.public_key(), active.sign(text.encode()))
    try:
        archive.store.put_new(name, signed, layout.media_type(name))
    except AlreadyStored:
        return _same(name, archive.store.get(name), text.partition("next ")[0], archive.keyring)
    return signed


def _same(name: str, stored: bytes, text: str, keyring: Keyring) -> bytes:
    """`stored`, when it says `text` (and perhaps which key comes next) by keys at hand: they sign it again to know.

    Raises Corrupted.
    """
    try:
        found, signatures = note.open_note(stored)
        signers = [keyring.holder_of(ORIGIN, signature.key_id) for signature in signatures]
    except ChainError as error:
        raise _foreign(name) from error
    more = found.removeprefix(text)
    if more == found or (more and not more.startswith("next ")):
        raise _foreign(name)
    for signer, signature in zip(signers, signatures, strict=True):
        if signer is None or signer.sign(found.encode()) != signature.signature:
            raise _foreign(name)
    return stored


def _predecessor(day: date, archive: Archiver) -> CheckpointSigner | None:
    """Who signed the last note before `day`, when that was another key than the active one; looks back a week."""
    for earlier in (day - timedelta(days=n) for n in range(1, LOOK_BACK_DAYS + 1)):
        try:
            stored = archive.store.get(_note(earlier))
        except ObjectMissing:
            continue
        _, signatures = note.open_note(stored)
        signer = archive.keyring.holder_of(ORIGIN, signatures[-1].key_id)
        if signer is None:
            message = (
                f"La note {_note(earlier)} est d’une clé qui n’est ni active ni retirée : remettez-la parmi elles."
            )
            raise Corrupted(message, code="archive.key_changed")
        return None if signer is archive.signer else signer
    return None


def _note(day: date) -> str:
    return f"{ALL}/{day}.note"


def _foreign(name: str) -> Corrupted:
    return Corrupted(f"L’objet {name} de l’archive a un autre contenu.", code="archive.foreign_object")


def stamp(archive: Archiver, made: DailyLog, stamper: TimeStamper) -> bytes:
    """Have the note of a day stamped, and store that beside it (`_all/{day}.tsr`); the first stamp stays.

    Raises Retry when the authority does not answer: the note is stored all the same.
    """
    name = f"{ALL}/{made.day}.tsr"
    with suppress(ObjectMissing):
        return archive.store.get(name)
    with suppress(AlreadyStored):
        archive.store.put_new(name, stamper.stamp(sha256(made.note).digest()), layout.media_type(name))
    return archive.store.get(name)


def _line(tenant: str, archive: Archiver) -> bytes | None:
    size = archive.heads.get(tenant).signed_size
    if not size:
        return None
    signed = archive.store.get(layout.prefix(tenant) + layout.checkpoint(size))
    return canonical({"note_sha256": sha256(signed).hexdigest(), "size": size, "tenant": tenant})
