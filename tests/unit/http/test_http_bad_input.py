"""Bad input: each refusal with its status, its stable code and a pointer per fault; and nothing written."""

import json
from typing import Any

import pytest

from local import demo_data
from relance.domain.content import MAX_LINES
from tests.doubles.api import Caller, Server, a_quote_body, wanted

LINE: dict[str, Any] = {"description": "Pose", "quantity": "1", "unit_price": "10", "vat_rate": "20"}


def a_line_with(**changes: Any) -> dict[str, Any]:
    """The line above, a change of None taking the field away."""
    return {name: value for name, value in {**LINE, **changes}.items() if value is not None}


@pytest.mark.parametrize(
    "body",
    ["", "{", "nil", b'"\xff\xfe"', '{"a": NaN}', "[" * 100_000, '{"title": "\\ud800"}', b'"\xed\xa0\x80"'],
    ids=["empty", "cut", "not json", "not utf-8", "NaN", "deep", "surrogate", "surrogate in utf-8"],
)
def test_a_body_that_is_not_json_is_said_so(me: Caller, body: bytes | str) -> None:
    answer = me.quotes.send("POST", "/v1/quotes", body)
    assert (answer.status, answer.json["code"], answer.faults) == (422, "invalid", {("", "not_json")})
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("body", [[], "text", 1, None, True], ids=repr)
def test_a_body_that_is_no_object_is_of_the_wrong_type(me: Caller, body: object) -> None:
    answer = me.quotes.send("POST", "/v1/quotes", json.dumps(body))
    assert (answer.status, answer.faults) == (422, {("", "wrong_type")})


