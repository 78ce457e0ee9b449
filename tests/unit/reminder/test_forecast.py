"""What is shown beforehand: the calendar of the next sixty days, mail by mail, from the machine's own decisions."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any, Final

import pytest

from relance.adapters.scenario_data import PackagedScenarios
from relance.domain.calendar_fr import PARIS, civil_date
from relance.domain.ids import CustomerId, InvoiceId
from relance.domain.invoice import Invoice
from relance.domain.quote import Quote, QuoteStatus
from relance.domain.reminder.claim import Claim
from relance.domain.reminder.correspondence import Correspondence, first_letter
from relance.domain.reminder.facts import Beside
from relance.domain.reminder.forecast import Followed, Forecast, Foreseen, forecast
from relance.domain.reminder.hold import Hold, HoldKind
from relance.domain.reminder.policy import Policy
from relance.domain.reminder.proposal import Proposal, ProposalState
from relance.domain.reminder.run import Skipped
from relance.domain.reminder.scenario import (
    DELIVERY,
    Action,
    Anchor,
    Approval,
    Condition,
    DocumentKind,
    Scenario,
    Step,
)
from tests.builders import TENANT
from tests.doubles.office import a_claim, a_payment, a_sent_quote, an_acceptance, an_issued_invoice
from tests.doubles.outside import START

PDF: Final = "a" * 64
SIXTY: Final = timedelta(days=60)
BOX: Final = first_letter(TENANT, CustomerId("cus_1"))
MONDAY: Final = date(2026, 11, 16)


def published(id: str) -> Scenario:
    found = PackagedScenarios().get(TENANT, id)
    assert found is not None
    return found


def delivered(document: Quote | Invoice, at: datetime = START) -> dict[str, Claim]:
    return {DELIVERY: a_claim(DELIVERY, at, document.id)}


def followed(document: Quote | Invoice, scenario: str = "", **parts: Any) -> Followed:
    """A document sent or issued at START and delivered, under the scenario of a new company."""
    name = scenario or ("standard.quote@2" if isinstance(document, Quote) else "standard.invoice@2")
    parts = {"claims": delivered(document), **parts}
    return Followed(document, published(name), **parts)


def an_invoice(n: int = 1, due_days: int = 30, **changes: Any) -> Invoice:
    invoice = an_issued_invoice(START, due_days, PDF, **changes)
    return replace(invoice, id=InvoiceId(f"inv_{n}"))


def foresee(*documents: Followed, letters: Correspondence = BOX, until: datetime = START + SIXTY) -> Forecast:
    return forecast(documents, letters, START, until)


def told(found: Forecast) -> list[tuple[int, str]]:
    """Each thing that will be done: days after that Monday, and its step."""
    return [((civil_date(one.at) - MONDAY).days, one.step) for one in found.foreseen]


def test_a_quote_nobody_looks_at_is_reminded_of_three_times_and_somebody_calls_DR_11() -> None:
    quote = a_sent_quote(START, 30, PDF)
    found = foresee(followed(quote))
    # The day that the offer ends minus three, 13 December 2026, is a Sunday.
    assert told(found) == [(2, "unseen"), (7, "reminder"), (15, "call"), (28, "expiring"), (31, "extend")]
    assert [one.action for one in found.foreseen].count(Action.TASK) == 2
    assert found.outlooks[quote.id].over == "expired"


def test_once_it_was_looked_at_a_question_takes_its_place_and_asks_for_one_click_KB_25() -> None:
    quote = a_sent_quote(START, 30, PDF, first_viewed_at=START + timedelta(hours=2))
    found = foresee(followed(quote))
    assert told(found)[:3] == [(3, "contact"), (3, "question"), (7, "reminder")]
    asked = {one.step: one.approval for one in found.foreseen}
    assert asked["question"] is Approval.DELEGATE
    assert asked["reminder"] is Approval.AUTO
    assert Skipped("unseen", "condition") in found.outlooks[quote.id].skipped


def test_an_unpaid_invoice_goes_from_courtesy_to_formal_notice_and_a_person_reads_the_last_ones_first() -> None:
    found = foresee(followed(an_invoice(due_days=10)))
    # Due on Thursday 26 November 2026; the 29th is a Sunday, 26 December and 10 January are in weekends.
    assert told(found) == [
        (7, "courtesy"), (14, "overdue"), (18, "firm"), (25, "call"), (25, "formal"), (42, "notice"), (56, "collect"),
    ]  # fmt: skip
    approvals = {one.step: one.approval for one in found.foreseen}
    assert [step for step, by in approvals.items() if by is Approval.MANUAL] == ["formal", "notice"]
    assert {one.step: one.action for one in found.foreseen}["notice"] is Action.LETTER
    assert [one.level for one in found.foreseen if one.action is not Action.TASK] == [0, 1, 2, 3, 4]


def test_the_sign_of_an_offset_is_seen_before_anything_is_sent_complaint_9() -> None:
    """Elsewhere, mails meant sixty days after went sixty days before (Dolibarr 30771): here one sees it beforehand."""

    def calendar(days: int) -> list[int]:
        step = Step("only", Anchor.DUE, days, time(9, 30), Condition.UNPAID, "invoice_overdue", 1)
        scenario = Scenario(TENANT, "mine", 1, 1, DocumentKind.INVOICE, "À moi", (step,), START)
        invoice = an_invoice(due_days=30)
        found = foresee(Followed(invoice, scenario, delivered(invoice)), until=START + timedelta(days=120))
        return [day for day, _ in told(found)]

    assert calendar(60) == [91], "ninety days after that Monday is a Sunday: 14 February 2027"
    assert calendar(-20) == [10]


def test_everything_falls_on_working_days_in_working_hours_DR_06_DR_07() -> None:
    for one in foresee(followed(an_invoice(due_days=10)), followed(an_invoice(2, due_days=17))).foreseen:
        local = one.at.astimezone(PARIS)
        assert local.weekday() < 5
        assert time(8, 30) <= local.time() < time(18, 30)


def test_two_overdue_invoices_are_asked_for_in_one_mail_in_the_firmer_tone_DR_05() -> None:
    found = foresee(followed(an_invoice(1, 5)), followed(an_invoice(2, 10)))
    grouped = [one for one in found.foreseen if one.joined]
    assert grouped, "they meet at least once"
    for one in grouped:
        assert one.level == max(one.level, *(joined.level for joined in one.joined))
        assert set(one.told.owed) == {"inv_1", "inv_2"}
    done = [(one.document_id, one.step) for one in found.foreseen] + [
        (joined.document_id, joined.step) for one in grouped for joined in one.joined
    ]
    assert len(done) == len(set(done)), "what a mail carried out is not sent again"


def test_three_days_are_kept_between_two_reminders_to_one_customer_DR_08() -> None:
    found = foresee(followed(an_invoice(1, 10)), followed(a_sent_quote(START, 30, PDF)))
    days = [civil_date(one.at) for one in found.foreseen if one.action is not Action.TASK]
    assert min(later - earlier for earlier, later in pairwise(days)) >= timedelta(days=3)


def test_a_document_that_is_not_delivered_yet_is_delivered_first() -> None:
    quote = a_sent_quote(START)
    found = foresee(Followed(quote, published("standard.quote@2"), {}))
    first = found.foreseen[0]
    assert (first.step, first.template, first.at) == (DELIVERY, "quote_delivery", START)


def test_nothing_is_foreseen_of_what_was_paid_or_accepted() -> None:
    invoice = an_invoice()
    paid = replace(invoice, payments=(a_payment(invoice.due, START),))
    quote = a_sent_quote(START, 30, PDF)
    accepted = replace(quote, status=QuoteStatus.ACCEPTED, acceptance=an_acceptance(START, quote))
    claims = delivered(quote) | {step: a_claim(step, START, quote.id) for step in ("accepted_copy", "accepted_news")}
    found = foresee(followed(paid), followed(accepted, claims=claims))
    assert found.foreseen == ()
    assert {outlook.over for outlook in found.outlooks.values()} == {"paid", "accepted"}


def test_a_dispute_holds_and_says_so_while_a_promise_ends_by_itself_DR_02() -> None:
    dispute = Hold("h1", HoldKind.DISPUTE, START, "us")
    disputed = foresee(followed(an_invoice(), beside=Beside(holds=(dispute,))))
    assert {one.action for one in disputed.foreseen} <= {Action.TASK}, "the customer hears nothing"
    assert disputed.outlooks["inv_1"].why == "dispute"
    promise = Hold("h2", HoldKind.PROMISE, START, "us", until=date(2026, 12, 1))
    promised = foresee(followed(an_invoice(due_days=0), beside=Beside(holds=(promise,))))
    letters = [civil_date(one.at) for one in promised.foreseen if one.action is not Action.TASK]
    assert min(letters) > date(2026, 12, 3), "two working days more"


def test_an_excluded_customer_hears_nothing_but_his_seller_does() -> None:
    found = foresee(followed(an_invoice(due_days=10), policy=Policy(is_excluded=True)))
    assert {one.action for one in found.foreseen} == {Action.TASK}
    assert found.outlooks["inv_1"].why == "excluded"


def test_a_machine_that_sleeps_is_not_woken_by_being_looked_at() -> None:
    wakes = START + timedelta(days=21)
    found = foresee(followed(an_invoice(due_days=10), sleeps_until=wakes))
    assert found.foreseen[0].at == wakes
    soon = foresee(followed(an_invoice(due_days=10), sleeps_until=wakes), until=START + timedelta(days=5))
    assert soon.foreseen == ()
    assert soon.outlooks["inv_1"].until == wakes
    over = replace(an_invoice(), replaced_by=InvoiceId("inv_9"))
    assert foresee(followed(over, sleeps_until=wakes), until=START).outlooks["inv_1"].until is None


@pytest.mark.parametrize(
    ("state", "asked", "leaves"),
    [
        (ProposalState.PENDING, Approval.MANUAL, True),
        (ProposalState.APPROVED, Approval.AUTO, True),
        (ProposalState.SKIPPED, Approval.AUTO, False),
    ],
)
def test_a_reminder_in_the_queue_is_taken_to_be_approved_and_one_that_was_refused_never_leaves_DR_09(
    state: ProposalState, asked: Approval, leaves: bool
) -> None:
    issued = START - timedelta(days=26)
    invoice = replace(an_issued_invoice(issued, 10, PDF), id=InvoiceId("inv_1"))
    proposal = a_proposal("formal", state)
    found = foresee(followed(invoice, claims=delivered(invoice, issued), proposals={"formal": proposal}))
    formal = [one for one in found.foreseen if one.step == "formal"]
    assert [one.approval for one in formal] == ([asked] if leaves else [])
    if not leaves:
        assert Skipped("formal", "declined") in found.outlooks["inv_1"].skipped


def test_a_reminder_asked_for_by_hand_is_foreseen_with_its_words() -> None:
    wanted = replace(a_proposal("direct_1", ProposalState.APPROVED), subject="Un mot", body="Voici.", at_once=True)
    first = foresee(followed(an_invoice(), proposals={"direct_1": wanted})).foreseen[0]
    assert (first.step, first.at, first.proposal, first.approval) == ("direct_1", START, wanted, Approval.AUTO)


def test_the_claims_before_each_mail_are_told_with_it() -> None:
    found = foresee(followed(a_sent_quote(START, 30, PDF)))
    before: list[Mapping[str, Claim]] = [one.claims for one in found.foreseen]
    assert [sorted(claims) for claims in before[:2]] == [["delivery"], ["delivery", "unseen"]]


def test_no_document_means_no_news() -> None:
    assert forecast((), BOX, START, START + SIXTY) == Forecast((), {})


def test_a_life_that_would_never_rest_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("relance.domain.reminder.forecast.MAX_TURNS", 2)
    assert len(foresee(followed(a_sent_quote(START, 30, PDF))).foreseen) == 1


def a_proposal(step: str, state: ProposalState) -> Proposal:
    return Proposal(
        tenant=TENANT,
        id=f"inv_1#{step}",
        rev=1,
        document_kind=DocumentKind.INVOICE,
        document_id="inv_1",
        customer_id="cus_1",
        step=step,
        template="invoice_formal",
        level=3,
        approval=Approval.MANUAL,
        state=state,
        at=START,
        expires_at=START + timedelta(days=14),
    )


def test_instants_are_utc() -> None:
    found: tuple[Foreseen, ...] = foresee(followed(an_invoice(due_days=10))).foreseen
    assert {one.at.tzinfo for one in found} == {UTC}
