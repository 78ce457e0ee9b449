"""Penalties as a claim with a life of its own: claimed, claimed again, paid or given up; only what is owed. [P-06]"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from relance.adapters.dunning_data import load_dunning_law
from relance.domain.content import InvoiceType
from relance.domain.dunning_law import Indemnity
from relance.domain.errors import Conflict, Invalid
from relance.domain.ids import InvoiceId, PaymentId
from relance.domain.invoice import Credit, Invoice, PaymentMode, require_issued
from relance.domain.late_payment import NOTHING
from relance.domain.money import Cents
from relance.domain.penalty_claim import (
    Penalties,
    PenaltyClaim,
    PenaltyPayment,
    PenaltyState,
    claimed,
    penalties,
    received,
    sources,
    waived,
)
from tests.builders import an_instant
from tests.late_specimens import BUSINESS, CONSUMER, RATES, TERMS, a_late_invoice

LAW = load_dunning_law()
DUE = date(2026, 1, 31)
AT = an_instant("2026-03-02T09:00:00")
TODAY = AT.date()
# 1,200.00 TTC, 30 days late at 12.15 %: 11.98 of interest, and the indemnity of 40.00.
LATE = a_late_invoice(1, BUSINESS, date(2026, 1, 1), DUE, "1000")
CLAIM_TOTAL = 1_198 + 4_000


def claim(invoice: Invoice = LATE, known: PenaltyClaim | None = None, at: datetime = AT) -> PenaltyClaim:
    return claimed(invoice, known, TERMS, LAW, at)


def give_up(known: PenaltyClaim | None, invoice: Invoice = LATE, at: datetime = AT) -> PenaltyClaim:
    return waived(invoice, known, TERMS, LAW, "Geste commercial", at)


def money(amount: int, on: date = TODAY, mode: PaymentMode = PaymentMode.TRANSFER) -> PenaltyPayment:
    return PenaltyPayment(PaymentId("pay_9"), Cents(amount), on, mode, AT)


def refused_as(act: Callable[[], object]) -> str:
    with pytest.raises(Conflict) as refused:
        act()
    return refused.value.code


def test_a_claim_holds_the_figures_of_its_day_and_where_they_come_from_P_06() -> None:
    first = claim()
    assert (first.state, first.rev, first.interest, first.indemnity) == (PenaltyState.CLAIMED, 1, 1_198, 4_000)
    assert (first.until, first.claimed_at, first.left) == (TODAY, AT, CLAIM_TOTAL)
    assert first.sources == (RATES.entries[0].source,)


def test_the_indemnity_and_the_rate_are_those_of_the_first_day_late_P_04_P_02() -> None:
    dearer = replace(LAW, indemnities=(Indemnity(Cents(4_500), "décret", DUE + timedelta(days=1)),))
    assert penalties(LATE, TERMS, dearer, TODAY).indemnity == 4_500
    due_in_june = a_late_invoice(3, BUSINESS, date(2026, 6, 1), date(2026, 6, 30), "1000")
    assert claim(due_in_june, at=an_instant("2026-07-10T09:00:00")).sources == (RATES.entries[1].source,)


def test_what_was_claimed_is_claimed_again_only_with_what_was_added_since_P_06() -> None:
    first = claim()
    assert refused_as(lambda: claim(known=first)) == "claimed_already"
    later = claim(known=received(first, money(1_000), TODAY), at=AT + timedelta(days=10))
    assert (later.rev, later.created_at, later.paid) == (3, AT, 1_000)
    assert later.interest == 1_598, "40 days of 1,200.00"


def test_what_accrued_since_the_claim_is_told_and_nothing_of_one_that_was_given_up_P_06() -> None:
    found = penalties(LATE, TERMS, LAW, TODAY + timedelta(days=10))
    told = Penalties(LATE, TODAY, found, sources(TERMS, found), claim(), "")
    assert (told.state, told.since_claim, told.left) == (PenaltyState.CLAIMED, 1_598 - 1_198, 1_598 + 4_000)
    assert replace(told, claim=None).since_claim == 0
    assert replace(told, claim=give_up(claim())).since_claim == 0


@pytest.mark.parametrize(
    "invoice",
    [
        replace(LATE, content=replace(require_issued(LATE), type_code=InvoiceType.CREDIT_NOTE.value)),
        replace(LATE, replaced_by=InvoiceId("inv_corrective")),
        replace(LATE, credits=(Credit(InvoiceId("inv_c"), "A-1", AT, LATE.left),)),
    ],
    ids=["a credit note", "replaced", "credited whole"],
)
def test_nothing_runs_on_what_asks_for_nothing_P_02(invoice: Invoice) -> None:
    assert penalties(invoice, TERMS, LAW, TODAY) == NOTHING
    assert refused_as(lambda: claim(invoice)) == "nothing_accrued"


def test_a_consumer_is_asked_for_no_penalties_and_his_seller_told_why_P_05_DU_01() -> None:
    consumers = a_late_invoice(2, CONSUMER, date(2026, 1, 1), DUE, "1000")
    with pytest.raises(Conflict, match="Un particulier ne doit ni pénalités de retard ni indemnité") as refused:
        claim(consumers)
    assert refused.value.code == "nothing_accrued"


def test_nothing_is_claimed_of_what_is_not_late_P_02() -> None:
    with pytest.raises(Conflict, match="Rien n’a couru sur la facture F-2026-0001 : elle n’est pas en retard"):
        claim(at=an_instant("2026-01-31T09:00:00"))


@pytest.mark.parametrize(("gone", "rev"), [(give_up(claim()), 2), (give_up(None), 1)], ids=["claimed", "accrued"])
def test_what_was_given_up_is_given_up_for_good_P_06(gone: PenaltyClaim, rev: int) -> None:
    assert (gone.state, gone.rev, gone.left, gone.reason) == (PenaltyState.WAIVED, rev, 0, "Geste commercial")
    assert refused_as(lambda: claim(known=gone, at=AT + timedelta(days=10))) == "penalties_waived"
    assert refused_as(lambda: give_up(gone)) == "penalties_waived"
    assert refused_as(lambda: received(gone, money(1), TODAY)) == "penalties_not_claimed"


def test_a_claim_is_paid_when_nothing_is_left_of_it_and_takes_no_more_P_06() -> None:
    part = received(claim(), money(1_000), TODAY)
    assert (part.state, part.left) == (PenaltyState.CLAIMED, CLAIM_TOTAL - 1_000)
    assert refused_as(lambda: received(part, money(CLAIM_TOTAL - 999), TODAY)) == "overpaid"
    paid = received(part, money(CLAIM_TOTAL - 1_000), TODAY)
    assert (paid.state, paid.left, paid.rev) == (PenaltyState.PAID, 0, 3)
    assert refused_as(lambda: received(paid, money(1), TODAY)) == "penalties_not_claimed"
    assert refused_as(lambda: give_up(paid)) == "penalties_paid"


@pytest.mark.parametrize(
    ("payment", "pointers"),
    [
        (money(0), ["/amount"]),
        (money(-1), ["/amount"]),
        (money(1, TODAY + timedelta(days=1)), ["/paid_on"]),
        (money(0, TODAY + timedelta(days=1), PaymentMode.CREDIT), ["/amount", "/paid_on", "/mode"]),
    ],
)
def test_money_for_penalties_came_in_is_above_nothing_and_is_no_credit_P_06(
    payment: PenaltyPayment, pointers: list[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        received(claim(), payment, TODAY)
    assert [fault.pointer for fault in refused.value.faults] == pointers