def test_every_fault_is_told_at_once_each_with_its_pointer(me: Caller) -> None:
    body = {
        "customer_id": 7,
        "lines": [
            a_line_with(quantity=1, colour="red"),
            a_line_with(description=None, unit_price="1e3"),
            "ligne",
            a_line_with(unit_price="-1", quantity="0"),
        ],
        "validity_until": "31/12/2026",
        "a/b~c": 1,
    }
    answer = me.quotes.post("/v1/quotes", body)
    assert answer.status == 422
    assert answer.faults == {
        ("/customer_id", "wrong_type"),
        ("/lines/0/quantity", "wrong_type"),
        ("/lines/0/colour", "unknown_field"),
        ("/lines/1/description", "missing"),
        ("/lines/1/unit_price", "invalid"),
        ("/lines/2", "wrong_type"),
        ("/lines/3/quantity", "not_positive"),
        ("/lines/3/unit_price", "negative"),
        ("/validity_until", "wrong_type"),
        ("/a~1b~0c", "unknown_field"),
    }


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (a_line_with(unit_price="-0.01"), ("/unit_price", "negative")),
        (a_line_with(unit_price="1.1234567"), ("/unit_price", "too_many_decimals")),
        (a_line_with(unit_price="1E+9"), ("/unit_price", "invalid")),
        (a_line_with(unit_price="٣"), ("/unit_price", "invalid")),
        (a_line_with(unit_price=" 1"), ("/unit_price", "invalid")),
        (a_line_with(unit_price="NaN"), ("/unit_price", "invalid")),
        (a_line_with(unit_price="999999999999"), ("/unit_price", "too_large")),
        (a_line_with(quantity="0"), ("/quantity", "not_positive")),
        (a_line_with(quantity="0.00001"), ("/quantity", "too_many_decimals")),
        (a_line_with(quantity=True), ("/quantity", "wrong_type")),
        (a_line_with(vat_rate="19"), ("/vat_rate", "V-11")),
        (a_line_with(vat_rate="20.005"), ("/vat_rate", "unknown_rate")),
        (a_line_with(vat_rate="0"), ("/vat_rate", "V-10")),
        (a_line_with(vat_rate=None), ("/vat", "V-10")),
        (a_line_with(vat_rate=None, vat={}), ("/vat", "one_of")),
        (a_line_with(vat_rate=None, vat={"case": "export", "category": "G"}), ("/vat", "one_of")),
        (a_line_with(vat_rate=None, vat={"case": "export", "rate": "20"}), ("/vat", "one_of")),
        (a_line_with(vat_rate=None, vat={"case": "on_debits"}), ("/vat/case", "not_allowed")),
        (a_line_with(vat={"category": "S", "rate": "20"}), ("/vat", "one_of")),
        (a_line_with(vat_rate=None, vat={"category": "S", "rate": "0"}), ("/vat/category", "V-10")),
        (a_line_with(vat_rate=None, vat={"category": "E", "rate": "0"}), ("/vat/reason", "V-10")),
        (a_line_with(vat_rate=None, vat={"category": "E", "rate": "20", "reason": "x"}), ("/vat/rate", "V-10")),
        (a_line_with(vat_rate=None, vat={"category": "L", "rate": "0"}), ("/vat/category", "not_allowed")),
        (a_line_with(discount={}), ("/discount", "one_of")),
        (a_line_with(discount={"percent": "5", "amount": "1.00"}), ("/discount", "one_of")),
        (a_line_with(discount={"percent": "100.01"}), ("/discount", "discount_too_large")),
        (a_line_with(discount={"percent": "0.001"}), ("/discount/percent", "too_many_decimals")),
        (a_line_with(discount={"amount": "10.001"}), ("/discount/amount", "invalid")),
        (a_line_with(description=" \n "), ("/description", "empty")),
        (a_line_with(description="x" * 2001), ("/description", "too_long")),
        (a_line_with(unit="m\r\n"), ("/unit", "forbidden_character")),
        (a_line_with(description="a\u202eb"), ("/description", "forbidden_character")),
        (a_line_with(nature="gift"), ("/nature", "not_allowed")),
    ],
    ids=lambda value: value[0] + " " + value[1] if isinstance(value, tuple) else "",
)
def test_a_line_that_cannot_be_is_refused_where_it_is_wrong(
    me: Caller, line: dict[str, Any], fault: tuple[str, str]
) -> None:
    answer = me.drafts_quote(lines=[LINE, line])
    assert (answer.status, answer.faults) == (422, {(f"/lines/1{fault[0]}", fault[1])})
    assert me.quotes.get("/v1/quotes").json["items"] == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"siren": "912345676"}, ("/siren", "invalid")),
        ({"siret": "91234567500018"}, ("/siret", "invalid")),
        ({"siret": "45210987900018"}, ("/siret", "other_siren")),
        ({"vat_number": "FR66912345675"}, ("/vat_number", "invalid")),
        ({"vat_number": "FR31803124569"}, ("/vat_number", "other_siren")),
        ({"bank": {"iban": "FR7630003012340001234567855"}}, ("/bank/iban", "invalid")),
        ({"bank": {"iban": "FR7630003012340001234567854", "bic": "XX"}}, ("/bank/bic", "invalid")),
        ({"email": "contact@"}, ("/email", "invalid")),
        ({"email": "a@b.fr\r\nBcc: c@d.fr"}, ("/email", "forbidden_character")),
        ({"legal_name": "Verdier\r\nBcc: c@d.fr"}, ("/legal_name", "forbidden_character")),
        ({"website": "file:///etc/passwd"}, ("/website", "invalid")),
        ({"website": "javascript:alert(1)"}, ("/website", "invalid")),
        ({"branding": {"logo_png": "file:///etc/passwd"}}, ("/branding/logo_png", "invalid")),
        ({"branding": {"logo_png": "http://169.254.169.254/latest/"}}, ("/branding/logo_png", "invalid")),
        ({"branding": {"colour": "red;background:url(http://x)"}}, ("/branding/colour", "too_long")),
        ({"branding": {"colour": "url(x)"}}, ("/branding/colour", "invalid")),
        ({"invoice_number_format": "F-{n.__class__}"}, ("/invoice_number_format", "invalid")),
        ({"invoice_number_format": "F-{n}"}, ("/invoice_number_format", "invalid")),
        ({"vat_regime": "none"}, ("/vat_regime", "not_allowed")),
        ({"defaults": {"payment_days": 61}}, ("/defaults/payment_days", "out_of_range")),
        ({"defaults": {"payment_days": "30"}}, ("/defaults/payment_days", "wrong_type")),
        ({"share_capital": "-1"}, ("/share_capital", "out_of_range")),
        ({"tenant": "ten_voisin"}, ("/tenant", "unknown_field")),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_an_identity_that_nobody_has_is_refused(me: Caller, change: dict[str, Any], fault: tuple[str, str]) -> None:
    answer = me.settings.put("/v1/company", {**demo_data.COMPANY, **change})
    assert (answer.status, answer.faults) == (422, {fault})
    assert me.settings.get("/v1/company").status == 404


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"siren": "803124568"}, ("/siren", "invalid")),
        ({"vat_number": "FR00803124569"}, ("/vat_number", "invalid")),
        ({"vat_number": "FR65912345675"}, ("/vat_number", "other_siren")),
        ({"kind": "consumer", "vat_number": ""}, ("/siren", "not_for_consumer")),
        ({"name": 'Le "Bon"\nCoin'}, ("/name", "forbidden_character")),
        ({"name": "   "}, ("/name", "empty")),
        ({"address": {"line1": "1 rue", "postcode": "69", "city": "Lyon"}}, ("/address/postcode", "invalid")),
        (
            {"address": {"line1": "1 rue", "postcode": "69002", "city": "Lyon", "country": "XX"}},
            ("/address/country", "invalid"),
        ),
        (
            {"consent": {"tracking": "consented", "at": "2026-11-02T09:12:00Z", "source": "x"}},
            ("/consent/text_version", "missing"),
        ),
        ({"consent": {"tracking": "none", "at": "2026-11-02T09:12:00+01:00"}}, ("/consent/at", "wrong_type")),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_customer_that_cannot_be_is_refused(me: Caller, change: dict[str, Any], fault: tuple[str, str]) -> None:
    answer = me.customers.post("/v1/customers", {**demo_data.CUSTOMERS[0], **change})
    assert (answer.status, answer.faults) == (422, {fault})


