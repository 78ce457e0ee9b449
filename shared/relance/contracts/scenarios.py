"""Scenarios on the wire. The JSON Schema of `ScenarioBody` is in the API's description, and is what is accepted."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, time
from typing import Annotated, Final

import msgspec

from relance.contracts.fields import Amount, RequiredText, Text, Word, amount_text, one_line, to_cents
from relance.contracts.parse import Body
from relance.domain.ids import TenantId
from relance.domain.reminder.scenario import (
    Action,
    Anchor,
    Approval,
    Audience,
    Condition,
    DocumentKind,
    Enclosed,
    Guards,
    Scenario,
    Step,
)
from relance.domain.reminder.scenario_checks import MAX_OFFSET_DAYS, MAX_STEPS

_HOUR: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9](:00)?")


def _hour_fault(text: str) -> str | None:
    return None if _HOUR.fullmatch(text) else "Une heure de Paris est attendue, de 00:00 à 23:59 : 09:30."


Hour = Annotated[
    str,
    msgspec.Meta(
        max_length=8,
        description="Heure de Paris ; déplacée à la première heure ouvrée, de 8 h 30 à 18 h 30",
        examples=["09:30"],
        extra_json_schema={"pattern": r"^([01][0-9]|2[0-3]):[0-5][0-9](:00)?$"},
        extra={"check": _hour_fault},
    ),
]
Days = Annotated[int, msgspec.Meta(ge=-MAX_OFFSET_DAYS, le=MAX_OFFSET_DAYS)]
Level = Annotated[int, msgspec.Meta(ge=0, le=5)]


class StepBody(Body, frozen=True, kw_only=True):
    """One action: `offset_days` after the anchor (before it when negative), at `hour`, while `condition` holds.

    `template` is one of the product's mails, or `text:<id>@<version>`; `title` is what a task asks for.
    """

    id: Word
    anchor: Anchor
    offset_days: Days
    condition: Condition
    hour: Hour = "09:30"
    action: Action = Action.EMAIL
    template: Text = ""
    level: Level = 0
    approval: Approval = Approval.AUTO
    enclosed: Annotated[tuple[Enclosed, ...], msgspec.Meta(max_length=2)] = (Enclosed.PDF,)
    min_amount: Amount = "0.00"
    title: Text = ""


class GuardsBody(Body, frozen=True, kw_only=True):
    """The limits that the scenario keeps: days between two reminders to one customer, reminders of one document, what
    is too little to ask for, one mail for all that a customer owes, days that a reminder waits for its approval."""

    gap_days: Annotated[int, msgspec.Meta(ge=1, le=90)] = 3
    max_mails: Annotated[int, msgspec.Meta(ge=1, le=6)] = 6
    tolerance: Amount = "1.00"
    is_grouped: bool = True
    approval_days: Annotated[int, msgspec.Meta(ge=1, le=90)] = 14


class ScenarioBody(Body, frozen=True, kw_only=True):
    """A scenario to publish: the next version of its name. `segment` is the smart query that enrols into it."""

    name: RequiredText
    kind: DocumentKind
    title: RequiredText
    steps: Annotated[tuple[StepBody, ...], msgspec.Meta(min_length=1, max_length=MAX_STEPS)]
    audience: Audience = Audience.ANY
    segment: Word = ""
    guards: GuardsBody = GuardsBody()
    stop_on: Annotated[tuple[Word, ...], msgspec.Meta(max_length=10)] = ("reply",)
    pause_on: Annotated[tuple[Word, ...], msgspec.Meta(max_length=10)] = ("dispute", "promise")


class StepView(msgspec.Struct, frozen=True, kw_only=True):
    """One action, as `StepBody` has it."""

    id: str
    anchor: Anchor
    offset_days: int
    hour: time
    condition: Condition
    action: Action
    template: str
    level: int
    approval: Approval
    enclosed: tuple[Enclosed, ...]
    min_amount: str
    title: str


class ScenarioView(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a scenario. It never changes; `is_default` says that new documents follow it by the settings."""

    id: str
    name: str
    version: int
    kind: DocumentKind
    title: str
    audience: Audience
    segment: str
    is_default: bool
    is_shipped: bool
    steps: tuple[StepView, ...]
    guards: GuardsBody
    stop_on: tuple[str, ...]
    pause_on: tuple[str, ...]
    created_at: datetime


class ScenarioList(msgspec.Struct, frozen=True):
    """The company's own, newest version of each name first, and on the first page those shipped with the product."""

    items: tuple[ScenarioView, ...]
    cursor: str | None


def to_scenario(body: ScenarioBody) -> Scenario:
    """The domain's; tenant, version and instant are the use case's to fill."""
    guards = body.guards
    return Scenario(
        tenant=TenantId(""),
        name=one_line(body.name),
        version=1,
        rev=1,
        kind=body.kind,
        title=one_line(body.title),
        steps=tuple(_to_step(step) for step in body.steps),
        created_at=datetime.min.replace(tzinfo=UTC),
        audience=body.audience,
        segment=body.segment,
        guards=Guards(
            gap_days=guards.gap_days,
            max_mails=guards.max_mails,
            tolerance=to_cents(guards.tolerance),
            is_grouped=guards.is_grouped,
            approval_days=guards.approval_days,
        ),
        stop_on=frozenset(body.stop_on),
        pause_on=frozenset(body.pause_on),
    )


def _to_step(body: StepBody) -> Step:
    return Step(
        id=body.id,
        anchor=body.anchor,
        offset_days=body.offset_days,
        hour=time.fromisoformat(body.hour),
        condition=body.condition,
        template=one_line(body.template),
        level=body.level,
        action=body.action,
        approval=body.approval,
        enclosed=tuple(dict.fromkeys(body.enclosed)),
        min_amount=to_cents(body.min_amount),
        title=one_line(body.title),
    )


def scenario_view(scenario: Scenario, defaults: Iterable[str], *, is_shipped: bool) -> ScenarioView:
    """A scenario as it is shown; `defaults` are the ids that new documents follow."""
    guards = scenario.guards
    return ScenarioView(
        id=scenario.id,
        name=scenario.name,
        version=scenario.version,
        kind=scenario.kind,
        title=scenario.title,
        audience=scenario.audience,
        segment=scenario.segment,
        is_default=scenario.id in defaults,
        is_shipped=is_shipped,
        steps=tuple(_step_view(step) for step in scenario.steps),
        guards=GuardsBody(
            gap_days=guards.gap_days,
            max_mails=guards.max_mails,
            tolerance=amount_text(guards.tolerance),
            is_grouped=guards.is_grouped,
            approval_days=guards.approval_days,
        ),
        stop_on=tuple(sorted(scenario.stop_on)),
        pause_on=tuple(sorted(scenario.pause_on)),
        created_at=scenario.created_at,
    )


def _step_view(step: Step) -> StepView:
    return StepView(
        id=step.id,
        anchor=step.anchor,
        offset_days=step.offset_days,
        hour=step.hour,
        condition=step.condition,
        action=step.action,
        template=step.template,
        level=step.level,
        approval=step.approval,
        enclosed=step.enclosed,
        min_amount=amount_text(step.min_amount),
        title=step.title,
    )
