"""What is followed: a run, and the document that it is of."""

from relance.app.context import Context
from relance.domain.errors import NotFound
from relance.domain.ids import TenantId
from relance.domain.invoice import Invoice
from relance.domain.quote import Quote
from relance.domain.reminder.run import Run
from relance.domain.reminder.scenario import DocumentKind


def run_of(ctx: Context, tenant: TenantId, document_id: str) -> Run:
    """The run of a document. Raises NotFound."""
    run = ctx.store.get(tenant, Run, document_id)
    if run is None:
        raise NotFound("Ce document n’a pas de suivi : il n’a pas été envoyé.")
    return run


def document_of(ctx: Context, tenant: TenantId, kind: DocumentKind, document_id: str) -> Quote | Invoice:
    """The quote or the invoice of that id. Raises NotFound."""
    found: Quote | Invoice | None
    if kind is DocumentKind.QUOTE:
        found = ctx.store.get(tenant, Quote, document_id)
    else:
        found = ctx.store.get(tenant, Invoice, document_id)
    if found is None:
        raise NotFound("Aucun document de cet identifiant.")
    return found
