"""The limits of payments in cash, on their first and last days. [KX-16]"""

from dataclasses import replace
from datetime import date

import pytest

from relance.adapters.cash_limit_data import load_cash_limits
from relance.domain.content import buyer_of
from relance.domain.ids import PaymentId
from relance.domain.invoice import Invoice, InvoiceStatus, Payment, PaymentMode
from relance.domain.money import Cents
from relance.domain.party import Customer, CustomerKind
from tests.builders import a_customer, an_instant, an_invoice, an_invoice_content

HERE = a_customer()
ABROAD = a_customer(address=replace(a_customer().address, country="CH"))
FIRM_ABROAD = a_customer(kind=CustomerKind.BUSINESS, address=replace(a_customer().address, country="CH"))


def paid(customer: Customer, *payments: tuple[int, str, PaymentMode]) -> Invoice:
    content = replace(an_invoice_content(), buyer=buyer_of(customer))
    entries = tuple(
        Payment(PaymentId(f"pay_{n}"), Cents(cents), date.fromisoformat(day), mode, an_instant())
        for n, (cents, day, mode) in enumerate(payments)
    )
    return an_invoice(status=InvoiceStatus.ISSUED, content=content, number="F-1", payments=entries)


CASH, CARD = PaymentMode.CASH, PaymentMode.CARD


@pytest.mark.parametrize(
    ("customer", "payments", "count"),
    [
        (HERE, [(100_000, "2026-11-16", CASH)], 0),
        (HERE, [(100_001, "2026-11-16", CASH)], 1),
        (HERE, [(60_000, "2026-11-16", CASH), (60_000, "2026-11-17", CASH)], 1),
        (HERE, [(60_000, "2026-11-16", CASH), (60_000, "2026-11-17", CARD)], 0),
        (HERE, [(100_001, "2015-08-31", CASH)], 0),
        (HERE, [(300_001, "2015-08-31", CASH)], 1),
        (HERE, [(100_001, "2015-09-01", CASH)], 1),
        (ABROAD, [(1_500_000, "2026-11-16", CASH)], 0),
        (ABROAD, [(1_500_001, "2026-11-16", CASH)], 1),
        (FIRM_ABROAD, [(100_001, "2026-11-16", CASH)], 1),
        (HERE, [(10**9, "2026-11-16", CARD)], 0),
    ],
)
def test_cash_beyond_the_limit_of_the_day_is_said(
    customer: Customer, payments: list[tuple[int, str, PaymentMode]], count: int
) -> None:
    assert len(load_cash_limits().warnings(paid(customer, *payments))) == count
