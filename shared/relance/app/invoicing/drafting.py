"""Drafts of invoices: written, replaced whole, forgotten. They have no number, so they leave no gap. [N-02, C-01]"""

from dataclasses import replace
from datetime import datetime

from relance.app.context import Caller, Context
from relance.app.invoicing.reading import get, named, quotes_of
from relance.app.journaling import Decision, commit
from relance.app.ports.store import Idem
from relance.app.quoting import require_customer
from relance.app.settings import require_rev
from relance.app.taxing import taxed
from relance.domain.credit_note import taxed_like
from relance.domain.draft_checks import require_sellable
from relance.domain.errors import Fault, Invalid
from relance.domain.ids import InvoiceId
from relance.domain.invoice import Invoice, InvoiceDraft, InvoiceStatus, require_draft
from relance.domain.invoice_types import reference_faults, type_faults
from relance.domain.journal import Head


def create(ctx: Context, caller: Caller, draft: InvoiceDraft, *, idem: Idem | None = None) -> Invoice:
    """A new draft for an existing customer, of any type. Raises Invalid with a pointer for each fault. [C-02]"""

    def decide(_head: Head, at: datetime) -> Decision:
        invoice = new_draft(ctx, caller, storable(ctx, caller, draft), at)
        return Decision(answer=invoice, puts=(invoice,))

    return commit(ctx, caller, idem, Invoice, decide)


def update(ctx: Context, caller: Caller, id: str, draft: InvoiceDraft, *, expected_rev: int) -> Invoice:
    """Replace a draft whole; what it comes from (quotes, the invoice it credits or corrects) stays.

    Raises NotFound, Conflict `invoice_frozen`, StaleVersion, Invalid.
    """

    def decide(_head: Head, at: datetime) -> Decision:
        invoice = get(ctx, caller, id)
        require_draft(invoice)
        require_rev(invoice.rev, expected_rev)
        rewritten = storable(ctx, caller, _with_origin(invoice.draft, draft))
        wanted = replace(invoice, rev=invoice.rev + 1, draft=rewritten, updated_at=at)
        return Decision(answer=wanted, puts=(wanted,))

    return commit(ctx, caller, None, Invoice, decide)


def delete(ctx: Context, caller: Caller, id: str, *, expected_rev: int) -> None:
    """Forget a draft; its quotes may be invoiced again. Raises NotFound, Conflict `invoice_frozen`, StaleVersion."""

    def decide(_head: Head, at: datetime) -> Decision:
        invoice = get(ctx, caller, id)
        require_draft(invoice)
        require_rev(invoice.rev, expected_rev)
        quotes = tuple(
            replace(quote, rev=quote.rev + 1, invoice_ids=_without(quote.invoice_ids, invoice.id), updated_at=at)
            for quote in quotes_of(ctx, caller, invoice.draft.quote_ids)
        )
        return Decision(answer=invoice, puts=quotes, deletes=(invoice,))

    commit(ctx, caller, None, Invoice, decide)


def new_draft(ctx: Context, caller: Caller, draft: InvoiceDraft, at: datetime) -> Invoice:
    """The record of a draft, never stored yet."""
    return Invoice(
        tenant=caller.tenant,
        id=InvoiceId(ctx.new_id("inv")),
        rev=1,
        status=InvoiceStatus.DRAFT,
        created_at=at,
        updated_at=at,
        draft=draft,
    )


def storable(ctx: Context, caller: Caller, draft: InvoiceDraft) -> InvoiceDraft:
    """The draft, its VAT said in full; that of a credit note is its originals', word for word.

    Raises Invalid with every fault of its lines, its customer, its type and the invoices that it names. [C-02, C-04]
    """
    require_sellable(draft)
    require_customer(ctx, caller, draft.customer_id)
    draft = taxed(ctx, caller, draft)
    faults = type_faults(draft)
    originals: list[Invoice] = []
    if not faults:
        originals = named(ctx, caller, draft.refers_to, "/refers_to")
        faults = reference_faults(draft, [*originals, *named(ctx, caller, draft.deducts, "/deducts")])
    if faults:
        raise Invalid("Ce document ne peut pas être enregistré : corrigez les points signalés.", faults=faults)
    return taxed_like(draft, originals) if draft.type.is_credit else draft


def _with_origin(stored: InvoiceDraft, draft: InvoiceDraft) -> InvoiceDraft:
    """What the author writes, with what he cannot unsay: only a whole new draft has another origin.

    Raises Invalid when what comes from quotes or invoices would go to another customer, or into another currency.
    """
    same_lines = draft.lines == stored.lines
    has_origin = bool(stored.quote_ids or stored.refers_to)
    faults = [
        Fault(f"/{name}", "Ce brouillon vient d’un autre document : faites-en un nouveau pour cela.", "other_origin")
        for name in ("customer_id", "currency")
        if has_origin and getattr(draft, name) != getattr(stored, name)
    ]
    if faults:
        raise Invalid("Ce brouillon garde le client et la devise du document dont il vient.", faults=faults)
    return replace(
        draft,
        type=stored.type if has_origin else draft.type,
        quote_ids=stored.quote_ids,
        billing=stored.billing,
        refers_to=stored.refers_to or draft.refers_to,
        reason=draft.reason or stored.reason,
        deducts=draft.deducts or stored.deducts,
        gross=stored.gross if same_lines else None,
        credited_lines=stored.credited_lines if same_lines else (),
        is_internal=stored.is_internal,
    )


def _without(ids: tuple[str, ...], id: str) -> tuple[str, ...]:
    return tuple(each for each in ids if each != id)
