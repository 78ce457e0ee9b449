"""The payment QR code says what a bank reads, and nothing where there is nothing to pay."""

from dataclasses import replace
from typing import Any

import pytest

from relance.domain.content import InvoiceContent
from relance.domain.money import Cents
from relance.domain.payment_code import MAX_AMOUNT, MAX_BYTES, payment_code
from relance.domain.totals import Totals
from tests.builders import a_company, an_invoice_content


def asking(gross: int, **changes: Any) -> InvoiceContent:
    totals = Totals(net=Cents(gross), vat=Cents(0), gross=Cents(gross), subtotals=())
    return an_invoice_content(totals=totals, **changes)


def test_the_code_holds_the_transfer_line_by_line() -> None:
    assert payment_code(an_invoice_content()) == (
        "BCD\n002\n1\nSCT\nSOGEFRPP\nAtelier Verdier\nFR7630003012340001234567854\nEUR2215.35\n\n\nF-2026-0001"
    )


@pytest.mark.parametrize(
    "content",
    [
        an_invoice_content(company=a_company(bank=None)),
        an_invoice_content(currency="CHF"),
        an_invoice_content(type_code="381"),
        an_invoice_content(type_code="503"),
        asking(0),
        asking(-100),
        asking(MAX_AMOUNT + 1),
    ],
    ids=["no account", "francs", "credit note", "deposit credit", "nothing", "less than nothing", "too much"],
)
def test_where_there_is_nothing_to_transfer_there_is_no_code(content: InvoiceContent) -> None:
    assert payment_code(content) is None


def test_the_smallest_and_the_greatest_amount_are_coded() -> None:
    assert "EUR0.01" in str(payment_code(asking(1)))
    assert "EUR999999999.99" in str(payment_code(asking(MAX_AMOUNT)))


def test_the_longest_name_is_cut_and_the_whole_stays_within_what_banks_read() -> None:
    content = asking(MAX_AMOUNT, number="F" * 35)
    seller = replace(content.seller, legal_name="\u20ac " * 90)
    code = payment_code(replace(content, seller=seller))
    assert code is not None
    assert len(code.splitlines()[5]) <= 70
    seller = replace(content.seller, legal_name="\u20ac" * 90)
    code = payment_code(replace(content, seller=seller))
    assert len(str(code).encode()) <= MAX_BYTES
