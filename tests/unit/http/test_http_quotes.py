"""What comes of a quote over HTTP: copies, variants, avenants, longer validity, receipts, conditions, margin."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from local import demo_data
from relance.app.ports.store import Commit
from relance.domain.chain.event import parse
from relance.domain.quote import Acceptance, Quote, QuoteStatus
from tests.builders import TENANT
from tests.doubles.api import Caller, Server, a_quote_body, wanted

COST = "7.654321"  # of no price, so that it is found wherever it leaks
LINE: dict[str, Any] = {"description": "Pose", "quantity": "2", "unit_price": "100", "vat_rate": "20"}
PDF = b"%PDF-1.7\nconditions\n%%EOF\n"


def sent(me: Caller, **changes: Any) -> dict[str, Any]:
    quote = wanted(me.drafts_quote(**changes), 201)
    return wanted(me.quotes.post(f"/v1/quotes/{quote['id']}/send"))


def stored(server: Server, quote_id: str) -> Quote:
    quote = server.store.get(TENANT, Quote, quote_id)
    assert quote is not None
    return quote


def put(server: Server, quote: Quote) -> None:
    server.store.commit(Commit(TENANT, server.ctx.new_id("tok"), puts=(quote,)))


def accept(server: Server, quote_id: str) -> None:
    """What the customer's page does, without the page."""
    quote = stored(server, quote_id)
    acceptance = Acceptance("N. Perrin", "Bon pour accord", server.clock.now(), "a" * 64, 1, "", "", "0" * 64)
    put(server, replace(quote, rev=quote.rev + 1, status=QuoteStatus.ACCEPTED, acceptance=acceptance))


# --- everything that a quote can say ----------------------------------------------------------------------------------

RICH: dict[str, Any] = {
    "lines": [
        {**LINE, "section": "Préparation", "text_before": "Avant tout,\nprotéger.", "reference": "P-01"},
        {**LINE, "optional": True, "section": "Finitions"},
        {**LINE, "optional": True, "chosen": True},
        {**LINE, "min_quantity": "1", "max_quantity": "10.5", "unit_cost": COST},
    ],
    "discounts": [{"label": "Fidélité", "percent": "5"}, {"amount": "10.00"}],
    "charges": [{"label": "Déplacement", "amount": "45.00", "vat_rate": "20", "kind": "travel"}],
    "deposits": [{"label": "À la commande", "due": "à la signature", "percent": "30"}],
    "deposit_nature": "arrhes",
    "price_revision_terms": "Indice BT01.",
    "labour_rate": "48 € HT de l’heure",
    "execution_place": "Lyon 2e",
    "channel": "off_premises",
    "withdrawal_exception": "custom_made",
    "closing_note": "Merci de votre confiance.",
    "variant": "Chêne",
}


def test_what_a_quote_says_is_told_back_and_summed_up_KX_09(me: Caller) -> None:
    told = wanted(me.drafts_quote(**RICH), 201)
    for name in RICH.keys() - {"lines", "discounts", "charges"}:
        assert told[name] == RICH[name], name
    assert [(line["optional"], line["chosen"]) for line in told["lines"]] == [
        (False, True),
        (True, False),
        (True, True),
        (False, True),
    ]
    assert told["lines"][0]["text_before"] == "Avant tout,\nprotéger."
    assert told["totals"]["lines"] == "600.00"
    assert told["totals"]["discounts"] == "40.00"
    assert told["totals"]["net"] == "605.00"
    assert told["discounts"] == [
        {"label": "Fidélité", "percent": "5"},
        {"label": "Remise", "amount": "10.00"},
    ]


