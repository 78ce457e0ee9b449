"""What the API really issues is valid: deposits, progress, final invoices, credit notes, corrections, every VAT case.

The corpus of `invoices` is generated; here documents come from the use cases themselves, with their own roundings and
remainders. [E-04, R-04, C-02, C-04, D-02, V-01..V-07]
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest

from local import demo_data
from relance.adapters.facturx.cii import cii_xml
from relance.domain.content import InvoiceContent
from relance.domain.invoice import Invoice
from relance.domain.vat import VatCase
from tests.builders import TENANT, a_context
from tests.doubles.activity import InMemoryActivityLog
from tests.doubles.api import Server, wanted
from tests.doubles.outside import InMemoryDocuments, ManualClock, RecordingExecutions
from tests.doubles.store import InMemoryStore
from tests.doubles.till import Till
from tests.validation import xml_rules

pytestmark = pytest.mark.validators

GERMAN: Final = demo_data.CUSTOMERS[0] | {
    "name": "Schmidt & Söhne GmbH",
    "siren": None,
    "vat_number": "DE136695976",
    "address": {"line1": "Hauptstraße 7", "postcode": "10115", "city": "Berlin", "country": "DE"},
}


@pytest.fixture
def till() -> Till:
    store, clock = InMemoryStore(), ManualClock()
    ctx = a_context(store=store, clock=clock)
    server = Server(ctx, store, clock, RecordingExecutions(), InMemoryDocuments(), InMemoryActivityLog(clock))
    return Till(server, server.caller())


def deposits_then_the_final_invoice(till: Till) -> None:
    quote = till.accepted_quote(discounts=[{"label": "Fidélité", "percent": "7"}])
    till.bills(quote, kind="deposit", percent="33.33")
    till.bills(quote, kind="deposit", amount="77.05")
    till.credits(till.bills(quote, kind="balance"))


def works_in_progress(till: Till) -> None:
    quote = till.accepted_quote()
    till.bills(quote, kind="deposit", percent="20")
    for percent in ("50", "80", "100"):
        till.bills(quote, kind="progress", percent=percent)


def credit_notes_by_line_and_by_amount(till: Till) -> None:
    invoice = till.invoices(discounts=[{"label": "Remise", "percent": "7"}])
    till.credits(invoice, lines=[{"line": 1, "quantity": "1"}])
    till.credits(invoice, amounts=[{"net": "9.99", "vat_rate": "5.5"}, {"net": "0.01", "vat_rate": "20"}])
    till.credits(invoice)


def a_deposit_that_is_given_back(till: Till) -> None:
    till.credits(till.invoices(type="386"))


def a_correction(till: Till) -> None:
    wrong = till.invoices()
    till.issues(wanted(till.me.invoices.post(f"/v1/invoices/{wrong['id']}/corrections", {"reason": "Adresse"}), 201))


def two_quotes_on_one_invoice(till: Till) -> None:
    quotes = [till.accepted_quote(discounts=[{"label": "Fidélité", "percent": "10"}]), till.accepted_quote()]
    till.bills(quotes[0], kind="deposit", percent="30")
    body = {"quote_ids": [quote["id"] for quote in quotes]}
    till.issues(wanted(till.me.invoices.post("/v1/invoices/from-quotes", body), 201))


@pytest.mark.parametrize(
    "story",
    [
        deposits_then_the_final_invoice,
        works_in_progress,
        credit_notes_by_line_and_by_amount,
        a_deposit_that_is_given_back,
        a_correction,
        two_quotes_on_one_invoice,
    ],
)
def test_every_document_of_a_story_is_valid(story: Callable[[Till], None], till: Till) -> None:
    story(till)
    issued = list(contents(till))
    assert len(issued) >= 2
    assert {failure for content in issued for failure in xml_rules.judge(cii_xml(content)).failures} == set()


@pytest.mark.parametrize("case", [case for case in VatCase if case is not VatCase.REGIME])
def test_every_vat_case_is_issued_with_a_valid_text_and_code(case: VatCase, till: Till) -> None:
    """[V-01..V-07, BT-120, BT-121]"""
    regime = "franchise" if case is VatCase.FRANCHISE else "liable"
    wanted(till.me.settings.put("/v1/company", demo_data.COMPANY | {"vat_regime": regime}))
    body: dict[str, Any] = {
        "customer_id": wanted(till.me.customers.post("/v1/customers", _customer(case)), 201)["id"],
        "lines": [{"description": "Travaux", "quantity": "3", "unit_price": "33.33", "vat": {"case": case.value}}],
    }
    draft = wanted(till.me.invoices.post("/v1/invoices", body), 201)
    wanted(till.me.invoices.post(f"/v1/invoices/{draft['id']}/issue"))
    (content,) = contents(till)
    assert content.lines[0].vat.category is case.category
    xml = cii_xml(content)
    assert b"<ram:ExemptionReason>" in xml
    assert b"<ram:ExemptionReasonCode>VATEX-" in xml
    assert xml_rules.judge(xml).failures == ()


def contents(till: Till) -> Iterator[InvoiceContent]:
    """What was issued, frozen."""
    for invoice in till.server.store.page(TENANT, Invoice, limit=100).items:
        if invoice.content is not None:
            yield invoice.content


def _customer(case: VatCase) -> dict[str, Any]:
    """Somebody to whom the case may apply."""
    abroad = {name: value for name, value in GERMAN.items() if value is not None}
    match case:
        case VatCase.EU_GOODS | VatCase.EU_SERVICES:
            return abroad
        case VatCase.EXPORT | VatCase.FOREIGN_SERVICES:
            address = {"line1": "35 Water St", "postcode": "NY 11201", "city": "New York", "country": "US"}
            return {name: value for name, value in abroad.items() if name != "vat_number"} | {"address": address}
        case VatCase.OVERSEAS_UNTAXED:
            address = {"line1": "1 rue Arago", "postcode": "97300", "city": "Cayenne", "country": "GF"}
            return demo_data.CUSTOMERS[0] | {"address": address}
        case _:
            return demo_data.CUSTOMERS[0]
