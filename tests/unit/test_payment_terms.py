"""KB-28: from the rule that was agreed to the day on which an invoice is due."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.domain.party import Defaults, payment_text
from relance.domain.payment_terms import EndOfMonth, PaymentRule, end_of_month
from tests.builders import a_customer

AFTER, BEFORE = EndOfMonth.AFTER_DAYS, EndOfMonth.BEFORE_DAYS
INVOICED = date(2026, 11, 16)


@pytest.mark.parametrize(
    ("rule", "due", "text"),
    [
        (PaymentRule(0), date(2026, 11, 16), "à réception de la facture"),
        (PaymentRule(30), date(2026, 12, 16), "à 30 jours"),
        (PaymentRule(60), date(2027, 1, 15), "à 60 jours"),
        (PaymentRule(45, AFTER), date(2026, 12, 31), "à 45 jours fin de mois"),
        (PaymentRule(45, BEFORE), date(2027, 1, 14), "à fin de mois + 45 jours"),
        (PaymentRule(0, AFTER), date(2026, 11, 30), "à la fin du mois de facturation"),
        (PaymentRule(0, BEFORE), date(2026, 11, 30), "à la fin du mois de facturation"),
        (PaymentRule(0, day=15), date(2026, 12, 15), "le 15 du mois, après réception de la facture"),
        (PaymentRule(0, day=16), date(2026, 11, 16), "le 16 du mois, après réception de la facture"),
        (PaymentRule(30, day=10), date(2027, 1, 10), "à 30 jours, le 10 du mois"),
        (PaymentRule(30, AFTER, 1), date(2027, 1, 1), "à 30 jours fin de mois, le 1er du mois"),
        (PaymentRule(0, BEFORE, 31), date(2026, 11, 30), "à la fin du mois de facturation, le 31 du mois"),
    ],
)
def test_a_rule_gives_a_day_and_its_french_KB_28(rule: PaymentRule, due: date, text: str) -> None:
    assert rule.due_date(INVOICED) == due
    assert rule.text == text


def test_the_two_ways_of_counting_45_days_end_of_month_differ_P_01() -> None:
    issued = date(2027, 1, 20)
    assert PaymentRule(45, AFTER).due_date(issued) == date(2027, 3, 31)  # 20 January + 45 days = 6 March
    assert PaymentRule(45, BEFORE).due_date(issued) == date(2027, 3, 17)  # 31 January + 45 days


def test_the_31st_of_a_short_month_is_its_last_day() -> None:
    assert PaymentRule(0, day=31).due_date(date(2028, 2, 3)) == date(2028, 2, 29)
    assert PaymentRule(0, day=30).due_date(date(2027, 12, 31)) == date(2028, 1, 30)


@given(
    st.builds(PaymentRule, st.integers(0, 180), st.sampled_from(EndOfMonth), st.integers(0, 31)),
    st.dates(date(2020, 1, 1), date(2040, 12, 31)),
)
def test_a_due_date_is_never_before_its_invoice_and_moves_with_it(rule: PaymentRule, issued: date) -> None:
    due = rule.due_date(issued)
    assert issued <= due
    assert due <= rule.due_date(issued + timedelta(days=1))
    assert rule.end_of_month is not EndOfMonth.AFTER_DAYS or rule.day or due == end_of_month(due)


def test_a_company_that_gave_days_alone_has_a_rule() -> None:
    assert Defaults(payment_days=21).rule == PaymentRule(21)
    assert Defaults(payment_days=21, payment_rule=PaymentRule(45, AFTER)).rule == PaymentRule(45, AFTER)


@pytest.mark.parametrize(
    ("company", "own", "text"),
    [
        (Defaults(), None, Defaults().payment_terms),
        (Defaults(payment_terms="Comptant"), None, "Comptant"),
        (Defaults(payment_terms="Comptant", payment_rule=PaymentRule(45)), None, "Comptant"),
        (Defaults(payment_rule=PaymentRule(45)), None, "Paiement à 45 jours, par virement."),
        (Defaults(payment_terms="Comptant"), PaymentRule(60), "Paiement à 60 jours, par virement."),
        (Defaults(payment_terms="À 45 jours", payment_rule=PaymentRule(45)), PaymentRule(45), "À 45 jours"),
    ],
    ids=["untouched", "own words", "own words and rule", "a rule alone", "the customer's rule", "his is the company's"],
)
def test_what_is_printed_is_the_companys_words_unless_a_rule_says_otherwise_KB_28_IB_01(
    company: Defaults, own: PaymentRule | None, text: str
) -> None:
    assert payment_text(company, a_customer(payment_rule=own)) == text
