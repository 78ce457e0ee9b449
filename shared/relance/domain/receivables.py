"""What customers owe on a given day, invoice by invoice: the raw material of every report on receivables. Pure.

The day may be past. Payments count from the day on which they were made, credit notes from the day on which they were
issued, so a month that is over reads the same later, but for what was entered late. Amounts are euro cents, at the rate
that the document prints. [M-11 to M-15]
"""

from dataclasses import dataclass
from datetime import date, datetime

from relance.domain.calendar_fr import civil_date
from relance.domain.errors import Conflict
from relance.domain.ids import CustomerId, InvoiceId
from relance.domain.invoice import Invoice
from relance.domain.money import Cents
from relance.domain.perpetual import in_euros
from relance.domain.platform_status import StatusCode, pause_of
from relance.domain.reminder.hold import HoldKind
from relance.domain.reminder.run import Run


@dataclass(frozen=True, slots=True)
class Receivable:
    """What one issued invoice left open on a day: `balance` is below zero when money is owed to the customer."""

    invoice_id: InvoiceId
    number: str
    customer_id: CustomerId
    name: str
    issued_on: date
    due_on: date
    balance: Cents
    is_disputed: bool = False

    def days_late(self, on: date) -> int:
        """Days since the due date; 0 when it is not past."""
        return max(0, (on - self.due_on).days)


def receivable(
    invoice: Invoice, on: date, *, replaced_on: date | None = None, is_disputed: bool = False
) -> Receivable | None:
    """What the invoice leaves open at the end of the day `on`; None when nothing, or when it was not issued yet.

    `replaced_on` is the issue date of the corrective invoice in its place, needed when it has one. [C-02]
    """
    content = invoice.content
    if content is None or content.type.is_credit or on < content.issue_date:
        return None
    if replaced_on is not None and replaced_on <= on:
        return None
    credited = sum(credit.gross for credit in invoice.credits if civil_date(credit.at) <= on)
    paid = sum(payment.amount for payment in invoice.payments if payment.paid_on <= on)
    balance = invoice.due - credited - paid
    if not balance:
        return None
    return Receivable(
        invoice_id=invoice.id,
        number=invoice.number,
        customer_id=invoice.customer_id,
        name=content.buyer.name,
        issued_on=content.issue_date,
        due_on=content.due_date,
        balance=Cents(in_euros(balance, content.exchange)),
        is_disputed=is_disputed,
    )


def is_disputed(invoice: Invoice, run: Run | None, now: datetime) -> bool:
    """Whether it is contested at `now`: a dispute that was written down, or the platforms' last word (207, en litige).

    What was contested on a past day is not asked: a report of then tells what is disputed now. [DR-02, E-05]
    """
    if run is not None and any(hold.kind is HoldKind.DISPUTE and hold.holds(now) for hold in run.holds):
        return True
    return pause_of(invoice.statuses) == StatusCode.DISPUTED.value


def obstacle(invoice: Invoice, run: Run | None, now: datetime) -> Conflict | None:
    """Why no letter may ask for the payment of this invoice at `now`; None when nothing stands in the way. [DU-06]

    A dispute, collective proceedings (C. com. L622-7 forbids paying what came before), a promise that runs, a payment
    or an answer that a platform announces. Prescription runs all the same.
    """
    number = f"la facture {invoice.number}"
    if is_disputed(invoice, run, now):
        return Conflict(f"Le client conteste {number} : réglez le litige avant de mettre en demeure.", code="disputed")
    held = {hold.kind: hold for hold in run.holds if hold.holds(now)} if run is not None else {}
    if HoldKind.INSOLVENCY in held:
        message = "Une procédure collective est ouverte : déclarez votre créance au mandataire judiciaire."
        return Conflict(message, code="insolvency")
    if HoldKind.PROMISE in held:
        return Conflict(f"Le client a promis de payer {number} : attendez le jour dit.", code="promised")
    if pause_of(invoice.statuses):
        message = f"La plateforme annonce un paiement ou une réponse pour {number} : attendez-la."
        return Conflict(message, code="payment_announced")
    return None
