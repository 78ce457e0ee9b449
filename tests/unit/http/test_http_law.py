"""The law over HTTP: mentions of drafts, VAT by its case, payment terms, and a company whose past is kept."""

from datetime import timedelta
from typing import Any

import pytest

from local import demo_data
from relance.domain.invoice import Invoice
from tests.builders import TENANT
from tests.doubles.api import Caller, Server, a_quote_body, wanted

LINE = {"description": "Pose", "quantity": "10", "unit_price": "50"}
GERMAN = {
    "kind": "business",
    "name": "Holzbau Müller GmbH",
    "vat_number": "DE136695976",
    "address": {"line1": "Allee 1", "postcode": "80331", "city": "München", "country": "DE"},
    "email": "einkauf@holzbau.example",
}
CONSUMER, BUSINESS = demo_data.CUSTOMERS[1], demo_data.CUSTOMERS[0]


def set_up(me: Caller, customer: dict[str, Any], **company: Any) -> str:
    """The demo company with `company` changed, and the id of a customer."""
    wanted(me.settings.put("/v1/company", {**demo_data.COMPANY, **company}))
    return str(wanted(me.customers.post("/v1/customers", customer), 201)["id"])


def draft_quote(me: Caller, customer_id: str, *lines: dict[str, Any], **changes: Any) -> str:
    body = a_quote_body(customer_id, lines=list(lines) or [{**LINE, "vat_rate": "20"}], **changes)
    return str(wanted(me.quotes.post("/v1/quotes", body), 201)["id"])


def draft_invoice(me: Caller, customer_id: str, *lines: dict[str, Any], **changes: Any) -> str:
    body = {"customer_id": customer_id, "lines": list(lines) or [{**LINE, "vat_rate": "20"}], **changes}
    return str(wanted(me.invoices.post("/v1/invoices", body), 201)["id"])


def test_a_service_in_the_union_is_said_by_its_case_and_dated_when_it_is_sent_V_03(me: Caller) -> None:
    customer = set_up(me, GERMAN)
    quote = draft_quote(me, customer, {**LINE, "vat": {"case": "eu_services"}})
    (drafted,) = wanted(me.quotes.get(f"/v1/quotes/{quote}"))["lines"]
    assert drafted["vat"] == {"category": "AE", "rate": "0", "reason": "", "case": "eu_services"}
    sent = wanted(me.quotes.post(f"/v1/quotes/{quote}/send"))
    (row,) = sent["totals"]["subtotals"]
    assert row["vat"] == {
        "category": "AE",
        "rate": "0",
        "reason": "Autoliquidation (art. 283, 2 du CGI)",
        "code": "VATEX-EU-AE",
        "case": "eu_services",
    }


def test_a_delivery_in_the_union_wants_the_customers_number_before_a_number_is_taken_V_04(me: Caller) -> None:
    customer = set_up(me, {**GERMAN, "vat_number": ""})
    invoice = draft_invoice(me, customer, {**LINE, "nature": "goods", "vat": {"case": "eu_goods"}})
    refused = me.invoices.post(f"/v1/invoices/{invoice}/issue")
    assert refused.status == 422
    assert ("/customer/vat_number", "V-04") in refused.faults
    told = wanted(me.invoices.get(f"/v1/invoices/{invoice}/mentions"))
    assert refused.faults == {(fault["pointer"], fault["code"]) for fault in told["faults"]}


def test_a_company_under_the_franchise_says_nothing_of_vat_V_01(me: Caller) -> None:
    customer = set_up(me, CONSUMER, vat_regime="franchise", vat_number="")
    quote = wanted(me.quotes.get(f"/v1/quotes/{draft_quote(me, customer, LINE)}"))
    assert quote["lines"][0]["vat"]["case"] == "franchise"
    sent = wanted(me.quotes.post(f"/v1/quotes/{quote['id']}/send"))
    assert sent["totals"]["subtotals"][0]["vat"]["reason"] == "TVA non applicable, art. 293 B du CGI"
    invoice = draft_invoice(me, customer, LINE)
    issued = wanted(me.invoices.post(f"/v1/invoices/{invoice}/issue"))
    assert issued["totals"]["subtotals"][0]["vat"]["code"] == "VATEX-FR-FRANCHISE"
    assert (issued["totals"]["vat"], issued["totals"]["gross"]) == ("0.00", "500.00")


def test_an_abolished_rate_is_refused_when_it_is_issued_V_11(me: Caller) -> None:
    customer = set_up(me, BUSINESS)
    invoice = draft_invoice(me, customer, {**LINE, "vat_rate": "19.6"})
    refused = me.invoices.post(f"/v1/invoices/{invoice}/issue")
    assert (refused.status, refused.faults) == (422, {("/lines/0/vat/rate", "V-11")})
    assert "19,6 %" in refused.json["faults"][0]["message"]


def test_a_rate_of_elsewhere_is_told_and_does_not_block_V_11(me: Caller) -> None:
    customer = set_up(me, BUSINESS)
    quote = draft_quote(me, customer, {**LINE, "vat_rate": "8.5"})
    told = wanted(me.quotes.get(f"/v1/quotes/{quote}/mentions"))
    assert told["ready"]
    assert [advice["id"] for advice in told["advice"]] == ["V-11"]