def test_a_quote_told_back_can_be_put_again(me: Caller) -> None:
    """GET, change one thing, PUT: what a form does."""
    made = me.drafts_quote(**RICH)
    body = {name: made.json[name] for name in [*RICH, "customer_id", "subject"]}
    body["lines"] = [{name: value for name, value in line.items() if name != "net"} for line in body["lines"]]
    for line in body["lines"]:
        line["chosen"] = line["chosen"] and line["optional"]
    again = me.quotes.put(f"/v1/quotes/{made.json['id']}", body, if_match=made.etag)
    assert wanted(again)["totals"] == made.json["totals"]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"lines": [{**LINE, "min_quantity": "1"}]}, ("/lines/0/max_quantity", "both")),
        ({"lines": [{**LINE, "min_quantity": "3", "max_quantity": "9"}]}, ("/lines/0/quantity", "out_of_bounds")),
        ({"lines": [{**LINE, "min_quantity": "0", "max_quantity": "9"}]}, ("/lines/0/min_quantity", "not_positive")),
        ({"lines": [{**LINE, "unit_cost": "-1"}]}, ("/lines/0/unit_cost", "negative")),
        ({"discounts": [{"percent": "5", "amount": "1.00"}]}, ("/discounts/0", "one_of")),
        ({"discounts": [{"amount": "200.01"}], "lines": [LINE]}, ("/discounts", "discount_too_large")),
        ({"charges": [{"label": "Port", "amount": "5.00"}]}, ("/charges/0/vat", "V-10")),
        ({"charges": [{"label": "Port", "amount": "5.00", "vat_rate": "19"}]}, ("/charges/0/vat_rate", "V-11")),
        ({"deposits": [{"percent": "120"}]}, ("/deposits/0/percent", "too_large")),
        ({"currency": "EURO"}, ("/currency", "too_long")),
        ({"currency": ""}, ("/currency", "empty")),
        ({"currency": "XTS"}, ("/currency", "invalid")),
        ({"currency": "CHF"}, ("/exchange", "missing")),
        ({"language": "de"}, ("/language", "not_allowed")),
        ({"channel": "fair"}, ("/channel", "not_allowed")),
        ({"kind": "amendment"}, ("/kind", "wrong_kind")),
    ],
)
def test_what_cannot_be_said_is_told_where_it_is(me: Caller, changes: dict[str, Any], fault: tuple[str, str]) -> None:
    answer = me.drafts_quote(**changes)
    assert (answer.status, answer.faults) == (422, {fault})


def test_a_currency_without_decimals_is_told_without_PF_03(me: Caller) -> None:
    rate = {"rate": "0.0062", "on": "2026-11-16", "source": "BCE"}
    line = {**LINE, "quantity": "3", "unit_price": "33.4"}
    told = wanted(me.drafts_quote(lines=[line], currency="JPY", exchange=rate), 201)
    assert (told["totals"]["net"], told["totals"]["vat"], told["totals"]["gross"]) == ("100", "20", "120")
    assert told["exchange"] == rate


def test_the_fact_of_a_quote_says_of_which_currency_its_amounts_are_AF_02(server: Server, me: Caller) -> None:
    """Whoever reads the archive has no other place to learn it: of the content there is but a salted hash."""
    sent(me, currency="CHF", exchange={"rate": "1.07", "on": "2026-11-16", "source": "BCE"})
    (data,) = (parse(event.line).data for event in server.store.events(TENANT) if event.type == "quote.sent")
    assert data["currency"] == "CHF"


# --- costs and margin -------------------------------------------------------------------------------------------------


def test_the_margin_is_told_to_the_author_and_kept_from_everything_else_KB_23(server: Server, me: Caller) -> None:
    draft = wanted(me.drafts_quote(lines=[{**LINE, "unit_cost": COST}]), 201)
    assert draft["margin"] == {
        "net": "200.00",
        "cost": "15.31",
        "margin": "184.69",
        "percent": "92.35",
        "complete": True,
    }
    quote = wanted(me.quotes.post(f"/v1/quotes/{draft['id']}/send"))
    preview = me.quotes.get(f"/v1/quotes/{draft['id']}/pdf")
    accept(server, quote["id"])
    kept = stored(server, quote["id"])
    elsewhere = [
        repr(kept.content),
        preview.body.decode("latin-1"),
        me.quotes.get("/v1/quotes").body.decode(),
        me.quotes.get(f"/v1/quotes/{quote['id']}/timeline").body.decode(),
        me.quotes.get(f"/v1/quotes/{quote['id']}/mentions").body.decode(),
        *(event.line.decode() for event in server.store.events(TENANT)),
        *(body.decode("latin-1") for body in server.documents.stored.values()),
    ]
    for text in elsewhere:
        assert COST not in text
        assert "15.31" not in text
    assert COST in repr(kept.draft), "it is kept where it belongs"


# --- copies -----------------------------------------------------------------------------------------------------------


