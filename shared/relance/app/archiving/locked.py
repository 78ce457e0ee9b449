"""Every event that is locked in the bucket, whatever the tables say: what a rebuild goes by.

The head of an archive is in the table of the documents. Restored with it, it knows nothing of what was archived since:
so the size is read from the checkpoints that are stored, and what they attest is verified. An archiver that died, or
whose key did not sign, leaves one segment more, locked and not signed: its events have those places for eleven years,
so they are taken too when they follow what is signed. [AR-02, K-01]
"""

from collections.abc import Iterator
from dataclasses import dataclass

from relance.app.archiving import layout
from relance.app.archiving.drain import Archive
from relance.app.archiving.stored import StoredArchive
from relance.domain.chain import segment
from relance.domain.chain.event import Event, follow, parse
from relance.domain.errors import Corrupted
from relance.resources import verify_archive


@dataclass(frozen=True, slots=True)
class Locked:
    """Events 1..`stored.size` are signed, those of `tail` follow them."""

    stored: StoredArchive
    tail: tuple[Event, ...]

    @property
    def size(self) -> int:
        """How many events are locked."""
        return self.stored.size + len(self.tail)

    def events(self) -> Iterator[Event]:
        """All of them in order, a segment in memory at a time."""
        for first in self.stored.segments():
            yield from map(parse, segment.unpack(self.stored.read(layout.segment(first))))
        yield from self.tail


def locked(tenant: str, archive: Archive) -> Locked:
    """What the bucket holds, verified: seconds per 10,000 events.

    Raises NotFound when no checkpoint is stored, Corrupted when something does not check.
    """
    stored = StoredArchive.of_bucket(tenant, archive)
    report = verify_archive.verify(stored, export=False)
    if not report.ok or report.events != stored.size:
        told = report.faults[0].sentence() if report.faults else "il est incomplet"
        raise Corrupted(told, code="archive.not_intact")
    name = layout.segment(stored.size + 1)
    if name not in stored.first_versions:
        return Locked(stored, ())
    tail = tuple(map(parse, segment.unpack(stored.read(name))))
    follow(tail, tenant=tenant, seq=stored.size, prev=report.chain, at_ms=report.last_at)
    return Locked(stored, tail)
