"""An invoice (facture): drafted, issued once with a gapless number, then paid; never edited once issued. [C-01, N-02]

Balance and settlement are derived from the payments and never stored a second time. [KX-16]
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from relance.domain.content import InvoiceContent, Line
from relance.domain.errors import Conflict, Fault, Invalid
from relance.domain.ids import CustomerId, InvoiceId, PaymentId, QuoteId, TenantId
from relance.domain.money import Cents, format_amount


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
    """What the author writes, or what an accepted quote gives."""

    customer_id: CustomerId
    lines: tuple[Line, ...]
    subject: str = ""
    supply_date: date | None = None
    due_date: date | None = None
    payment_terms: str = ""
    purchase_order: str = ""
    quote_id: QuoteId | None = None


@dataclass(frozen=True, slots=True)
class Invoice:
    """One invoice. `rev` counts stored changes (the ETag)."""

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

    @property
    def customer_id(self) -> CustomerId:
        """Whom it is for."""
        return self.draft.customer_id

    @property
    def due(self) -> Cents:
        """What the customer owed at issue, TTC."""
        return self.content.totals.gross if self.content else Cents(0)

    @property
    def paid(self) -> Cents:
        """What came in so far."""
        return Cents(sum(payment.amount for payment in self.payments))

    @property
    def balance(self) -> Cents:
        """What is still owed."""
        return Cents(self.due - self.paid)

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
