"""Conditions and repetition: If-Match, ETag, Idempotency-Key; and whose is what."""

import pytest

from local import demo_data
from relance.domain.ids import TenantId
from tests.doubles.api import Caller, Server, a_quote_body, wanted


def test_the_first_company_needs_no_version_and_every_later_one_does(me: Caller) -> None:
    first = me.settings.put("/v1/company", demo_data.COMPANY)
    assert (first.status, first.etag) == (200, '"1"')
    blind = me.settings.put("/v1/company", demo_data.COMPANY)
    assert (blind.status, blind.json["code"]) == (428, "if_match_required")
    seen = me.settings.put("/v1/company", {**demo_data.COMPANY, "phone": "0478000001"}, if_match=first.etag)
    assert (seen.status, seen.etag) == (200, '"2"')


def test_a_stale_version_is_refused_and_changes_nothing(me: Caller) -> None:
    made = me.drafts_quote()
    path, body = f"/v1/quotes/{made.json['id']}", a_quote_body(made.json["customer_id"], subject="Second")
    assert me.quotes.put(path, body, if_match=made.etag).status == 200
    for stale in (made.etag, '"9"', "*", 'W/"2"', "2"):
        answer = me.quotes.put(path, {**body, "subject": "Troisième"}, if_match=stale)
        assert (answer.status, answer.json["code"]) == (412, "stale_version"), stale
    assert wanted(me.quotes.get(path))["subject"] == "Second"


@pytest.mark.parametrize("kind", ["customers", "quotes", "invoices"])
def test_a_change_without_a_version_is_asked_for_one(me: Caller, kind: str) -> None:
    customer = me.sets_up()
    made = {
        "customers": lambda: me.customers.get(f"/v1/customers/{customer}"),
        "quotes": me.drafts_quote,
        "invoices": me.drafts_invoice,
    }[kind]()
    body = {
        "customers": demo_data.CUSTOMERS[0],
        "quotes": a_quote_body(customer),
        "invoices": {"customer_id": customer, "lines": demo_data.QUOTE["lines"]},
    }[kind]
    gateway = getattr(me, kind)
    path = f"/v1/{kind}/{made.json['id']}"
    assert gateway.put(path, body).status == 428
    if kind != "customers":
        assert gateway.delete(path).status == 428
        assert gateway.delete(path, if_match=made.etag).status == 204
        assert gateway.get(path).status == 404


def test_the_same_request_with_the_same_key_gets_the_first_answer(me: Caller) -> None:
    body = a_quote_body(me.sets_up())
    first = me.quotes.post("/v1/quotes", body, key="k-1")
    again = me.quotes.post("/v1/quotes", body, key="k-1")
    assert (first.status, again.status) == (201, 201)
    assert first.json == again.json
    assert len(me.quotes.get("/v1/quotes").json["items"]) == 1


def test_a_key_that_served_for_another_request_is_refused(me: Caller) -> None:
    body = a_quote_body(me.sets_up())
    me.quotes.post("/v1/quotes", body, key="k-1")
    other_body = me.quotes.post("/v1/quotes", {**body, "subject": "Autre"}, key="k-1")
    other_path = me.invoices.post(
        "/v1/invoices", {"customer_id": body["customer_id"], "lines": body["lines"]}, key="k-1"
    )
    assert [(a.status, a.json["code"]) for a in (other_body, other_path)] == [(422, "idempotency_key_reused")] * 2


def test_sending_twice_with_one_key_takes_one_number(server: Server, me: Caller) -> None:
    quote = wanted(me.drafts_quote(), 201)
    path = f"/v1/quotes/{quote['id']}/send"
    first, again = (me.quotes.post(path, key="send-1") for _ in range(2))
    assert (first.status, again.status, again.json["number"]) == (200, 200, "D-2026-0001")
    assert [event.type for event in server.store.events(me.tenant or "")].count("quote.sent") == 1


