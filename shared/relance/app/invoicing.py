"""Invoices, from draft to paid: numbered at issue in the transaction that freezes them, then settled by payments.

The number exists only with the frozen invoice, its chained event and its dunning run: one transaction, so a crash
leaves either all of it or nothing, and the series has neither gap nor double. [C-01, I-01, N-01, N-02, N-03, KX-16]
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from relance.app.context import Caller, Context
from relance.app.journaling import Decision, commit
from relance.app.launching import launch
from relance.app.ports.outside import Executions
from relance.app.ports.store import Idem, Page
from relance.app.quoting import MentionCatalogue, require_customer
from relance.app.quoting import get as get_quote
from relance.app.settings import get_company, require_rev
from relance.domain.calendar_fr import civil_date
from relance.domain.chain.canonical import Json
from relance.domain.chain.event import Fact, Ref
from relance.domain.content import InvoiceContent, buyer_of, content_json, content_sha256, seller_of
from relance.domain.draft_checks import require_sellable
from relance.domain.einvoice_rules import einvoice_faults
from relance.domain.errors import Conflict, Fault, Invalid, NotFound
from relance.domain.ids import InvoiceId, PaymentId
from relance.domain.invoice import (
    Invoice,
    InvoiceDraft,
    InvoiceStatus,
    Payment,
    PaymentMode,
    require_draft,
)
from relance.domain.invoice import (
    record_payment as settle,
)
from relance.domain.journal import Allocated, Head, allocate
from relance.domain.line_checks import regime_faults
from relance.domain.money import Cents
from relance.domain.party import Company, Customer, CustomerKind
from relance.domain.printable import printing_faults
from relance.domain.quote import Quote, QuoteStatus
from relance.domain.reminder.run import new_run
from relance.domain.reminder.scenario import default_scenario
from relance.domain.totals import total

COMMERCIAL_INVOICE = "380"  # UNTDID 1001
MAX_BUSINESS_TERM_DAYS = 60  # Code de commerce L441-10 I, from the date of the invoice (checked 2026-11) [P-01]


def get(ctx: Context, caller: Caller, id: str) -> Invoice:
    """One invoice. Raises NotFound."""
    invoice = ctx.store.get(caller.tenant, Invoice, id)
    if invoice is None:
        raise NotFound("Aucune facture ne porte cet identifiant.")
    return invoice


def page(ctx: Context, caller: Caller, *, limit: int = 50, cursor: str | None = None) -> Page[Invoice]:
    """Invoices, newest first."""
    return ctx.store.page(caller.tenant, Invoice, limit=limit, cursor=cursor)


def create(ctx: Context, caller: Caller, draft: InvoiceDraft, *, idem: Idem | None = None) -> Invoice:
    """A new draft for an existing customer. Raises Invalid with a pointer when the customer is not the tenant's."""

    def decide(_head: Head, at: datetime) -> Decision:
        require_sellable(draft)
        require_customer(ctx, caller, draft.customer_id)
        invoice = _draft(ctx, caller, draft, at)
        return Decision(answer=invoice, puts=(invoice,))

    return commit(ctx, caller, idem, Invoice, decide)


def create_from_quote(ctx: Context, caller: Caller, quote_id: str, *, idem: Idem | None = None) -> Invoice:
    """A draft with the lines of an accepted quote, once: a quote is invoiced whole by one invoice. [CY-05, KB-29]

    Raises NotFound, Conflict `quote_not_accepted` or `quote_invoiced`.
    """

    def decide(_head: Head, at: datetime) -> Decision:
        quote = get_quote(ctx, caller, quote_id)
        if quote.status is not QuoteStatus.ACCEPTED or quote.content is None:
            raise Conflict("Seul un devis accepté se transforme en facture.", code="quote_not_accepted")
        if quote.invoice_ids:
            raise Conflict("Ce devis a déjà sa facture.", code="quote_invoiced")
        invoice = _draft(ctx, caller, _draft_of(quote), at)
        linked = replace(quote, rev=quote.rev + 1, invoice_ids=(invoice.id,), updated_at=at)
        return Decision(answer=invoice, puts=(invoice, linked))

    return commit(ctx, caller, idem, Invoice, decide)


