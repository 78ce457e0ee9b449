"""An invoice (facture): drafted, issued once with a gapless number, then paid; never edited once issued. [C-01, N-02]

Balance and settlement are derived from the payments and never stored a second time. [KX-16]
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from relance.domain.content import Exchange, InvoiceContent, InvoiceType
from relance.domain.errors import Conflict, Fault, Invalid
from relance.domain.ids import CustomerId, InvoiceId, PaymentId, QuoteId, TenantId
from relance.domain.lines import Line
from relance.domain.money import Cents, format_amount
from relance.domain.party import Address
from relance.domain.totals import Charge, DocumentDiscount
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


@dataclass(frozen=True, slots=True)
class Payment:
    """Money received: `amount` in cents, `paid_on` the civil date it came in."""

    id: PaymentId
    amount: Cents
    paid_on: date
    mode: PaymentMode
    recorded_at: datetime
    reference: str = ""


@dataclass(frozen=True, slots=True)
class InvoiceDraft:
    """What the author writes, or what accepted quotes give.

    `deducts` are the deposit invoices that it takes off; `refers_to` those that it corrects (exactly one) or credits
    (at least one), and `reason` says why. [C-02, C-04, D-02]
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


@dataclass(frozen=True, slots=True)
class Credit:
    """What a credit note (avoir) took off an invoice: which one, and its VAT table. [C-04]"""

    id: InvoiceId
    number: str
    at: datetime
    subtotals: tuple[VatSubtotal, ...]

    @property
    def gross(self) -> Cents:
        """TTC."""
        return Cents(sum(row.base + row.vat for row in self.subtotals))


@dataclass(frozen=True, slots=True)
class Invoice:
    """One invoice, deposit invoice, corrective invoice or credit note: `draft.type` says which.

    `rev` counts stored changes (the ETag). `credits` are the credit notes issued on it, `replaced_by` the corrective
    invoice that took its place, `deducted_by` the invoice that deducts this deposit.
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
    def settlement(self) -> Settlement:
        """Unpaid, partly paid or paid."""
        if self.balance <= 0:
            return Settlement.PAID
        return Settlement.PARTLY_PAID if self.payments else Settlement.UNPAID

    def is_overdue(self, today: date) -> bool:
        """Past its due date with something still owed. [P-02]"""
        return self.content is not None and today > self.content.due_date and self.balance > 0


def require_draft(invoice: Invoice) -> None:
    """An issued invoice is corrected by a credit note, never edited. Raises Conflict `invoice_frozen`. [C-01]"""
    if invoice.status is not InvoiceStatus.DRAFT:
        raise Conflict("Cette facture est émise : elle ne se modifie plus. Un avoir la corrige.", code="invoice_frozen")


def require_issued(invoice: Invoice) -> InvoiceContent:
    """The content of an issued invoice. Raises Conflict `invoice_not_issued`."""
    if invoice.content is None:
        raise Conflict("Cette facture est encore un brouillon : émettez-la d’abord.", code="invoice_not_issued")
    return invoice.content


def record_payment(invoice: Invoice, payment: Payment, today: date) -> Invoice:
    """Add a payment. Raises Conflict when nothing is owed, Invalid when it is too much or in the future."""
    require_issued(invoice)
    if invoice.balance <= 0:
        raise Conflict("Cette facture est déjà réglée en totalité.", code="already_paid")
    faults = []
    if payment.amount <= 0:
        faults.append(Fault("/amount", "Le montant doit être supérieur à zéro.", "not_positive"))
    elif payment.amount > invoice.balance:
        faults.append(
            Fault("/amount", f"Il reste {format_amount(invoice.balance)} € à régler : pas davantage.", "overpayment")
        )
    if payment.paid_on > today:
        faults.append(Fault("/paid_on", "La date du règlement est dans le futur.", "future_date"))
    if faults:
        raise Invalid("Ce règlement ne peut pas être enregistré.", faults=faults)
    return replace(invoice, rev=invoice.rev + 1, payments=(*invoice.payments, payment), updated_at=payment.recorded_at)
