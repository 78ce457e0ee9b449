"""A purge: lines of the live journal that go because the archive keeps them, and the mark that says how far.

What may go are the lines of whole accounting years that are closed, archived, verified and stamped by somebody else;
closings never go, nor does anything from the archive. The fact `journal.purged` is chained before the first line goes.
BOI-TVA-DECLA-30-10-30 §§ 220-260, checked 2026-11. [AF-07, K-01, K-03, KX-20]
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from relance.domain.chain.event import Fact, Ref
from relance.domain.closing import CLOSED
from relance.domain.ids import TenantId

PURGED: Final = "journal.purged"


@dataclass(frozen=True, slots=True)
class Purge:
    """Events `first_seq` to `last_seq`, of which `lines` go: all but the closings. `id` is the last day of the year.

    `last_hash` is the hash of event `last_seq`. The checkpoint of `checkpoint_size` events (SHA-256 of its stored note)
    covers them, and is in the list that the token `stamp_sha256` stamped for the day `stamped_on` (None after a
    rebuild: the token tells). Removing the lines is under way until `done_at`.
    """

    tenant: TenantId
    id: str
    rev: int
    fiscal_year_end: date
    first_seq: int
    last_seq: int
    last_hash: str
    lines: int
    checkpoint_size: int
    checkpoint_sha256: str
    stamp_sha256: str
    at: datetime
    by: str
    stamped_on: date | None = None
    done_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether lines may still be there."""
        return self.done_at is None

    def covers(self, seq: int, type: str) -> bool:
        """Whether the line of that rank and type goes."""
        return self.first_seq <= seq <= self.last_seq and type != CLOSED


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that a purge wants. `text` says that it is met, or what is missing and how to mend it."""

    name: str
    is_met: bool
    text: str


@dataclass(frozen=True, slots=True)
class PurgePlan:
    """What would go for the accounting years up to `fiscal_year_end`: `lines` of events `first_seq` to `last_seq`.

    `kept` are the closings among them. `purge` is the mark to store: None while a condition is not met.
    """

    fiscal_year_end: date
    first_seq: int
    last_seq: int
    lines: int
    kept: int
    conditions: tuple[Condition, ...]
    purge: Purge | None = None


def done(purge: Purge, at: datetime) -> Purge:
    """Once the last line is gone."""
    return replace(purge, rev=purge.rev + 1, done_at=at)


def reopened(purge: Purge) -> Purge:
    """Where lines came back with a journal that was restored to a moment before it ended."""
    return replace(purge, rev=purge.rev + 1, done_at=None)


def purged_fact(purge: Purge) -> Fact:
    """What the chain says of it. Counts nothing."""
    return Fact(
        PURGED,
        Ref("journal", purge.id),
        purge.by,
        {
            "first_seq": purge.first_seq,
            "last_seq": purge.last_seq,
            "last_hash": purge.last_hash,
            "checkpoint_size": purge.checkpoint_size,
            "checkpoint_sha256": purge.checkpoint_sha256,
            "stamp_sha256": purge.stamp_sha256,
            "fiscal_year_end": purge.fiscal_year_end.isoformat(),
        },
    )
