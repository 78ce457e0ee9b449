"""What a mail asks for: the rows of its statement, and what lateness costs by its level. [DR-03, P-02 to P-06]"""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from relance.app.owing import late, owed
from relance.app.ports.composing import Late
from relance.domain.calendar_fr import civil_date
from relance.domain.content import buyer_of
from relance.domain.errors import Invalid
from relance.domain.follow_up import FollowUp
from relance.domain.invoice import Invoice, require_issued
from relance.domain.late_payment import LateRate, LateRates
from relance.domain.late_terms import LateTerms
from relance.domain.money import Cents
from relance.domain.party import CustomerKind
from relance.domain.penalty_claim import PenaltyClaim, PenaltyState
from tests.builders import TENANT, a_customer
from tests.doubles.office import Office, a_payment
from tests.doubles.outside import START

BUSINESS = a_customer(kind=CustomerKind.BUSINESS)
TODAY = civil_date(START)
RATES = LateTerms(TENANT, 1, rates=LateRates((LateRate(date(2026, 7, 1), 1215, "Banque de France"),)))


@pytest.fixture
def office() -> Office:
    made = Office()
    made.put(RATES)
    return made


def overdue(office: Office, n: int = 1, days: int = 10, currency: str = "EUR") -> Invoice:
    """1,000.00 left on an invoice of a business, so many days late."""
    invoice = office.owing(n, "standard.invoice@1", days_late=days, amount=100_000)
    content = replace(require_issued(invoice), buyer=buyer_of(BUSINESS), currency=currency)
    return replace(invoice, content=content)


def ask(office: Office, *invoices: Invoice, level: int = 3, **more: Any) -> Late | None:
    options = {"customer": BUSINESS, "today": TODAY, **more}
    law = office.post.law
    return late(office.ctx, TENANT, invoices, options["customer"], options["today"], law, level=level)


def test_the_rows_tell_what_is_left_and_settled_ones_have_none(office: Office) -> None:
    one = overdue(office)
    paid = replace(one, payments=(*one.payments, a_payment(one.balance, START, "pay_2")))
    (row,) = owed([one, paid])
    assert (row.number, row.remaining, row.amount) == ("F-2026-0001", 100_000, one.due)
    assert row.days_late(TODAY) == 10
    assert row.days_late(row.due_date) == 0


def test_interest_runs_by_the_day_and_the_indemnity_is_one_for_each_invoice_P_02_P_04(office: Office) -> None:
    # 1,000.00 at 12.15 % for 10 days: 3.3288, and 0.3329 for one more.
    alone = ask(office, overdue(office))
    assert alone == Late(Cents(333), Cents(33), Cents(40_00), 1215, "art. L441-10 et D441-5 C. com.")
    both = ask(office, overdue(office, 2), overdue(office, 3))
    assert both is not None
    assert (both.interest, both.per_day, both.indemnity, both.total) == (666, 66, 80_00, 86_66)


@pytest.mark.parametrize("level", [0, 1])
def test_friendly_words_say_nothing_of_it(office: Office, level: int) -> None:
    assert ask(office, overdue(office), level=level) is None


def test_neither_consumers_nor_those_who_are_spared_are_told_of_it_DU_01_DR_04(office: Office) -> None:
    one = overdue(office)
    consumer = replace(one, content=replace(require_issued(one), buyer=buyer_of(a_customer())))
    assert ask(office, consumer) is None
    assert ask(office, one, customer=replace(BUSINESS, follow_up=FollowUp(no_penalties=True))) is None
    assert ask(office, one, customer=None) is not None


def test_nothing_is_told_of_what_is_not_late_paid_or_in_several_currencies(office: Office) -> None:
    one = overdue(office)
    assert ask(office, one, today=require_issued(one).due_date) is None
    assert ask(office, replace(one, payments=(*one.payments, a_payment(one.balance, START, "pay_2")))) is None
    assert ask(office, one, overdue(office, 2, currency="CHF")) is None


@pytest.mark.parametrize(
    ("state", "left"), [(PenaltyState.CLAIMED, 43_33), (PenaltyState.WAIVED, None), (PenaltyState.PAID, 43_33)]
)
def test_penalties_that_were_waived_are_not_asked_for_again_P_06(
    office: Office, state: PenaltyState, left: int | None
) -> None:
    one = overdue(office)
    whose, then = one.customer_id, TODAY - timedelta(days=1)
    claim = PenaltyClaim(TENANT, one.id, 1, one.number, whose, state, then, (), Cents(300), Cents(40_00), START, START)
    office.put(claim)
    found = ask(office, one)
    assert (found.total if found else None) == left


def test_without_a_rate_level_2_names_the_indemnity_and_level_3_cannot_be_written_P_02_DR_13() -> None:
    office = Office()
    named = ask(office, overdue(office), overdue(office, 2, days=-5), level=2)
    assert named is not None
    assert (named.rate_bp, named.interest, named.indemnity) == (0, 0, 40_00)
    with pytest.raises(Invalid) as refused:
        ask(office, overdue(office, 3), level=3)
    assert refused.value.code == "mail_incomplete"
    consumer = overdue(office, 4)
    assert ask(office, overdue(office, 5, days=-5), level=2) is None
    spared = replace(consumer, content=replace(require_issued(consumer), buyer=buyer_of(a_customer())))
    assert ask(office, spared, level=2) is None