def test_a_copy_is_a_draft_of_its_own_CY_04(me: Caller) -> None:
    quote = sent(me, **RICH)
    answer = me.quotes.post(f"/v1/quotes/{quote['id']}/duplicate")
    copy = wanted(answer, 201)
    assert (copy["status"], copy["number"], copy["version"], copy["need"]) == ("draft", "", 1, "")
    assert copy["totals"] == quote["totals"]
    assert answer.headers["Location"] == f"/v1/quotes/{copy['id']}"
    assert wanted(me.quotes.post(f"/v1/quotes/{copy['id']}/send"))["number"] == "D-2026-0002"


def test_variants_stand_beside_each_other_and_accepting_one_closes_the_others_KX_07(server: Server, me: Caller) -> None:
    quote = sent(me)
    variant = wanted(me.quotes.post(f"/v1/quotes/{quote['id']}/duplicate", {"as": "variant"}), 201)
    third = wanted(me.quotes.post(f"/v1/quotes/{variant['id']}/duplicate", {"as": "variant"}), 201)
    assert variant["need"] == third["need"] != ""
    for other in (variant, third):
        wanted(me.quotes.post(f"/v1/quotes/{other['id']}/send"))
    listed = wanted(me.quotes.get(f"/v1/quotes/{variant['id']}/variants"))["items"]
    assert [item["id"] for item in listed] == [quote["id"], third["id"]]


def test_a_draft_that_is_thrown_away_is_no_variant_any_more(me: Caller) -> None:
    quote = sent(me)
    made = me.quotes.post(f"/v1/quotes/{quote['id']}/duplicate", {"as": "variant"})
    assert me.quotes.delete(f"/v1/quotes/{made.json['id']}", if_match=made.etag).status == 204
    assert wanted(me.quotes.get(f"/v1/quotes/{quote['id']}/variants"))["items"] == []


def test_a_need_takes_a_dozen_quotes_and_no_more(me: Caller) -> None:
    quote = sent(me)
    for _ in range(11):
        wanted(me.quotes.post(f"/v1/quotes/{quote['id']}/duplicate", {"as": "variant"}), 201)
    refused = me.quotes.post(f"/v1/quotes/{quote['id']}/duplicate", {"as": "variant"})
    assert (refused.status, refused.json["code"]) == (409, "too_many_variants")


def test_the_next_version_of_a_variant_is_one_too(me: Caller) -> None:
    quote = sent(me)
    variant = wanted(me.quotes.post(f"/v1/quotes/{quote['id']}/duplicate", {"as": "variant"}), 201)
    wanted(me.quotes.post(f"/v1/quotes/{variant['id']}/send"))
    version = wanted(me.quotes.post(f"/v1/quotes/{variant['id']}/versions"), 201)
    assert version["need"] == variant["need"]
    listed = wanted(me.quotes.get(f"/v1/quotes/{quote['id']}/variants"))["items"]
    assert [item["id"] for item in listed] == [variant["id"], version["id"]]


def test_pro_formas_have_a_series_and_a_name_of_their_own_PF_01_Q_11(me: Caller) -> None:
    quote = sent(me)
    draft = wanted(me.quotes.post(f"/v1/quotes/{quote['id']}/duplicate", {"as": "proforma"}), 201)
    proforma = wanted(me.quotes.post(f"/v1/quotes/{draft['id']}/send"))
    assert (proforma["number"], proforma["kind"], proforma["title"]) == (
        "PF-2026-0001",
        "proforma",
        "Facture pro forma",
    )
    assert sent(me)["number"] == "D-2026-0002", "a pro-forma leaves no hole among the quotes"
    back = wanted(me.quotes.post(f"/v1/quotes/{proforma['id']}/duplicate", {"as": "quote"}), 201)
    assert (back["kind"], back["title"]) == ("quote", "Devis")


def test_money_that_comes_in_for_a_pro_forma_is_invoiced_as_a_deposit_Q_11_D_01(me: Caller) -> None:
    proforma = sent(me, kind="proforma")
    draft = wanted(me.quotes.post(f"/v1/quotes/{proforma['id']}/invoices", {"kind": "deposit", "percent": "30"}), 201)
    issued = wanted(me.invoices.post(f"/v1/invoices/{draft['id']}/issue"))
    assert issued["number"] == "F-2026-0001"


