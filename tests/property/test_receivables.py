"""Properties of what customers owe: nothing is lost between the columns, nothing counts twice. [M-11 to M-18, P-03]"""

import itertools
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from relance.domain.aged_balance import Age, age_of, aged_balance, ages_of
from relance.domain.dso import accounting, count_back
from relance.domain.dunning_figures import Followed, Reminded, dunning_figures
from relance.domain.ids import CustomerId, InvoiceId
from relance.domain.late_payment import Imputation, LateRate, LateRates, Reduction, accrue, interest
from relance.domain.money import Cents
from relance.domain.receivables import Receivable
from relance.domain.spreadsheet import csv_file, safe
from relance.domain.turnover import Sale, turnover
from relance.domain.vat import VatCategory
from tests.builders import an_instant

ON = date(2026, 11, 16)
days = st.dates(date(2026, 1, 1), date(2027, 6, 30))
amounts = st.integers(1, 10**9)


@st.composite
def receivables(draw: st.DrawFn) -> Receivable:
    due = draw(days)
    number = f"F-{draw(st.integers(1, 999))}"
    balance = draw(st.integers(-(10**9), 10**9).filter(bool))
    customer = draw(st.sampled_from(["cus_a", "cus_b", "cus_c"]))
    return Receivable(
        InvoiceId(number), number, CustomerId(customer), customer, due, due, Cents(balance), draw(st.booleans())
    )


@given(st.lists(receivables(), max_size=15))
@settings(max_examples=40)
def test_the_columns_add_up_to_what_is_owed_for_each_and_for_all_m_13(rows: list[Receivable]) -> None:
    balance = aged_balance(rows, ON)
    assert balance.total.total == sum(row.balance for row in rows if row.balance > 0)
    assert balance.total.owed_to_customer == -sum(row.balance for row in rows if row.balance < 0)
    assert balance.total.total == sum(row.ages.total for row in balance.customers)
    assert balance.total.disputed <= balance.total.total
    assert sum(len(row.invoices) for row in balance.customers) == len(rows)
    late = [row.ages.overdue for row in balance.customers]
    assert late == sorted(late, reverse=True)


@given(st.lists(receivables(), max_size=10), st.integers(0, 400))
@settings(max_examples=40)
def test_time_only_moves_what_is_owed_to_older_columns_m_13(rows: list[Receivable], later: int) -> None:
    today, then = ages_of(rows, ON), ages_of(rows, ON + timedelta(days=later))
    assert today.total == then.total
    assert today.not_due >= then.not_due
    assert today.over_90 <= then.over_90


@given(st.integers(0, 2000), st.integers(0, 2000))
def test_more_days_late_is_never_a_younger_column(one: int, other: int) -> None:
    columns = list(Age)  # in the order of the report
    first, second = sorted((one, other))
    assert columns.index(age_of(first)) <= columns.index(age_of(second))


@given(st.integers(0, 10**10), st.integers(1, 10**10), st.integers(1, 366))
def test_the_more_is_owed_the_more_days_it_stands_for_m_11(owed: int, revenue: int, length: int) -> None:
    one, more = accounting(owed, revenue, length), accounting(owed + 100, revenue, length)
    assert one is not None
    assert more is not None
    assert Decimal(0) <= one <= more


@given(st.dictionaries(st.integers(1, 12), amounts, min_size=1), st.integers(0, 10**10), st.integers(0, 10**9))
@settings(max_examples=40)
def test_counting_back_is_monotone_and_says_when_sales_ran_out_m_12(
    months: dict[int, int], owed: int, more: int
) -> None:
    by_month = {date(2026, month, 1): sold for month, sold in months.items()}
    one, other = (count_back(amount, by_month, date(2026, 12, 31)) for amount in (owed, owed + more))
    assert one.days <= other.days
    assert one.is_at_least == (owed > sum(months.values()))


