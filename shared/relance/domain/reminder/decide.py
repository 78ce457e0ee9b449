"""What to do next about one document: a pure function of its live facts, its claims and the instant.

Each wake of a run asks anew and nothing is planned ahead, so a payment or an acceptance stops a scenario merely by
being stored. What holds of every answer, whatever happened before (tests/property/test_reminder_decide.py):

* a step that was claimed is never sent again, and no step planned before it is sent after it;
* no reminder is sent of a closed or paused document, after its last day, outside working hours, or with its condition
  false;
* after an outage only the latest due step is sent, the earlier ones are skipped [DR-10];
* two mails about one document are at least a day apart [DR-08];
* the document itself goes first, once it is rendered; what an answer makes us tell is told at once and once [Q-04].
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from relance.domain.calendar_fr import civil_date
from relance.domain.reminder.claim import Claim, ClaimState, Fate
from relance.domain.reminder.facts import Facts
from relance.domain.reminder.hours import next_open, planned
from relance.domain.reminder.run import Skipped
from relance.domain.reminder.scenario import DELIVERY, Scenario, Step
from relance.domain.reminder.tellings import is_to_seller

APART: Final = timedelta(days=1)
PAUSE: Final = timedelta(days=7)  # who ends a pause wakes the run; this is for what nobody told us


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing before `until` (UTC, a whole second, always later than the instant of the question)."""

    until: datetime
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True, slots=True)
class Render:
    """The document has no PDF yet: draw it, then ask again."""


@dataclass(frozen=True, slots=True)
class Send:
    """Send the mail of `step` now, written by `template`."""

    step: str
    template: str
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """Every step had its turn."""

    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True, slots=True)
class Stop:
    """Nothing more will be sent, for this reason: the document's state, or `undelivered`, `bounced`, `complained`."""

    reason: str


Next = Wait | Render | Send | Done | Stop


def decide(facts: Facts, scenario: Scenario, claims: Mapping[str, Claim], now: datetime) -> Next:
    """What to do at `now`. `claims` by step id: those of this document, `DELIVERY` among them."""
    delivery = claims.get(DELIVERY)
    for telling in facts.tellings:
        if telling.step not in claims and (telling.anyway or not _lost(claims)):
            return Send(telling.step, telling.template) if facts.has_pdf else Render()
    if delivery is None:
        if not facts.has_pdf and (facts.is_deliverable or facts.is_drawn_anyway):
            return Render()
        return Send(DELIVERY, facts.delivery) if facts.is_deliverable else Stop(facts.closed)
    if facts.closed:
        return Stop(facts.closed)
    if reason := _lost(claims):
        return Stop(reason)
    if facts.paused:
        return _wait(facts, now + PAUSE, (), ())
    due, later, skipped = _sort(facts, scenario, claims, now)
    not_before = next_open(max(now, _last_mail(claims) + APART))
    if due:
        # Superseded only now: were the latest due step sent, these would be behind it for ever.
        skipped += tuple(Skipped(step.id, "superseded") for step in due[:-1])
        if not_before > now:
            return _wait(facts, not_before, skipped, due[-1:])
        return Send(due[-1].id, due[-1].template, skipped)
    if later:
        return _wait(facts, max(not_before, later[0][0]), skipped, [step for _, step in later])
    return Done(skipped)


def plan(facts: Facts, scenario: Scenario) -> list[tuple[datetime, Step]]:
    """When each step is meant to be sent, in order; those of one instant in the order of the scenario."""
    dated = [(planned(facts.anchors[s.anchor] + timedelta(days=s.offset_days), s.hour), s) for s in scenario.steps]
    return sorted(dated, key=lambda row: row[0])


def _lost(claims: Mapping[str, Claim]) -> str:
    """Why nobody at that address can be reached: the document was not taken, a mail bounced, he complained. [S-04]"""
    delivery = claims.get(DELIVERY)
    if delivery is not None and delivery.state is ClaimState.REFUSED:
        return "undelivered"
    fates = {claim.fate for claim in claims.values() if not is_to_seller(claim.step)}
    return next((fate.value for fate in (Fate.COMPLAINED, Fate.BOUNCED) if fate in fates), "")


def _sort(
    facts: Facts, scenario: Scenario, claims: Mapping[str, Claim], now: datetime
) -> tuple[list[Step], list[tuple[datetime, Step]], tuple[Skipped, ...]]:
    """The steps still possible: those due, in order; later ones with their instants; and those that never will be."""
    rows = plan(facts, scenario)
    # Whatever is planned before a step that was claimed has had its turn.
    behind = max((i + 1 for i, (_, step) in enumerate(rows) if step.id in claims), default=0)
    skipped = [Skipped(step.id, "superseded") for _, step in rows[:behind] if step.id not in claims]
    due: list[Step] = []
    later: list[tuple[datetime, Step]] = []
    for at, step in rows[behind:]:
        if not facts.holds(step.condition):
            skipped.append(Skipped(step.id, "condition"))
        elif facts.last_day is not None and civil_date(max(at, now)) > facts.last_day:
            skipped.append(Skipped(step.id, "too_late"))
        elif at <= now:
            due.append(step)
        else:
            later.append((at, step))
    return due, later, tuple(skipped)


def _last_mail(claims: Mapping[str, Claim]) -> datetime:
    """When he was last written to, or may have been: what is not known to have been refused counts."""
    return max(
        claim.at
        for claim in claims.values()
        if claim.step == DELIVERY or (claim.state is not ClaimState.REFUSED and not is_to_seller(claim.step))
    )


def _wait(facts: Facts, until: datetime, skipped: tuple[Skipped, ...], pending: Sequence[Step]) -> Wait | Done:
    """Wait, unless the document's last day is over by then: whatever was pending comes too late."""
    if facts.last_day is not None and civil_date(until) > facts.last_day:
        return Done(skipped + tuple(Skipped(step.id, "too_late") for step in pending))
    # Services cut fractions of a second: rounding up keeps the wake from being early and asking again for nothing.
    whole = until.replace(microsecond=0)
    return Wait(whole if whole == until else whole + timedelta(seconds=1), skipped)
