"""Quote templates over HTTP: kept, started from, ready-made. [KX-01, KX-03, KX-06, KB-13, PF-07]"""

from typing import Any

import msgspec
import pytest

from local import demo_data
from relance.adapters.starter_data import PackagedStarters
from relance.contracts.forms import as_body
from relance.contracts.parse import parse
from relance.contracts.quotes import QuoteBody, QuoteForm
from relance.contracts.templates import TemplateView
from tests.builders import TENANT
from tests.doubles.api import Caller, a_quote_body, wanted
from tests.unit.http.test_http_catalogue import ITEM, an_item

FORM: dict[str, Any] = {
    "title": "Devis parquet",
    "subject": "Rénovation du parquet",
    "message": "Bonjour,\nvoici notre proposition.",
    "duration": "4 jours",
    "lines": [
        {"description": "Ponçage", "quantity": "20", "unit": "m²", "unit_price": "21", "vat_rate": "10"},
        {"item": "PAR-01", "quantity": "20"},
    ],
    "discounts": [{"label": "Fidélité", "percent": "5"}],
    "deposits": [{"percent": "30", "due": "à la commande"}],
}
STARTERS = PackagedStarters().all(TENANT)


def a_template(me: Caller, **changes: Any) -> dict[str, Any]:
    return wanted(me.catalogue.post("/v1/quote-templates", {"name": "Parquet", "quote": {**FORM, **changes}}), 201)


def test_a_template_is_made_read_changed_and_removed(me: Caller) -> None:
    an_item(me)
    made = me.catalogue.post("/v1/quote-templates", {"name": " Parquet ", "quote": FORM})
    assert (made.status, made.etag, made.json["name"]) == (201, '"1"', "Parquet")
    path = made.headers["Location"]
    read = wanted(me.catalogue.get(path))
    assert read == made.json
    assert read["quote"] == FORM, "kept as it was written, the item by its name"
    changed = me.catalogue.put(path, {"name": "Sols", "quote": {**FORM, "lines": FORM["lines"][:1]}}, if_match='"1"')
    assert (changed.status, changed.json["name"], len(changed.json["quote"]["lines"])) == (200, "Sols", 1)
    assert me.catalogue.put(path, {"name": "Sols", "quote": FORM}, if_match='"1"').status == 412
    assert me.catalogue.delete(path).status == 428
    assert me.catalogue.delete(path, if_match='"2"').status == 204
    assert me.catalogue.get(path).status == 404


def test_a_quote_starts_from_a_template_with_its_customer_alone(me: Caller) -> None:
    """[KX-06]"""
    an_item(me)
    template, customer = a_template(me), me.sets_up_customer()
    quote = wanted(me.quotes.post("/v1/quotes", {"template": template["id"], "customer_id": customer}), 201)
    assert (quote["title"], quote["subject"], quote["duration"]) == (
        "Devis parquet",
        "Rénovation du parquet",
        "4 jours",
    )
    assert [line["net"] for line in quote["lines"]] == ["420.00", "978.00"]
    assert (quote["discounts"][0]["label"], quote["deposits"][0]["percent"]) == ("Fidélité", "30")
    assert quote["customer_id"] == customer


def test_what_the_request_says_itself_wins_over_the_template(me: Caller) -> None:
    an_item(me)
    template, customer = a_template(me), me.sets_up_customer()
    body = {
        "template": template["id"],
        "customer_id": customer,
        "subject": "Autre objet",
        "discounts": [],
        "lines": [{"item": "PAR-01", "quantity": "1"}],
    }
    quote = wanted(me.quotes.post("/v1/quotes", body), 201)
    assert (quote["subject"], quote["title"], quote["discounts"]) == ("Autre objet", "Devis parquet", [])
    assert [line["net"] for line in quote["lines"]] == ["48.90"]
    again = {**body, "lines": [{"item": "PAR-01", "quantity": "2"}]}
    put = me.quotes.put(f"/v1/quotes/{quote['id']}", again, if_match='"1"')
    assert wanted(put)["lines"][0]["net"] == "97.80"


def test_a_template_takes_the_prices_of_the_day_and_of_the_customer(me: Caller) -> None:
    item = an_item(me)
    template, customer = a_template(me), me.sets_up_customer()
    wanted(me.catalogue.put(f"/v1/items/{item['id']}", {**ITEM, "unit_price": "50"}, if_match='"1"'))
    wanted(me.catalogue.put(f"/v1/customers/{customer}/prices/{item['id']}", {"percent_off": "10"}))
    quote = wanted(me.quotes.post("/v1/quotes", {"template": template["id"], "customer_id": customer}), 201)
    assert quote["lines"][1]["net"] == "900.00"


