"""Walk the whole stored archive again, with the very program that every export carries, and hold it against the
journal.

What only the bucket can tell is added here: objects with a second version or a delete marker. Orphans (an object that
no signed checkpoint covers) are normal: an archiver crashed, or is at work. [AR-02, AR-07]
"""

from dataclasses import dataclass, replace
from typing import Final

from relance.app.archiving import layout
from relance.app.archiving.drain import Archive
from relance.app.archiving.stored import StoredArchive
from relance.app.archiving.tree import journal_tree
from relance.app.ports.archive import ArchiveMoved, Verification
from relance.domain.errors import Corrupted, NotFound
from relance.resources import verify_archive

_ATTEMPTS: Final = 5


@dataclass(frozen=True, slots=True)
class SignedFrom:
    """`key` (C2SP vkey) signs the checkpoints of `from_size` events and more, until the next one does."""

    from_size: int
    key: str


@dataclass(frozen=True, slots=True)
class Walked:
    """The outcome of one walk: `faults` in French, empty when the archive is intact.

    `journal_intact`: the journal still says what was archived. `journal_behind`: it ends before the archive does, as
    after a restore of its table; nothing may be written to it then, for its next places are taken. `keys`: the key of
    the log, then each that took over and whose note both signed, also where something else is wrong; empty when the log
    does not read.
    """

    tenant: str
    size: int
    faults: tuple[str, ...]
    journal_intact: bool = True
    journal_behind: bool = False
    keys: tuple[SignedFrom, ...] = ()


def verify(tenant: str, archive: Archive, *, now_ms: int) -> Walked:
    """Check everything that is signed, and remember the outcome in the head of the archive.

    What is signed, the bucket says: a head that knows of less was restored with its table to an earlier moment, and so
    may be the next number that the company gives. Reads all of it: seconds per 10,000 events. An archive without any
    checkpoint yet is intact.
    """
    try:
        stored = StoredArchive.of_bucket(tenant, archive)
    except NotFound:
        return Walked(tenant, 0, ())
    report = verify_archive.verify(stored, export=False)
    faults = [fault.sentence() for fault in report.faults]
    faults += [f"[altéré] {name} : l’objet a été remplacé ou supprimé après coup" for name in stored.rewritten]
    if report.tenant != tenant:
        faults.append(f"[contredit] {layout.LOG} : l’archive est celle de {report.tenant or 'personne'}")
    if report.events != stored.size:
        faults.append(f"[tronqué] {report.events} événements dans l’archive, {stored.size} sont attestés")
    if (known := archive.heads.get(tenant).size) < stored.size:
        faults.append(
            f"[contredit] la table ne connaît que {known} événements archivés, le coffre en atteste {stored.size} : "
            "elle est d’un moment plus ancien ; n’émettez rien avant d’avoir repris le journal (make rebuild)"
        )
    try:
        journal_root = journal_tree(tenant, archive.journal, stored.size).root().hex()
    except Corrupted as fault:
        journal_root = fault.message
    if journal_root != report.root:
        faults.append("[contredit] le journal n’est plus ce qui a été archivé")
    _remember(tenant, archive, Verification(now_ms, stored.size, len(faults)))
    keys = tuple(SignedFrom(key["from_size"], key["vkey"]) for key in report.keys)
    behind = not archive.journal.read(tenant, stored.size - 1, 1)
    return Walked(tenant, stored.size, tuple(faults), journal_root == report.root, behind, keys)


def _remember(tenant: str, archive: Archive, verification: Verification) -> None:
    for _ in range(_ATTEMPTS):
        head = archive.heads.get(tenant)
        try:
            archive.heads.compare_and_swap(
                tenant, head, replace(head, verification=verification, version=head.version + 1)
            )
        except ArchiveMoved:
            continue
        return