def test_a_version_keeps_its_kind_with_its_number(me: Caller) -> None:
    quote = sent(me)
    made = me.quotes.post(f"/v1/quotes/{quote['id']}/versions")
    body = a_quote_body(quote["customer_id"], kind="proforma")
    refused = me.quotes.put(f"/v1/quotes/{made.json['id']}", body, if_match=made.etag)
    assert (refused.status, refused.faults) == (422, {("/kind", "wrong_kind")})


# --- avenants ---------------------------------------------------------------------------------------------------------


def test_an_avenant_refers_to_the_quote_that_it_changes_and_stands_in_its_story_Q_05(
    server: Server, me: Caller
) -> None:
    quote = sent(me)
    accept(server, quote["id"])
    body = a_quote_body(quote["customer_id"], lines=[{**LINE, "description": "Marches en plus"}])
    draft = wanted(me.quotes.post(f"/v1/quotes/{quote['id']}/amendments", body), 201)
    assert (draft["kind"], draft["amends"], draft["title"]) == ("amendment", quote["id"], "Avenant")
    server.clock.advance(timedelta(hours=1))
    again = me.quotes.put(f"/v1/quotes/{draft['id']}", body, if_match='"1"')
    assert wanted(again)["kind"] == "amendment", "rewritten, it stays one"
    amendment = wanted(me.quotes.post(f"/v1/quotes/{draft['id']}/send"))
    assert amendment["number"] == "D-2026-0002"
    content = stored(server, draft["id"]).content
    assert content is not None
    assert content.amends == quote["number"]
    server.clock.advance(timedelta(hours=1))
    accept(server, draft["id"])
    told = wanted(me.quotes.get(f"/v1/quotes/{quote['id']}/timeline"))["entries"]
    assert [entry["type"] for entry in told if entry["type"].startswith("amendment")] == [
        "amendment.drafted",
        "amendment.sent",
        "amendment.accepted",
    ]
    assert told[-1]["text"] == "Avenant D-2026-0002 accepté"
    assert wanted(me.quotes.get(f"/v1/quotes/{quote['id']}"))["status"] == "accepted", "the quote itself is untouched"


def test_only_what_was_accepted_is_amended_and_for_the_same_customer(server: Server, me: Caller) -> None:
    quote = sent(me)
    path, body = f"/v1/quotes/{quote['id']}/amendments", a_quote_body(quote["customer_id"])
    early = me.quotes.post(path, body)
    assert (early.status, early.json["code"]) == (409, "quote_not_accepted")
    accept(server, quote["id"])
    other = wanted(me.customers.post("/v1/customers", demo_data.CUSTOMERS[1]), 201)["id"]
    elsewhere = me.quotes.post(path, a_quote_body(other))
    assert (elsewhere.status, elsewhere.faults) == (422, {("/customer_id", "other_contract")})
    amendment = wanted(me.quotes.post(path, body), 201)
    variant = me.quotes.post(f"/v1/quotes/{amendment['id']}/duplicate", {"as": "variant"})
    assert (variant.status, variant.json["code"]) == (409, "amendment")
    copy = wanted(me.quotes.post(f"/v1/quotes/{amendment['id']}/duplicate"), 201)
    assert (copy["kind"], copy["title"], copy["amends"]) == ("quote", "Devis", None)


# --- longer -----------------------------------------------------------------------------------------------------------


def test_a_quote_that_expired_is_open_again_once_it_is_extended_Q_03(server: Server, me: Caller) -> None:
    quote = sent(me)
    server.clock.advance(timedelta(days=40))
    assert wanted(me.quotes.get(f"/v1/quotes/{quote['id']}"))["state"] == "expired"
    extended = wanted(me.quotes.post(f"/v1/quotes/{quote['id']}/extend", {"until": "2027-01-31"}))
    assert (extended["state"], extended["validity_until"]) == ("open", "2027-01-31")
    fact = parse(server.store.events(TENANT)[-1].line)
    assert (fact.type, fact.data["from"], fact.data["until"]) == ("quote.extended", "2026-12-16", "2027-01-31")
    assert fact.data["content_sha256"] == stored(server, quote["id"]).content_sha256, "the offer itself is untouched"
    assert [run.turn for run in server.executions.started] == [1, 2], "its reminders go on"
    told = wanted(me.quotes.get(f"/v1/quotes/{quote['id']}/timeline"))["entries"]
    assert told[-1]["text"] == "Validité prolongée jusqu’au 31/01/2027"