def test_repairs_for_a_consumer_are_accepted_before_they_begin_Q_02(me: Caller) -> None:
    customer = set_up(me, CONSUMER, sector="depannage")
    quote = draft_quote(me, customer, labour_rate="48 € TTC de l’heure", execution_place="3 place Bellecour, Lyon")
    told = wanted(me.quotes.get(f"/v1/quotes/{quote}/mentions"))
    assert told["ready"]
    (duty,) = told["advice"]
    assert (duty["id"], duty["act"], duty["met"]) == ("QO-S3", "acceptance_required", False)
    assert "24 janvier 2017" in duty["source"]


def test_each_mention_is_told_with_its_text_and_how_to_mend_it_KX_02(me: Caller) -> None:
    customer = set_up(me, BUSINESS, approved_association=True, website="")
    invoice = draft_invoice(me, customer, due_date="2026-12-31")
    told = {row["id"]: row for row in wanted(me.invoices.get(f"/v1/invoices/{invoice}/mentions"))["mentions"]}
    assert told["IS-01"]["text"].startswith("Membre d’une association agréée")
    assert told["IR-03"]["text"] == "Catégorie de l’opération : prestation de services"
    bare = draft_quote(me, customer, start_date="")
    (missing,) = wanted(me.quotes.get(f"/v1/quotes/{bare}/mentions"))["faults"]
    assert (missing["pointer"], missing["code"]) == ("/start_date", "QM-12")
    issued = wanted(me.invoices.post(f"/v1/invoices/{invoice}/issue"))
    after = wanted(me.invoices.get(f"/v1/invoices/{issued['id']}/mentions"))
    assert after["ready"]
    assert {row["id"]: row for row in after["mentions"]} == told


@pytest.mark.parametrize(
    ("rule", "due"),
    [
        (None, "2026-12-16"),
        ({"days": 0}, "2026-11-16"),
        ({"days": 45, "end_of_month": "after_days"}, "2026-12-31"),
        ({"days": 45, "end_of_month": "before_days"}, "2027-01-14"),
        ({"days": 30, "day": 10}, "2027-01-10"),
    ],
)
def test_a_customers_own_terms_give_the_due_date_and_its_words_KB_28(
    me: Caller, rule: dict[str, Any] | None, due: str
) -> None:
    customer = set_up(me, {**BUSINESS, "payment_rule": rule})
    issued = wanted(me.invoices.post(f"/v1/invoices/{draft_invoice(me, customer)}/issue"))
    assert issued["due_date"] == due
    text = issued["document"]["payment_terms"]
    assert text == ("Paiement à 30 jours à réception de la facture, par virement." if rule is None else text)
    assert rule is None or not rule.get("end_of_month") or "mois" in text


def test_terms_beyond_the_law_are_refused_where_they_are_written_P_01(me: Caller) -> None:
    long = {"days": 60, "end_of_month": "after_days"}
    refused = me.settings.put("/v1/company", {**demo_data.COMPANY, "defaults": {"payment_rule": long}})
    assert (refused.status, refused.faults) == (422, {("/defaults/payment_rule", "P-01")})
    customer = set_up(me, BUSINESS)
    for body in ({**BUSINESS, "payment_rule": {"days": 61}}, {**BUSINESS, "payment_rule": long}):
        assert me.customers.post("/v1/customers", body).faults == {("/payment_rule", "P-01")}
    known = me.customers.get(f"/v1/customers/{customer}")
    changed = me.customers.put(
        f"/v1/customers/{customer}", {**BUSINESS, "payment_rule": {"days": 61}}, if_match=known.etag
    )
    assert changed.faults == {("/payment_rule", "P-01")}
    wanted(me.customers.post("/v1/customers", {**CONSUMER, "payment_rule": {"days": 90}}), 201)
    invoice = draft_invoice(me, customer, due_date="2027-01-16")
    assert me.invoices.post(f"/v1/invoices/{invoice}/issue").faults == {("/due_date", "P-01")}


def test_a_trade_with_terms_of_its_own_is_held_to_them_P_01(me: Caller) -> None:
    customer = set_up(me, BUSINESS, term_sector="transport")
    invoice = draft_invoice(me, customer, due_date="2026-12-17")
    assert me.invoices.post(f"/v1/invoices/{invoice}/issue").faults == {("/due_date", "P-01")}
    customer = str(wanted(me.customers.post("/v1/customers", {**BUSINESS, "payment_rule": {"days": 30}}), 201)["id"])
    wanted(me.invoices.post(f"/v1/invoices/{draft_invoice(me, customer)}/issue"))