def update(ctx: Context, caller: Caller, id: str, draft: InvoiceDraft, *, expected_rev: int) -> Invoice:
    """Replace a draft whole; the quote it came from stays. Raises NotFound, Conflict `invoice_frozen`, StaleVersion."""

    def decide(_head: Head, at: datetime) -> Decision:
        invoice = get(ctx, caller, id)
        require_draft(invoice)
        require_rev(invoice.rev, expected_rev)
        require_sellable(draft)
        require_customer(ctx, caller, draft.customer_id)
        wanted = replace(
            invoice,
            rev=invoice.rev + 1,
            draft=replace(draft, quote_ids=invoice.draft.quote_ids),
            updated_at=at,
        )
        return Decision(answer=wanted, puts=(wanted,))

    return commit(ctx, caller, None, Invoice, decide)


def delete(ctx: Context, caller: Caller, id: str, *, expected_rev: int) -> None:
    """Forget a draft; its quote may be invoiced again. Raises NotFound, Conflict `invoice_frozen`, StaleVersion."""

    def decide(_head: Head, at: datetime) -> Decision:
        invoice = get(ctx, caller, id)
        require_draft(invoice)
        require_rev(invoice.rev, expected_rev)
        quotes = tuple(
            replace(quote, rev=quote.rev + 1, invoice_ids=_without(quote.invoice_ids, invoice.id), updated_at=at)
            for quote in _quotes(ctx, caller, invoice)
        )
        return Decision(answer=invoice, puts=quotes, deletes=(invoice,))

    commit(ctx, caller, None, Invoice, decide)


def issue(
    ctx: Context,
    caller: Caller,
    id: str,
    *,
    idem: Idem | None = None,
    catalogue: MentionCatalogue,
    executions: Executions,
) -> Invoice:
    """Give the next number, freeze the content, chain `invoice.issued` with every printed field, plan the dunning.

    Raises Conflict `invoice_frozen`, Invalid with every missing mention before a number is taken. The issue date is
    today's civil date in Paris, never before the last one of the series. [N-02, N-03]
    """

    def decide(head: Head, at: datetime) -> Decision:
        invoice = get(ctx, caller, id)
        require_draft(invoice)
        company = get_company(ctx, caller)
        customer = require_customer(ctx, caller, invoice.customer_id)
        today = civil_date(at)
        taken = allocate(head, kind="invoice", number_format=company.invoice_number_format, on=today)
        quotes = _quotes(ctx, caller, invoice)
        content = _content(invoice, company, customer, quotes, number=taken.number, today=today)
        faults = [
            *catalogue.missing(content, today),
            *regime_faults(content.lines, company.vat_regime),
            *printing_faults(content),
            *_term_faults(content),
            *einvoice_faults(content),
        ]
        if faults:
            raise Invalid(
                "Cette facture ne peut pas être émise en l’état : complétez les points signalés.", faults=faults
            )
        issued = replace(
            invoice,
            rev=invoice.rev + 1,
            status=InvoiceStatus.ISSUED,
            number=taken.number,
            issued_at=at,
            content=content,
            content_sha256=content_sha256(content),
            updated_at=at,
        )
        run = new_run(caller.tenant, "invoice", issued.id, default_scenario("invoice"), at)
        fact = Fact(
            "invoice.issued", Ref("invoice", issued.id, issued.number), caller.actor, _issued_data(issued, taken)
        )
        totals = {
            "invoiced_net": content.totals.net,
            "invoiced_vat": content.totals.vat,
            "invoiced_gross": content.totals.gross,
        }
        return Decision(answer=issued, puts=(issued, run), facts=(fact,), head=taken.head, totals=totals)

    invoice = commit(ctx, caller, idem, Invoice, decide)
    launch(caller, executions, "invoice", invoice.id)
    return invoice


