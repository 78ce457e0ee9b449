"""Invoices and credit notes as their events say they are: issued, credited, replaced, deducted, paid, told of, sealed.

The content is taken from the event and held against its hash, so an invoice comes back as it was printed even when not
so much as its draft is left; a draft that the restored table still holds is issued, never a second time. [C-01, N-02]
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from relance.app.recovery import mails
from relance.app.recovery.desk import Desk, at_of, cents, invoice_id, listed, text
from relance.app.recovery.parties import customer_of
from relance.app.recovery.printed import invoice_content, read
from relance.domain.chain.event import Event
from relance.domain.content import InvoiceContent
from relance.domain.copies import Duplicate, duplicate_id
from relance.domain.ids import CustomerId, InvoiceId, PaymentId, QuoteId
from relance.domain.invoice import (
    Billing,
    Credit,
    CreditedLine,
    Invoice,
    InvoiceDraft,
    InvoiceStatus,
    Payment,
    PaymentMode,
)
from relance.domain.money import Cents
from relance.domain.platform_status import Source, StatusCode, StatusEntry
from relance.domain.quote import Quote
from relance.domain.vat import VatSubtotal

_NO_CUSTOMER: Final = (
    "La fiche du client n’est pas dans l’archive : elle a été reprise de ce que la facture imprime ; "
    "vérifiez-la, et rapprochez-la de la fiche d’origine s’il en existe une."
)
_UNKNOWN: Final = "Ce document n’est ni dans la table restaurée ni dans l’archive : {}."


def issued(desk: Desk, event: Event) -> None:
    """`invoice.issued`, `credit_note.issued`: the document, its run on hold, and the documents that it names."""
    known = desk.get(Invoice, event.ref.id)
    content = invoice_content(event.data)
    if known is None or known.content is None:
        _issue(desk, event, content, known)
    _name(desk, event, content)


def _issue(desk: Desk, event: Event, content: InvoiceContent, known: Invoice | None) -> None:
    at = at_of(event)
    found = customer_of(desk, content.buyer, _customer_id(desk, event, known), at)
    missing = () if found.is_known else (_NO_CUSTOMER,)
    invoice = Invoice(
        tenant=desk.tenant,
        id=InvoiceId(event.ref.id),
        rev=1,
        status=InvoiceStatus.ISSUED,
        created_at=known.created_at if known else at,
        updated_at=at,
        draft=_draft(desk, event, content, found.id, known),
        number=content.number,
        issued_at=at,
        content=content,
        content_sha256=text(event, "content_sha256"),
        to_review=missing,
    )
    desk.put(invoice)
    mails.follow(desk, invoice, at)
    desk.misses(event, missing, customer_id=found.id)


def _customer_id(desk: Desk, event: Event, known: Invoice | None) -> str:
    """Whose it is: as its event says, or (of a version that said nothing) as the documents around it do."""
    if told := text(event, "customer_id"):
        return told
    if known is not None:
        return known.customer_id
    quotes = (desk.get(Quote, str(id)) for id in listed(event, "quote_ids"))
    originals = (desk.get(Invoice, id) for id in _refers_to(event))
    return next((one.customer_id for one in (*quotes, *originals) if one is not None), "")


def _refers_to(event: Event) -> tuple[InvoiceId, ...]:
    replaced = event.data.get("replaces")
    credited = [InvoiceId(str(one["id"])) for one in listed(event, "credits")]
    return (InvoiceId(str(replaced["id"])),) if isinstance(replaced, Mapping) else tuple(credited)


def _draft(desk: Desk, event: Event, content: InvoiceContent, customer_id: str, known: Invoice | None) -> InvoiceDraft:
    """What its author must have written for it to print that."""
    billing = text(event, "billing")
    deducted = (invoice_id(desk, one.number) for one in content.deductions)
    return InvoiceDraft(
        customer_id=CustomerId(customer_id),
        lines=content.lines,
        subject=content.subject,
        supply_date=content.supply_date,
        due_date=None if content.type.is_credit else content.due_date,
        payment_terms=content.payment_terms,
        purchase_order=content.purchase_order,
        quote_ids=tuple(QuoteId(str(id)) for id in listed(event, "quote_ids")),
        type=content.type,
        discounts=content.discounts,
        charges=content.charges,
        deducts=tuple(id for id in deducted if id),
        refers_to=_refers_to(event),
        reason=content.reason,
        delivery_address=content.delivery_address,
        closing_note=content.closing_note,
        language=content.language,
        currency=content.currency,
        exchange=content.exchange,
        billing=Billing(billing) if billing else None,
        gross=known.draft.gross if known else None,
        credited_lines=_credited_lines(event),
        is_internal=event.data.get("is_internal") is True,
    )


def _credited_lines(event: Event) -> tuple[CreditedLine, ...]:
    return tuple(CreditedLine(one["line"], Decimal(one["quantity"])) for one in listed(event, "credited_lines"))


def _name(desk: Desk, event: Event, content: InvoiceContent) -> None:
    """The documents that it bills, deducts, credits or replaces know of it again: none of that is done twice. [C-04]"""
    id, at = InvoiceId(event.ref.id), at_of(event)
    for quote_id in listed(event, "quote_ids"):
        quote = desk.get(Quote, str(quote_id))
        if quote is not None and id not in quote.invoice_ids:
            desk.put(replace(quote, invoice_ids=(*quote.invoice_ids, id), updated_at=at))
    for deduction in content.deductions:
        part = desk.get(Invoice, invoice_id(desk, deduction.number) or "")
        if part is not None and part.deducted_by != id:
            desk.put(replace(part, deducted_by=id, updated_at=at))
    replaced = event.data.get("replaces")
    if isinstance(replaced, Mapping):
        original = desk.get(Invoice, str(replaced["id"]))
        if original is not None and original.replaced_by != id:
            desk.put(replace(original, replaced_by=id, updated_at=at))
    for told in listed(event, "credits"):
        subtotals = tuple(read(VatSubtotal, row) for row in told["subtotals"])
        original = desk.get(Invoice, str(told["id"]))
        if original is None or not subtotals or any(credit.id == id for credit in original.credits):
            continue
        credit = Credit(id, content.number, at, subtotals, _credited_lines(event))
        desk.put(replace(original, credits=(*original.credits, credit), updated_at=at))


def paid(desk: Desk, event: Event) -> None:
    """`payment.recorded`, `payment.refunded`."""
    sign = 1 if event.type == "payment.recorded" else -1
    linked = text(event, "linked")
    payment = Payment(
        id=PaymentId(text(event, "payment_id")),
        amount=Cents(sign * cents(event, "amount")),
        paid_on=date.fromisoformat(text(event, "paid_on")),
        mode=PaymentMode(text(event, "mode")),
        recorded_at=at_of(event),
        reference=text(event, "reference"),
        group=text(event, "group"),
        linked=InvoiceId(linked) if linked else None,
    )

    def change(invoice: Invoice) -> Invoice:
        if any(one.id == payment.id for one in invoice.payments):
            return invoice
        return replace(invoice, payments=(*invoice.payments, payment), updated_at=payment.recorded_at)

    _change(desk, event, change, f"un règlement de {payment.amount / 100:.2f}".replace(".", ","))


def told(desk: Desk, event: Event) -> None:
    """`invoice.status`."""
    entry = StatusEntry(
        id=text(event, "status_id"),
        code=StatusCode(text(event, "code")),
        at=datetime.fromisoformat(text(event, "at").replace("Z", "+00:00")),
        recorded_at=at_of(event),
        source=Source(text(event, "source")),
        reason=text(event, "reason"),
        amount=cents(event, "amount"),
    )

    def change(invoice: Invoice) -> Invoice:
        if any(one.id == entry.id for one in invoice.statuses):
            return invoice
        return replace(invoice, statuses=(*invoice.statuses, entry), updated_at=entry.recorded_at)

    _change(desk, event, change, f"le statut « {entry.code.label} »")


def sealed(desk: Desk, event: Event) -> None:
    """`document.sealed` of an invoice or a credit note."""
    digest = text(event, "pdf_sha256")
    _change(
        desk,
        event,
        lambda invoice: invoice if invoice.pdf_sha256 == digest else replace(invoice, pdf_sha256=digest),
        f"le PDF {digest}",
    )


def duplicated(desk: Desk, event: Event) -> None:
    """`document.duplicated`: its rank is taken."""
    rank = cents(event, "rank")
    id = duplicate_id(event.ref.id, rank)
    if desk.get(Duplicate, id) is None:
        desk.put(
            Duplicate(
                tenant=desk.tenant,
                id=id,
                rev=1,
                invoice_id=InvoiceId(event.ref.id),
                number=text(event, "number"),
                rank=rank,
                pdf_sha256=text(event, "pdf_sha256"),
                made_at=at_of(event),
                made_by=event.actor,
            )
        )


def _change(desk: Desk, event: Event, change: Callable[[Invoice], Invoice], what: str) -> None:
    invoice = desk.get(Invoice, event.ref.id)
    if invoice is None:
        desk.misses(event, (_UNKNOWN.format(what),))
    elif (changed := change(invoice)) is not invoice:
        desk.put(changed)
