"""From accepted quotes to the draft of an invoice: whole, a deposit, the progress of the works, or what is left.

Drafts count too, so that a quote is not prepared twice; what is issued is judged again when it is, because a draft may
be rewritten. The quote and its invoice are linked in one transaction: of two at once, one is told of the other.
[CY-05, KB-29, D-01, D-02, R-04]
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from relance.app.context import Caller, Context
from relance.app.invoicing.drafting import new_draft, storable
from relance.app.invoicing.reading import invoices_of, quotes_of
from relance.app.journaling import Decision, commit
from relance.app.ports.store import Idem
from relance.domain.billing import Bill, Part, billed, deposit, kind_of, progress, whole
from relance.domain.content import InvoiceType, QuoteContent, QuoteKind
from relance.domain.errors import Conflict, Fault, Invalid, require_reviewed
from relance.domain.invoice import Billing, Invoice, InvoiceDraft
from relance.domain.journal import Head
from relance.domain.money import BASIS_POINTS
from relance.domain.quote import Quote, QuoteStatus

WHOLE = Part(Billing.WHOLE)


def create_from_quote(
    ctx: Context, caller: Caller, quote_id: str, part: Part = WHOLE, *, idem: Idem | None = None
) -> Invoice:
    """A draft that bills that part of an accepted quote.

    Raises NotFound, Conflict `quote_not_accepted`, `quote_invoiced`, `overbilled` or `nothing_to_bill`, Invalid on a
    part that is none.
    """

    def decide(_head: Head, at: datetime) -> Decision:
        quotes = quotes_of(ctx, caller, (quote_id,))
        draft = draft_of(ctx, caller, quotes, part)
        return linked(ctx, caller, quotes, draft, at)

    return commit(ctx, caller, idem, Invoice, decide)


def create_from_quotes(ctx: Context, caller: Caller, quote_ids: Sequence[str], *, idem: Idem | None = None) -> Invoice:
    """One draft that bills all that is left of several accepted quotes of one customer, amendments among them.

    Raises as `create_from_quote`, and Invalid when they are of several customers or currencies, or one comes twice.
    """

    def decide(_head: Head, at: datetime) -> Decision:
        if len(set(quote_ids)) != len(quote_ids):
            raise _invalid("Un devis est cité deux fois.", "twice")
        quotes = quotes_of(ctx, caller, quote_ids)
        if len({quote.customer_id for quote in quotes}) > 1:
            raise _invalid("Ces devis ne sont pas ceux d’un même client.", "other_customer")
        kind = Billing.BALANCE if _alive(invoices_of(ctx, caller, quotes)) else Billing.WHOLE
        return linked(ctx, caller, quotes, draft_of(ctx, caller, quotes, Part(kind)), at)

    return commit(ctx, caller, idem, Invoice, decide)


def draft_of(ctx: Context, caller: Caller, quotes: Sequence[Quote], part: Part) -> InvoiceDraft:
    """What would be invoiced. Raises like `create_from_quote`."""
    agreed = [require_accepted(quote) for quote in quotes]
    others = _alive(invoices_of(ctx, caller, quotes))
    require_open(others)
    draft = whole(agreed, quotes[0].customer_id)
    if part.kind is Billing.PROGRESS and part.percent_bp == BASIS_POINTS:
        part = Part(Billing.BALANCE)  # done: the last invoice shows the whole and takes what rounding left
    match part.kind:
        case Billing.WHOLE:
            if others:
                message = "Ce devis a déjà des factures : facturez-en le solde (« balance »)."
                raise Conflict(message, code="quote_invoiced")
        case Billing.BALANCE:
            pass  # all the lines: what was invoiced before is deducted when it is issued
        case Billing.DEPOSIT:
            bill = deposit(agreed[0], part, billed(agreed[0], others), len(others))
            draft = _of_part(draft, bill, InvoiceType.DEPOSIT)
        case Billing.PROGRESS:
            bill = progress(agreed[0], part.percent_bp, billed(agreed[0], others))
            draft = _of_part(draft, bill, InvoiceType.COMMERCIAL)
    return replace(draft, billing=part.kind, quote_ids=tuple(quote.id for quote in quotes))


def linked(ctx: Context, caller: Caller, quotes: Sequence[Quote], draft: InvoiceDraft, at: datetime) -> Decision:
    """The draft's record, and its quotes that know of it."""
    invoice = new_draft(ctx, caller, storable(ctx, caller, draft), at)
    knowing = tuple(
        replace(quote, rev=quote.rev + 1, invoice_ids=(*quote.invoice_ids, invoice.id), updated_at=at)
        for quote in quotes
    )
    return Decision(answer=invoice, puts=(invoice, *knowing))


def require_accepted(quote: Quote) -> QuoteContent:
    """What the customer agreed to, or a pro-forma that was sent: once money comes in, a deposit invoice is due. [Q-11]

    Raises Conflict `quote_not_accepted`, `to_review`.
    """
    require_reviewed(quote.to_review)
    is_proforma = quote.draft.kind is QuoteKind.PROFORMA and quote.status is QuoteStatus.SENT
    if quote.agreed is None or not (is_proforma or quote.status is QuoteStatus.ACCEPTED):
        raise Conflict("Seul un devis accepté se transforme en facture.", code="quote_not_accepted")
    return quote.agreed


def require_open(others: Sequence[Invoice]) -> None:
    """Raise Conflict `quote_invoiced` when an invoice bills all that was left already, be it a draft."""
    for other in others:
        kind = kind_of(other.draft)
        if kind is not None and kind.is_closing:
            what = f"la facture {other.number}" if other.number else f"le brouillon {other.id}"
            raise Conflict(f"Ce devis est déjà facturé en totalité par {what}.", code="quote_invoiced")


def _alive(invoices: Sequence[Invoice]) -> list[Invoice]:
    """Those that bill something: not what was credited whole or replaced."""
    return [invoice for invoice in invoices if not invoice.is_void]


def _of_part(draft: InvoiceDraft, bill: Bill, type: InvoiceType) -> InvoiceDraft:
    return replace(draft, type=type, lines=bill.lines, gross=bill.gross, discounts=(), charges=())


def _invalid(message: str, code: str) -> Invalid:
    return Invalid("Ces devis ne peuvent pas être facturés ensemble.", faults=[Fault("/quote_ids", message, code)])
