"""General conditions as PDFs: the company's own, and those of one draft. The body is the file, `?name=` its title."""

from functions.quotes_api.wiring import Parts
from relance.app import quoting
from relance.contracts.quote_views import general_terms_view, quote_view
from relance.domain.calendar_fr import civil_date
from relance.domain.errors import NotFound
from relance.runtime.http import Api, Call, Reply, no_content, ok, pdf


def add(api: Api, parts: Parts) -> None:
    """Serve the routes on these parts."""
    ctx = parts.ctx

    @api.put("/v1/company/general-terms")
    def put(call: Call) -> Reply:
        kept = quoting.keep_general_terms(ctx, call.caller, call.raw_body, call.query("name") or "", parts.documents)
        return ok(general_terms_view(kept), rev=kept.rev)

    @api.get("/v1/company/general-terms")
    def get(call: Call) -> Reply:
        kept = quoting.general_terms(ctx, call.caller)
        if kept is None:
            raise NotFound("Aucunes conditions générales n’ont été déposées.")
        return pdf(
            parts.documents.get(kept.enclosure.sha256, owner=call.caller.tenant), filename="conditions-generales.pdf"
        )

    @api.delete("/v1/company/general-terms")
    def delete(call: Call) -> Reply:
        quoting.remove_general_terms(ctx, call.caller)
        return no_content()

    @api.put("/v1/quotes/{id}/general-terms")
    def enclose(call: Call) -> Reply:
        quote = quoting.enclose(
            ctx,
            call.caller,
            call.id,
            call.raw_body,
            call.query("name") or "",
            parts.documents,
            expected_rev=call.expected_rev,
        )
        return ok(quote_view(quote, civil_date(ctx.clock.now())), rev=quote.rev)
