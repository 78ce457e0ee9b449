"""The journal as if nothing had ever been purged: what is gone from the live table is read from the archive.

For whoever reads the chain from its beginning (proofs, periods, entries, the daily walk, a rebuild). Only lines below
the mark of a purge are looked for in the archive, and only where the live table has none; no purge takes a closing. A
line that lacks for any other reason stays a hole, which the reader tells. [AF-07, AR-02]
"""

from bisect import bisect_right
from collections.abc import Collection, Sequence

from relance.app.archiving import layout
from relance.app.archiving.drain import Archive
from relance.app.archiving.stored import StoredArchive
from relance.app.ports.archive import ArchiveHeads, ImmutableStore, JournalReader
from relance.app.ports.store import Store
from relance.domain.chain import segment
from relance.domain.chain.event import SealedEvent, parse
from relance.domain.closing import CLOSED
from relance.domain.ids import TenantId
from relance.domain.purge import Purge


class ArchivedLines:
    """Events by their ranks, from the signed segments as they were first stored.

    Holds the names of one tenant's objects and one segment between calls: both are locked, so neither changes.
    """

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._stored: StoredArchive | None = None
        self._segment: tuple[str, int, tuple[SealedEvent, ...]] = ("", 0, ())

    def of(self, tenant: str, wanted: Collection[int]) -> list[SealedEvent]:
        """Those of these events that are archived, ascending. Raises NotFound without an archive, Corrupted, Retry."""
        found: list[SealedEvent] = []
        rest = sorted(wanted)
        while rest:
            events = self._segment_of(tenant, rest[0])
            found += [event for event in events if event.seq in wanted]
            last = events[-1].seq if events else rest[0]
            rest = [seq for seq in rest[1:] if seq > last]
        return found

    def _segment_of(self, tenant: str, seq: int) -> tuple[SealedEvent, ...]:
        """The events of the signed segment that holds `seq`; nothing when none does."""
        if self._stored is None or self._stored.tenant != tenant or self._stored.size < seq:
            self._stored = StoredArchive.open(tenant, self._archive)
        firsts = self._stored.segments()
        index = bisect_right(firsts, seq) - 1
        if index < 0 or seq > self._stored.size:
            return ()
        if self._segment[:2] != (tenant, firsts[index]):
            lines = segment.unpack(self._stored.read(layout.segment(firsts[index])))
            self._segment = (tenant, firsts[index], tuple(map(_sealed, lines)))
        return self._segment[2]


class WholeJournal:
    """Keeps the promises of JournalReader."""

    def __init__(self, live: JournalReader, heads: ArchiveHeads, objects: ImmutableStore, marks: Store) -> None:
        self._live = live
        self._archived = ArchivedLines(Archive(live, heads, objects))
        self._marks = marks

    def read(self, tenant: str, after_seq: int, limit: int) -> Sequence[SealedEvent]:
        """See JournalReader. Costs what the live journal costs while nothing lacks."""
        live = self._live.read(tenant, after_seq, limit)
        if not live or live[-1].seq == after_seq + len(live):
            return live
        upto = min(after_seq + limit, purged_to(self._marks, TenantId(tenant)))
        missing = set(range(after_seq + 1, upto + 1)) - {event.seq for event in live}
        purged = [event for event in self._archived.of(tenant, missing) if event.type != CLOSED]
        found = [*live, *purged]
        return tuple(sorted(found, key=lambda event: event.seq)[:limit])


def purged_to(marks: Store, tenant: TenantId) -> int:
    """The last event that a purge covers; 0 when there was none."""
    latest = latest_purge(marks, tenant)
    return latest.last_seq if latest else 0


def latest_purge(marks: Store, tenant: TenantId) -> Purge | None:
    """The mark: the purge of the latest accounting year. Purges follow each other without a gap."""
    found = marks.page(tenant, Purge, limit=1).items
    return found[0] if found else None


def _sealed(line: bytes) -> SealedEvent:
    event = parse(line)
    return SealedEvent(event.tenant, event.seq, event.at_ms, event.type, event.hash, line)
