"""What is special about a customer's reminders, as a part of his file. [DR-04, KB-25]"""

from typing import Any

import pytest

from local import demo_data
from tests.doubles.api import Server, wanted

CONSUMER, BUSINESS = (
    next(one for one in demo_data.CUSTOMERS if one["kind"] == kind) for kind in ("consumer", "business")
)
OWN = {
    "quote_scenario": "standard.quote@1",
    "invoice_scenario": "standard.invoice_consumer",
    "excluded": False,
    "extra_days": 5,
    "min_level": 1,
    "max_level": 3,
    "approval": "delegate",
    "no_penalties": True,
    "email": "compta@client.example",
    "tags": ["VIP", "chantier Bellecour"],
}


def a_body(follow_up: Any) -> dict[str, Any]:
    return {**CONSUMER, "follow_up": follow_up}


def test_it_is_kept_and_told_as_it_was_said(server: Server) -> None:
    gateway = server.caller().customers
    made = wanted(gateway.post("/v1/customers", a_body(OWN)), 201)
    assert made["follow_up"] == OWN
    assert wanted(gateway.get(f"/v1/customers/{made['id']}"))["follow_up"] == OWN


def test_who_says_nothing_of_it_changes_nothing_of_it(server: Server) -> None:
    """A program that does not know of reminders must not undo them by saving an address."""
    gateway = server.caller().customers
    made = gateway.post("/v1/customers", a_body(OWN))
    path = f"/v1/customers/{made.json['id']}"
    saved = wanted(gateway.put(path, {**CONSUMER, "name": "Autre"}, if_match=made.etag))
    assert (saved["name"], saved["follow_up"]) == ("Autre", OWN)
    reset = wanted(gateway.put(path, a_body({}), if_match='"2"'))["follow_up"]
    assert (reset["approval"], reset["tags"], reset["max_level"]) == ("", [], 5)


def test_a_new_customer_is_reminded_as_everybody(server: Server) -> None:
    made = wanted(server.caller().customers.post("/v1/customers", CONSUMER), 201)
    assert (made["follow_up"]["quote_scenario"], made["follow_up"]["excluded"]) == ("", False)


@pytest.mark.parametrize(
    ("follow_up", "faults"),
    [
        ({"extra_days": 91}, {("/follow_up/extra_days", "extra_days")}),
        ({"min_level": -1}, {("/follow_up/min_level", "level")}),
        ({"max_level": 6}, {("/follow_up/max_level", "level")}),
        ({"min_level": 3, "max_level": 2}, {("/follow_up/min_level", "levels")}),
        ({"approval": "maybe"}, {("/follow_up/approval", "approval")}),
        ({"email": "nowhere"}, {("/follow_up/email", "invalid")}),
        ({"tags": ["VIP", "vip"]}, {("/follow_up/tags/1", "tag_taken")}),
        ({"tags": [" ", "x" * 41]}, {("/follow_up/tags/0", "tag"), ("/follow_up/tags/1", "tag")}),
        ({"tags": [str(n) for n in range(31)]}, {("/follow_up/tags", "too_many")}),
        ({"quote_scenario": "standard.quote@99"}, {("/follow_up/quote_scenario", "scenario")}),
        ({"quote_scenario": "standard.invoice"}, {("/follow_up/quote_scenario", "scenario")}),
        ({"invoice_scenario": "standard.invoice"}, {("/follow_up/invoice_scenario", "audience")}),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(server: Server, follow_up: Any, faults: Any) -> None:
    answer = server.caller().customers.post("/v1/customers", a_body(follow_up))
    assert (answer.status, answer.faults) == (422, faults)


def test_a_business_may_be_asked_for_what_a_consumer_does_not_owe(server: Server) -> None:
    body = {**BUSINESS, "follow_up": {"invoice_scenario": "standard.invoice"}}
    assert server.caller().customers.post("/v1/customers", body).status == 201
