"""Handing out PDFs: the sealed one byte for byte, a preview of what is still a draft, and numbered duplicates.

A preview is drawn and forgotten. A duplicate is drawn with its mark, stored like any sealed PDF, and chained with its
hash: whoever holds a copy can prove which one it is. [KG-05, AF-10, AF-12]
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from relance.app import invoicing, quoting
from relance.app.context import Caller, Context
from relance.app.journaling import Decision, commit, replayed
from relance.app.ports.outside import Documents, Renderer
from relance.app.ports.store import EntityMoved, Idem
from relance.app.quoting import MentionCatalogue
from relance.domain import copies
from relance.domain.chain.canonical import Json
from relance.domain.chain.event import Fact, Ref
from relance.domain.copies import PREVIEW, Duplicate, duplicate_id
from relance.domain.errors import Contention, NotFound, Retry
from relance.domain.invoice import Invoice, require_issued
from relance.domain.journal import Head
from relance.domain.party import Branding, Company

_ATTEMPTS: Final = 4  # of drawing again, when somebody else made the duplicate of that rank meanwhile


class NotRenderedYet(Retry):
    """The document is sent, its PDF is still being drawn: a matter of seconds."""

    code = "pdf_not_ready"


@dataclass(frozen=True, slots=True)
class Paper:
    """A PDF and the name that a reader would save it under."""

    pdf: bytes
    filename: str


def of_quote(
    ctx: Context, caller: Caller, id: str, *, documents: Documents, renderer: Renderer, catalogue: MentionCatalogue
) -> Paper:
    """The PDF of a sent quote, or of the contract that choices made of it; a preview of a draft with its mark.

    Raises NotFound, NotRenderedYet, Corrupted, Invalid when a draft cannot be printed.
    """
    quote = quoting.get(ctx, caller, id)
    if quote.content is None:
        content, _ = quoting.preview(ctx, caller, id, catalogue)
        return Paper(renderer.pdf(content, _branding(ctx, caller), PREVIEW), "devis-brouillon.pdf")
    return _paper(documents, quote.agreed_pdf_sha256, f"devis-{quote.number}-v{quote.version}.pdf")


def of_invoice(
    ctx: Context, caller: Caller, id: str, *, documents: Documents, renderer: Renderer, catalogue: MentionCatalogue
) -> Paper:
    """The original of an issued invoice, or a preview of a draft with its mark.

    Raises NotFound, NotRenderedYet, Corrupted, Invalid when a draft cannot be printed.
    """
    invoice = invoicing.get(ctx, caller, id)
    if invoice.content is None:
        content, _ = invoicing.preview(ctx, caller, id, catalogue)
        return Paper(renderer.pdf(content, _branding(ctx, caller), PREVIEW), "facture-brouillon.pdf")
    return _paper(documents, invoice.pdf_sha256, f"facture-{invoice.number}.pdf")


def duplicate(
    ctx: Context, caller: Caller, id: str, *, documents: Documents, renderer: Renderer, idem: Idem | None = None
) -> Duplicate:
    """Make the next duplicate of an issued invoice: draw it with its rank, store it, chain `document.duplicated`.

    Raises NotFound, Conflict `invoice_not_issued`, NotRenderedYet before there is an original, Contention. If we crash
    before the commit, the stored bytes stay behind unreferenced and the rank is still free.
    """
    if (known := replayed(ctx, caller, idem, Duplicate)) is not None:
        return _duplicate(ctx, caller, known)
    invoice = invoicing.get(ctx, caller, id)
    content = require_issued(invoice)
    if not invoice.pdf_sha256:
        raise _not_yet()
    for _ in range(_ATTEMPTS):
        rank = _next_rank(ctx, caller, id)
        pdf = renderer.pdf(content, _branding(ctx, caller), copies.duplicate(rank))
        try:
            return _record(ctx, caller, invoice, rank, documents.put(pdf), idem)
        except EntityMoved:
            continue
    raise Contention("Plusieurs duplicatas sont demandés à la fois : réessayez dans quelques secondes.")


def of_duplicate(ctx: Context, caller: Caller, id: str, duplicate_id: str, documents: Documents) -> Paper:
    """The PDF of a duplicate of that invoice, as it was made. Raises NotFound, Corrupted."""
    made = _duplicate(ctx, caller, duplicate_id)
    if made.invoice_id != id:
        raise NotFound("Aucun duplicata de cette facture ne porte cet identifiant.")
    return Paper(documents.get(made.pdf_sha256), f"facture-{made.number}-duplicata-{made.rank}.pdf")


def _record(ctx: Context, caller: Caller, invoice: Invoice, rank: int, pdf_sha256: str, idem: Idem | None) -> Duplicate:
    def decide(_head: Head, at: datetime) -> Decision:
        made = Duplicate(
            tenant=caller.tenant,
            id=duplicate_id(invoice.id, rank),
            rev=1,
            invoice_id=invoice.id,
            number=invoice.number,
            rank=rank,
            pdf_sha256=pdf_sha256,
            made_at=at,
            made_by=caller.actor,
        )
        data: dict[str, Json] = {
            "kind": "invoice",
            "number": invoice.number,
            "rank": rank,
            "pdf_sha256": pdf_sha256,
            "original_sha256": invoice.pdf_sha256,
        }
        fact = Fact("document.duplicated", Ref("invoice", invoice.id, invoice.number), caller.actor, data)
        return Decision(answer=made, puts=(made,), facts=(fact,))

    return commit(ctx, caller, idem, Duplicate, decide)


def _next_rank(ctx: Context, caller: Caller, id: str) -> int:
    rank = 1
    while ctx.store.get(caller.tenant, Duplicate, duplicate_id(id, rank)) is not None:
        rank += 1
    return rank


def _duplicate(ctx: Context, caller: Caller, id: str) -> Duplicate:
    made = ctx.store.get(caller.tenant, Duplicate, id)
    if made is None:
        raise NotFound("Aucun duplicata ne porte cet identifiant.")
    return made


def _branding(ctx: Context, caller: Caller) -> Branding:
    company = ctx.store.get(caller.tenant, Company, caller.tenant)
    return company.branding if company else Branding()


def _paper(documents: Documents, sha256: str, filename: str) -> Paper:
    if not sha256:
        raise _not_yet()
    return Paper(documents.get(sha256), filename)


def _not_yet() -> NotRenderedYet:
    return NotRenderedYet("Le PDF est en cours de préparation : réessayez dans quelques secondes.")
