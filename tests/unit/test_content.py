from dataclasses import MISSING, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any, cast

import pytest

from relance.domain.content import (
    Buyer,
    InvoiceContent,
    QuoteContent,
    Seller,
    buyer_of,
    content_json,
    content_sha256,
    seller_of,
)
from relance.domain.party import Address, InsuranceCover, Sector
from relance.domain.totals import total
from tests.builders import (
    REDUCED,
    STANDARD,
    a_company,
    a_customer,
    a_line,
    a_quote_content,
    an_invoice_content,
    some_lines,
)


def test_three_times_33_33_at_20_percent_is_20_00_of_vat_R_02() -> None:
    totals = total([a_line(quantity="1", unit_price="33.33")] * 3)
    assert (totals.net, totals.vat, totals.gross) == (9999, 2000, 11999)


def test_totals_add_rounded_lines_and_vat_per_rate_R_01() -> None:
    totals = total(some_lines())
    # 24.5 x 48.90 = 1198.05; 24.5 x 21 = 514.50 less 5 % (25.73) = 488.77; 31 x 6.4525 = 200.0275 -> 200.03; 0
    assert totals.net == 119_805 + 48_877 + 20_003
    assert [(row.treatment, row.base, row.vat) for row in totals.subtotals] == [
        (STANDARD, 139_808, 27_962),
        (REDUCED, 48_877, 4_888),
    ]
    assert (totals.vat, totals.gross) == (32_850, 221_535)


def test_a_discount_is_a_percentage_of_the_rounded_line_or_an_amount() -> None:
    percent = a_line(quantity="3", unit_price="33.335", percent_off_bp=1000)
    amount = a_line(quantity="3", unit_price="33.335", off=500)
    assert (percent.gross, percent.discount_amount, percent.net) == (10_001, 1_000, 9_001)
    assert (amount.discount_amount, amount.net) == (500, 9_501)
    assert a_line().discount_amount == 0


def test_a_line_without_price_is_free_Q_06() -> None:
    assert a_line(unit_price="0").is_free
    assert not a_line().is_free


def test_a_document_keeps_the_identity_of_its_day() -> None:
    company, customer = a_company(), a_customer(contact_name="Camille")
    seller, buyer = seller_of(company), buyer_of(customer)
    assert all(getattr(seller, f.name) == getattr(company, f.name) for f in fields(Seller))
    assert all(getattr(buyer, f.name) == getattr(customer, f.name) for f in fields(Buyer))


@pytest.mark.parametrize("content", [a_quote_content(), an_invoice_content()])
def test_every_printed_field_is_in_the_json_AR_05(content: QuoteContent | InvoiceContent) -> None:
    printed = cast("dict[str, Any]", content_json(content))
    empty = {f.name for f in fields(content) if getattr(content, f.name) in ("", None, (), False)}
    assert printed.keys() >= {f.name for f in fields(content)} - empty
    assert printed["seller"].keys() >= {f.name for f in fields(Seller) if f.default is MISSING}
    assert printed["buyer"].keys() >= {f.name for f in fields(Buyer) if f.default is MISSING}
    assert printed["seller"]["address"].keys() == {f.name for f in fields(Address)} - {"line2"}
    assert printed["lines"][0]["net"] == content.lines[0].net


def test_what_a_profile_may_add_is_printed_once_it_says_something_AR_05() -> None:
    company = a_company(sector=Sector.WORKS, vat_group=True, insurance_cover=InsuranceCover("MAAF", "79180", "France"))
    buyer = a_customer(billing_address=Address("1 rue", "75002", "Paris"), purchase_order_required=True)
    printed = cast("dict[str, Any]", content_json(a_quote_content(company, buyer)))
    assert printed["seller"]["insurance_cover"] == {"insurer": "MAAF", "contact": "79180", "area": "France"}
    assert (printed["seller"]["sector"], printed["seller"]["vat_group"]) == ("travaux", True)
    assert printed["buyer"]["billing_address"]["city"] == "Paris"
    assert printed["buyer"]["purchase_order_required"] is True


def test_values_have_one_spelling_in_the_json() -> None:
    line = a_line(quantity="24.50", unit_price="1E+2")
    printed = cast("dict[str, Any]", content_json(line))
    assert (printed["quantity"], printed["unit_price"]) == ("24.5", "100")
    assert printed["vat"] == {"category": "S", "rate_bp": 2000}
    assert "discount" not in printed, "a field that may be left out and says nothing is left out"
    assert content_json({"on": date(2026, 11, 16), "list": [True, 1]}) == {"on": "2026-11-16", "list": [True, 1]}


@pytest.mark.parametrize("value", [1.5, object(), Decimal, type("Unprinted", (), {})])
def test_what_has_no_unique_spelling_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="cannot be printed content"):
        content_json(value)


def test_the_hash_moves_with_any_field_and_with_the_salt() -> None:
    content = a_quote_content()
    others = [
        replace(content, salt="11" * 16),
        replace(content, subject="Autre chose"),
        replace(content, lines=(*content.lines[:-1], replace(content.lines[-1], nature="goods"))),
        replace(content, buyer=replace(content.buyer, phone="")),
    ]
    hashes = {content_sha256(c) for c in (content, *others)}
    assert len(hashes) == 5
    assert content_sha256(replace(content)) == content_sha256(content)
