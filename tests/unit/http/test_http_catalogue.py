"""The catalogue over HTTP: items, references that are one of a kind, customers' prices, lines that name an item."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from local import demo_data
from tests.doubles.api import Caller, Server, a_quote_body, wanted
from tests.doubles.gateway import Answer

ITEM: dict[str, Any] = {
    "reference": "PAR-01",
    "description": "Pose de parquet chêne massif",
    "unit": "m²",
    "unit_price": "48.90",
    "vat_rate": "10",
    "unit_cost": "27.5",
}


def an_item(me: Caller, **changes: Any) -> dict[str, Any]:
    return wanted(me.catalogue.post("/v1/items", {**ITEM, **changes}), 201)


def drafted(me: Caller, *lines: dict[str, Any], customer: str = "", **changes: Any) -> Answer:
    body = a_quote_body(customer or me.sets_up_customer(), lines=list(lines), **changes)
    return me.quotes.post("/v1/quotes", body)


def test_an_item_is_made_read_changed_and_removed(me: Caller) -> None:
    made = me.catalogue.post("/v1/items", ITEM)
    assert (made.status, made.etag) == (201, '"1"')
    path = made.headers["Location"]
    assert wanted(me.catalogue.get(path)) == made.json
    assert made.json["vat"] == {"category": "S", "rate": "10", "reason": ""}
    assert (made.json["unit_cost"], made.json["labour"], made.json["nature"]) == ("27.5", False, "services")
    changed = me.catalogue.put(path, {**ITEM, "unit_price": "52"}, if_match=made.etag)
    assert (changed.status, changed.etag, changed.json["unit_price"]) == (200, '"2"', "52")
    assert me.catalogue.delete(path, if_match=made.etag).status == 412
    assert me.catalogue.delete(path, if_match=changed.etag).status == 204
    assert me.catalogue.get(path).status == 404


def test_a_reference_is_unique_whatever_its_case_and_free_again_once_let_go(me: Caller) -> None:
    first, other = an_item(me), an_item(me, reference="PAR-02")
    taken = me.catalogue.post("/v1/items", {**ITEM, "reference": "par-01"})
    assert (taken.status, taken.faults) == (422, {("/reference", "taken")})
    assert "PAR-01" in taken.json["faults"][0]["message"].upper()
    path = f"/v1/items/{other['id']}"
    moved = me.catalogue.put(path, {**ITEM, "reference": "Par-01"}, if_match='"1"')
    assert (moved.status, moved.faults) == (422, {("/reference", "taken")})
    renamed = me.catalogue.put(f"/v1/items/{first['id']}", {**ITEM, "reference": "PAR-99"}, if_match='"1"')
    assert renamed.status == 200
    assert me.catalogue.put(path, {**ITEM, "reference": "Par-01"}, if_match='"1"').status == 200
    assert me.catalogue.delete(path, if_match='"2"').status == 204
    assert me.catalogue.post("/v1/items", ITEM).status == 201
    without = [me.catalogue.post("/v1/items", {**ITEM, "reference": ""}).status for _ in range(2)]
    assert without == [201, 201]


def test_ten_writers_of_one_reference_make_one_item(server: Server, me: Caller) -> None:
    with ThreadPoolExecutor(10) as writers:
        answers = list(writers.map(lambda n: me.catalogue.post("/v1/items", {**ITEM, "unit": str(n)}), range(10)))
    assert sorted(answer.status for answer in answers) == [201] + [422] * 9
    assert len(me.catalogue.get("/v1/items").json["items"]) == 1


def test_items_are_listed_newest_first_or_by_the_beginning_of_their_reference(
    server: Server, me: Caller, neighbour: Caller
) -> None:
    for reference in ("PLI-01", "par-02", "PAR-10", "PAR-01", ""):
        an_item(me, reference=reference)
        server.clock.advance(timedelta(seconds=1))
    an_item(neighbour, reference="PAR-00")
    references = [item["reference"] for item in me.catalogue.get("/v1/items").json["items"]]
    assert references == ["", "PAR-01", "PAR-10", "par-02", "PLI-01"]
    first = wanted(me.catalogue.get("/v1/items", reference="par", limit="2"))
    rest = wanted(me.catalogue.get("/v1/items", reference="par", limit="2", cursor=first["cursor"]))
    assert [item["reference"] for item in (*first["items"], *rest["items"])] == ["PAR-01", "par-02", "PAR-10"]
    assert rest["cursor"] is None
    assert len(wanted(me.catalogue.get("/v1/items", reference=""))["items"]) == 4
    lost = me.catalogue.get("/v1/items", reference="pli", cursor=first["cursor"])
    assert (lost.status, lost.faults) == (422, {("/cursor", "cursor")})
    assert wanted(me.catalogue.get("/v1/items", reference="p" * 2000)) == {"items": [], "cursor": None}


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"description": ""}, {("/description", "empty")}),
        ({"unit_price": "-1"}, {("/unit_price", "negative")}),
        ({"unit_price": 48}, {("/unit_price", "wrong_type")}),
        ({"vat_rate": "19"}, {("/vat_rate", "V-11")}),
        ({"vat": {"category": "E", "rate": "0"}}, {("/vat", "one_of")}),
        ({"nature": "things"}, {("/nature", "not_allowed")}),
        ({"unit_cost": "0.0000001"}, {("/unit_cost", "too_many_decimals")}),
        ({"reference": "itm_" + "0" * 26}, {("/reference", "like_an_id")}),
        ({"price": "1"}, {("/price", "unknown_field")}),
    ],
)
def test_an_item_that_cannot_be_is_refused_where_it_is_wrong(
    me: Caller, changes: dict[str, Any], faults: set[tuple[str, str]]
) -> None:
    answer = me.catalogue.post("/v1/items", {**ITEM, **changes})
    assert (answer.status, answer.faults) == (422, faults)


def test_the_same_request_with_the_same_key_makes_one_item(me: Caller) -> None:
    first, again = (me.catalogue.post("/v1/items", ITEM, key="k-1") for _ in range(2))
    assert (first.status, again.status, again.json) == (201, 201, first.json)


def test_a_neighbour_sees_nothing_of_the_catalogue(me: Caller, neighbour: Caller) -> None:
    item, customer = an_item(me), me.sets_up_customer()
    price = f"/v1/customers/{customer}/prices/{item['id']}"
    wanted(me.catalogue.put(price, {"percent_off": "5"}))
    for path in (f"/v1/items/{item['id']}", price, f"/v1/customers/{customer}/prices"):
        assert neighbour.catalogue.get(path).status == 404
    named = drafted(neighbour, {"item": "PAR-01", "quantity": "1"})
    assert (named.status, named.faults) == (422, {("/lines/0/item", "unknown_item")})
    by_id = drafted(neighbour, {"item": item["id"], "quantity": "1"})
    assert (by_id.status, by_id.faults) == (422, {("/lines/0/item", "unknown_item")})


def test_a_line_that_names_an_item_takes_the_rest_from_the_catalogue(me: Caller) -> None:
    item = an_item(me)
    by_reference, by_id = {"item": "par-01", "quantity": "3"}, {"item": item["id"], "quantity": "2", "section": "Sols"}
    quote = wanted(drafted(me, by_reference, by_id), 201)
    first, second = quote["lines"]
    assert (first["description"], first["unit"], first["unit_price"], first["reference"], first["net"]) == (
        "Pose de parquet chêne massif",
        "m²",
        "48.9",
        "PAR-01",
        "146.70",
    )
    assert first["vat"]["rate"] == "10"
    assert first["unit_cost"] == "27.5"
    assert (second["section"], second["net"]) == ("Sols", "97.80")


def test_what_a_line_says_itself_wins(me: Caller) -> None:
    an_item(me)
    line = {
        "item": "PAR-01",
        "quantity": "1",
        "description": "Pose en bâtons rompus",
        "unit_price": "60",
        "vat_rate": "20",
    }
    quote = wanted(drafted(me, line), 201)
    (told,) = quote["lines"]
    assert (told["description"], told["unit_price"], told["vat"]["rate"]) == ("Pose en bâtons rompus", "60", "20")
    assert told["unit"] == "m²"


def test_an_invoice_s_line_takes_the_price_and_never_the_cost(me: Caller) -> None:
    an_item(me)
    invoice = wanted(me.drafts_invoice(lines=[{"item": "PAR-01", "quantity": "2"}]), 201)
    assert (invoice["lines"][0]["net"], invoice["totals"]["net"]) == ("97.80", "97.80")
    assert "27.5" not in str(invoice)
    path = f"/v1/invoices/{invoice['id']}"
    body = {"customer_id": invoice["customer_id"], "lines": [{"item": "PAR-01", "quantity": "3"}]}
    assert wanted(me.invoices.put(path, body, if_match='"1"'))["totals"]["net"] == "146.70"


def test_a_document_keeps_the_price_of_its_day(me: Caller) -> None:
    item = an_item(me)
    quote = wanted(drafted(me, {"item": "PAR-01", "quantity": "1"}), 201)
    wanted(me.catalogue.put(f"/v1/items/{item['id']}", {**ITEM, "unit_price": "99"}, if_match='"1"'))
    assert me.catalogue.delete(f"/v1/items/{item['id']}", if_match='"2"').status == 204
    assert wanted(me.quotes.get(f"/v1/quotes/{quote['id']}")) == quote


def test_every_unknown_item_is_told_by_its_line(me: Caller) -> None:
    an_item(me)
    answer = drafted(
        me, {"item": "NON", "quantity": "1"}, {"item": "PAR-01", "quantity": "1"}, {"item": "itm_" + "0" * 26}
    )
    assert answer.status == 422
    assert answer.faults == {("/lines/0/item", "unknown_item"), ("/lines/2/item", "unknown_item")}


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ({"item": "PAR-01"}, ("/lines/0/quantity", "missing")),
        ({"item": "PAR-01", "quantity": "0"}, ("/lines/0/quantity", "not_positive")),
        ({"item": 7, "quantity": "1"}, ("/lines/0/item", "wrong_type")),
        ({"item": "x" * 65, "quantity": "1"}, ("/lines/0/item", "too_long")),
        ({"item": "PAR-01", "quantity": "1", "price": "2"}, ("/lines/0/price", "unknown_field")),
    ],
)
def test_a_completed_line_is_judged_like_any_other(me: Caller, line: dict[str, Any], fault: tuple[str, str]) -> None:
    an_item(me)
    answer = drafted(me, line)
    assert answer.status == 422
    assert fault in answer.faults


@pytest.mark.parametrize("body", ['{"item"', '["item"]', '"item"', '{"lines": {"item": 1}}', '{"lines": ["item"]}'])
def test_what_is_no_document_is_refused_as_before(me: Caller, body: str) -> None:
    me.sets_up()
    assert me.quotes.post("/v1/quotes", body).status == 422
    assert me.invoices.post("/v1/invoices", body).status == 422


def test_more_lines_than_a_document_holds_ask_the_catalogue_nothing(me: Caller) -> None:
    answer = drafted(me, *[{"item": "PAR-01", "quantity": "1"}] * 501)
    assert (answer.status, answer.faults) == (422, {("/lines", "too_many")})


def test_a_customer_that_can_be_none_is_told_as_such(me: Caller) -> None:
    an_item(me)
    me.sets_up()
    answer = drafted(me, {"item": "PAR-01", "quantity": "1"}, customer="c" * 190)
    assert (answer.status, answer.faults) == (422, {("/customer_id", "unknown")})


def test_the_catalogue_is_in_euros(me: Caller) -> None:
    an_item(me)
    line = {"item": "PAR-01", "quantity": "1"}
    foreign: dict[str, Any] = {
        "currency": "CHF",
        "exchange": {"rate": "1.05", "on": "2026-11-16", "source": "BCE"},
    }
    answer = drafted(me, line, **foreign)
    assert (answer.status, answer.faults) == (422, {("/lines/0/unit_price", "other_currency")})
    assert drafted(me, {**line, "unit_price": "47"}, **foreign).status == 201


def test_a_labour_item_gives_the_quote_its_labour_rate(me: Caller) -> None:
    an_item(me, reference="MO", description="Main-d’œuvre", unit="h", unit_price="48", vat_rate="20", labour=True)
    line = {"item": "MO", "quantity": "3"}
    assert wanted(drafted(me, line), 201)["labour_rate"] == "57,60 € TTC / h (48,00 € HT)"
    assert wanted(drafted(me, line, labour_rate="50 € / h"), 201)["labour_rate"] == "50 € / h"
    assert me.drafts_invoice(lines=[line]).status == 201
    an_item(me, reference="EXO", unit="", unit_price="48", vat_rate=None, vat={"case": "exempt"}, labour=True)
    assert wanted(drafted(me, {"item": "EXO", "quantity": "3"}), 201)["labour_rate"] == "48,00 € / h"


def test_an_item_without_vat_is_taxed_as_the_company_s_regime_says(me: Caller) -> None:
    """[V-01]"""
    plain = {name: value for name, value in ITEM.items() if name != "vat_rate"}
    wanted(me.catalogue.post("/v1/items", plain), 201)
    told = wanted(drafted(me, {"item": "PAR-01", "quantity": "1", "vat_rate": "20"}), 201)
    assert told["lines"][0]["vat"]["rate"] == "20"


# Customers' prices


def test_a_customer_s_own_price_is_what_his_lines_take(me: Caller) -> None:
    """[KB-33]"""
    item, mine = an_item(me), me.sets_up_customer()
    other = wanted(me.customers.post("/v1/customers", demo_data.CUSTOMERS[1]), 201)["id"]
    path = f"/v1/customers/{mine}/prices/{item['id']}"
    assert me.catalogue.get(path).status == 404
    first = me.catalogue.put(path, {"unit_price": "42.00"})
    assert (first.status, first.etag) == (200, '"1"')
    line = {"item": "PAR-01", "quantity": "10"}
    assert wanted(drafted(me, line, customer=mine), 201)["lines"][0]["net"] == "420.00"
    assert wanted(drafted(me, line, customer=other), 201)["lines"][0]["net"] == "489.00"
    assert me.catalogue.put(path, {"percent_off": "10"}).status == 428
    wanted(me.catalogue.put(path, {"percent_off": "10"}, if_match=first.etag))
    (told,) = wanted(drafted(me, line, customer=mine), 201)["lines"]
    assert (told["unit_price"], told["discount"], told["net"]) == ("48.9", {"percent": "10"}, "440.10")
    (author,) = wanted(drafted(me, {**line, "unit_price": "50"}, customer=mine), 201)["lines"]
    assert (author["discount"], author["net"]) == (None, "500.00")
    assert [price["item_id"] for price in me.catalogue.get(f"/v1/customers/{mine}/prices").json["items"]] == [
        item["id"]
    ]
    assert me.catalogue.get(f"/v1/customers/{other}/prices").json["items"] == []
    assert me.catalogue.delete(path, if_match='"2"').status == 204
    assert wanted(drafted(me, line, customer=mine), 201)["lines"][0]["net"] == "489.00"


def test_a_price_holds_from_its_first_to_its_last_day_in_paris(server: Server, me: Caller) -> None:
    item, customer = an_item(me), me.sets_up_customer()
    today = server.clock.now().date()
    price = {
        "unit_price": "40",
        "valid_from": (today + timedelta(days=1)).isoformat(),
        "valid_to": (today + timedelta(days=2)).isoformat(),
    }
    wanted(me.catalogue.put(f"/v1/customers/{customer}/prices/{item['id']}", price))
    nets = []
    for _ in range(4):
        nets.append(wanted(drafted(me, {"item": "PAR-01", "quantity": "1"}), 201)["lines"][0]["net"])
        server.clock.advance(timedelta(days=1))
    assert nets == ["48.90", "40.00", "40.00", "48.90"]


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({}, {("", "one_of")}),
        ({"unit_price": "1", "percent_off": "1"}, {("", "one_of")}),
        ({"percent_off": "0"}, {("", "one_of")}),
        ({"percent_off": "101"}, {("/percent_off", "out_of_range")}),
        ({"percent_off": "1.234"}, {("/percent_off", "too_many_decimals")}),
        ({"unit_price": "-1"}, {("/unit_price", "negative")}),
        (
            {"unit_price": "1", "valid_from": "2026-12-02", "valid_to": "2026-12-01"},
            {("/valid_to", "past_date")},
        ),
    ],
)
def test_a_price_that_cannot_be_is_refused_where_it_is_wrong(
    me: Caller, body: dict[str, Any], faults: set[tuple[str, str]]
) -> None:
    item, customer = an_item(me), me.sets_up_customer()
    answer = me.catalogue.put(f"/v1/customers/{customer}/prices/{item['id']}", body)
    assert (answer.status, answer.faults) == (422, faults)


def test_a_price_is_for_a_customer_and_an_item_that_exist(me: Caller) -> None:
    item, customer = an_item(me), me.sets_up_customer()
    nobody, nothing = "cus_" + "0" * 26, "itm_" + "0" * 26
    for path in (f"{nobody}/prices/{item['id']}", f"{customer}/prices/{nothing}", f"{customer}/prices/x"):
        assert me.catalogue.put(f"/v1/customers/{path}", {"percent_off": "5"}).status == 404
    assert me.catalogue.get(f"/v1/customers/{nobody}/prices").status == 404
