"""Invoices on the wire: what their author reads. Credit notes and corrective invoices are invoices too, by `type`."""

from collections.abc import Iterable
from datetime import date, datetime

import msgspec

from relance.contracts.fields import amount_text
from relance.contracts.lines import LineView, line_view
from relance.contracts.parties import AddressView, BuyerView, SellerView, address_view, buyer_view, seller_view
from relance.contracts.payments import PaymentView, payment_views
from relance.contracts.sums import (
    ChargeView,
    DocumentDiscountView,
    ExchangeView,
    SubtotalView,
    TotalsView,
    charge_views,
    discount_views,
    exchange_view,
    totals_view,
)
from relance.contracts.taxes import vat_view
from relance.domain.billing import kind_of, totals_of
from relance.domain.content import InvoiceContent, InvoiceType
from relance.domain.currencies import step_of
from relance.domain.invoice import Billing, Invoice, InvoiceStatus, Settlement
from relance.domain.vat import VatSubtotal


class DeductionView(msgspec.Struct, frozen=True):
    """An earlier invoice of the same sale that this one takes off."""

    number: str
    issue_date: date
    net: str
    vat: str
    gross: str


class ReferenceView(msgspec.Struct, frozen=True):
    """An earlier invoice that this one corrects or credits."""

    number: str
    issue_date: date
    type: str


class CreditView(msgspec.Struct, frozen=True):
    """A credit note that took something off this invoice."""

    id: str
    number: str
    gross: str


class InvoiceDocumentView(msgspec.Struct, frozen=True, kw_only=True):
    """What an issued invoice says, frozen. `payable` is what it asks for once the deposits are taken off."""

    issue_date: date
    due_date: date
    supply_date: date
    seller: SellerView
    buyer: BuyerView
    payment_terms: str
    quote_numbers: tuple[str, ...]
    references: tuple[ReferenceView, ...]
    deductions: tuple[DeductionView, ...]
    remaining: tuple[SubtotalView, ...]
    payable: str
    sha256: str


class InvoiceView(msgspec.Struct, frozen=True, kw_only=True):
    """One invoice; `settlement`, `paid` and `balance` follow from the payments. `rev` is what `If-Match` wants.

    `credited` is what credit notes took off, `credit` what is owed to the customer on it. `billing` says which part of
    its quotes it bills. `to_review`: what a restore of the tables could not bring back, in French; while there is any,
    nothing is issued, corrected or deposited from it: do its task (`GET /v1/tasks`).
    """

    id: str
    rev: int
    type: InvoiceType
    status: InvoiceStatus
    number: str
    customer_id: str
    quote_ids: tuple[str, ...]
    billing: Billing | None
    refers_to: tuple[str, ...]
    deducts: tuple[str, ...]
    reason: str
    internal: bool
    subject: str
    issue_date: date | None
    supply_date: date | None
    due_date: date | None
    payment_terms: str
    purchase_order: str
    delivery_address: AddressView | None
    closing_note: str
    language: str
    currency: str
    exchange: ExchangeView | None
    lines: tuple[LineView, ...]
    discounts: tuple[DocumentDiscountView, ...]
    charges: tuple[ChargeView, ...]
    totals: TotalsView
    settlement: Settlement | None
    overdue: bool
    paid: str
    credited: str
    balance: str
    credit: str
    payments: tuple[PaymentView, ...]
    warnings: tuple[str, ...]
    credits: tuple[CreditView, ...]
    replaced_by: str | None
    deducted_by: str | None
    created_at: datetime
    updated_at: datetime
    issued_at: datetime | None
    pdf_sha256: str
    document: InvoiceDocumentView | None
    to_review: tuple[str, ...]


class InvoiceSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One invoice in a listing. `to_review`: see `InvoiceView`."""

    id: str
    rev: int
    type: InvoiceType
    status: InvoiceStatus
    number: str
    customer_id: str
    subject: str
    currency: str
    gross: str
    balance: str
    settlement: Settlement | None
    overdue: bool
    due_date: date | None
    created_at: datetime
    issued_at: datetime | None
    to_review: tuple[str, ...]


class InvoicePage(msgspec.Struct, frozen=True):
    """Invoices, newest first; `cursor` asks for the next page, null at the end."""

    items: tuple[InvoiceSummary, ...]
    cursor: str | None


class IssuedTogether(msgspec.Struct, frozen=True):
    """Invoices that were issued in one go, in the order of their numbers."""

    items: tuple[InvoiceSummary, ...]


def issued_together(invoices: Iterable[Invoice], today: date) -> IssuedTogether:
    """What became of the drafts."""
    return IssuedTogether(invoice_page(invoices, None, today).items)


def invoice_view(invoice: Invoice, today: date, warnings: tuple[str, ...] = ()) -> InvoiceView:
    """An invoice as it is told on the civil date `today`; `warnings` are about what was just done to it."""
    draft, content = invoice.draft, invoice.content
    step = step_of(draft.currency)
    return InvoiceView(
        id=invoice.id,
        rev=invoice.rev,
        type=draft.type,
        status=invoice.status,
        number=invoice.number,
        customer_id=invoice.customer_id,
        quote_ids=draft.quote_ids,
        billing=kind_of(draft),
        refers_to=draft.refers_to,
        deducts=draft.deducts,
        reason=draft.reason,
        internal=draft.is_internal,
        subject=draft.subject,
        issue_date=content.issue_date if content else None,
        supply_date=content.supply_date if content else draft.supply_date,
        due_date=_due_date(invoice),
        payment_terms=draft.payment_terms,
        purchase_order=draft.purchase_order,
        delivery_address=address_view(draft.delivery_address) if draft.delivery_address else None,
        closing_note=draft.closing_note,
        language=draft.language,
        currency=draft.currency,
        exchange=exchange_view(draft.exchange),
        lines=tuple(line_view(line) for line in (content.lines if content else draft.lines)),
        discounts=discount_views(draft.discounts, draft.currency),
        charges=charge_views(content.charges if content else draft.charges, draft.currency),
        totals=totals_view(content.totals if content else totals_of(draft), draft.currency),
        settlement=_settlement(invoice),
        overdue=invoice.is_overdue(today),
        paid=amount_text(invoice.paid, step),
        credited=amount_text(invoice.credited, step),
        balance=amount_text(invoice.balance, step),
        credit=amount_text(invoice.credit, step),
        payments=payment_views(invoice),
        warnings=warnings,
        credits=tuple(CreditView(one.id, one.number, amount_text(one.gross, step)) for one in invoice.credits),
        replaced_by=invoice.replaced_by,
        deducted_by=invoice.deducted_by,
        created_at=invoice.created_at,
        updated_at=invoice.updated_at,
        issued_at=invoice.issued_at,
        pdf_sha256=invoice.pdf_sha256,
        document=_document_view(content, invoice.content_sha256) if content else None,
        to_review=invoice.to_review,
    )


def invoice_page(items: Iterable[Invoice], cursor: str | None, today: date) -> InvoicePage:
    """A slice of the listing."""
    return InvoicePage(tuple(_summary(invoice, today) for invoice in items), cursor)


def _summary(invoice: Invoice, today: date) -> InvoiceSummary:
    totals = invoice.content.totals if invoice.content else totals_of(invoice.draft)
    step = step_of(invoice.draft.currency)
    return InvoiceSummary(
        id=invoice.id,
        rev=invoice.rev,
        type=invoice.draft.type,
        status=invoice.status,
        number=invoice.number,
        customer_id=invoice.customer_id,
        subject=invoice.draft.subject,
        currency=invoice.draft.currency,
        gross=amount_text(totals.gross, step),
        balance=amount_text(invoice.balance, step),
        settlement=_settlement(invoice),
        overdue=invoice.is_overdue(today),
        due_date=_due_date(invoice),
        created_at=invoice.created_at,
        issued_at=invoice.issued_at,
        to_review=invoice.to_review,
    )


def _settlement(invoice: Invoice) -> Settlement | None:
    return invoice.settlement if invoice.content and not invoice.content.type.is_credit else None


def _due_date(invoice: Invoice) -> date | None:
    return invoice.content.due_date if invoice.content else invoice.draft.due_date


def _document_view(content: InvoiceContent, sha256: str) -> InvoiceDocumentView:
    step = step_of(content.currency)
    return InvoiceDocumentView(
        issue_date=content.issue_date,
        due_date=content.due_date,
        supply_date=content.supply_date,
        seller=seller_view(content.seller),
        buyer=buyer_view(content.buyer),
        payment_terms=content.payment_terms,
        quote_numbers=content.quote_numbers,
        references=tuple(ReferenceView(one.number, one.issue_date, one.type_code) for one in content.references),
        deductions=tuple(
            DeductionView(
                one.number,
                one.issue_date,
                amount_text(one.net, step),
                amount_text(one.vat, step),
                amount_text(one.gross, step),
            )
            for one in content.deductions
        ),
        remaining=tuple(_subtotal_view(row, step) for row in content.remaining),
        payable=amount_text(content.payable, step),
        sha256=sha256,
    )


def _subtotal_view(row: VatSubtotal, step: int) -> SubtotalView:
    return SubtotalView(vat_view(row.treatment), amount_text(row.base, step), amount_text(row.vat, step))
