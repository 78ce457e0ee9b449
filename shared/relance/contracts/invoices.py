"""Invoices and payments on the wire."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

import msgspec

from relance.contracts.fields import Amount, RequiredText, Terms, Text, amount_text, one_line, several_lines, to_cents
from relance.contracts.lines import LineBody, LineView, line_view, to_line
from relance.contracts.parse import Body
from relance.contracts.parties import BuyerView, SellerView, buyer_view, seller_view
from relance.contracts.sums import TotalsView, totals_view
from relance.domain.content import MAX_LINES, InvoiceContent
from relance.domain.ids import CustomerId
from relance.domain.invoice import Invoice, InvoiceDraft, InvoiceStatus, Payment, PaymentMode, Settlement
from relance.domain.money import Cents
from relance.domain.totals import total


class InvoiceBody(Body, frozen=True):
    """An invoice's draft, whole. What is empty or null takes the company's default when the invoice is issued."""

    customer_id: RequiredText
    lines: Annotated[tuple[LineBody, ...], msgspec.Meta(min_length=1, max_length=MAX_LINES)]
    subject: Text = ""
    supply_date: date | None = None
    due_date: date | None = None
    payment_terms: Terms = ""
    purchase_order: Text = ""


class PaymentBody(Body, frozen=True):
    """Money received."""

    amount: Amount
    paid_on: date
    mode: PaymentMode = PaymentMode.TRANSFER
    reference: Text = ""


@dataclass(frozen=True, slots=True)
class PaymentInput:
    """Money received, in the domain's words."""

    amount: Cents
    paid_on: date
    mode: PaymentMode
    reference: str


def to_draft(body: InvoiceBody) -> InvoiceDraft:
    """The domain's draft."""
    return InvoiceDraft(
        customer_id=CustomerId(body.customer_id),
        lines=tuple(to_line(line) for line in body.lines),
        subject=one_line(body.subject),
        supply_date=body.supply_date,
        due_date=body.due_date,
        payment_terms=several_lines(body.payment_terms),
        purchase_order=one_line(body.purchase_order),
    )


def to_payment(body: PaymentBody) -> PaymentInput:
    """What `invoicing.record_payment` takes."""
    return PaymentInput(to_cents(body.amount), body.paid_on, body.mode, one_line(body.reference))


class PaymentView(msgspec.Struct, frozen=True):
    """One payment."""

    id: str
    amount: str
    paid_on: date
    mode: PaymentMode
    reference: str
    recorded_at: datetime


class PaymentList(msgspec.Struct, frozen=True):
    """All payments of one invoice, in the order they were recorded, and what is left."""

    items: tuple[PaymentView, ...]
    paid: str
    balance: str


class InvoiceDocumentView(msgspec.Struct, frozen=True):
    """What an issued invoice says, frozen."""

    issue_date: date
    due_date: date
    supply_date: date
    seller: SellerView
    buyer: BuyerView
    payment_terms: str
    quote_numbers: tuple[str, ...]
    sha256: str


class InvoiceView(msgspec.Struct, frozen=True):
    """One invoice; `settlement`, `paid` and `balance` follow from the payments. `rev` is what `If-Match` wants."""

    id: str
    rev: int
    status: InvoiceStatus
    number: str
    customer_id: str
    quote_ids: tuple[str, ...]
    subject: str
    issue_date: date | None
    supply_date: date | None
    due_date: date | None
    payment_terms: str
    purchase_order: str
    lines: tuple[LineView, ...]
    totals: TotalsView
    settlement: Settlement | None
    overdue: bool
    paid: str
    balance: str
    payments: tuple[PaymentView, ...]
    created_at: datetime
    updated_at: datetime
    issued_at: datetime | None
    pdf_sha256: str
    document: InvoiceDocumentView | None


class InvoiceSummary(msgspec.Struct, frozen=True):
    """One invoice in a listing."""

    id: str
    rev: int
    status: InvoiceStatus
    number: str
    customer_id: str
    subject: str
    gross: str
    balance: str
    settlement: Settlement | None
    overdue: bool
    due_date: date | None
    created_at: datetime
    issued_at: datetime | None


class InvoicePage(msgspec.Struct, frozen=True):
    """Invoices, newest first; `cursor` asks for the next page, null at the end."""

    items: tuple[InvoiceSummary, ...]
    cursor: str | None


def invoice_view(invoice: Invoice, today: date) -> InvoiceView:
    """An invoice as it is told on the civil date `today`."""
    draft, content = invoice.draft, invoice.content
    return InvoiceView(
        id=invoice.id,
        rev=invoice.rev,
        status=invoice.status,
        number=invoice.number,
        customer_id=invoice.customer_id,
        quote_ids=draft.quote_ids,
        subject=draft.subject,
        issue_date=content.issue_date if content else None,
        supply_date=content.supply_date if content else draft.supply_date,
        due_date=_due_date(invoice),
        payment_terms=draft.payment_terms,
        purchase_order=draft.purchase_order,
        lines=tuple(line_view(line) for line in draft.lines),
        totals=totals_view(content.totals if content else total(draft.lines)),
        settlement=_settlement(invoice),
        overdue=invoice.is_overdue(today),
        paid=amount_text(invoice.paid),
        balance=amount_text(invoice.balance),
        payments=tuple(_payment_view(payment) for payment in invoice.payments),
        created_at=invoice.created_at,
        updated_at=invoice.updated_at,
        issued_at=invoice.issued_at,
        pdf_sha256=invoice.pdf_sha256,
        document=_document_view(content, invoice.content_sha256) if content else None,
    )


def invoice_page(items: Iterable[Invoice], cursor: str | None, today: date) -> InvoicePage:
    """A slice of the listing."""
    return InvoicePage(tuple(_summary(invoice, today) for invoice in items), cursor)


def payment_list(invoice: Invoice) -> PaymentList:
    """The payments of one invoice."""
    items = tuple(_payment_view(payment) for payment in invoice.payments)
    return PaymentList(items, amount_text(invoice.paid), amount_text(invoice.balance))


def _summary(invoice: Invoice, today: date) -> InvoiceSummary:
    totals = invoice.content.totals if invoice.content else total(invoice.draft.lines)
    return InvoiceSummary(
        id=invoice.id,
        rev=invoice.rev,
        status=invoice.status,
        number=invoice.number,
        customer_id=invoice.customer_id,
        subject=invoice.draft.subject,
        gross=amount_text(totals.gross),
        balance=amount_text(invoice.balance),
        settlement=_settlement(invoice),
        overdue=invoice.is_overdue(today),
        due_date=_due_date(invoice),
        created_at=invoice.created_at,
        issued_at=invoice.issued_at,
    )


def _settlement(invoice: Invoice) -> Settlement | None:
    return invoice.settlement if invoice.content else None


def _due_date(invoice: Invoice) -> date | None:
    return invoice.content.due_date if invoice.content else invoice.draft.due_date


def _payment_view(payment: Payment) -> PaymentView:
    return PaymentView(
        id=payment.id,
        amount=amount_text(payment.amount),
        paid_on=payment.paid_on,
        mode=payment.mode,
        reference=payment.reference,
        recorded_at=payment.recorded_at,
    )


def _document_view(content: InvoiceContent, sha256: str) -> InvoiceDocumentView:
    return InvoiceDocumentView(
        issue_date=content.issue_date,
        due_date=content.due_date,
        supply_date=content.supply_date,
        seller=seller_view(content.seller),
        buyer=buyer_view(content.buyer),
        payment_terms=content.payment_terms,
        quote_numbers=content.quote_numbers,
        sha256=sha256,
    )
