"""What to do next about one document: a pure function of its live facts, its claims and the instant.

Each wake of a run asks anew and nothing is planned ahead, so a payment or an acceptance stops a scenario merely by
being stored. What holds of every answer, whatever happened before (tests/property/test_reminder_decide.py):

* a step that was claimed is never carried out again, and no reminder planned before it leaves after it;
* no reminder leaves of a closed, held or paused document, after its last day, outside working hours, or with its
  condition false;
* after an outage only the latest due reminder leaves, the earlier ones are skipped [DR-10];
* two mails about one document are at least a day apart, two reminders to one customer as many days as the scenario
  says, and no document is reminded of more often than it says [DR-08];
* what needs somebody's approval leaves only with it, and a formal notice always needs it [DR-09];
* the document itself goes first, once it is rendered; what an answer makes us tell is told at once and once [Q-04].
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final

from relance.domain.calendar_fr import at_paris, civil_date
from relance.domain.reminder.agenda import Agenda, agenda, plan
from relance.domain.reminder.claim import Claim, ClaimState, Fate
from relance.domain.reminder.correspondence import Correspondence
from relance.domain.reminder.facts import Facts
from relance.domain.reminder.hours import OPENS
from relance.domain.reminder.policy import ORDINARY, Policy
from relance.domain.reminder.proposal import Proposal, ProposalState
from relance.domain.reminder.run import Skipped
from relance.domain.reminder.scenario import (
    DELIVERY,
    Action,
    Approval,
    DocumentKind,
    Scenario,
    Step,
    is_own,
    is_to_seller,
)

__all__ = ["Act", "Around", "Done", "Next", "Propose", "Render", "Send", "Stop", "Wait", "decide", "plan"]

APART: Final = timedelta(days=1)
LAST_LEVEL: Final = 5
_STILL_BUSY: Final = ("", "bounced", "excluded")  # who hears nothing by mail is called: his seller's tasks go on
PAUSE: Final = timedelta(days=7)  # who ends a pause wakes the run; this is for what nobody told us


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing before `until` (UTC, a whole second, always later than the instant of the question); `why`, if not for
    the next step's day: `paused`, `approval`, or what holds it."""

    until: datetime
    skipped: tuple[Skipped, ...] = ()
    why: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Render:
    """The document has no PDF yet: draw it, then ask again."""


@dataclass(frozen=True, slots=True)
class Send:
    """Send the mail of `step` now, written by `template`, or in the words of `proposal` where somebody edited it."""

    step: str
    template: str
    skipped: tuple[Skipped, ...] = ()
    level: int = field(default=0, compare=False)
    proposal: Proposal | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Act:
    """Carry out `step`, which is no mail: a task, a letter to print, a call of the seller's own system."""

    step: Step
    skipped: tuple[Skipped, ...] = ()
    proposal: Proposal | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Propose:
    """Put `step` in the queue of what waits for a person, until `expires_at`."""

    step: Step
    approval: Approval
    expires_at: datetime
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """Every step had its turn."""

    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True, slots=True)
class Stop:
    """Nothing more will be sent, for this reason: the document's state, a hold that ends it, `undelivered`,
    `complained`, `unsubscribed`."""

    reason: str


Next = Wait | Render | Send | Act | Propose | Done | Stop


@dataclass(frozen=True, slots=True)
class Around:
    """What is around a document: its customer's policy and letter box, and what people said of proposed reminders."""

    policy: Policy = ORDINARY
    letters: Correspondence | None = None
    proposals: Mapping[str, Proposal] = field(default_factory=dict)  # by step


ALONE: Final = Around()


def decide(
    facts: Facts, scenario: Scenario, claims: Mapping[str, Claim], now: datetime, around: Around = ALONE
) -> Next:
    """What to do at `now`. `claims` by step id: those of this document, `DELIVERY` among them."""
    refused = _refused(claims, around)
    done = facts.incomplete | claims.keys()
    for telling in facts.tellings:
        if telling.step not in done and (telling.anyway or not refused):
            return Send(telling.step, telling.template) if facts.has_pdf else Render()
    if DELIVERY not in claims:
        if DELIVERY in facts.incomplete:
            return Wait(now.replace(microsecond=0) + PAUSE, why="incomplete")
        if not facts.has_pdf and (facts.is_deliverable or facts.is_drawn_anyway):
            return Render()
        return Send(DELIVERY, facts.delivery) if facts.is_deliverable else Stop(facts.closed)
    for wanted in around.proposals.values():
        if wanted.is_again and is_own(wanted.step) and _is_wanted(wanted, claims) and wanted.step not in done:
            return Send(wanted.step, wanted.template, proposal=wanted)
    table = agenda(facts, scenario, claims, now, around.policy, around.proposals)
    ended = _ended(facts, scenario, refused, around)
    # Only what the seller is to do about an offer that ran out comes after the end.
    if ended and not (ended == "expired" and (table.chores or table.later_chores)):
        return Stop(ended)
    if not (ended or table.due or table.later or table.chores or table.later_chores or _direct(claims, around)):
        return Done(table.skipped)
    paused = "" if ended else _paused(facts, scenario, refused, around)
    if table.chores and paused in _STILL_BUSY:
        return Act(table.chores[-1].step, table.skipped)
    if ended:
        return _until(table.later_chores[0].at, table, "")
    if paused:
        return _wait(facts, table, now + PAUSE, paused)
    return _next(facts, scenario, claims, now, around, table)


