"""Scenarios and mails on the wire: what will be sent, and what became of what was."""

from collections.abc import Iterable
from datetime import datetime, time

import msgspec

from relance.contracts.reminder_ids import shown_id
from relance.domain.reminder.claim import Claim, ClaimState, Fate
from relance.domain.reminder.scenario import Anchor, Condition, DocumentKind, Scenario, Step


class StepView(msgspec.Struct, frozen=True):
    """One mail: so many days after the anchor (before it, when negative), at that hour in Paris, on that condition."""

    id: str
    anchor: Anchor
    offset_days: int
    hour: time
    condition: Condition
    template: str
    level: int


class ScenarioView(msgspec.Struct, frozen=True):
    """One version of a scenario. It never changes; `is_default` says that new documents follow it."""

    id: str
    name: str
    version: int
    kind: DocumentKind
    title: str
    is_default: bool
    steps: tuple[StepView, ...]
    created_at: datetime


class ScenarioList(msgspec.Struct, frozen=True):
    """Every version that was ever published, newest first."""

    items: tuple[ScenarioView, ...]


class ReminderView(msgspec.Struct, frozen=True):
    """One mail about a document. `claimed` and `unknown`: it may have left, and is never sent again by itself.

    `fate` is what the mail service told afterwards; `reason` why it was refused, or why nothing is known.
    """

    id: str
    document_kind: DocumentKind
    document_id: str
    step: str
    template: str
    subject: str
    recipient: str
    state: ClaimState
    fate: Fate
    reason: str
    at: datetime
    settled_at: datetime


class ReminderPage(msgspec.Struct, frozen=True):
    """Mails, those of the newest documents first; `cursor` asks for the next page, null at the end."""

    items: tuple[ReminderView, ...]
    cursor: str | None


def scenario_view(scenario: Scenario, *, is_default: bool) -> ScenarioView:
    """A scenario as it is shown."""
    return ScenarioView(
        id=scenario.id,
        name=scenario.name,
        version=scenario.version,
        kind=scenario.kind,
        title=scenario.title,
        is_default=is_default,
        steps=tuple(_step_view(step) for step in scenario.steps),
        created_at=scenario.created_at,
    )


def reminder_page(claims: Iterable[Claim], cursor: str | None) -> ReminderPage:
    """A slice of the listing."""
    return ReminderPage(tuple(_reminder_view(claim) for claim in claims), cursor)


def _step_view(step: Step) -> StepView:
    return StepView(
        id=step.id,
        anchor=step.anchor,
        offset_days=step.offset_days,
        hour=step.hour,
        condition=step.condition,
        template=step.template,
        level=step.level,
    )


def _reminder_view(claim: Claim) -> ReminderView:
    return ReminderView(
        id=shown_id(claim.id),
        document_kind=claim.document_kind,
        document_id=claim.document_id,
        step=claim.step,
        template=claim.template,
        subject=claim.subject,
        recipient=claim.recipient,
        state=claim.state,
        fate=claim.fate,
        reason=claim.reason,
        at=claim.at,
        settled_at=claim.settled_at,
    )
