"""Where the lines of one journal are to be had after a restore: in the archive, in the journal, in another table of it.

The archive comes first, for it was verified; the journal alone has what was written since. A copy (the journal restored
to a later moment under a second name) is asked for nothing but what neither of them has. [AR-02, K-01]
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from relance.app.archiving.locked import Locked
from relance.app.ports.archive import JournalReader
from relance.domain.chain.event import Event, parse
from relance.domain.errors import Corrupted
from relance.domain.ids import TenantId

_READ: Final = 500


@dataclass(frozen=True, slots=True)
class Sources:
    """All of them give lines as they are stored, a page or a segment in memory at a time."""

    tenant: TenantId
    kept: Locked
    journal: JournalReader
    copy: JournalReader | None = None

    def live(self, *, after: int = 0) -> Iterator[Event]:
        """What the journal holds after that event, ascending. Raises Corrupted on a line that is not of its place."""
        return _read(self.tenant, self.journal, after)

    def copied(self, first: int, last: int) -> Iterator[Event]:
        """What the copy holds of events `first` to `last`; nothing without a copy."""
        if self.copy is None or first > last:
            return
        for event in _read(self.tenant, self.copy, first - 1):
            if event.seq > last:
                return
            yield event

    def all(self, upto: int) -> Iterator[Event]:
        """Events 1 to `upto`, which are all there (`agreement.agree` says so), each from where it is had first."""
        yield from self.kept.events()
        seq = self.kept.size
        for event in self.live(after=seq):
            if event.seq > upto:  # somebody wrote it since
                break
            yield from self.copied(seq + 1, event.seq - 1)
            yield event
            seq = event.seq
        yield from self.copied(seq + 1, upto)


def _read(tenant: TenantId, journal: JournalReader, after: int) -> Iterator[Event]:
    while rows := journal.read(tenant, after, _READ):
        for row in rows:
            event = parse(row.line)
            if event.seq != row.seq:
                raise Corrupted(f"La ligne {row.seq} du journal est celle de l’événement {event.seq}.")
            yield event
        after = rows[-1].seq
