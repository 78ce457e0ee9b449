"""Why a document's reminders wait or end, on the wire. [DR-01, DR-02]"""

from datetime import date, datetime
from enum import StrEnum

import msgspec

from relance.contracts.fields import Amount, Terms, amount_text, several_lines
from relance.contracts.parse import Body
from relance.domain.reminder.correspondence import Correspondence
from relance.domain.reminder.hold import Hold, HoldKind
from relance.domain.reminder.run import Run, RunStatus
from relance.domain.reminder.scenario import DocumentKind


class NoteBody(Body, frozen=True):
    """Words for whoever reads it later."""

    note: Terms = ""


class DisputeBody(Body, frozen=True):
    """What the customer contests: how much, if not all of it, and why."""

    amount: Amount | None = None
    note: Terms = ""


class PromiseBody(Body, frozen=True):
    """The day on which the customer said he pays, and how much, if not all of it."""

    on: date
    amount: Amount | None = None
    note: Terms = ""


class HoldBody(Body, frozen=True):
    """Wait until that day, included, or until somebody says go on."""

    until: date | None = None
    note: Terms = ""


class DisputeOutcome(StrEnum):
    """Whether the customer was right; `cancelled`: there was no dispute."""

    FOUNDED = "founded"
    UNFOUNDED = "unfounded"
    CANCELLED = "cancelled"


class PromiseOutcome(StrEnum):
    """Whether he paid as he said; `cancelled`: it does not count any more."""

    KEPT = "kept"
    BROKEN = "broken"
    CANCELLED = "cancelled"


class DisputeEndBody(Body, frozen=True):
    """The decision."""

    outcome: DisputeOutcome


class PromiseEndBody(Body, frozen=True):
    """How it ended. By itself, it ends two working days after its day."""

    outcome: PromiseOutcome


class HoldView(msgspec.Struct, frozen=True, kw_only=True):
    """One of them. `is_active`: it holds today; `outcome` how it ended, when somebody ended it."""

    id: str
    kind: HoldKind
    at: datetime
    by: str
    until: date | None
    amount: str | None
    note: str
    is_active: bool
    ended_at: datetime | None
    outcome: str


class FollowUpState(msgspec.Struct, frozen=True, kw_only=True):
    """How a document is followed: its scenario, when something is to be done next, and what holds it, oldest first."""

    document_kind: DocumentKind
    document_id: str
    scenario: str
    status: RunStatus
    stop_reason: str
    next_at: datetime
    holds: tuple[HoldView, ...]


class CustomerHoldView(msgspec.Struct, frozen=True, kw_only=True):
    """Whether reminders to a customer wait, and what is known of his letter box."""

    customer_id: str
    on_hold: bool
    note: str
    last_reminder_at: datetime | None
    unsubscribed_at: datetime | None
    refused_by: tuple[str, ...]


def note_of(body: NoteBody | DisputeBody | PromiseBody | HoldBody) -> str:
    """The note as it is kept."""
    return several_lines(body.note)


def follow_up_state(run: Run, now: datetime, area: str = "") -> FollowUpState:
    """A run as people are told of it."""
    return FollowUpState(
        document_kind=run.document_kind,
        document_id=run.id,
        scenario=run.scenario_id,
        status=run.status,
        stop_reason=run.stop_reason,
        next_at=run.next_at,
        holds=tuple(_hold_view(one, now, area) for one in run.holds),
    )


def customer_hold_view(letters: Correspondence) -> CustomerHoldView:
    """A letter box as people are told of it: why an address refuses, never which one."""
    return CustomerHoldView(
        customer_id=letters.id,
        on_hold=letters.on_hold,
        note=letters.hold_note,
        last_reminder_at=letters.last_reminder_at,
        unsubscribed_at=letters.unsubscribed_at,
        refused_by=tuple(bad.reason for bad in letters.bad),
    )


def _hold_view(one: Hold, now: datetime, area: str) -> HoldView:
    return HoldView(
        id=one.id,
        kind=one.kind,
        at=one.at,
        by=one.by,
        until=one.until,
        amount=None if one.amount is None else amount_text(one.amount),
        note=one.note,
        is_active=one.holds(now, area),
        ended_at=one.ended_at,
        outcome=one.outcome,
    )
