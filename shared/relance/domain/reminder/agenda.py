"""The steps of a scenario on the calendar of one document: which are due, which are later, which will never be.

Reminders to the customer and chores of the seller are two lines of their own: in each, what is planned before a step
that was carried out has had its turn, and of several due ones the latest counts. [DR-06, DR-10]
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from relance.domain.calendar_fr import civil_date
from relance.domain.reminder.claim import Claim, ClaimState
from relance.domain.reminder.facts import Facts
from relance.domain.reminder.policy import ORDINARY, Policy
from relance.domain.reminder.proposal import Proposal
from relance.domain.reminder.run import Skipped
from relance.domain.reminder.scenario import Anchor, DocumentKind, Scenario, Step


class Row(NamedTuple):
    """A step and the instant (UTC) at which it is meant."""

    at: datetime
    step: Step


@dataclass(frozen=True, slots=True)
class Agenda:
    """What is left of a scenario at one instant, each list in the order of time.

    `due` and `later` are reminders, `chores` and `later_chores` what the customer hears nothing of.
    """

    due: tuple[Row, ...]
    later: tuple[Row, ...]
    chores: tuple[Row, ...]
    later_chores: tuple[Row, ...]
    skipped: tuple[Skipped, ...]

    @property
    def passed(self) -> tuple[Skipped, ...]:
        """What is skipped once the latest due reminder has its turn: the ones due before it are superseded. [DR-10]"""
        return self.skipped + tuple(Skipped(row.step.id, "superseded") for row in self.due[:-1])

    @property
    def next_at(self) -> datetime:
        """When the next step of any sort is meant."""
        return min(row.at for row in (*self.later[:1], *self.later_chores[:1]))


def agenda(
    facts: Facts,
    scenario: Scenario,
    claims: Mapping[str, Claim],
    now: datetime,
    policy: Policy = ORDINARY,
    proposals: Mapping[str, Proposal] | None = None,
) -> Agenda:
    """The steps that are still possible at `now`, and why the others are not."""
    rows = plan(facts, scenario, claims, policy)
    letters = [row for row in rows if not row.step.action.is_internal]
    due, later, skipped = _possible(letters, facts, scenario, claims, now, policy, proposals or {})
    if not due and later and (hastened := _hastened(later[0], facts, claims, policy)) is not None:
        due, later = ([hastened], later[1:]) if hastened.at <= now else ([], [hastened, *later[1:]])
    chores = [row for row in rows if row.step.action.is_internal]
    now_to_do, later_chores, over = _possible(chores, facts, scenario, claims, now, policy, {})
    over += [Skipped(row.step.id, "superseded") for row in now_to_do[:-1]]
    return Agenda(tuple(due), tuple(later), tuple(now_to_do), tuple(later_chores), tuple(skipped + over))


def plan(
    facts: Facts, scenario: Scenario, claims: Mapping[str, Claim] | None = None, policy: Policy = ORDINARY
) -> list[Row]:
    """When each step is meant, in order; those of one instant in the order of the scenario.

    What counts from something that has not happened yet is left out.
    """
    found: list[Row] = []
    previous: date | None = None
    for step in scenario.steps:
        day = _day(step, facts, previous, policy)
        if day is None:
            continue
        at = policy.hours.planned(day, step.hour, formal=step.is_formal)
        found.append(Row(at, step))
        claim = (claims or {}).get(step.id)
        previous = civil_date(claim.at if claim else at)
    return sorted(found, key=lambda row: row.at)


def _day(step: Step, facts: Facts, previous: date | None, policy: Policy) -> date | None:
    if step.anchor is Anchor.PREVIOUS:
        return previous + timedelta(days=step.offset_days) if previous else None
    anchor = facts.anchors.get(step.anchor)
    if anchor is None:
        return None
    return anchor + timedelta(days=step.offset_days + (policy.extra_days if step.anchor is not Anchor.EXPIRY else 0))


def _hastened(row: Row, facts: Facts, claims: Mapping[str, Claim], policy: Policy) -> Row | None:
    """After a promise that was not kept, the next reminder comes at once, unless one left since. [DR-02]"""
    if facts.broken_on is None or any(c.is_letter and civil_date(c.at) >= facts.broken_on for c in claims.values()):
        return None
    at = policy.hours.planned(facts.broken_on, row.step.hour, formal=row.step.is_formal)
    return Row(at, row.step) if at < row.at else None


def _possible(
    rows: Sequence[Row],
    facts: Facts,
    scenario: Scenario,
    claims: Mapping[str, Claim],
    now: datetime,
    policy: Policy,
    proposals: Mapping[str, Proposal],
) -> tuple[list[Row], list[Row], list[Skipped]]:
    """Of one line: the steps due, in order; later ones; and those that never will be carried out."""
    # Whatever is planned before a step that was claimed has had its turn.
    behind = max((i + 1 for i, row in enumerate(rows) if row.step.id in claims), default=0)
    skipped = [Skipped(row.step.id, "superseded") for row in rows[:behind] if row.step.id not in claims]
    is_full = _reminders(claims) >= scenario.guards.max_mails
    due: list[Row] = []
    later: list[Row] = []
    for row in rows[behind:]:
        proposal = proposals.get(row.step.id)
        if why := _why_not(row, facts, scenario, policy, now, is_full=is_full):
            skipped.append(Skipped(row.step.id, why))
        elif proposal is not None and proposal.is_declined(now):
            skipped.append(Skipped(row.step.id, "declined"))
        else:
            (due if row.at <= now else later).append(row)
    return due, later, skipped


def _why_not(row: Row, facts: Facts, scenario: Scenario, policy: Policy, now: datetime, *, is_full: bool) -> str:
    """Why a step that was not carried out never will be, as things are; "" when it may be."""
    step = row.step
    if step.action.is_internal:
        # What the seller is to do about an offer that ran out comes after its last day.
        is_after = step.anchor is Anchor.EXPIRY and step.offset_days > 0
        return "" if facts.allows(step.condition) or (is_after and facts.closed == "expired") else "condition"
    if not facts.allows(step.condition):
        return "condition"
    if not policy.allows(step):
        return "level"
    if facts.at_stake < max(step.min_amount, _tolerated(facts, scenario)):
        return "amount"
    if is_full:
        return "cap"
    if facts.last_day is not None and civil_date(max(row.at, now)) > facts.last_day:
        return "too_late"
    return ""


def _tolerated(facts: Facts, scenario: Scenario) -> int:
    """Less than this is not asked for. An offer has no such limit. [DR-03]"""
    return scenario.guards.tolerance if facts.kind is DocumentKind.INVOICE else 0


def _reminders(claims: Mapping[str, Claim]) -> int:
    """How many reminders of the document left, or may have left."""
    return sum(claim.is_reminder and claim.state is not ClaimState.REFUSED for claim in claims.values())