def test_a_template_whose_item_is_gone_says_which_line(me: Caller) -> None:
    item = an_item(me)
    template, customer = a_template(me), me.sets_up_customer()
    assert me.catalogue.delete(f"/v1/items/{item['id']}", if_match='"1"').status == 204
    answer = me.quotes.post("/v1/quotes", {"template": template["id"], "customer_id": customer})
    assert (answer.status, answer.faults) == (422, {("/lines/1/item", "unknown_item")})


def test_a_quote_made_with_a_template_outlives_it(me: Caller) -> None:
    an_item(me)
    template = a_template(me)
    body = {"template": template["id"], "customer_id": me.sets_up_customer()}
    quote = wanted(me.quotes.post("/v1/quotes", body), 201)
    assert me.catalogue.delete(f"/v1/quote-templates/{template['id']}", if_match='"1"').status == 204
    assert wanted(me.quotes.get(f"/v1/quotes/{quote['id']}")) == quote
    gone = me.quotes.post("/v1/quotes", body)
    assert (gone.status, gone.faults) == (422, {("/template", "unknown_template")})


@pytest.mark.parametrize("name", ["tpl_" + "0" * 26, "x", "starter.", "../company"])
def test_an_unknown_template_is_told(me: Caller, name: str) -> None:
    answer = me.quotes.post("/v1/quotes", {"template": name, "customer_id": me.sets_up_customer()})
    assert (answer.status, answer.faults) == (422, {("/template", "unknown_template")})
    assert me.catalogue.get(f"/v1/quote-templates/{name.replace('/', '-')}").status == 404


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({"quote": FORM}, {("/name", "missing")}),
        ({"name": "x", "quote": {"subject": "x"}}, {("/quote/lines", "missing")}),
        ({"name": "x", "quote": {**FORM, "customer_id": "cus_1"}}, {("/quote/customer_id", "unknown_field")}),
        ({"name": "x", "quote": {**FORM, "template": "t"}}, {("/quote/template", "unknown_field")}),
        (
            {"name": "x", "quote": {"lines": [{"item": "NON", "quantity": "1"}]}},
            {("/quote/lines/0/item", "unknown_item")},
        ),
        ({"name": "x", "quote": []}, {("/quote", "wrong_type")}),
        (
            {"name": "x", "quote": {"lines": [{**FORM["lines"][0], "quantity": "0"}]}},
            {("/quote/lines/0/quantity", "not_positive")},
        ),
    ],
)
def test_a_template_is_held_to_what_a_quote_may_say(
    me: Caller, body: dict[str, Any], faults: set[tuple[str, str]]
) -> None:
    an_item(me)
    answer = me.catalogue.post("/v1/quote-templates", body)
    assert (answer.status, answer.faults) == (422, faults)


def test_a_quote_is_kept_as_a_template_and_comes_out_again_as_it_was(me: Caller) -> None:
    """Everything that an author may write survives the way there and back."""
    customer = me.sets_up_customer()
    first = wanted(me.quotes.post("/v1/quotes", {**a_quote_body(customer), **everything(), "variant": "Chêne"}), 201)
    kept = me.catalogue.post(f"/v1/quotes/{first['id']}/template", {"name": "Comme l’accueil"})
    assert (kept.status, kept.json["name"]) == (201, "Comme l’accueil")
    assert not {"customer_id", "validity_until", "exchange", "variant"} & set(kept.json["quote"])
    again = wanted(me.quotes.post("/v1/quotes", {"template": kept.json["id"], "customer_id": customer}), 201)
    own = {"id", "created_at", "updated_at", "variant"}
    assert {k: v for k, v in again.items() if k not in own} == {k: v for k, v in first.items() if k not in own}


def everything() -> dict[str, Any]:
    """A value of its own for every field of a quote that a template keeps."""
    line: dict[str, Any] = {
        "description": "Pose\nen deux passes",
        "quantity": "2.5",
        "unit": "m²",
        "unit_price": "48.905",
        "vat_rate": "10",
        "discount": {"percent": "2.5"},
        "nature": "goods",
        "section": "Sols",
        "text_before": "Avant les travaux",
        "reference": "PAR-01",
        "optional": True,
        "chosen": True,
        "min_quantity": "1",
        "max_quantity": "9",
        "unit_cost": "12.5",
    }
    exempt = {
        **line,
        "vat": {"category": "E", "reason": "Exonération, art. 261 du CGI"},
        "discount": {"amount": "1.00"},
    }
    for name in ("vat_rate", "optional", "chosen", "min_quantity", "max_quantity"):
        del exempt[name]
    return {
        "lines": [line, exempt],
        "title": "Proposition",
        "subject": "Objet",
        "message": "Bonjour,\nvoici.",
        "start_date": "en mars",
        "duration": "4 jours",
        "payment_terms": "À réception.",
        "delivery_terms": "Sur place.",
        "price_terms": "Devis payant, 50 €.",
        "warranty_terms": "Deux ans.",
        "discounts": [{"label": "Fidélité", "percent": "5"}, {"label": "Geste", "amount": "3.00"}],
        "charges": [{"label": "Déplacement", "amount": "35.00", "vat_rate": "20", "kind": "travel"}],
        "deposits": [{"label": "Acompte", "due": "à la commande", "percent": "30"}],
        "deposit_nature": "arrhes",
        "price_revision_terms": "BT01.",
        "labour_rate": "50 € / h",
        "execution_place": "Lyon",
        "channel": "distance",
        "withdrawal_exception": "custom_made",
        "closing_note": "Merci.",
        "language": "en",
    }


