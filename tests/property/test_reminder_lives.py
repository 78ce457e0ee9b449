"""Several documents of one customer, lived at once: promises, disputes, approvals, bounces, payments, late machines.

A life is drawn and then lived with the pure functions alone (`decide`, `together`, the letter box), the way
`app.following` carries them out. Each reminder is judged at the instant it leaves, from the drawn life itself. What the
docstring of `decide` promises is what is judged here. [DR-01 … DR-10]
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from relance.domain.calendar_fr import PARIS, civil_date, holiday_area, is_working_day, working_days_after
from relance.domain.invoice import Invoice
from relance.domain.quote import Quote, QuoteState, QuoteStatus
from relance.domain.reminder import proposal as proposals
from relance.domain.reminder.claim import Claim, ClaimState, Fate
from relance.domain.reminder.correspondence import Correspondence, bounced, first_letter, reminded
from relance.domain.reminder.decide import Act, Around, Done, Propose, Render, Send, Stop, Wait, decide
from relance.domain.reminder.facts import Beside, facts_of
from relance.domain.reminder.grouping import Case, together
from relance.domain.reminder.hold import PROMISE_GRACE, Hold, HoldKind
from relance.domain.reminder.hours import Closure, Hours
from relance.domain.reminder.policy import Policy
from relance.domain.reminder.proposal import Proposal, ProposalState
from relance.domain.reminder.scenario import (
    DELIVERY,
    Action,
    Anchor,
    Approval,
    Condition,
    DocumentKind,
    Guards,
    Scenario,
    Step,
    is_own,
)
from tests.builders import TENANT, a_customer
from tests.doubles.office import a_claim, a_payment, a_sent_quote, an_acceptance, an_issued_invoice, kind_of

PDF: Final = "a" * 64
HORIZON: Final = timedelta(days=90)
START: Final = datetime(2026, 1, 5, 9, tzinfo=UTC)
ADDRESS: Final = a_customer().email
TOLERANCE: Final = 100


@dataclass
class Followed:
    """One document, with what was drawn for it and what became of it."""

    document: Quote | Invoice
    scenario: Scenario
    events: list[tuple[datetime, str]]
    says: str  # of each proposal: approved, skipped, or never a word
    at_once: bool
    claims: dict[str, Claim] = field(default_factory=dict)
    holds: list[Hold] = field(default_factory=list)
    asked: dict[str, Proposal] = field(default_factory=dict)
    next_at: datetime = START
    is_over: bool = False

    def case(self, world: "World", now: datetime) -> Case:
        beside = Beside(holds=tuple(self.holds), area=world.policy.hours.area)
        around = Around(world.policy, world.letters, dict(self.asked))
        return Case(self.document.id, facts_of(self.document, now, beside), self.scenario, self.claims, around)


@dataclass
class World:
    """One customer: his documents, his policy, his letter box, and how late each wake is, in turn."""

    documents: list[Followed]
    policy: Policy
    bounces_at: datetime | None
    late: list[timedelta]
    letters: Correspondence = field(default_factory=lambda: first_letter(TENANT, a_customer().id))
    left: list[tuple[datetime, str]] = field(default_factory=list)  # reminders that may have reached him


# --- drawing ---------------------------------------------------------------------------------------------------------

hours = st.builds(time, st.integers(7, 19), st.sampled_from([0, 30]))


@st.composite
def scenarios(draw: st.DrawFn, kind: DocumentKind) -> Scenario:
    anchor = Anchor.DUE if kind is DocumentKind.INVOICE else Anchor.SENT
    steps = []
    for i in range(draw(st.integers(2, 6))):
        action = draw(st.sampled_from([*[Action.EMAIL] * 5, Action.TASK, Action.LETTER]))
        level = draw(st.sampled_from([0, 1, 1, 2, 2, 3, 4])) if kind is DocumentKind.INVOICE else 0
        approval = draw(st.sampled_from([*[Approval.AUTO] * 4, Approval.MANUAL, Approval.DELEGATE]))
        if level >= 4 and action is not Action.TASK:
            approval = Approval.MANUAL
        follows = i > 0 and draw(st.booleans())
        steps.append(
            Step(
                id=f"s{i}",
                anchor=Anchor.PREVIOUS if follows else anchor,
                offset_days=draw(st.integers(0, 9)) if follows else draw(st.integers(-3, 25)),
                hour=draw(hours),
                condition=Condition.UNPAID if kind is DocumentKind.INVOICE else Condition.UNANSWERED,
                template=f"{kind.value}_reminder",
                level=level,
                action=action,
                approval=Approval.AUTO if action is Action.TASK else approval,
                title="à faire",
            )
        )
    guards = Guards(draw(st.integers(2, 5)), draw(st.sampled_from([2, 6])), TOLERANCE, draw(st.integers(0, 3)) > 0)
    return Scenario(TENANT, "own", 1, 1, kind, "t", tuple(steps), START, guards=guards)


@st.composite
def followed(draw: st.DrawFn, n: int) -> Followed:
    is_quote = draw(st.integers(0, 3)) == 0
    days = draw(st.integers(1, 12))
    document: Quote | Invoice = (
        a_sent_quote(START, days, PDF, id=f"quo_{n:026d}")
        if is_quote
        else an_issued_invoice(START, days, PDF, id=f"inv_{n:026d}")
    )
    what = st.sampled_from(["accepted"] if is_quote else ["paid", "part", "disputed", "settled", "promised", "manual"])
    when = st.timedeltas(timedelta(), HORIZON).map(lambda after: START + after)
    made = Followed(
        document=document,
        scenario=draw(scenarios(kind_of(document))),
        events=sorted(draw(st.lists(st.tuples(when, what), max_size=2))),
        says=draw(st.sampled_from(["approved", "approved", "approved", "skipped", "never"])),
        at_once=draw(st.booleans()),
    )
    made.claims[DELIVERY] = a_claim(DELIVERY, START, document.id)
    return made


@st.composite
def worlds(draw: st.DrawFn) -> World:
    area = draw(st.sampled_from(["", holiday_area("67000")]))
    away = draw(st.integers(0, 60))
    closures = draw(st.sampled_from([(), (), (), (Closure(date(2026, 2, 1), date(2026, 2, 1) + timedelta(away)),)]))
    low = draw(st.sampled_from([0, 0, 0, 1]))
    policy = Policy(
        hours=Hours(area, closures),
        is_excluded=draw(st.integers(0, 19)) == 19,
        extra_days=draw(st.sampled_from([0, 0, 7])),
        min_level=low,
        max_level=draw(st.sampled_from([5, 5, 3])),
        approval=draw(st.sampled_from([None, None, None, Approval.AUTO, Approval.MANUAL])),
        recipient=ADDRESS,
    )
    late = st.timedeltas(timedelta(), timedelta(days=6))
    return World(
        documents=[draw(followed(n)) for n in range(draw(st.integers(2, 4)))],
        policy=policy,
        bounces_at=draw(st.sampled_from([None, None, None, None, START + timedelta(days=20)])),
        late=draw(st.lists(st.just(timedelta()) | late, min_size=1, max_size=6)),
    )


# --- living ----------------------------------------------------------------------------------------------------------


def live(world: World) -> None:
    """Whoever is due next goes next; facts come when they come, and wake whom they concern."""
    for turn in range(600):
        todo = [(one.next_at, i) for i, one in enumerate(world.documents) if not one.is_over]
        facts = [(one.events[0][0], i) for i, one in enumerate(world.documents) if one.events]
        if not todo and not facts:
            return
        if facts and (not todo or facts[0 if len(facts) == 1 else facts.index(min(facts))][0] <= min(todo)[0]):
            at, i = min(facts)
            happens(world, world.documents[i], at)
            continue
        at, i = min(todo)
        if at > START + HORIZON:
            return
        if world.bounces_at is not None and world.bounces_at <= at:
            world.letters = bounced(world.letters, ADDRESS, at, is_soft=False)
        wake(world, world.documents[i], at, world.late[turn % len(world.late)])
    raise AssertionError("it never rests")


def happens(world: World, one: Followed, at: datetime) -> None:
    """A fact of life."""
    _, what = one.events.pop(0)
    one.next_at, one.is_over = max(at, one.next_at if one.next_at < at else at), False
    document = one.document
    match what:
        case "accepted" if isinstance(document, Quote) and document.state_on(civil_date(at)) is QuoteState.OPEN:
            one.document = replace(document, status=QuoteStatus.ACCEPTED, acceptance=an_acceptance(at, document))
        case "paid" if isinstance(document, Invoice) and document.balance > 0:
            one.document = replace(document, payments=(*document.payments, a_payment(document.balance, at)))
        case "part" if isinstance(document, Invoice) and document.balance > TOLERANCE:
            some = a_payment(document.balance - TOLERANCE + 1, at)
            one.document = replace(document, payments=(*document.payments, some))
        case "disputed" | "manual":
            kind = HoldKind.DISPUTE if what == "disputed" else HoldKind.MANUAL
            one.holds.append(Hold(f"h{len(one.holds)}", kind, at, "louise"))
        case "promised":
            until = civil_date(at) + timedelta(days=7)
            one.holds.append(Hold(f"h{len(one.holds)}", HoldKind.PROMISE, at, "louise", until=until))
        case "settled":
            one.holds = [replace(hold, ended_at=at, outcome="settled") for hold in one.holds]


def wake(world: World, one: Followed, now: datetime, late: timedelta) -> None:
    """What the machine does at one wake."""
    for _ in range(30):
        case = one.case(world, now)
        answer = decide(case.facts, case.scenario, case.claims, now, case.around)
        match answer:
            case Wait(until):
                assert until > now, "a wait that does not wait"
                one.next_at = until + late
                return
            case Done() | Stop():
                one.is_over = True
                return
            case Propose(step, approval, expires_at):
                assert step.id not in one.asked, "asked twice"
                assert world.policy.approval_of(step) is approval is not Approval.AUTO
                one.asked[step.id] = said(one, step, approval, now, expires_at)
            case Act(step):
                judge_act(world, one, step, now, answer.proposal)
                one.claims[step.id] = a_claim(step.id, now, one.document.id, action=step.action)
                if step.action is Action.LETTER:
                    carried(world, one, step.id, now)
            case Send():
                send(world, one, answer, now)
            case Render():
                raise AssertionError("it was drawn")
    raise AssertionError("a wake without end")


def said(one: Followed, step: Step, approval: Approval, now: datetime, expires_at: datetime) -> Proposal:
    """A person decides at once, or never."""
    pending = Proposal(
        TENANT,
        f"{one.document.id}#{step.id}",
        1,
        kind_of(one.document),
        one.document.id,
        "cus_1",
        step.id,
        step.template,
        step.level,
        approval,
        ProposalState.PENDING,
        now,
        expires_at,
    )
    if one.says == "never":
        return pending
    return proposals.decide(pending, ProposalState(one.says), "louise", now, at_once=one.at_once)


def send(world: World, one: Followed, answer: Send, now: datetime) -> None:
    """One mail, for all that is asked for together; what an answer makes us tell is no reminder."""
    if is_own(answer.step):
        assert answer.step not in one.claims, "told twice"
        one.claims[answer.step] = a_claim(answer.step, now, one.document.id)
        return
    rest = [other.case(world, now) for other in world.documents if other is not one]
    told = together(one.case(world, now), answer, rest, now)
    judge(world, one, answer.step, now, answer.proposal)
    joined = {j.document_id: j.step for j in told.joined}
    assert one.document.id in told.owed or not told.owed
    for other in world.documents:
        if (step := joined.get(other.document.id)) is not None:
            hurried = answer.proposal if answer.proposal and answer.proposal.at_once else other.asked.get(step)
            judge(world, other, step, now, hurried)
            other.claims[step] = a_claim(step, now, other.document.id)
    assert told.level == max([answer.level, *(j.level for j in told.joined)]), "the firmest tone"
    for id in told.owed:
        owed = next(other for other in world.documents if other.document.id == id).document
        assert isinstance(owed, Invoice)
        assert owed.is_overdue(civil_date(now))
    carried(world, one, answer.step, now)


def carried(world: World, one: Followed, step: str, now: datetime) -> None:
    state = [ClaimState.SENT, ClaimState.UNKNOWN, ClaimState.CLAIMED][len(world.left) % 3]
    action = next(s.action for s in one.scenario.steps if s.id == step)
    one.claims[step] = a_claim(step, now, one.document.id, state=state, action=action)
    world.letters = reminded(world.letters, now)
    world.left.append((now, step))


# --- judging ---------------------------------------------------------------------------------------------------------


def judge_act(world: World, one: Followed, step: Step, now: datetime, proposal: Proposal | None) -> None:
    assert step.id not in one.claims, "twice"
    if step.action is Action.LETTER:
        judge(world, one, step.id, now, proposal)


def judge(world: World, one: Followed, id: str, now: datetime, proposal: Proposal | None) -> None:
    """May that reminder of that document leave at this instant?"""
    step, today, document = next(s for s in one.scenario.steps if s.id == id), civil_date(now), one.document
    assert id not in one.claims, "twice"
    if isinstance(document, Invoice):
        assert document.balance >= max(TOLERANCE, 1), "too little to ask for, or nothing [DR-03]"
    else:
        assert document.state_on(today) is QuoteState.OPEN, "after the answer, or its last day [DR-01]"
    for hold in one.holds:
        if hold.ended_at is None:
            last = hold.until and working_days_after(hold.until, PROMISE_GRACE, world.policy.hours.area)
            assert last is not None, f"held by {hold.kind} [DR-02]"
            assert today > last, "before the promise has run out [DR-02]"
    assert not world.policy.is_excluded
    assert not world.letters.refuses(ADDRESS), "to an address that takes nothing [S-04]"
    assert world.policy.min_level <= step.level <= world.policy.max_level, "not his tone [DR-04]"
    if world.policy.approval_of(step) is not Approval.AUTO:
        approved = one.asked.get(id)
        assert approved is not None, "nobody was asked [DR-09]"
        assert approved.state is ProposalState.APPROVED, "without a word [DR-09]"
    if not (proposal and proposal.at_once):
        wall = now.astimezone(PARIS)
        assert is_working_day(today, world.policy.hours.area), "on a holiday [DR-06]"
        assert not any(c.first <= today <= c.last for c in world.policy.hours.closures), "while the seller is away"
        assert time(8, 30) <= wall.time() < time(18, 30), "at night [DR-07]"
        if step.level >= 4:
            assert not (wall.weekday() == 4 and wall.time() >= time(12)), "a formal letter for the weekend [DR-07]"
        mine = [at for at, _ in world.left if at != now]
        gap = one.scenario.guards.gap_days
        assert all(civil_date(at) + timedelta(days=gap) <= today for at in mine), "too soon after another [DR-08]"
    reminders = [claim for claim in one.claims.values() if claim.is_reminder]
    assert len(reminders) < one.scenario.guards.max_mails, "once too often [DR-08]"


@settings(deadline=None, max_examples=60)
@given(worlds())
def test_no_life_of_a_customer_breaks_a_promise(world: World) -> None:
    live(world)


@settings(deadline=None, max_examples=30)
@given(worlds(), st.sampled_from([Fate.BOUNCED, Fate.COMPLAINED]))
def test_an_address_that_refused_one_document_gets_no_reminder_of_another(world: World, fate: Fate) -> None:
    """Complaint 11 of the peers in another dress: what is known of a customer is known for all his documents. [S-04]"""
    world.letters = bounced(world.letters, ADDRESS, START, is_soft=False)
    for one in world.documents:
        one.claims[DELIVERY] = replace(one.claims[DELIVERY], fate=fate)
    live(world)
    assert world.left == []


@settings(deadline=None, max_examples=40)
@given(worlds())
def test_a_promise_that_was_broken_hastens_the_next_reminder_and_doubles_none(world: World) -> None:
    for one in world.documents:
        if isinstance(one.document, Invoice):
            one.holds.append(Hold("h", HoldKind.PROMISE, START, "louise", until=civil_date(START) + timedelta(days=3)))
    live(world)
