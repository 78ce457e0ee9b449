"""Handing out the stored PDF of a document, byte for byte the one that was sealed. [KG-05]"""

from dataclasses import dataclass

from relance.app import invoicing, quoting
from relance.app.context import Caller, Context
from relance.app.ports.outside import Documents
from relance.domain.errors import Conflict, Retry


class NotRenderedYet(Retry):
    """The document is sent, its PDF is still being drawn: a matter of seconds."""

    code = "pdf_not_ready"


@dataclass(frozen=True, slots=True)
class Paper:
    """A PDF and the name that a reader would save it under."""

    pdf: bytes
    filename: str


def of_quote(ctx: Context, caller: Caller, id: str, documents: Documents) -> Paper:
    """The PDF of a sent quote. Raises NotFound, Conflict `quote_draft`, NotRenderedYet, Corrupted."""
    quote = quoting.get(ctx, caller, id)
    if quote.content is None:
        raise Conflict("Un brouillon n’a pas encore de PDF : envoyez le devis d’abord.", code="quote_draft")
    return _paper(documents, quote.pdf_sha256, f"devis-{quote.number}-v{quote.version}.pdf")


def of_invoice(ctx: Context, caller: Caller, id: str, documents: Documents) -> Paper:
    """The PDF of an issued invoice. Raises NotFound, Conflict `invoice_draft`, NotRenderedYet, Corrupted."""
    invoice = invoicing.get(ctx, caller, id)
    if invoice.content is None:
        raise Conflict("Un brouillon n’a pas encore de PDF : émettez la facture d’abord.", code="invoice_draft")
    return _paper(documents, invoice.pdf_sha256, f"facture-{invoice.number}.pdf")


def _paper(documents: Documents, sha256: str, filename: str) -> Paper:
    if not sha256:
        raise NotRenderedYet("Le PDF est en cours de préparation : réessayez dans quelques secondes.")
    return Paper(documents.get(sha256), filename)
