"""P-01: how long a payment term between businesses may be, by trade and by day."""

from datetime import date

import pytest

from relance.adapters.term_limit_data import load_term_limits
from relance.domain.payment_terms import EndOfMonth, PaymentRule, TermSector
from relance.domain.term_limits import NO_LIMITS, Basis, TermLimit, TermLimits

LIMITS = load_term_limits()
TODAY = date(2026, 11, 16)
AFTER, BEFORE = EndOfMonth.AFTER_DAYS, EndOfMonth.BEFORE_DAYS


def latest(sector: TermSector | None, issued: date, supplied: date | None = None) -> date:
    limit = LIMITS.for_sector(sector, issued)
    assert limit is not None
    return limit.latest(issued, supplied or issued)


@pytest.mark.parametrize(
    ("sector", "last"),
    [
        (None, date(2027, 1, 15)),  # 60 days; 45 days end of month would be 31 December or 14 January
        (TermSector.TRANSPORT, date(2026, 12, 16)),
        (TermSector.PERIODIC_INVOICES, date(2026, 12, 31)),
        (TermSector.LIVESTOCK, date(2026, 12, 1)),  # 20 days after the 11th
        (TermSector.PERISHABLE_FOOD, date(2026, 12, 20)),  # 30 days after the 20th, the end of the decade of the 11th
        (TermSector.SPIRITS, date(2026, 12, 30)),
        (TermSector.WINE, date(2027, 1, 15)),
        (TermSector.LEATHER, date(2027, 1, 31)),
        (TermSector.JEWELLERY, date(2027, 1, 31)),
        (TermSector.WINTER_SPORTS, date(2027, 2, 14)),
        (TermSector.TOYS, date(2027, 1, 30)),  # 75 days in the last quarter
        (TermSector.FARM_MACHINERY, date(2027, 3, 6)),
        (TermSector.EXPORT_PURCHASES, date(2027, 2, 14)),
    ],
)
def test_each_trade_has_its_last_day_P_01(sector: TermSector | None, last: date) -> None:
    assert latest(sector, TODAY, date(2026, 11, 11)) == last


def test_a_trade_may_have_its_seasons_P_01() -> None:
    assert latest(TermSector.TOYS, date(2026, 9, 30)) == date(2027, 1, 3)  # 95 days
    assert latest(TermSector.TOYS, date(2026, 10, 1)) == date(2026, 12, 15)
    assert LIMITS.rule_fault(PaymentRule(75), TermSector.TOYS, TODAY) is None
    assert LIMITS.rule_fault(PaymentRule(76), TermSector.TOYS, date(2026, 1, 1)) is not None, "too long in October"


def test_45_days_end_of_month_may_go_beyond_60_days_P_01() -> None:
    issued = date(2027, 1, 16)  # + 45 = 2 March, so 31 March: 74 days
    assert latest(None, issued) == date(2027, 3, 31)


@pytest.mark.parametrize(
    ("supplied", "last"),
    [
        (date(2026, 11, 1), date(2026, 12, 10)),
        (date(2026, 11, 10), date(2026, 12, 10)),
        (date(2026, 11, 21), date(2026, 12, 30)),
    ],
)
def test_a_decade_ends_on_the_10th_the_20th_or_with_the_month(supplied: date, last: date) -> None:
    assert latest(TermSector.PERISHABLE_FOOD, TODAY, supplied) == last


def test_a_due_date_beyond_it_is_told_with_the_last_possible_day_P_01() -> None:
    late = LIMITS.fault(None, issued=TODAY, supplied=TODAY, due=date(2027, 1, 16))
    assert late == (
        "Entre professionnels, le délai ne dépasse pas 60 jours après la facture, ou 45 jours fin de mois : "
        "échéance au plus tard le 15/01/2027."
    )
    assert LIMITS.fault(None, issued=TODAY, supplied=TODAY, due=date(2027, 1, 15)) is None
    assert NO_LIMITS.fault(None, issued=TODAY, supplied=TODAY, due=date(2099, 1, 1)) is None


@pytest.mark.parametrize(
    ("rule", "sector", "is_lawful"),
    [
        (PaymentRule(60), None, True),
        (PaymentRule(61), None, False),
        (PaymentRule(45, AFTER), None, True),
        (PaymentRule(45, BEFORE), None, True),
        (PaymentRule(46, AFTER), None, False),
        (PaymentRule(60, BEFORE), None, False),
        (PaymentRule(30, day=10), None, True),  # an invoice of 12 July: 10 September is the 60th day
        (PaymentRule(31, day=10), None, False),
        (PaymentRule(20, day=10), None, True),
        (PaymentRule(0, AFTER, 15), None, True),
        (PaymentRule(30), TermSector.TRANSPORT, True),
        (PaymentRule(31), TermSector.TRANSPORT, False),
        (PaymentRule(15, AFTER), TermSector.TRANSPORT, False),
        (PaymentRule(0, AFTER), TermSector.TRANSPORT, True),
        (PaymentRule(59, AFTER), TermSector.JEWELLERY, True),
    ],
)
def test_a_rule_is_refused_when_some_invoice_of_the_year_would_be_due_too_late_P_01(
    rule: PaymentRule, sector: TermSector | None, is_lawful: bool
) -> None:
    message = LIMITS.rule_fault(rule, sector, TODAY)
    assert (message is None) is is_lawful
    assert message is None or message.endswith("raccourcissez-le.")
    assert NO_LIMITS.rule_fault(rule, sector, TODAY) is None


def test_a_limit_has_its_days_and_the_general_one_stands_in() -> None:
    general = TermLimit(None, 60, Basis.INVOICE, "loi", "60 jours", date(2009, 1, 1))
    own = TermLimit(TermSector.WINE, 10, Basis.SUPPLY, "loi", "10 jours", date(2020, 1, 1), date(2020, 12, 31))
    limits = TermLimits((general, own))
    days = (date(2008, 12, 31), date(2019, 12, 31), date(2020, 12, 31), date(2021, 1, 1))
    assert [limits.for_sector(TermSector.WINE, day) for day in days] == [None, general, own, general]


def test_every_trade_has_its_limit() -> None:
    assert {limit.sector for limit in LIMITS.limits} == {None, *TermSector}