def test_everything_that_a_quote_may_say_is_tried_on_the_way_through_a_template() -> None:
    elsewhere = {"validity_until", "exchange", "currency", "kind", "variant"}
    fields = {field.name for field in msgspec.structs.fields(QuoteForm)}
    assert fields == set(everything()) | elsewhere, "give a new field of quotes a value in everything()"


@pytest.mark.parametrize("starter", STARTERS, ids=lambda starter: starter.id)
def test_a_ready_made_template_makes_a_quote(me: Caller, starter: Any) -> None:
    """[KX-01]"""
    customer = me.sets_up_customer()
    told = wanted(me.catalogue.get(f"/v1/quote-templates/{starter.id}"))
    msgspec.convert(told, TemplateView)
    assert told["suits"] in {"company", "sole_trader"}
    body = {"template": starter.id, "customer_id": customer}
    quote = wanted(me.quotes.post("/v1/quotes", body), 201)
    assert len(quote["lines"]) >= 2
    assert {line["vat"]["rate"] for line in quote["lines"]} == {"20"}
    assert wanted(me.quotes.post(f"/v1/quotes/{quote['id']}/send"))["status"] == "sent"


@pytest.mark.parametrize("starter", STARTERS, ids=lambda starter: starter.id)
def test_a_ready_made_template_serves_who_charges_no_vat(me: Caller, starter: Any) -> None:
    """[V-01]"""
    trader = {"legal_kind": "sole_trader", "vat_regime": "franchise", "vat_number": "", "share_capital": "0.00"}
    wanted(me.settings.put("/v1/company", {**demo_data.COMPANY, **trader, "legal_form": "EI"}))
    customer = wanted(me.customers.post("/v1/customers", demo_data.CUSTOMERS[1]), 201)["id"]
    quote = wanted(me.quotes.post("/v1/quotes", {"template": starter.id, "customer_id": customer}), 201)
    assert {line["vat"]["rate"] for line in quote["lines"]} == {"0"}
    assert quote["totals"]["vat"] == "0.00"


def test_ready_made_templates_are_listed_those_of_one_s_kind_first_and_never_change(me: Caller) -> None:
    before = wanted(me.catalogue.get("/v1/quote-templates"))
    assert before["items"] == []
    assert len(before["ready_made"]) == len(STARTERS) == 8
    me.sets_up()
    listed = wanted(me.catalogue.get("/v1/quote-templates"))["ready_made"]
    assert [starter["suits"] for starter in listed] == ["company"] * 4 + ["sole_trader"] * 4
    path = f"/v1/quote-templates/{listed[0]['id']}"
    own = {"name": "x", "quote": {"lines": FORM["lines"][:1]}}
    for answer in (me.catalogue.put(path, own, if_match='"1"'), me.catalogue.delete(path, if_match='"1"')):
        assert (answer.status, answer.json["code"]) == (409, "ready_made")


def test_a_neighbour_has_templates_of_his_own(me: Caller, neighbour: Caller) -> None:
    an_item(me)
    template = a_template(me)
    assert neighbour.catalogue.get(f"/v1/quote-templates/{template['id']}").status == 404
    assert wanted(neighbour.catalogue.get("/v1/quote-templates"))["items"] == []
    body = {"template": template["id"], "customer_id": neighbour.sets_up_customer()}
    assert neighbour.quotes.post("/v1/quotes", body).faults == {("/template", "unknown_template")}


def test_what_a_body_may_not_hold_is_left_out_of_a_view() -> None:
    view: dict[str, Any] = {
        "id": "quo_1",
        "customer_id": "cus_1",
        "lines": [],
        "exchange": None,
        "totals": {"net": "1.00"},
    }
    assert as_body(view, QuoteBody) == {"customer_id": "cus_1", "lines": []}


def test_a_starter_s_form_is_what_a_quote_may_say() -> None:
    for starter in STARTERS:
        parse(starter.form.encode(), QuoteForm)
        assert starter.tenant == TENANT
    assert demo_data.COMPANY["legal_kind"] == "company"