def test_markup_and_quotes_in_a_name_are_lawful_and_kept_as_they_are(me: Caller) -> None:
    name = "<script>alert(\"1\")</script> & 'fils'"
    made = wanted(me.customers.post("/v1/customers", {**demo_data.CUSTOMERS[0], "name": name}), 201)
    assert wanted(me.customers.get(f"/v1/customers/{made['id']}"))["name"] == name


def test_the_longest_quote_is_taken_and_one_line_more_is_refused_with_the_limit(me: Caller) -> None:
    assert me.drafts_quote(lines=[LINE] * MAX_LINES).status == 201
    answer = me.drafts_quote(lines=[LINE] * (MAX_LINES + 1))
    assert (answer.status, answer.faults) == (422, {("/lines", "too_many")})
    assert str(MAX_LINES) in answer.json["faults"][0]["message"]


def test_a_thousand_lines_are_refused_in_one_word(me: Caller) -> None:
    answer = me.drafts_quote(lines=[{"anything": n} for n in range(1000)])
    assert (answer.status, answer.faults) == (422, {("/lines", "too_many")})


def test_a_body_beyond_the_limit_is_not_even_read(me: Caller) -> None:
    answer = me.quotes.send("POST", "/v1/quotes", '{"title":"' + "x" * 1_000_000 + '"}')
    assert (answer.status, answer.json["code"]) == (413, "too_large")


def test_a_quote_for_nobody_is_refused(me: Caller) -> None:
    me.sets_up()
    answer = me.quotes.post("/v1/quotes", a_quote_body("cus_00000000000000000000000000"))
    assert (answer.status, answer.faults) == (422, {("/customer_id", "unknown")})


def test_sending_with_a_missing_mention_names_it_and_takes_no_number(me: Caller) -> None:
    me.settings.put("/v1/company", {**demo_data.COMPANY, "registry_city": ""})
    customer = wanted(me.customers.post("/v1/customers", demo_data.CUSTOMERS[0]), 201)["id"]
    incomplete = wanted(me.quotes.post("/v1/quotes", a_quote_body(customer)), 201)
    refused = me.quotes.post(f"/v1/quotes/{incomplete['id']}/send")
    assert refused.status == 422
    assert {pointer for pointer, _ in refused.faults} == {"/company/registry_city"}
    assert all(fault["message"] for fault in refused.json["faults"])
    company = me.settings.get("/v1/company")
    me.settings.put("/v1/company", demo_data.COMPANY, if_match=company.etag)
    complete = wanted(me.quotes.post("/v1/quotes", a_quote_body(customer)), 201)
    assert wanted(me.quotes.post(f"/v1/quotes/{complete['id']}/send"))["number"] == "D-2026-0001"