def _next(
    facts: Facts, scenario: Scenario, claims: Mapping[str, Claim], now: datetime, around: Around, table: Agenda
) -> Next:
    """Of an open document that nothing holds."""
    if direct := _direct(claims, around):
        return Send(direct.step, direct.template, table.skipped, direct.level, direct)
    if not table.due:
        return _wait(facts, table, max(_not_before(claims, scenario, around, now, None), table.next_at), "")
    step, skipped = table.due[-1].step, table.passed
    approval, proposal = around.policy.approval_of(step), around.proposals.get(step.id)
    if approval is not Approval.AUTO and proposal is None:
        return Propose(step, approval, now + timedelta(days=scenario.guards.approval_days), skipped)
    if approval is not Approval.AUTO and proposal and proposal.state is ProposalState.PENDING:
        return _wait(facts, table, min([proposal.expires_at, *(row.at for row in table.later[:1])]), "approval")
    not_before = _not_before(claims, scenario, around, now, step)
    if not_before > now and not (proposal and proposal.at_once):
        return _wait(facts, table, not_before, "gap")
    if step.action is Action.LETTER:
        return Act(step, skipped, proposal)
    return Send(step.id, step.template, skipped, step.level, proposal)


def _direct(claims: Mapping[str, Claim], around: Around) -> Proposal | None:
    """What somebody wants sent by hand, now: a step of no scenario, or a reminder that may be lost. [KB-25]"""
    by_hand = (p for p in around.proposals.values() if p.is_direct or (p.is_again and not is_own(p.step)))
    return min((p for p in by_hand if _is_wanted(p, claims)), key=lambda proposal: proposal.step, default=None)


def _is_wanted(proposal: Proposal, claims: Mapping[str, Claim]) -> bool:
    return proposal.state is ProposalState.APPROVED and proposal.step not in claims


def _refused(claims: Mapping[str, Claim], around: Around) -> str:
    """Why nobody at that address can be reached: the document was not taken, a mail bounced, he complained. [S-04]

    A bounce counts for the address that it came from: once the customer has another one, reminders go there. [DR-12]
    """
    recipient = around.policy.recipient
    fates = {
        claim.fate
        for claim in claims.values()
        if not is_to_seller(claim.step) and (not recipient or claim.recipient == recipient)
    }
    told = around.letters.refuses(recipient) if around.letters and recipient else ""
    if Fate.COMPLAINED in fates or told == "complained":
        return "complained"
    if Fate.BOUNCED in fates or told:
        return "bounced"
    delivery = claims.get(DELIVERY)
    return "undelivered" if delivery is not None and delivery.state is ClaimState.REFUSED else ""


def _ended(facts: Facts, scenario: Scenario, refused: str, around: Around) -> str:
    """Why no reminder will ever leave any more, as far as can be seen. [DR-01]"""
    if facts.closed:
        return facts.closed
    if refused in ("complained", "undelivered"):
        return refused
    if "insolvency" in facts.held_as:
        return "insolvency"
    if around.letters and around.letters.unsubscribed_at and facts.kind is DocumentKind.QUOTE:
        return "unsubscribed"
    if facts.is_viewed and "viewed" in scenario.stop_on:
        return "viewed"
    return min(facts.held_as & scenario.stop_on, default="")


def _paused(facts: Facts, scenario: Scenario, refused: str, around: Around) -> str:
    """Why reminders wait for somebody to decide something. [DR-02]"""
    if facts.paused or refused:
        return facts.paused or refused
    if around.policy.is_excluded:
        return "excluded"
    if around.letters and around.letters.on_hold:
        return "on_hold"
    return min(facts.held_as & (scenario.pause_on | {"manual", "incomplete"}), default="")


def _not_before(
    claims: Mapping[str, Claim], scenario: Scenario, around: Around, now: datetime, step: Step | None
) -> datetime:
    """The first instant at which that reminder may leave: a day after any mail about the document, the gap after any
    reminder to the customer, and when people work. [DR-07, DR-08]"""
    soonest = max(now, _last_mail(claims) + APART)
    if around.letters and around.letters.last_reminder_at:
        again = civil_date(around.letters.last_reminder_at) + timedelta(days=scenario.guards.gap_days)
        soonest = max(soonest, at_paris(again, OPENS))
    opened = around.policy.hours.next_open(soonest, formal=step is not None and step.is_formal)
    return opened if step is None else max(opened, at_paris(civil_date(opened), _opens(scenario.kind, step)))


def _opens(kind: DocumentKind, step: Step) -> time:
    """When in the morning such a reminder may leave: the firmest at once, each softer one a minute later, those of
    quotes last. So of several to one customer that waited for the same day the order is known beforehand. [DR-11]"""
    minutes = LAST_LEVEL - step.level if kind is DocumentKind.INVOICE else 2 * LAST_LEVEL
    return (datetime.combine(date.min, OPENS) + timedelta(minutes=minutes)).time()


def _last_mail(claims: Mapping[str, Claim]) -> datetime:
    """When he was last written to, or may have been: what is not known to have been refused counts."""
    return max(
        claim.at
        for claim in claims.values()
        if claim.step == DELIVERY
        or (claim.is_letter and claim.state is not ClaimState.REFUSED and not is_to_seller(claim.step))
    )


def _wait(facts: Facts, table: Agenda, until: datetime, why: str) -> Wait | Done:
    """Wait, unless the document's last day is over by then: whatever was pending comes too late."""
    chores = [row.at for row in table.later_chores]
    if facts.last_day is not None and civil_date(until) > facts.last_day:
        if not chores:
            return Done(
                table.passed + tuple(Skipped(row.step.id, "too_late") for row in (*table.due[-1:], *table.later))
            )
        until = chores[0]
    return _until(min([until, *chores]), table, why)


def _until(until: datetime, table: Agenda, why: str) -> Wait:
    # Services cut fractions of a second: rounding up keeps the wake from being early and asking again for nothing.
    whole = until.replace(microsecond=0)
    return Wait(whole if whole == until else whole + timedelta(seconds=1), table.passed, why)
