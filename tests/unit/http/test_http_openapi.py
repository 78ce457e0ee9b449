"""The API's description: it is today's, it is sound, and what the API takes and answers is what it describes."""

import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from local import demo_data
from tests.doubles.api import Caller, a_quote_body
from tests.doubles.gateway import Answer
from tools import openapi

DOCUMENT = openapi.describe()


def test_the_committed_document_is_what_the_types_say() -> None:
    assert openapi.TARGET.read_text() == openapi.rendered(), "run `python -m tools.openapi`"


def test_every_operation_has_a_name_of_its_own() -> None:
    names = [operation.id for operation in openapi.OPERATIONS]
    assert len(names) == len(set(names))


def test_every_reference_leads_somewhere() -> None:
    for reference in re.findall(r'"\$ref": "#/([^"]+)"', openapi.rendered()):
        found: Any = DOCUMENT
        for token in reference.split("/"):
            found = found[token]


def test_every_schema_is_a_json_schema() -> None:
    for schema in DOCUMENT["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("CompanyBody", demo_data.COMPANY),
        ("CustomerBody", demo_data.CUSTOMERS[0]),
        ("CustomerBody", demo_data.CUSTOMERS[1]),
        ("QuoteBody", a_quote_body("cus_1")),
        ("PaymentBody", {"amount": "12.50", "paid_on": "2026-11-16"}),
    ],
)
def test_what_the_api_takes_is_what_it_describes(name: str, body: dict[str, Any]) -> None:
    assert_described(name, body)


def test_what_the_api_answers_is_what_it_describes(me: Caller) -> None:
    me.sets_up()
    quote, invoice = me.drafts_quote(), me.drafts_invoice()
    q, i = f"/v1/quotes/{quote.json['id']}", f"/v1/invoices/{invoice.json['id']}"
    answers: list[tuple[str, Answer]] = [
        ("CompanyView", me.settings.get("/v1/company")),
        ("CustomerPage", me.customers.get("/v1/customers")),
        ("CustomerView", me.customers.get(f"/v1/customers/{quote.json['customer_id']}")),
        ("QuoteView", quote),
        ("Mentions", me.quotes.get(f"{q}/mentions")),
        ("QuoteView", me.quotes.post(f"{q}/send")),
        ("QuotePage", me.quotes.get("/v1/quotes")),
        ("Timeline", me.quotes.get(f"{q}/timeline")),
        ("Problem", me.quotes.post(f"{q}/send")),
        ("Problem", me.quotes.post("/v1/quotes", {"lines": 1})),
        ("InvoiceView", invoice),
        ("InvoiceView", me.invoices.post(f"{i}/issue")),
        ("InvoiceView", me.invoices.post(f"{i}/payments", {"amount": "1.00", "paid_on": "2026-11-16"})),
        ("PaymentList", me.invoices.get(f"{i}/payments")),
        ("InvoicePage", me.invoices.get("/v1/invoices")),
        ("Timeline", me.invoices.get(f"{i}/timeline")),
    ]
    for name, answer in answers:
        assert_described(name, answer.json)


def test_the_document_is_served_as_it_is(me: Caller) -> None:
    answer = me.settings.get("/v1/openapi.json")
    assert (answer.status, answer.headers["Content-Type"], answer.body) == (
        200,
        "application/json",
        b'{"openapi":"3.1.1"}',
    )


def assert_described(name: str, value: Any) -> None:
    """`value` is a `name` of the document."""
    schema = {"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]}
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    assert [f"{name}{error.json_path}: {error.message}" for error in validator.iter_errors(value)] == []
