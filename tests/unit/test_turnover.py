"""Turnover by month and rate, and how late money comes in. [M-14, M-18]"""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from relance.domain.ids import CustomerId, PaymentId
from relance.domain.invoice import Invoice, InvoiceStatus, Payment, PaymentMode
from relance.domain.money import Cents
from relance.domain.payment_delays import PaymentDelays, payment_delays
from relance.domain.turnover import Receipt, Sale, months_between, receipts, sales, turnover
from relance.domain.vat import VatCategory
from tests.builders import EXEMPT, REDUCED, a_line, an_instant, an_invoice, an_invoice_content

FIRST, LAST = date(2026, 9, 1), date(2026, 11, 30)
S = VatCategory.STANDARD


def sale(on: str, net: int, customer: str = "cus_a", rate_bp: int = 2000, name: str = "A") -> Sale:
    day, vat = date.fromisoformat(on), Cents(net * rate_bp // 10_000)
    return Sale(day, CustomerId(customer), name, S, rate_bp, Cents(net), vat)


def came(on: str, amount: int, late: int = 0) -> Receipt:
    return Receipt(date.fromisoformat(on), CustomerId("cus_a"), Cents(amount), late)


def issued(*payments: Payment, type_code: str = "380") -> Invoice:
    sold = (a_line(quantity="1", unit_price="100"), a_line(quantity="1", unit_price="50", vat=REDUCED))
    lines = (*sold, a_line("Offert", quantity="1", unit_price="0", vat=EXEMPT))  # a row of nothing counts for nothing
    content = an_invoice_content(
        lines=lines, issue_date=date(2026, 10, 1), due_date=date(2026, 10, 31), type_code=type_code
    )
    return an_invoice(status=InvoiceStatus.ISSUED, content=content, number="F-1", payments=payments)


def test_m_18_an_invoice_counts_on_its_day_and_a_credit_note_takes_off_on_its_own() -> None:
    assert [(row.rate_bp, row.net, row.vat) for row in sales(issued())] == [(2000, 10_000, 2_000), (1000, 5_000, 500)]
    assert [row.gross for row in sales(issued(type_code="381"))] == [-12_000, -5_500]
    assert list(sales(an_invoice())) == []


def test_m_18_a_replaced_invoice_is_taken_off_on_the_day_of_the_corrective_one() -> None:
    rows = list(sales(issued(), replaced_on=date(2026, 11, 3)))
    assert sum(row.gross for row in rows) == 0
    assert [row.on.month for row in rows] == [10, 10, 11, 11]


def test_m_18_every_month_has_its_line_and_the_best_customers_come_first() -> None:
    rows = [
        sale("2026-08-31", 99_999),
        sale("2026-09-30", 10_000),
        sale("2026-09-02", 5_000, rate_bp=550),
        sale("2026-11-01", 30_000, "cus_b", name="B"),
        sale("2026-11-02", -4_000, name="A, renommé"),
    ]
    found = turnover(rows, [came("2026-09-05", 700), came("2026-12-01", 999)], FIRST, LAST)
    assert [(month.month.month, month.net, month.vat, month.received) for month in found.months] == [
        (9, 15_000, 2_275, 700),
        (10, 0, 0, 0),
        (11, 26_000, 5_200, 0),
    ]
    assert [(row.rate_bp, row.net) for row in found.months[0].rates] == [(2000, 10_000), (550, 5_000)]
    assert [(row.name, row.net) for row in found.customers] == [("B", 30_000), ("A, renommé", 11_000)]


def test_months_run_over_the_new_year() -> None:
    assert [day.isoformat() for day in months_between(date(2026, 11, 16), date(2027, 1, 1))] == [
        "2026-11-01",
        "2026-12-01",
        "2027-01-01",
    ]


def test_m_14_money_is_weighed_by_its_amount_and_what_came_by_the_due_date_is_on_time() -> None:
    rows = [came("2026-09-10", 30_000, 10), came("2026-09-11", 10_000, -2), came("2026-09-12", -500, 12)]
    found = payment_delays([*rows, came("2026-12-01", 99)], FIRST, LAST)
    assert found == PaymentDelays(Cents(40_000), 2, Decimal("7.0"), Decimal("25.0"))


def test_m_14_nothing_received_is_no_figure() -> None:
    assert payment_delays([], FIRST, LAST) == PaymentDelays(Cents(0), 0, None, None)


def test_m_14_what_a_credit_pays_is_no_money() -> None:
    day = date(2026, 11, 5)
    cash = Payment(PaymentId("pay_1"), Cents(1_000), day, PaymentMode.CARD, an_instant())
    credit = replace(cash, id=PaymentId("pay_2"), mode=PaymentMode.CREDIT)
    assert [(one.amount, one.late_days) for one in receipts(issued(cash, credit))] == [(1_000, 5)]
    assert list(receipts(an_invoice())) == []
