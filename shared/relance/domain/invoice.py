"""An invoice (facture): drafted, issued once with a gapless number, then paid; never edited once issued. [C-01, N-02]

Balance and settlement are derived from the payments and never stored a second time. [KX-16]
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from relance.domain.content import Exchange, InvoiceContent, InvoiceType
from relance.domain.errors import Conflict, require_reviewed
from relance.domain.ids import CustomerId, InvoiceId, PaymentId, QuoteId, TenantId
from relance.domain.lines import Line
from relance.domain.money import Cents
from relance.domain.party import Address
from relance.domain.platform_status import StatusEntry, is_refused
from relance.domain.totals import Charge, DocumentDiscount, less
from relance.domain.vat import VatSubtotal


class InvoiceStatus(StrEnum):
    """Draft until issued; what is owed follows from the payments, see `Settlement`."""

    DRAFT = "draft"
    ISSUED = "issued"


class Settlement(StrEnum):
    """What is owed on an issued invoice."""

    UNPAID = "unpaid"
    PARTLY_PAID = "partly_paid"
    PAID = "paid"


class PaymentMode(StrEnum):
    """How money came in (mode de règlement)."""

    TRANSFER = "transfer"
    CARD = "card"
    CHEQUE = "cheque"
    CASH = "cash"
    DIRECT_DEBIT = "direct_debit"
    CREDIT = "credit"  # no money moved: what one document owes the customer pays another


@dataclass(frozen=True, slots=True)
class Payment:
    """Money received, or given back when `amount` (cents) is below zero; `paid_on` is the civil date it moved.

    `group` is shared by the payments of one transfer that settled several invoices. With mode `credit`, `linked` is the
    document at the other end, which holds the same amount with the other sign.
    """

    id: PaymentId
    amount: Cents
    paid_on: date
    mode: PaymentMode
    recorded_at: datetime
    reference: str = ""
    group: str = ""
    linked: InvoiceId | None = None


class Billing(StrEnum):
    """Which part of its quotes an invoice bills: all at once, a deposit, the progress of the works, or the rest."""

    WHOLE = "whole"
    DEPOSIT = "deposit"
    PROGRESS = "progress"
    BALANCE = "balance"

    @property
    def is_closing(self) -> bool:
        """Whether nothing of the quotes is left to invoice after it."""
        return self in (Billing.WHOLE, Billing.BALANCE)


@dataclass(frozen=True, slots=True)
class CreditedLine:
    """How much of a line (its index) of an issued invoice a credit note gives back."""

    line: int
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class InvoiceDraft:
    """What the author writes, or what accepted quotes give.

    `deducts` are the deposit invoices that it takes off; `refers_to` those that it corrects (exactly one) or credits
    (at least one), and `reason` says why. [C-02, C-04, D-02]

    `billing` says which part of `quote_ids` it bills (None: it was written from scratch). `gross` is what a deposit was
    agreed to come to TTC: its VAT takes the cent that rounding leaves. `credited_lines` are what a credit note gives
    back of the one invoice it refers to; an internal one is kept from the customer. [R-04, C-03]
    """

    customer_id: CustomerId
    lines: tuple[Line, ...]
    subject: str = ""
    supply_date: date | None = None
    due_date: date | None = None
    payment_terms: str = ""
    purchase_order: str = ""
    quote_ids: tuple[QuoteId, ...] = ()
    type: InvoiceType = InvoiceType.COMMERCIAL
    discounts: tuple[DocumentDiscount, ...] = ()
    charges: tuple[Charge, ...] = ()
    deducts: tuple[InvoiceId, ...] = ()
    refers_to: tuple[InvoiceId, ...] = ()
    reason: str = ""
    delivery_address: Address | None = None
    closing_note: str = ""
    language: str = "fr"
    currency: str = "EUR"
    exchange: Exchange | None = None
    billing: Billing | None = None
    gross: Cents | None = None
    credited_lines: tuple[CreditedLine, ...] = ()
    is_internal: bool = False


@dataclass(frozen=True, slots=True)
class Credit:
    """What a credit note (avoir) took off an invoice: which one, its VAT table, and of which lines. [C-04]"""

    id: InvoiceId
    number: str
    at: datetime
    subtotals: tuple[VatSubtotal, ...]
    lines: tuple[CreditedLine, ...] = ()

    @property
    def gross(self) -> Cents:
        """TTC."""
        return Cents(sum(row.base + row.vat for row in self.subtotals))


@dataclass(frozen=True, slots=True)
class Invoice:
    """One invoice, deposit invoice, corrective invoice or credit note: `draft.type` says which.

    `rev` counts stored changes (the ETag). `credits` are the credit notes issued on it, `replaced_by` the corrective
    invoice that took its place, `deducted_by` the invoice that deducts this deposit, `statuses` its life on the
    platforms. `to_review`: what a restore could not bring back (`errors.ToReview`). [C-04, C-02, D-02, E-05]
    """

    tenant: TenantId
    id: InvoiceId
    rev: int
    status: InvoiceStatus
    created_at: datetime
    updated_at: datetime
    draft: InvoiceDraft
    number: str = ""
    issued_at: datetime | None = None
    content: InvoiceContent | None = None
    content_sha256: str = ""
    pdf_sha256: str = ""
    payments: tuple[Payment, ...] = ()
    credits: tuple[Credit, ...] = ()
    replaced_by: InvoiceId | None = None
    deducted_by: InvoiceId | None = None
    statuses: tuple[StatusEntry, ...] = ()
    to_review: tuple[str, ...] = ()

    @property
    def customer_id(self) -> CustomerId:
        """Whom it is for."""
        return self.draft.customer_id

    @property
    def due(self) -> Cents:
        """What the customer owed at issue, TTC, deposits deducted; nothing on a credit note."""
        return Cents(0) if self.content is None or self.content.type.is_credit else self.content.payable

    @property
    def credited(self) -> Cents:
        """What credit notes took off, TTC."""
        return Cents(sum(credit.gross for credit in self.credits))

    @property
    def paid(self) -> Cents:
        """What came in so far."""
        return Cents(sum(payment.amount for payment in self.payments))

    @property
    def balance(self) -> Cents:
        """What is still owed: nothing once a corrective invoice replaced it; below zero, what is to be given back."""
        return Cents((0 if self.replaced_by else self.due) - self.credited - self.paid)

    @property
    def credit(self) -> Cents:
        """What we owe the customer on this document: paid and then credited, paid too much, paid and replaced."""
        return Cents(max(0, -self.balance))

    @property
    def left(self) -> tuple[VatSubtotal, ...]:
        """What of its VAT table (deposits deducted) no credit note took off: what it still adds to turnover.

        Nothing on a draft, on a credit note, and once a corrective invoice replaced it. [C-04]
        """
        if self.content is None or self.content.type.is_credit or self.replaced_by:
            return ()
        return less(self.content.remaining, *(credit.subtotals for credit in self.credits))

    @property
    def is_void(self) -> bool:
        """Issued, and then credited whole or replaced: what it billed may be billed again."""
        taken_back = bool(self.credits) and not any(row.base or row.vat for row in self.left)
        return self.replaced_by is not None or taken_back

    @property
    def is_refused(self) -> bool:
        """Refused or rejected on a platform: its credit note is internal. [C-03]"""
        return is_refused(self.statuses)

    @property
    def settlement(self) -> Settlement:
        """Unpaid, partly paid or paid."""
        if self.balance <= 0:
            return Settlement.PAID
        return Settlement.PARTLY_PAID if self.payments else Settlement.UNPAID

    def is_overdue(self, today: date) -> bool:
        """Past its due date with something still owed. [P-02]"""
        return self.content is not None and today > self.content.due_date and self.balance > 0


def require_draft(invoice: Invoice) -> None:
    """An issued invoice is corrected by a credit note, never edited. Raises Conflict `invoice_frozen`, `to_review`.

    [C-01]
    """
    if invoice.status is not InvoiceStatus.DRAFT:
        raise Conflict("Cette facture est émise : elle ne se modifie plus. Un avoir la corrige.", code="invoice_frozen")
    require_reviewed(invoice.to_review)


def require_issued(invoice: Invoice) -> InvoiceContent:
    """The content of an issued invoice. Raises Conflict `invoice_not_issued`."""
    if invoice.content is None:
        raise Conflict("Cette facture est encore un brouillon : émettez-la d’abord.", code="invoice_not_issued")
    return invoice.content