def record_payment(
    ctx: Context,
    caller: Caller,
    id: str,
    *,
    amount: Cents,
    paid_on: date,
    mode: PaymentMode,
    reference: str = "",
    idem: Idem | None = None,
) -> Invoice:
    """Record money received and chain `payment.recorded`; the dunning run sees the balance when it next wakes.

    Raises NotFound, Conflict `invoice_not_issued` or `already_paid`, Invalid on more than what is owed.
    """

    def decide(_head: Head, at: datetime) -> Decision:
        invoice = get(ctx, caller, id)
        payment = Payment(
            id=PaymentId(ctx.new_id("pay")),
            amount=amount,
            paid_on=paid_on,
            mode=mode,
            recorded_at=at,
            reference=reference,
        )
        settled = settle(invoice, payment, civil_date(at))
        data: dict[str, Json] = {
            "payment_id": payment.id,
            "amount": payment.amount,
            "paid_on": payment.paid_on.isoformat(),
            "mode": payment.mode.value,
            "reference": payment.reference,
            "balance": settled.balance,
        }
        fact = Fact("payment.recorded", Ref("invoice", invoice.id, invoice.number), caller.actor, data)
        return Decision(answer=settled, puts=(settled,), facts=(fact,), totals={"received": payment.amount})

    return commit(ctx, caller, idem, Invoice, decide)


def _draft(ctx: Context, caller: Caller, draft: InvoiceDraft, at: datetime) -> Invoice:
    return Invoice(
        tenant=caller.tenant,
        id=InvoiceId(ctx.new_id("inv")),
        rev=1,
        status=InvoiceStatus.DRAFT,
        created_at=at,
        updated_at=at,
        draft=draft,
    )


def _draft_of(quote: Quote) -> InvoiceDraft:
    agreed = quote.agreed
    assert agreed is not None
    return InvoiceDraft(
        customer_id=quote.customer_id,
        lines=tuple(line for line in agreed.lines if line.counts),
        subject=agreed.subject,
        payment_terms=agreed.payment_terms,
        quote_ids=(quote.id,),
        discounts=agreed.discounts,
        charges=agreed.charges,
        language=agreed.language,
        currency=agreed.currency,
        exchange=agreed.exchange,
    )


def _quotes(ctx: Context, caller: Caller, invoice: Invoice) -> tuple[Quote, ...]:
    return tuple(get_quote(ctx, caller, quote_id) for quote_id in invoice.draft.quote_ids)


def _without(ids: tuple[str, ...], id: str) -> tuple[str, ...]:
    return tuple(each for each in ids if each != id)


def _content(
    invoice: Invoice, company: Company, customer: Customer, quotes: Sequence[Quote], *, number: str, today: date
) -> InvoiceContent:
    draft, defaults = invoice.draft, company.defaults
    business = customer.kind is CustomerKind.BUSINESS
    return InvoiceContent(
        type_code=COMMERCIAL_INVOICE,
        number=number,
        issue_date=today,
        supply_date=draft.supply_date or today,
        due_date=draft.due_date or today + timedelta(days=defaults.payment_days),
        seller=seller_of(company),
        buyer=buyer_of(customer),
        lines=draft.lines,
        totals=total(draft.lines, draft.discounts, draft.charges),
        payment_terms=draft.payment_terms or defaults.payment_terms,
        early_discount_terms=defaults.early_discount_terms if business else "",
        late_penalty_terms=defaults.late_penalty_terms if business else "",
        recovery_indemnity_terms=defaults.recovery_indemnity_terms if business else "",
        vat_note="",
        quote_numbers=tuple(quote.number for quote in quotes),
        purchase_order=draft.purchase_order,
        subject=draft.subject,
        currency=draft.currency,
        discounts=draft.discounts,
        charges=draft.charges,
        reason=draft.reason,
        delivery_address=draft.delivery_address,
        closing_note=draft.closing_note,
        language=draft.language,
        exchange=draft.exchange,
    )


def _term_faults(content: InvoiceContent) -> Sequence[Fault]:
    days = (content.due_date - content.issue_date).days
    if content.buyer.kind is CustomerKind.BUSINESS and days > MAX_BUSINESS_TERM_DAYS:
        message = f"Entre professionnels, l’échéance ne dépasse pas {MAX_BUSINESS_TERM_DAYS} jours (C. com. L441-10)."
        return [Fault("/due_date", message, "P-01")]
    return []


def _issued_data(issued: Invoice, taken: Allocated) -> dict[str, Json]:
    assert issued.content is not None
    return {
        "number": issued.number,
        "series": taken.series,
        "rank": taken.rank,
        "issue_date": issued.content.issue_date.isoformat(),
        "content": content_json(issued.content),
        "content_sha256": issued.content_sha256,
        "quote_ids": list(issued.draft.quote_ids),
    }
