"""/v1/quotes: from a draft to a sent quote, what comes of it, its PDF, its timeline, and its invoices once accepted."""

from functions.quotes_api import general_terms
from functions.quotes_api.wiring import Parts, wire
from relance.app import invoicing, linking, papers, quoting, timelines
from relance.app.variants import siblings
from relance.contracts.billing import PartBody, to_part
from relance.contracts.invoice_views import invoice_view
from relance.contracts.mentions import mentions_view
from relance.contracts.page_links import PageLinkView
from relance.contracts.quote_views import quote_page, quote_view
from relance.contracts.quotes import CopyBody, ExtensionBody, ReceiptBody, to_draft
from relance.contracts.timelines import timeline
from relance.domain.calendar_fr import civil_date
from relance.domain.quote import Quote, QuoteStatus
from relance.runtime.http import Api, Call, Reply, created, no_content, ok, on_first_call, pdf
from relance.runtime.quote_drafts import QuoteBodies


def build(parts: Parts) -> Api:
    """The routes, on these parts."""
    api = Api("quotes_api")
    ctx, bodies = parts.ctx, QuoteBodies(parts.ctx, parts.starters)

    def shown(quote: Quote) -> Reply:
        return ok(quote_view(quote, civil_date(ctx.clock.now())), rev=quote.rev)

    def made(quote: Quote) -> Reply:
        view = quote_view(quote, civil_date(ctx.clock.now()))
        return created(view, rev=quote.rev, location=f"/v1/quotes/{quote.id}")

    @api.post("/v1/quotes")
    def create(call: Call) -> Reply:
        return made(quoting.create(ctx, call.caller, to_draft(bodies.read(call)), idem=call.idem))

    @api.get("/v1/quotes")
    def page(call: Call) -> Reply:
        found = quoting.page(ctx, call.caller, limit=call.limit, cursor=call.cursor)
        return ok(quote_page(found.items, found.cursor, civil_date(ctx.clock.now())))

    @api.get("/v1/quotes/{id}")
    def get(call: Call) -> Reply:
        return shown(quoting.get(ctx, call.caller, call.id))

    @api.put("/v1/quotes/{id}")
    def update(call: Call) -> Reply:
        draft = to_draft(bodies.read(call))
        return shown(quoting.update(ctx, call.caller, call.id, draft, expected_rev=call.expected_rev))

    @api.delete("/v1/quotes/{id}")
    def delete(call: Call) -> Reply:
        quoting.delete(ctx, call.caller, call.id, expected_rev=call.expected_rev)
        return no_content()

    @api.post("/v1/quotes/{id}/send")
    def send(call: Call) -> Reply:
        catalogue, executions = parts.catalogue, parts.executions
        return shown(
            quoting.send(ctx, call.caller, call.id, idem=call.idem, catalogue=catalogue, executions=executions)
        )

    @api.post("/v1/quotes/{id}/versions")
    def new_version(call: Call) -> Reply:
        return made(quoting.new_version(ctx, call.caller, call.id, idem=call.idem))

    @api.post("/v1/quotes/{id}/duplicate")
    def duplicate(call: Call) -> Reply:
        wanted = call.body(CopyBody) if call.raw_body.strip() else CopyBody()
        return made(quoting.duplicate(ctx, call.caller, call.id, quoting.Copy(wanted.as_.value), idem=call.idem))

    @api.get("/v1/quotes/{id}/variants")
    def variants(call: Call) -> Reply:
        found = siblings(ctx, quoting.get(ctx, call.caller, call.id))
        return ok(quote_page(found, None, civil_date(ctx.clock.now())))

    @api.post("/v1/quotes/{id}/amendments")
    def amend(call: Call) -> Reply:
        return made(quoting.amend(ctx, call.caller, call.id, to_draft(bodies.read(call)), idem=call.idem))

    @api.post("/v1/quotes/{id}/extend")
    def extend(call: Call) -> Reply:
        until = call.body(ExtensionBody).until
        return shown(quoting.extend(ctx, call.caller, call.id, until, parts.executions, idem=call.idem))

    @api.post("/v1/quotes/{id}/receipt")
    def receive(call: Call) -> Reply:
        return shown(quoting.receive(ctx, call.caller, call.id, call.body(ReceiptBody).on, idem=call.idem))

    @api.post("/v1/quotes/{id}/cancel")
    def cancel(call: Call) -> Reply:
        return shown(quoting.cancel(ctx, call.caller, call.id, idem=call.idem))

    @api.post("/v1/quotes/{id}/invoices")
    def invoice(call: Call) -> Reply:
        part = to_part(call.body(PartBody) if call.raw_body.strip() else PartBody())
        drafted = invoicing.create_from_quote(ctx, call.caller, call.id, part, idem=call.idem)
        view = invoice_view(drafted, civil_date(ctx.clock.now()))
        return created(view, rev=drafted.rev, location=f"/v1/invoices/{drafted.id}")

    @api.get("/v1/quotes/{id}/pdf")
    def paper(call: Call) -> Reply:
        found = papers.of_quote(
            ctx, call.caller, call.id, documents=parts.documents, renderer=parts.renderer, catalogue=parts.catalogue
        )
        return pdf(found.pdf, filename=found.filename)

    @api.get("/v1/quotes/{id}/link")
    def link(call: Call) -> Reply:
        found = linking.of_quote(ctx, call.caller, call.id, parts.pages.at(call.origin))
        return ok(PageLinkView(found.url, found.preview_url))

    @api.get("/v1/quotes/{id}/timeline")
    def told(call: Call) -> Reply:
        return ok(timeline(timelines.of_quote(ctx, call.caller, call.id, parts.activity)))

    @api.get("/v1/quotes/{id}/mentions")
    def mentions(call: Call) -> Reply:
        law, quote = parts.catalogue, quoting.get(ctx, call.caller, call.id)
        content, faults = quoting.preview(ctx, call.caller, call.id, law)
        on = content.issue_date
        advice = law.advice(content, on, accepted=quote.status is QuoteStatus.ACCEPTED)
        return ok(mentions_view(law.evaluate(content, on), faults, advice))

    general_terms.add(api, parts)
    return api


handler = on_first_call(lambda: build(wire()))
