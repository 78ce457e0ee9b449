"""What is told of sales that no platform exchanges: what was sold, and what came in for services. [E-06]"""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from relance.domain.e_reporting import Key, Receipts, Report, Sales, report
from relance.domain.ids import PaymentId
from relance.domain.invoice import Invoice, Payment, PaymentMode
from relance.domain.lines import Line
from relance.domain.money import Cents
from relance.domain.party import CustomerKind
from relance.domain.vat import VatCategory
from tests.builders import (
    EXEMPT,
    REDUCED,
    a_customer,
    a_line,
    an_instant,
    an_invoice,
    an_invoice_content,
    an_issued_invoice,
)

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
SOLD, CAME_IN = date(2026, 11, 16), date(2026, 11, 20)
SERVICE = a_line(quantity="1", unit_price="100")
GOODS = a_line(quantity="1", unit_price="100", vat=REDUCED, nature="goods")
AT_20 = Key(SOLD, "B2C", VatCategory.STANDARD, 2000)
AT_10 = Key(SOLD, "B2C", VatCategory.STANDARD, 1000)


def sold(*lines: Line, payments: tuple[Payment, ...] = (), **content: Any) -> Invoice:
    """To a consumer on 16 November: 120.00 TTC of services, unless other lines are named."""
    return an_issued_invoice(an_invoice_content(lines=lines or (SERVICE,), **content), payments=payments)


def paid(amount: int, on: date = CAME_IN, mode: PaymentMode = PaymentMode.CARD) -> Payment:
    return Payment(PaymentId("pay_1"), Cents(amount), on, mode, an_instant())


def november(*invoices: Invoice) -> Report:
    return report(invoices, FIRST, LAST)


BUSINESS = an_invoice_content(customer=a_customer(kind=CustomerKind.BUSINESS))


@pytest.mark.parametrize(
    "document",
    [
        an_invoice(),
        an_issued_invoice(BUSINESS, payments=(paid(100),)),
        replace(sold(payments=(paid(100),)), draft=replace(sold().draft, is_internal=True)),
    ],
    ids=["draft", "exchanged", "internal"],
)
def test_drafts_internal_notes_and_what_a_platform_exchanges_are_not_told_E_06(document: Invoice) -> None:
    assert november(document) == Report((), ())


def test_sales_are_told_by_day_and_rate_and_credit_notes_taken_off_E_06() -> None:
    note = sold(type_code="381")
    assert november(sold(SERVICE, GOODS), sold(SERVICE), note).sales == (
        Sales(AT_10, Cents(10_000), Cents(1_000), 1),
        Sales(AT_20, Cents(10_000), Cents(2_000), 3),
    )


def test_a_sale_without_vat_is_a_sale_E_06() -> None:
    (row,) = november(sold(a_line(quantity="1", unit_price="100", vat=EXEMPT))).sales
    assert (row.key.category, row.net, row.vat) == (VatCategory.EXEMPT, 10_000, 0)


@pytest.mark.parametrize(("day", "count"), [(date(2026, 10, 31), 0), (FIRST, 1), (LAST, 1), (date(2026, 12, 1), 0)])
def test_both_ends_of_a_period_belong_to_it_E_06(day: date, count: int) -> None:
    assert len(november(sold(issue_date=day)).sales) == count
    assert len(november(sold(issue_date=date(2026, 9, 1), payments=(paid(100, day),))).receipts) == count


def test_what_came_in_for_services_is_told_by_the_day_it_came_in_and_what_for_goods_is_not_E_06() -> None:
    """115.00 of 230.00 TTC: half of the 120.00 of services; the other half pays goods."""
    found = november(sold(SERVICE, GOODS, payments=(paid(11_500),)))
    assert found.receipts == (Receipts(replace(AT_20, day=CAME_IN), Cents(6_000), 1),)


def test_money_that_was_given_back_is_taken_off_E_06() -> None:
    found = november(sold(payments=(paid(12_000), paid(-2_000))))
    assert [(row.gross, row.payments) for row in found.receipts] == [(10_000, 2)]


def test_a_credit_that_pays_an_invoice_is_no_money_that_came_in_E_06() -> None:
    assert november(sold(payments=(paid(12_000, mode=PaymentMode.CREDIT),))).receipts == ()


def test_receipts_are_not_told_where_vat_is_due_on_debits_E_06() -> None:
    assert november(sold(vat_on_debits=True, payments=(paid(12_000),))).receipts == ()