def test_what_was_sent_is_never_edited(me: Caller) -> None:
    quote = wanted(me.drafts_quote(), 201)
    sent = me.quotes.post(f"/v1/quotes/{quote['id']}/send")
    body = a_quote_body(quote["customer_id"], subject="Autre chose")
    edited = me.quotes.put(f"/v1/quotes/{quote['id']}", body, if_match=sent.etag)
    deleted = me.quotes.delete(f"/v1/quotes/{quote['id']}", if_match=sent.etag)
    again = me.quotes.post(f"/v1/quotes/{quote['id']}/send")
    assert [(a.status, a.json["code"]) for a in (edited, deleted, again)] == [(409, "quote_frozen")] * 3


@pytest.mark.parametrize(
    ("payment", "status", "told"),
    [
        ({"amount": "0.00"}, 422, {("/amount", "not_positive")}),
        ({"amount": "-5.00"}, 422, {("/amount", "not_positive")}),
        ({"amount": "10.00", "mode": "credit"}, 422, {("/credit_from", "one_of")}),
        ({"amount": 12.5}, 422, {("/amount", "wrong_type")}),
        ({"amount": "10.00", "paid_on": "2027-01-01"}, 422, {("/paid_on", "future_date")}),
        ({"amount": "10.00", "paid_on": "2026-02-30"}, 422, {("/paid_on", "wrong_type")}),
        ({"amount": "10.00", "mode": "barter"}, 422, {("/mode", "not_allowed")}),
    ],
    ids=str,
)
def test_a_payment_that_cannot_be_is_refused(
    me: Caller, payment: dict[str, Any], status: int, told: set[tuple[str, str]]
) -> None:
    invoice = wanted(me.drafts_invoice(), 201)
    wanted(me.invoices.post(f"/v1/invoices/{invoice['id']}/issue"))
    answer = me.invoices.post(f"/v1/invoices/{invoice['id']}/payments", {"paid_on": "2026-11-16", **payment})
    assert (answer.status, answer.faults) == (status, told)


def test_an_invoice_is_not_paid_twice_and_not_before_it_is_issued(me: Caller) -> None:
    invoice = wanted(me.drafts_invoice(), 201)
    path = f"/v1/invoices/{invoice['id']}/payments"
    payment = {"amount": invoice["totals"]["gross"], "paid_on": "2026-11-16"}
    early = me.invoices.post(path, payment)
    assert (early.status, early.json["code"]) == (409, "invoice_not_issued")
    wanted(me.invoices.post(f"/v1/invoices/{invoice['id']}/issue"))
    wanted(me.invoices.post(path, payment), 201)
    again = me.invoices.post(path, payment)
    assert (again.status, again.json["code"]) == (409, "already_paid")


@pytest.mark.parametrize("query", [{"limit": "0"}, {"limit": "101"}, {"limit": "dix"}, {"limit": "-1"}], ids=str)
def test_a_page_has_between_one_and_a_hundred_entries(me: Caller, query: dict[str, str]) -> None:
    answer = me.quotes.get("/v1/quotes", **query)
    assert (answer.status, answer.faults) == (422, {("", "limit")})


@pytest.mark.parametrize("cursor", ["x", "AAAA", "é"])
def test_a_cursor_that_we_did_not_give_is_refused(me: Caller, cursor: str) -> None:
    assert me.quotes.get("/v1/quotes", cursor=cursor).status == 422


def test_an_error_of_our_own_tells_nothing_of_itself(
    server: Server, me: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken:
        def __getattr__(self, name: str) -> Any:
            raise ZeroDivisionError("nadia.perrin@imprimerie-rhone.example")

    object.__setattr__(server.ctx, "store", Broken())
    answer = me.customers.get("/v1/customers")
    assert (answer.status, answer.json["code"]) == (500, "internal")
    assert answer.json["instance"] == "urn:relance:request:req-1"
    logged = vars(caplog.records[-1])
    assert (logged["error"], logged["request_id"]) == ("ZeroDivisionError", "req-1")
    assert "nadia" not in answer.body.decode() + str(logged)