@given(st.lists(st.tuples(days, st.integers(-(10**9), 10**9), st.sampled_from([0, 550, 1000, 2000])), max_size=15))
@settings(max_examples=40)
def test_the_months_of_a_period_add_up_to_its_sales_m_18(rows: list[tuple[date, int, int]]) -> None:
    sold = [
        Sale(on, CustomerId(f"cus_{net % 3}"), "A", VatCategory.STANDARD, rate, Cents(net), Cents(net * rate // 10_000))
        for on, net, rate in rows
    ]
    first, last = date(2026, 3, 10), date(2027, 2, 20)
    found = turnover(sold, [], first, last, best=3)
    inside = [sale for sale in sold if first <= sale.on <= last]
    assert sum(month.net for month in found.months) == sum(sale.net for sale in inside)
    assert sum(month.vat for month in found.months) == sum(sale.vat for sale in inside)
    assert sum(customer.net for customer in found.customers) == sum(sale.net for sale in inside)
    assert len(found.months) == 12


@given(
    st.lists(st.tuples(st.integers(1, 4), days), max_size=12),
    st.lists(st.tuples(days, amounts), max_size=12),
)
@settings(max_examples=40)
def test_no_euro_is_credited_to_two_reminders_m_16(
    reminders: list[tuple[int, date]], money: list[tuple[date, int]]
) -> None:
    row = Followed(
        date(2026, 1, 1),
        tuple(sorted((Reminded(level, on) for level, on in reminders), key=lambda one: one.on)),
        tuple((on, Cents(amount)) for on, amount in money),
        (),
        Cents(0),
    )
    found = dunning_figures([row], date(2026, 1, 1), date(2027, 12, 31), an_instant())
    assert sum(level.received for level in found.levels) <= sum(amount for _, amount in money)
    assert sum(level.reminders for level in found.levels) == len(reminders)


RATES = LateRates(tuple(LateRate(date(2026, 1, 1) + timedelta(days=181 * n), 1_000 + 25 * n, "BCE") for n in range(4)))
reductions = st.lists(
    st.builds(Reduction, st.dates(date(2026, 1, 1), date(2027, 6, 30)), amounts.map(Cents), st.booleans()), max_size=6
)


@given(amounts.map(Cents), reductions)
@settings(max_examples=40)
def test_interest_first_never_costs_the_customer_less_and_pays_no_more_interest_than_ran_p_07(
    owed: Cents, paid: list[Reduction]
) -> None:
    due, until = date(2026, 2, 28), date(2027, 6, 30)
    usual = accrue(due, owed, paid, RATES, until)
    first = accrue(due, owed, paid, RATES, until, Imputation.INTEREST_FIRST)
    assert interest(first.segments) >= interest(usual.segments)
    assert (usual.on_interest, first.on_interest <= interest(first.segments)) == (0, True)


@given(amounts.map(Cents), reductions)
@settings(max_examples=40)
def test_segments_never_overlap_and_principal_only_changes_between_them_p_03(
    owed: Cents, paid: list[Reduction]
) -> None:
    due, until = date(2026, 2, 28), date(2027, 6, 30)
    rows = accrue(due, owed, paid, RATES, until).segments
    assert all(one.until <= other.after for one, other in itertools.pairwise(rows))
    assert all(row.principal == owed - sum(one.amount for one in paid if one.on <= row.after) for row in rows)
    for row in rows:
        daily = sum(
            Decimal(row.principal) * RATES.on(row.after + timedelta(days=n)).rate_bp for n in range(1, row.days + 1)
        )
        assert row.interest == daily / 3_650_000


@given(st.text(max_size=15))
@settings(max_examples=40)
def test_no_cell_of_a_spreadsheet_is_a_formula(text: str) -> None:
    cell = safe(text)
    first = cell.lstrip(" \u00a0\u202f")[:1]
    assert cell == text or cell == f"'{text}"
    assert first not in set("=+@\t\r＝＋－＠") - {""}
    if first == "-":
        assert cell.replace(",", "", 1).removeprefix("-").isdigit()


def test_a_file_for_a_french_spreadsheet_is_read_with_its_accents_and_commas() -> None:
    raw = csv_file(("Client", "Dû"), [('=HYPERLINK("http://x")', "-1,50"), ("Une; deux\n", "@A1")])
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.decode("utf-8-sig").split("\r\n")[:2] == ["Client;Dû", '"\'=HYPERLINK(""http://x"")";-1,50']
