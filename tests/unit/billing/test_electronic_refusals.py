"""What would make the XML invalid is refused at issue by the rule's id, before a number is taken. [E-04]"""

from typing import Any

import pytest

from local import demo_data
from tests.doubles.api import wanted
from tests.doubles.till import ODD_LINES, Till

OUTSIDE = {"category": "O", "rate": "0", "reason": "Débours"}
GOODS = {"category": "K", "rate": "0", "reason": "Exonération de TVA, art. 262 ter, I du CGI"}
GERMAN = {
    "kind": "business",
    "name": "Schmidt GmbH",
    "address": {"line1": "Hauptstraße 7", "postcode": "10115", "city": "Berlin", "country": "DE"},
    "email": "rechnung@schmidt.example",
}


@pytest.mark.parametrize(
    ("customer", "vat", "fault"),
    [
        (demo_data.CUSTOMERS[0], OUTSIDE, ("/lines/1/vat/category", "BR-O-11")),
        (GERMAN, GOODS, ("/customer/vat_number", "BR-IC-02")),
        (
            demo_data.CUSTOMERS[1] | {"email": f"{'a' * 60}@{'b' * 60}.{'c' * 60}.fr"},
            None,
            ("/customer/email", "BR-FR-25"),
        ),
    ],
)
def test_a_rule_that_is_broken_is_named_and_no_number_is_taken(
    till: Till, customer: dict[str, Any], vat: dict[str, str] | None, fault: tuple[str, str]
) -> None:
    good = till.me.sets_up_customer()
    who = wanted(till.me.customers.post("/v1/customers", customer), 201)["id"]
    lines = [
        ODD_LINES[0],
        {"description": "Débours", "quantity": "1", "unit_price": "10", "vat": vat or {"category": "S", "rate": "20"}},
    ]
    draft = wanted(till.me.invoices.post("/v1/invoices", {"customer_id": who, "lines": lines}), 201)
    answer = till.me.invoices.post(f"/v1/invoices/{draft['id']}/issue")
    assert answer.status == 422
    assert fault in answer.faults
    assert till.events("invoice.issued") == []
    assert till.invoices(customer_id=good)["number"] == "F-2026-0001"