@pytest.mark.parametrize("until", ["2026-12-16", "2026-11-20"])
def test_an_extension_is_later_than_what_was_promised(me: Caller, until: str) -> None:
    quote = sent(me)
    refused = me.quotes.post(f"/v1/quotes/{quote['id']}/extend", {"until": until})
    assert (refused.status, refused.faults) == (422, {("/until", "not_later")})


def test_what_was_answered_is_not_extended(server: Server, me: Caller) -> None:
    quote = sent(me)
    accept(server, quote["id"])
    refused = me.quotes.post(f"/v1/quotes/{quote['id']}/extend", {"until": "2027-01-31"})
    assert (refused.status, refused.json["code"]) == (409, "quote_accepted")


def test_the_receipt_of_goods_starts_the_period_of_withdrawal_W_01(server: Server, me: Caller) -> None:
    wanted(me.settings.put("/v1/company", demo_data.COMPANY))
    wanted(me.customers.post("/v1/customers", demo_data.CUSTOMERS[1]), 201)  # a consumer, and nobody else
    quote = sent(me, channel="distance", lines=[{**LINE, "nature": "goods"}])
    path = f"/v1/quotes/{quote['id']}/receipt"
    assert me.quotes.post(path, {"on": "2026-11-16"}).json["code"] == "quote_not_accepted"
    accept(server, quote["id"])
    awaited = wanted(me.quotes.get(f"/v1/quotes/{quote['id']}"))
    assert awaited["withdrawal_period"] == {"last_day": None, "told": True, "payable_from": "2026-11-16"}
    server.clock.advance(timedelta(days=10))
    for wrong in ("2026-11-15", "2026-11-27"):
        assert me.quotes.post(path, {"on": wrong}).faults == {("/on", "out_of_range")}
    received = wanted(me.quotes.post(path, {"on": "2026-11-20"}))
    assert received["withdrawal_period"]["last_day"] == "2026-12-04"


# --- general conditions -----------------------------------------------------------------------------------------------


def test_general_conditions_go_with_every_quote_from_then_on_KB_17(server: Server, me: Caller) -> None:
    before = sent(me)
    kept = me.quotes.send("PUT", "/v1/company/general-terms", PDF, query={"name": "CGV 2026"})
    assert wanted(kept)["name"] == "CGV 2026"
    assert me.quotes.get("/v1/company/general-terms").body == PDF
    after = sent(me)
    assert before["general_terms"] is None
    assert after["general_terms"] == {"name": "CGV 2026", "sha256": kept.json["sha256"]}
    assert me.quotes.delete("/v1/company/general-terms").status == 204
    assert me.quotes.get("/v1/company/general-terms").status == 404
    assert me.quotes.delete("/v1/company/general-terms").status == 404
    content = stored(server, after["id"]).content
    assert content is not None
    assert content.general_terms is not None, "what was sent keeps its own"


def test_one_quote_may_have_conditions_of_its_own_and_keeps_them_when_it_is_rewritten(me: Caller) -> None:
    wanted(me.quotes.send("PUT", "/v1/company/general-terms", PDF))
    made = me.drafts_quote()
    path = f"/v1/quotes/{made.json['id']}"
    own = me.quotes.send("PUT", f"{path}/general-terms", PDF + b"\n", headers={"If-Match": made.etag})
    enclosed = wanted(own)["general_terms"]
    body = a_quote_body(made.json["customer_id"], subject="Autre objet")
    assert wanted(me.quotes.put(path, body, if_match=own.etag))["general_terms"] == enclosed
    assert wanted(me.quotes.post(f"{path}/send"))["general_terms"] == enclosed


@pytest.mark.parametrize(
    ("body", "code"),
    [(b"", "not_a_pdf"), (b"GIF89a%%EOF", "not_a_pdf"), (b"%PDF-1.7 cut", "not_a_pdf")],
)
def test_what_is_no_pdf_is_not_kept(server: Server, me: Caller, body: bytes, code: str) -> None:
    answer = me.quotes.send("PUT", "/v1/company/general-terms", body)
    assert (answer.status, answer.faults) == (422, {("", code)})
    assert server.documents.stored == {}


def test_a_name_that_hides_something_is_refused(me: Caller) -> None:
    answer = me.quotes.send("PUT", "/v1/company/general-terms", PDF, query={"name": "CGV\u202e"})
    assert (answer.status, answer.faults) == (422, {("/name", "invalid")})
