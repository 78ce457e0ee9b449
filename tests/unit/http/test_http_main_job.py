"""The main job over HTTP: what a newcomer types, in order. [CY-01, R-01, N-02, KX-16]"""

from dataclasses import replace
from datetime import timedelta

from local import demo_data
from relance.app.ports.store import Commit
from relance.domain.quote import Acceptance, Quote, QuoteStatus
from tests.builders import TENANT
from tests.doubles.api import Caller, Server, a_quote_body, wanted


def test_from_the_company_to_a_paid_invoice(server: Server, me: Caller) -> None:
    customer = me.sets_up()
    quote = wanted(me.quotes.post("/v1/quotes", a_quote_body(customer)), 201)
    assert (quote["status"], quote["state"], quote["number"]) == ("draft", "draft", "")
    sent = wanted(me.quotes.post(f"/v1/quotes/{quote['id']}/send"))
    assert (sent["state"], sent["number"]) == ("open", "D-2026-0001")
    assert sent["document"]["seller"]["legal_name"] == "Atelier Verdier"
    assert [run.document_id for run in server.executions.started] == [quote["id"]]
    accept(server, quote["id"])
    draft = wanted(me.quotes.post(f"/v1/quotes/{quote['id']}/invoices"), 201)
    issued = wanted(me.invoices.post(f"/v1/invoices/{draft['id']}/issue"))
    assert (issued["number"], issued["issue_date"], issued["balance"]) == (
        "F-2026-0001",
        "2026-11-16",
        issued["totals"]["gross"],
    )
    payment = {"amount": issued["totals"]["gross"], "paid_on": "2026-11-16", "reference": "VIR 0427"}
    paid = wanted(me.invoices.post(f"/v1/invoices/{draft['id']}/payments", payment), 201)
    assert (paid["settlement"], paid["balance"]) == ("paid", "0.00")
    told = wanted(me.invoices.get(f"/v1/invoices/{draft['id']}/payments"))
    assert [entry["reference"] for entry in told["items"]] == ["VIR 0427"]


def test_vat_is_rounded_once_per_rate(me: Caller) -> None:
    line = {"description": "Heure", "quantity": "1", "unit_price": "33.33", "vat_rate": "20"}
    totals = wanted(me.drafts_quote(lines=[line] * 3), 201)["totals"]
    assert (totals["net"], totals["vat"], totals["gross"]) == ("99.99", "20.00", "119.99")


def test_what_was_written_is_told_back_in_the_same_words(me: Caller) -> None:
    line = {
        "description": "Dépose\net évacuation",
        "quantity": "2.5",
        "unit": "h",
        "unit_price": "40.123456",
        "vat": {"category": "E", "rate": "0", "reason": "Formation, art. 261-4-4° du CGI"},
        "discount": {"percent": "12.5"},
        "nature": "services",
    }
    told = wanted(me.drafts_quote(lines=[line]), 201)["lines"][0]
    assert {name: told[name] for name in line} == line
    assert told["net"] == "87.77"


def test_the_pdf_is_handed_out_byte_for_byte_once_it_is_drawn(server: Server, me: Caller) -> None:
    quote = wanted(me.drafts_quote(), 201)
    path = f"/v1/quotes/{quote['id']}/pdf"
    preview = me.quotes.get(path)
    assert (preview.status, b'"kind":"preview"' in preview.body) == (200, True)
    assert preview.headers["Content-Disposition"] == 'inline; filename="devis-brouillon.pdf"'
    wanted(me.quotes.post(f"/v1/quotes/{quote['id']}/send"))
    early = me.quotes.get(path)
    assert (early.status, early.json["code"], early.headers["Retry-After"]) == (503, "pdf_not_ready", "2")
    drawn(server, quote["id"], b"%PDF-1.7 \x00\xff")
    paper = me.quotes.get(path)
    assert (paper.status, paper.body) == (200, b"%PDF-1.7 \x00\xff")
    assert paper.headers["Content-Type"] == "application/pdf"
    assert paper.headers["Content-Disposition"] == 'inline; filename="devis-D-2026-0001-v1.pdf"'


def test_the_timeline_tells_facts_and_what_was_noticed_in_order(server: Server, me: Caller) -> None:
    quote = wanted(me.drafts_quote(), 201)
    server.clock.advance(timedelta(hours=1))
    wanted(me.quotes.post(f"/v1/quotes/{quote['id']}/send"))
    server.clock.advance(timedelta(hours=1))
    accept(server, quote["id"])
    entries = wanted(me.quotes.get(f"/v1/quotes/{quote['id']}/timeline"))["entries"]
    assert [entry["type"] for entry in entries] == ["quote.drafted", "quote.sent", "quote.accepted"]
    assert [entry["at"] for entry in entries] == sorted(entry["at"] for entry in entries)


def test_the_mentions_of_a_draft_say_what_is_missing_before_it_is_sent(me: Caller) -> None:
    company = {**demo_data.COMPANY, "insurance": "", "registry_city": ""}
    assert me.settings.put("/v1/company", company).status == 200
    customer = wanted(me.customers.post("/v1/customers", demo_data.CUSTOMERS[0]), 201)
    quote = wanted(me.quotes.post("/v1/quotes", a_quote_body(customer["id"])), 201)
    told = wanted(me.quotes.get(f"/v1/quotes/{quote['id']}/mentions"))
    assert not told["ready"]
    refused = me.quotes.post(f"/v1/quotes/{quote['id']}/send")
    assert refused.status == 422
    assert refused.faults == {(fault["pointer"], fault["code"]) for fault in told["faults"]}


def test_a_new_version_keeps_the_number(me: Caller) -> None:
    quote = wanted(me.drafts_quote(), 201)
    wanted(me.quotes.post(f"/v1/quotes/{quote['id']}/send"))
    answer = me.quotes.post(f"/v1/quotes/{quote['id']}/versions")
    version = wanted(answer, 201)
    assert (version["number"], version["version"], version["replaces"]) == ("D-2026-0001", 2, quote["id"])
    assert answer.headers["Location"] == f"/v1/quotes/{version['id']}"


def test_listings_are_walked_with_the_cursor_newest_first(server: Server, me: Caller) -> None:
    made = []
    for _ in range(5):
        server.clock.advance(timedelta(seconds=1))
        made.append(wanted(me.drafts_quote(), 201)["id"])
    seen: list[str] = []
    query: dict[str, str] = {"limit": "2"}
    while True:
        page = wanted(me.quotes.get("/v1/quotes", **query))
        seen += [item["id"] for item in page["items"]]
        if page["cursor"] is None:
            break
        query["cursor"] = page["cursor"]
    assert seen == made[::-1]


def accept(server: Server, quote_id: str) -> None:
    """What the customer's page does, without the page."""
    quote = drawn(server, quote_id, b"%PDF")
    acceptance = Acceptance(
        "Nadia Perrin", "Bon pour accord", server.clock.now(), quote.pdf_sha256, quote.version, "", "", "0" * 64
    )
    put(server, replace(quote, rev=quote.rev + 1, status=QuoteStatus.ACCEPTED, acceptance=acceptance))


def drawn(server: Server, quote_id: str, pdf: bytes) -> Quote:
    """What the renderer leaves."""
    quote = server.store.get(TENANT, Quote, quote_id)
    assert quote is not None
    rendered = replace(quote, rev=quote.rev + 1, pdf_sha256=server.documents.put(pdf))
    put(server, rendered)
    return rendered


def put(server: Server, quote: Quote) -> None:
    server.store.commit(Commit(TENANT, server.ctx.new_id("tok"), puts=(quote,)))
