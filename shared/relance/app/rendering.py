"""Drawing a frozen document, and sealing what was drawn: the hash of the stored bytes goes into the chain.

    draw        a function of content and look: the same bytes each time
    store       under the hash of the bytes: storing twice is storing once
    commit      the document's `pdf_sha256` and the fact `document.sealed`, together

If we crash before the commit, the next attempt draws and stores the same again; should the look have changed in
between, the first bytes stay behind unreferenced, which is harmless. Of two attempts at once, one seals and the other
finds the document moved, reads it again, and answers with what was sealed. [KG-05, AR-05]
"""

from dataclasses import replace
from typing import Final

from relance.app.context import Caller, Context
from relance.app.finding import document_of
from relance.app.journaling import Decision, commit
from relance.app.ports.outside import Documents, Renderer
from relance.app.ports.store import EntityMoved
from relance.domain.chain.canonical import Json
from relance.domain.chain.event import Fact, Ref
from relance.domain.content import DocumentContent, content_sha256
from relance.domain.errors import Conflict, Contention
from relance.domain.invoice import Invoice
from relance.domain.party import Branding, Company
from relance.domain.quote import Quote
from relance.domain.reminder.scenario import DocumentKind

_ATTEMPTS: Final = 4  # a customer who opens the page, or a payment, may move the document meanwhile


def render(
    ctx: Context, caller: Caller, kind: DocumentKind, id: str, *, renderer: Renderer, documents: Documents
) -> str:
    """The SHA-256 of the document's sealed PDF, drawn now if it was not before: a document is sealed once.

    Raises NotFound, Conflict `not_frozen` for a draft, Invalid when the document cannot be drawn, and Retry,
    Contention or OutcomeUnknown, after which asking again is right.
    """
    document = document_of(ctx, caller.tenant, kind, id)
    if document.content is None:
        raise Conflict("Un brouillon n’a pas de PDF : envoyez-le d’abord.", code="not_frozen")
    content = _undrawn(document)
    if content is None:
        return _sealed(document)
    company = ctx.store.get(caller.tenant, Company, caller.tenant)
    pdf_sha256 = documents.put(renderer.pdf(content, company.branding if company else Branding()))
    for _ in range(_ATTEMPTS):
        try:
            return _seal(ctx, caller, kind, id, content, pdf_sha256)
        except _SealedAlready as already:
            return already.pdf_sha256
        except EntityMoved:
            continue
    raise Contention("Ce document change sans cesse : réessayez dans quelques secondes.")


def _undrawn(document: Quote | Invoice) -> DocumentContent | None:
    """What is still to be drawn: the document itself, then the contract that the customer's choices made of it."""
    if not document.pdf_sha256:
        return document.content
    if isinstance(document, Quote) and not document.agreed_pdf_sha256:
        return document.accepted_content
    return None


def _sealed(document: Quote | Invoice) -> str:
    return document.agreed_pdf_sha256 if isinstance(document, Quote) else document.pdf_sha256


class _SealedAlready(Exception):
    """Another attempt was faster; nothing is to be written."""

    def __init__(self, pdf_sha256: str) -> None:
        super().__init__(pdf_sha256)
        self.pdf_sha256 = pdf_sha256


def _seal(ctx: Context, caller: Caller, kind: DocumentKind, id: str, content: DocumentContent, pdf_sha256: str) -> str:
    def decide(_head: object, _at: object) -> Decision:
        document = document_of(ctx, caller.tenant, kind, id)
        if _undrawn(document) != content:
            raise _SealedAlready(_sealed(document))
        data: dict[str, Json] = {
            "kind": kind.value,
            "number": document.number,
            "version": document.version if isinstance(document, Quote) else 1,
            "pdf_sha256": pdf_sha256,
            "content_sha256": document.content_sha256,
        }
        sealed: Quote | Invoice
        if isinstance(document, Quote) and document.pdf_sha256:
            # The contract, kept for ten years as what was accepted is; the offer alone would not be.
            sealed = replace(document, rev=document.rev + 1, accepted_pdf_sha256=pdf_sha256)
            data |= {"kind": "accepted_quote", "content_sha256": content_sha256(content)}
        else:
            sealed = replace(document, rev=document.rev + 1, pdf_sha256=pdf_sha256)
        fact = Fact("document.sealed", Ref(kind.value, sealed.id, sealed.number), caller.actor, data)
        return Decision(answer=sealed, puts=(sealed,), facts=(fact,))

    if kind is DocumentKind.QUOTE:
        return _sealed(commit(ctx, caller, None, Quote, decide))
    return commit(ctx, caller, None, Invoice, decide).pdf_sha256