@pytest.mark.parametrize("key", [" ", "x" * 201, "clé", "a b"])
def test_a_key_is_short_visible_ascii(me: Caller, key: str) -> None:
    answer = me.customers.send("POST", "/v1/customers", demo_data.CUSTOMERS[0], headers={"Idempotency-Key": key})
    assert (answer.status, answer.faults) == (422, {("", "idempotency_key")})


def test_keys_of_two_tenants_never_meet(me: Caller, neighbour: Caller) -> None:
    mine = wanted(me.customers.post("/v1/customers", demo_data.CUSTOMERS[0], key="same"), 201)
    yours = wanted(neighbour.customers.post("/v1/customers", demo_data.CUSTOMERS[1], key="same"), 201)
    assert mine["name"] != yours["name"]


def test_what_belongs_to_another_tenant_is_not_there(me: Caller, neighbour: Caller) -> None:
    neighbour.sets_up()
    quote, invoice = wanted(me.drafts_quote(), 201), wanted(me.drafts_invoice(), 201)
    q, i = f"/v1/quotes/{quote['id']}", f"/v1/invoices/{invoice['id']}"
    body = a_quote_body(neighbour.sets_up_customer())
    answers = [
        neighbour.customers.get(f"/v1/customers/{quote['customer_id']}"),
        neighbour.quotes.get(q),
        neighbour.quotes.put(q, body, if_match='"1"'),
        neighbour.quotes.delete(q, if_match='"1"'),
        *(neighbour.quotes.post(f"{q}/{verb}") for verb in ("send", "versions", "cancel", "invoices")),
        *(neighbour.quotes.get(f"{q}/{part}") for part in ("pdf", "timeline", "mentions")),
        neighbour.invoices.get(i),
        neighbour.invoices.post(f"{i}/issue"),
        neighbour.invoices.post(f"{i}/payments", {"amount": "1.00", "paid_on": "2026-11-16"}),
        *(neighbour.invoices.get(f"{i}/{part}") for part in ("pdf", "timeline", "payments")),
    ]
    assert {(answer.status, answer.json["code"]) for answer in answers} == {(404, "not_found")}
    assert neighbour.quotes.get("/v1/quotes").json["items"] == []
    foreign = neighbour.quotes.post("/v1/quotes", a_quote_body(quote["customer_id"]))
    assert (foreign.status, foreign.faults) == (422, {("/customer_id", "unknown")})


@pytest.mark.parametrize("id", ["x", "quo_", "quo_" + "0" * 500, "company", "..", "head"])
def test_an_id_that_is_none_of_ours_is_not_there(me: Caller, id: str) -> None:
    assert me.quotes.get(f"/v1/quotes/{id}").status == 404


def test_without_an_authorizer_nobody_is_anybody(server: Server) -> None:
    nobody = server.caller(None)
    for answer in (
        nobody.settings.get("/v1/company"),
        nobody.customers.get("/v1/customers"),
        nobody.quotes.get("/v1/quotes"),
        nobody.invoices.get("/v1/invoices"),
    ):
        assert (answer.status, answer.json["code"]) == (401, "unauthenticated")


def test_the_tenant_is_never_taken_from_what_the_caller_sends(server: Server, me: Caller) -> None:
    me.sets_up()
    stranger = server.caller(TenantId("ten_stranger"))
    for name in ("x-tenant", "tenant", "x-amzn-tenant"):
        answer = stranger.settings.send(
            "GET", "/v1/company", headers={name: str(me.tenant)}, query={"tenant": str(me.tenant)}
        )
        assert answer.status == 404


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/v1/nothing"), ("PATCH", "/v1/company"), ("DELETE", "/v1/company")]
)
def test_what_is_not_served_is_a_problem_too(me: Caller, method: str, path: str) -> None:
    answer = me.settings.send(method, path)
    assert (answer.status, answer.json["code"]) == (404, "no_such_route")
    assert answer.headers["Content-Type"] == "application/problem+json"
