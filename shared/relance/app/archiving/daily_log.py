"""Once a day, one signed note over the checkpoints of all companies: who keeps it can unmask a fork of any of them.

`_all/{day}.jsonl.gz` has one line of canonical JSON per company: its id, size, and the SHA-256 of its last signed note.
`_all/{day}.note` signs their Merkle tree (RFC 6962; a leaf's data is the line). The list is stored before the note, and
the note is made of what is stored: an attempt that died half-way is finished by the next, with the same bytes.
C2SP signed-note and tlog-checkpoint, checked 2026-11. [AR-02]
"""

from base64 import b64encode
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Final

from relance.app.archiving import layout
from relance.app.archiving.drain import Archiver
from relance.app.ports.archive import AlreadyStored, ObjectMissing, TimeStamper
from relance.domain.chain import note, segment
from relance.domain.chain.canonical import canonical
from relance.domain.chain.merkle import leaf_hash, root_of
from relance.domain.errors import Corrupted

ALL: Final = "_all"  # no company: ids of companies begin with a letter


@dataclass(frozen=True, slots=True)
class DailyLog:
    """What was signed for a day: `size` companies under `note`."""

    day: date
    size: int
    note: bytes


def write_daily_log(tenants: Iterable[str], archive: Archiver, day: date) -> DailyLog | None:
    """Store and sign the list of a day, or find it there; None when no company has a signed checkpoint yet.

    Durable and locked once it returns. Raises Corrupted `archive.foreign_object` when another note is in its place.
    """
    lines = sorted(line for tenant in tenants if (line := _line(tenant, archive)) is not None)
    if not lines:
        return None
    list_name, note_name = f"{ALL}/{day}.jsonl.gz", f"{ALL}/{day}.note"
    with suppress(AlreadyStored):
        archive.store.put_new(list_name, segment.pack(lines), layout.media_type(list_name))
    stored = archive.store.get(list_name)
    lines = list(segment.unpack(stored))
    key, origin = archive.signer.public_key(), layout.origin(ALL)
    root = root_of(leaf_hash(line) for line in lines)
    text = f"{origin}\n{len(lines)}\n{b64encode(root).decode()}\nday {day}\nlist {sha256(stored).hexdigest()}\n"
    signed = note.sign_note(text, origin, key, archive.signer.sign(text.encode()))
    try:
        archive.store.put_new(note_name, signed, layout.media_type(note_name))
    except AlreadyStored as error:
        if archive.store.get(note_name) != signed:
            message = f"L’objet {note_name} de l’archive a un autre contenu."
            raise Corrupted(message, code="archive.foreign_object") from error
    return DailyLog(day, len(lines), signed)


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
