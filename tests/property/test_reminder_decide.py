"""Whatever happens to a document and to its machine, reminders keep their promises.

A life is drawn: when the document is sent, what happens to it and when, how late the machine wakes each time, what the
mail service answers. It is then lived with the pure decision alone, and each mail is judged at the instant it leaves.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from relance.adapters.scenario_data import PackagedScenarios
from relance.domain.calendar_fr import PARIS, civil_date, is_working_day
from relance.domain.invoice import Invoice
from relance.domain.quote import Quote, QuoteState, QuoteStatus
from relance.domain.reminder.claim import Claim, ClaimState
from relance.domain.reminder.decide import Done, Render, Send, Stop, Wait, decide, plan
from relance.domain.reminder.facts import facts_of
from relance.domain.reminder.run import MAX_WAKES
from relance.domain.reminder.scenario import (
    ACCEPTED_COPY,
    ACCEPTED_NEWS,
    DELIVERY,
    OWN_STEPS,
    REFUSED_NEWS,
    WITHDRAWAL_RECEIPT,
    WITHDRAWN_NEWS,
    Anchor,
    Condition,
    DocumentKind,
    Scenario,
    Step,
    default_scenario,
)
from tests.builders import TENANT
from tests.doubles.office import a_claim, a_payment, a_sent_quote, an_acceptance, an_issued_invoice, kind_of

PDF: Final = "a" * 64
HORIZON: Final = timedelta(days=120)
TOLD: Final = {
    ACCEPTED_COPY: QuoteStatus.ACCEPTED,
    ACCEPTED_NEWS: QuoteStatus.ACCEPTED,
    REFUSED_NEWS: QuoteStatus.REFUSED,
    WITHDRAWAL_RECEIPT: QuoteStatus.WITHDRAWN,
    WITHDRAWN_NEWS: QuoteStatus.WITHDRAWN,
}
FATES: Final = (ClaimState.SENT, ClaimState.UNKNOWN, ClaimState.REFUSED, ClaimState.CLAIMED)


@dataclass(frozen=True)
class Life:
    """What will happen: `turns` are facts with their instants, `late` how long each wake is overdue, in turn."""

    document: Quote | Invoice
    scenario: Scenario
    turns: tuple[tuple[datetime, str], ...]
    late: tuple[timedelta, ...]
    fates: tuple[ClaimState, ...]

    def at(self, now: datetime) -> Quote | Invoice:
        """The document as it is stored at `now`."""
        document = self.document
        for instant, what in self.turns:
            if instant <= now:
                document = _after(document, instant, what)
        return document


def _after(document: Quote | Invoice, at: datetime, what: str) -> Quote | Invoice:
    if isinstance(document, Invoice):
        return replace(document, payments=(a_payment(document.due, at),)) if what == "paid" else document
    if what == "withdrawn" and document.status is QuoteStatus.ACCEPTED:
        return replace(document, status=QuoteStatus.WITHDRAWN)
    if document.state_on(civil_date(at)) is not QuoteState.OPEN:
        return document
    match what:
        case "seen":
            return replace(document, first_viewed_at=document.first_viewed_at or at)
        case "accepted":
            return replace(document, status=QuoteStatus.ACCEPTED, acceptance=an_acceptance(at, document))
        case "refused":
            return replace(document, status=QuoteStatus.REFUSED)
        case "replaced":
            return replace(document, status=QuoteStatus.REPLACED)
    return document


steps_of_quotes = st.builds(
    Step,
    id=st.just("s"),
    anchor=st.sampled_from([Anchor.SENT, Anchor.EXPIRY]),
    offset_days=st.integers(-10, 40),
    hour=st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45])),
    condition=st.sampled_from([Condition.NOT_VIEWED, Condition.UNANSWERED]),
    template=st.just("quote_reminder"),
)
steps_of_invoices = st.builds(
    Step,
    id=st.just("s"),
    anchor=st.sampled_from([Anchor.SENT, Anchor.DUE]),
    offset_days=st.integers(-10, 40),
    hour=st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45])),
    condition=st.just(Condition.UNPAID),
    template=st.just("invoice_overdue"),
)
instants = st.timedeltas(timedelta(), timedelta(days=700)).map(lambda after: datetime(2026, 1, 1, tzinfo=UTC) + after)


@st.composite
def lives(draw: st.DrawFn) -> Life:
    sent_at = draw(instants)
    is_quote = draw(st.booleans())
    document = (
        a_sent_quote(sent_at, draw(st.integers(0, 60)), PDF)
        if is_quote
        else an_issued_invoice(sent_at, draw(st.integers(0, 60)), PDF)
    )
    published = PackagedScenarios().get(TENANT, f"standard.{kind_of(document).value}@1")
    assert published is not None
    steps = draw(st.lists(steps_of_quotes if is_quote else steps_of_invoices, min_size=1, max_size=6))
    own = replace(published, steps=tuple(replace(step, id=f"s{i}") for i, step in enumerate(steps)))
    what = st.sampled_from(["seen", "seen", "accepted", "refused", "replaced", "withdrawn"] if is_quote else ["paid"])
    when = st.timedeltas(timedelta(), timedelta(days=draw(st.sampled_from([3, 20, 90])))).map(
        lambda after: sent_at + after
    )
    return Life(
        document=document,
        scenario=draw(st.sampled_from([published, own])),
        turns=tuple(sorted(draw(st.lists(st.tuples(when, what), max_size=3)))),
        late=tuple(draw(st.lists(st.timedeltas(timedelta(), timedelta(days=20)), min_size=1, max_size=8))),
        fates=tuple(draw(st.lists(st.sampled_from(FATES), min_size=1, max_size=4))),
    )


def live(life: Life) -> tuple[list[tuple[datetime, str]], int]:
    """Every mail with its instant, and how often the machine woke. Judges each mail as it leaves."""
    now = life.document.sent_at if isinstance(life.document, Quote) else life.document.issued_at
    assert now is not None
    end = now + HORIZON
    claims: dict[str, Claim] = {}
    sent: list[tuple[datetime, str]] = []
    for wakes in range(MAX_WAKES):
        document = life.at(now)
        answer = decide(facts_of(document, now), life.scenario, claims, now)
        match answer:
            case Wait(until):
                assert until > now, "a wait that does not wait"
                now = until + (life.late[wakes % len(life.late)] if wakes % 2 else timedelta())
                if now > end:
                    return sent, wakes
            case Send(step):
                judge(life, document, sent, claims, step, now)
                sent.append((now, step))
                claims[step] = a_claim(step, now, document.id, state=life.fates[len(sent) % len(life.fates)])
                now += timedelta(seconds=1)
            case Render():
                raise AssertionError("it was drawn")
            case Done() | Stop():
                return sent, wakes
    raise AssertionError("the machine never rests")


def judge(
    life: Life,
    document: Quote | Invoice,
    sent: list[tuple[datetime, str]],
    claims: dict[str, Claim],
    step: str,
    now: datetime,
) -> None:
    """May that mail leave at this instant? Judged from the document itself, not from the facts that decided."""
    assert step not in [s for _, s in sent], "twice"
    today = civil_date(now)
    if step in TOLD:
        assert isinstance(document, Quote)
        assert document.status is TOLD[step]
        return
    if isinstance(document, Quote):
        assert document.state_on(today) is QuoteState.OPEN, "after the answer, or after expiry"
    if step == DELIVERY:
        return
    if isinstance(document, Invoice):
        assert document.balance > 0, "after payment"
    assert sent[0][1] == DELIVERY, "a reminder of something that was never sent"
    assert is_working_day(today)
    assert time(8, 30) <= now.astimezone(PARIS).time() < time(18, 30)
    reached = [at for at, s in sent if s == DELIVERY or claims[s].state is not ClaimState.REFUSED]
    assert now - max(reached) >= timedelta(days=1), "two mails in one day"
    order = [s.id for _, s in plan(facts_of(document, now), life.scenario)]
    before = [order.index(s) for _, s in sent if s not in OWN_STEPS]
    assert all(i < order.index(step) for i in before), "back to an earlier step"
    wanted = next(s for s in life.scenario.steps if s.id == step)
    if wanted.condition is Condition.NOT_VIEWED:
        assert isinstance(document, Quote)
        assert document.first_viewed_at is None, "you have not looked, says the mail; he has"


@settings(deadline=None, max_examples=250)
@given(lives())
def test_no_life_of_a_document_breaks_a_promise(life: Life) -> None:
    live(life)


@settings(deadline=None)
@given(lives())
def test_a_punctual_machine_wakes_once_for_each_mail_it_sends(life: Life) -> None:
    punctual = replace(life, late=(timedelta(),), turns=())
    sent, wakes = live(punctual)
    # Deliver, then one wait and one send for each reminder, and a wait for what turned out not to be due yet.
    assert wakes <= 3 * len(sent) + 2


@settings(deadline=None, max_examples=50)
@given(lives(), st.timedeltas(timedelta(days=1), timedelta(days=80)))
def test_after_an_outage_at_most_one_mail_leaves_at_once(life: Life, outage: timedelta) -> None:
    start = life.document.sent_at if isinstance(life.document, Quote) else life.document.issued_at
    assert start is not None
    now, document = start + outage, life.at(start + outage)
    claims = {DELIVERY: a_claim(DELIVERY, start, document.id)}
    first = decide(facts_of(document, now), life.scenario, claims, now)
    if not isinstance(first, Send) or first.step in TOLD:
        return
    claims[first.step] = a_claim(first.step, now, document.id)
    assert not isinstance(decide(facts_of(document, now), life.scenario, claims, now), Send)
    facts = facts_of(document, now)
    due = [step.id for at, step in plan(facts, life.scenario) if at <= now and facts.allows(step.condition)]
    assert first.step == due[-1], "an older one than the latest that is due"
    assert {skip.step for skip in first.skipped if skip.reason == "superseded"} == set(due[:-1])


def test_a_kind_of_document_has_a_scenario_that_is_published() -> None:
    for kind in DocumentKind:
        assert PackagedScenarios().get(TENANT, default_scenario(kind)) is not None
