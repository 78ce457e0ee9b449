"""Days of sales outstanding, on the figures that everybody can check. [M-11, M-12, M-15]"""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from relance.domain.dso import CountBack, accounting, collection, count_back, dso
from relance.domain.ids import CustomerId
from relance.domain.money import Cents
from relance.domain.turnover import Sale
from relance.domain.vat import VatCategory

END = date(2026, 9, 30)


def sold(on: date, gross: int) -> Sale:
    return Sale(on, CustomerId("cus_a"), "A", VatCategory.STANDARD, 0, Cents(gross), Cents(0))


@pytest.mark.parametrize(("owed", "revenue", "days"), [(20_000_00, 45_000_00, "40.0"), (30_000_00, 60_000_00, "45.0")])
def test_m_11_receivables_over_revenue_times_ninety(owed: int, revenue: int, days: str) -> None:
    assert accounting(owed, revenue, 90) == Decimal(days)


def test_m_11_nothing_sold_is_no_figure_and_half_a_tenth_goes_up() -> None:
    assert accounting(20_000_00, 0, 90) is None
    assert accounting(1, 8, 90) == Decimal("11.3"), "11.25"


@pytest.mark.parametrize(
    ("owed", "months", "found"),
    [
        (0, {9: 100}, CountBack(Decimal("0.0"))),
        (50, {9: 100}, CountBack(Decimal("15.0"))),
        (100, {9: 100}, CountBack(Decimal("30.0"))),
        (150, {9: 100, 8: 100}, CountBack(Decimal("45.5"))),
        (150, {9: 100, 7: 100}, CountBack(Decimal("76.5"))),  # a month without sales passes all the same
        (150, {9: -20, 8: 200}, CountBack(Decimal("53.3"))),  # more was credited than sold
        (250, {9: 100, 8: 100}, CountBack(Decimal("61.0"), is_at_least=True)),
        (50, {}, CountBack(Decimal("0.0"), is_at_least=True)),
    ],
    ids=["nothing owed", "half a month", "a month", "and a half", "an idle month", "credited", "older", "no sales"],
)
def test_m_12_receivables_are_exhausted_newest_month_first(owed: int, months: dict[int, int], found: CountBack) -> None:
    assert count_back(owed, {date(2026, month, 1): sales for month, sales in months.items()}, END) == found


def test_m_12_the_month_that_runs_counts_up_to_its_day() -> None:
    assert count_back(50, {date(2026, 9, 1): 100}, date(2026, 9, 10)).days == Decimal("5.0")


def test_m_15_collection_is_what_was_collected_of_what_could_be() -> None:
    assert collection(before=100, sales=200, after=90, not_due=60) == Decimal("87.5")
    assert collection(before=0, sales=50, after=50, not_due=50) is None


def test_all_figures_of_one_period_together_m_11_m_15() -> None:
    first = END - timedelta(days=89)
    rows = [sold(first - timedelta(days=1), 999), sold(first, 15_000_00), sold(END, 30_000_00)]
    rows.append(sold(END + timedelta(days=1), 999))
    found = dso(rows, END, 90, receivables=Cents(20_000_00), not_due=Cents(9_000_00), before=Cents(5_000_00))
    assert (found.revenue, found.accounting, found.best_possible) == (45_000_00, Decimal("40.0"), Decimal("18.0"))
    assert found.count_back == CountBack(Decimal("20.0"))
    assert found.collection == Decimal("73.2"), "(5,000 + 45,000 - 20,000) / (5,000 + 45,000 - 9,000)"
