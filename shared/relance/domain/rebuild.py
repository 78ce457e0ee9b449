"""That a journal was, or is being, rebuilt after a restore: what says so while it is stopped half-way, and afterwards.

It is stored before the first event is put back and ended in the transaction of `journal.rebuilt`, so a rebuild that
died anywhere is known to be unfinished by whoever looks, and its fact is written once. [AF-11, AR-02]
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from relance.domain.ids import TenantId

ID: Final = "rebuild"
REBUILT: Final = "journal.rebuilt"


@dataclass(frozen=True, slots=True, order=True)
class Hole:
    """Events `first` to `last`, both included."""

    first: int
    last: int

    @property
    def lines(self) -> int:
        """How many they are."""
        return self.last - self.first + 1


def joined(holes: Iterable[Hole]) -> tuple[Hole, ...]:
    """The same events, ascending, in as few holes as there can be."""
    found: list[Hole] = []
    for hole in sorted(holes):
        if found and hole.first <= found[-1].last + 1:
            found[-1] = Hole(found[-1].first, max(found[-1].last, hole.last))
        else:
            found.append(hole)
    return tuple(found)


def told(holes: Sequence[Hole]) -> str:
    """In French, without a verb: « 6 à 9, 14 »."""
    return ", ".join(f"{one.first}" if one.first == one.last else f"{one.first} à {one.last}" for one in holes)


@dataclass(frozen=True, slots=True)
class Rebuild:
    """The last one of a tenant. At its beginning the archive held `archived` events, the last of the journal was
    `journal`, which lacked `holes`, and the head stood at `head_seq`; `is_older`: the table of head and documents was
    of an earlier moment too. `ended_at` is None while it is under way.
    """

    tenant: TenantId
    rev: int
    started_at: datetime
    archived: int
    journal: int
    head_seq: int
    ended_at: datetime | None = None
    holes: tuple[Hole, ...] = ()
    is_older: bool = True  # of one that was begun before there was another kind

    @property
    def id(self) -> str:
        """There is one, of the last restore."""
        return ID

    @property
    def is_under_way(self) -> bool:
        """Whether it was begun and not ended."""
        return self.ended_at is None

    def widened(self, holes: Iterable[Hole], *, is_older: bool) -> "Rebuild":
        """What is under way, where the next call finds that more is to be done; itself when nothing is."""
        all_of_them, older = joined([*self.holes, *holes]), self.is_older or is_older
        if (all_of_them, older) == (self.holes, self.is_older):
            return self
        return replace(self, rev=self.rev + 1, holes=all_of_them, is_older=older)