def test_a_company_keeps_what_it_was_and_documents_the_identity_of_their_day_CY_01(server: Server, me: Caller) -> None:
    customer = set_up(me, BUSINESS)
    quote = draft_quote(me, customer)
    wanted(me.quotes.post(f"/v1/quotes/{quote}/send"))
    server.clock.advance(timedelta(days=1))
    renamed = {**demo_data.COMPANY, "legal_name": "Atelier Verdier et Filles"}
    wanted(me.settings.put("/v1/company", renamed, if_match=me.settings.get("/v1/company").etag))
    wanted(me.settings.put("/v1/company", {**renamed, "phone": "04 78 11 11 11"}, if_match='"2"'))
    first = wanted(me.settings.get("/v1/company/versions", limit="1"))
    today, was = first["items"]
    assert (today["valid_to"], today["company"]["rev"], today["company"]["phone"]) == (None, 3, "04 78 11 11 11")
    assert (was["company"]["rev"], was["valid_to"]) == (2, today["valid_from"])
    (oldest,) = wanted(me.settings.get("/v1/company/versions", cursor=first["cursor"]))["items"]
    assert oldest["company"]["legal_name"] == "Atelier Verdier"
    assert wanted(me.quotes.get(f"/v1/quotes/{quote}"))["document"]["seller"]["legal_name"] == "Atelier Verdier"
    changes = [event for event in server.store.events(TENANT) if event.type == "settings.changed"]
    assert len(changes) == 2, "a telephone number is no fiscal setting"


def test_each_series_has_the_format_that_the_company_chose_KB_30_N_04(me: Caller) -> None:
    formats = {
        "quote_number_format": "DEV{year}/{n:05d}",
        "proforma_number_format": "PRO{year}/{n}",
        "invoice_number_format": "FAC{year}/{n:03d}",
    }
    customer = set_up(me, BUSINESS, **formats)
    numbers = []
    for kind in ("quote", "proforma", "quote"):
        quote = draft_quote(me, customer, kind=kind)
        numbers.append(wanted(me.quotes.post(f"/v1/quotes/{quote}/send"))["number"])
    numbers.append(wanted(me.invoices.post(f"/v1/invoices/{draft_invoice(me, customer)}/issue"))["number"])
    assert numbers == ["DEV2026/00001", "PRO2026/1", "DEV2026/00002", "FAC2026/001"]


def test_nobody_chooses_the_number_of_a_document_CY_01(me: Caller) -> None:
    customer = set_up(me, BUSINESS)
    body = {"customer_id": customer, "lines": [{**LINE, "vat_rate": "20"}], "number": "F-1"}
    for gateway, path in ((me.quotes, "/v1/quotes"), (me.invoices, "/v1/invoices")):
        assert gateway.post(path, body).faults == {("/number", "unknown_field")}


def test_versions_are_the_tenants_own(me: Caller, neighbour: Caller) -> None:
    set_up(me, BUSINESS)
    assert me.settings.get("/v1/company/versions").status == 200
    assert neighbour.settings.get("/v1/company/versions").status == 404


def test_the_rates_are_those_of_where_the_company_is_KB_32_V_11(me: Caller) -> None:
    set_up(me, BUSINESS)
    told = wanted(me.settings.get("/v1/vat"))
    assert (told["region"], [rate["rate"] for rate in told["rates"]]) == (
        "mainland",
        ["20", "10", "9.6", "9.2", "5.5", "2.1"],
    )
    assert {"case", "text", "category", "code", "source"} == told["cases"][0].keys()
    overseas = {**demo_data.COMPANY, "address": {"line1": "1 rue", "postcode": "97400", "city": "Saint-Denis"}}
    wanted(me.settings.put("/v1/company", overseas, if_match='"1"'))
    assert "8.5" in [rate["rate"] for rate in wanted(me.settings.get("/v1/vat"))["rates"]]


def test_the_usual_deposit_is_written_into_a_new_quote_and_can_be_removed_KX_09(me: Caller) -> None:
    customer = set_up(me, BUSINESS, defaults={"deposit_percent": "30"})
    made = me.quotes.post("/v1/quotes", a_quote_body(customer))
    (step,) = wanted(made, 201)["deposits"]
    assert (step["label"], step["percent"]) == ("Acompte à la commande", "30")
    path = f"/v1/quotes/{made.json['id']}"
    assert wanted(me.quotes.put(path, a_quote_body(customer), if_match=made.etag))["deposits"] == []
    own = {"deposits": [{"label": "Au début", "percent": "10"}]}
    assert len(wanted(me.quotes.post("/v1/quotes", a_quote_body(customer, **own)), 201)["deposits"]) == 1
    assert wanted(me.quotes.post("/v1/quotes", a_quote_body(customer, kind="proforma")), 201)["deposits"] == []


def test_a_document_says_its_notes_of_the_law_IS_01(server: Server, me: Caller) -> None:
    customer = set_up(me, BUSINESS, approved_association=True, vat_on_debits=True)
    issued = wanted(me.invoices.post(f"/v1/invoices/{draft_invoice(me, customer)}/issue"))
    stored = server.store.get(TENANT, Invoice, issued["id"])
    assert stored is not None
    assert stored.content is not None
    assert stored.content.vat_on_debits
    assert [note.id for note in stored.content.legal_notes] == ["IR-03", "IR-04", "IS-01"]
