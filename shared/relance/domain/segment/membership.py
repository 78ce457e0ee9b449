"""What is known of one document and one query, and what a night does with it. [SQ-02, SQ-04, SQ-05, SQ-08]

A night that dies half-way has stored some entries and some leavings. What was true at the end of the last good night is
still known: an entry is stored with what it fires, so it is not fired again; and a leaving of a night that never ended
does not count, so who comes back was never gone.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum, auto

from relance.domain.ids import TenantId
from relance.domain.segment.segment import Reentry


@dataclass(frozen=True, slots=True)
class Membership:
    """A document in a query, now or before; `member` is its id, or that of a customer who may enter but once.

    `fired_on` is the night on which it was last enrolled, None when it was only noted; nights are named by the civil
    date in Paris on which they begin to be worked through.
    """

    tenant: TenantId
    segment: str
    member: str
    rev: int
    is_inside: bool
    entered_on: date
    fired_on: date | None = None
    left_on: date | None = None
    fired: int = 0

    @property
    def id(self) -> str:
        """One for each query and document: a second entry at the same time is impossible."""
        return membership_id(self.segment, self.member)


def membership_id(segment: str, member: str) -> str:
    """The id of a membership, in the order of its documents within a query."""
    return f"{segment}.{member}"


@dataclass(frozen=True, slots=True)
class Night:
    """How far the nights of a query are: the one at work or worked through last, and the last that ended well.

    `entered` counts those enrolled in it, in the transaction that enrols each: the cap holds whoever works at the same
    time. `waiting` are those whom the cap left for the next night; `failed` those that could not be looked at.
    """

    tenant: TenantId
    id: str
    rev: int
    on: date
    entered: int = 0
    left: int = 0
    waiting: int = 0
    failed: int = 0
    good: date | None = None
    ended_at: datetime | None = None


class Move(Enum):
    """What a night does with a document."""

    STAY = auto()
    ENTER = auto()
    NOTE = auto()  # inside again, without entering
    LEAVE = auto()


def move(
    found: Membership | None,
    *,
    is_inside: bool,
    reentry: Reentry,
    again_after_days: int,
    night: date,
    good: date | None,
) -> Move:
    """What becomes of a document that matches tonight (`is_inside`) or not; `good`: the last night that ended well."""
    if found is None:
        return Move.ENTER if is_inside else Move.STAY
    if found.is_inside:
        return Move.STAY if is_inside else Move.LEAVE
    if not is_inside:
        return Move.STAY
    if found.left_on is not None and (good is None or found.left_on > good):
        return Move.NOTE
    if found.fired_on is None:
        return Move.ENTER
    is_due = reentry is Reentry.AGAIN_AFTER and (night - found.fired_on).days >= again_after_days
    return Move.ENTER if is_due else Move.NOTE


def inside(found: Membership | None, tenant: TenantId, segment: str, member: str, night: date) -> Membership:
    """The document inside, without having entered."""
    if found is None:
        return Membership(tenant, segment, member, 1, is_inside=True, entered_on=night)
    return replace(found, rev=found.rev + 1, is_inside=True, left_on=None)


def entered(found: Membership | None, tenant: TenantId, segment: str, member: str, night: date) -> Membership:
    """The document inside, enrolled tonight."""
    kept = inside(found, tenant, segment, member, night)
    return replace(kept, entered_on=night, fired_on=night, fired=kept.fired + 1)


def left(found: Membership, night: date) -> Membership:
    """The document outside."""
    return replace(found, rev=found.rev + 1, is_inside=False, left_on=night)
