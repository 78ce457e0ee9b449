"""Until when an unpaid invoice can be claimed in court, and when to warn. Pure; terms are dated data. [DU-04, DR-15]

Two years against a consumer (C. conso L218-2), five between businesses (C. com. L110-4). Sources differ on when it
begins (the invoice, or the due date), so the earliest is taken: a warning that comes early costs nothing. A formal
notice does not interrupt it; an action in court does, and a debtor who acknowledges his debt, as by paying a part of it
(C. civ. 2240), which starts the whole term again: told apart, because it must be proved. Checked 2026-11.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from relance.domain.dunning_law import DunningLaw
from relance.domain.ids import CustomerId, InvoiceId
from relance.domain.invoice import Invoice
from relance.domain.money import Cents
from relance.domain.perpetual import in_euros

WARN_DAYS: Final = 90
URGENT_DAYS: Final = 30


class Urgency(StrEnum):
    """How near it is: more than ninety days, ninety, thirty, or over."""

    FAR = "far"
    SOON = "soon"
    URGENT = "urgent"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Prescription:
    """The last day on which an open invoice can surely be claimed. `acknowledged_until`: should its last payment be an
    acknowledgement of the debt. `balance` in euro cents, `source` the text of the law.
    """

    invoice_id: InvoiceId
    number: str
    customer_id: CustomerId
    name: str
    balance: Cents
    runs_from: date
    last_day: date
    source: str
    acknowledged_until: date | None = None

    def days_left(self, on: date) -> int:
        """Below zero when it is over."""
        return (self.last_day - on).days

    def urgency(self, on: date) -> Urgency:
        """How near the end is on that day. [DU-04]"""
        left = self.days_left(on)
        if left < 0:
            return Urgency.OVER
        if left <= URGENT_DAYS:
            return Urgency.URGENT
        return Urgency.SOON if left <= WARN_DAYS else Urgency.FAR


def prescription(invoice: Invoice, law: DunningLaw) -> Prescription | None:
    """Of an issued invoice with something to pay; None of another, and where the data know no term."""
    content = invoice.content
    if content is None or invoice.balance <= 0:
        return None
    start = min(content.issue_date, content.due_date)
    term = law.prescription(content.buyer.kind, start)
    if term is None:
        return None
    paid = max((payment.paid_on for payment in invoice.payments if payment.amount > 0), default=None)
    return Prescription(
        invoice_id=invoice.id,
        number=invoice.number,
        customer_id=invoice.customer_id,
        name=content.buyer.name,
        balance=Cents(in_euros(invoice.balance, content.exchange)),
        runs_from=start,
        last_day=years_after(start, term.years),
        source=term.source,
        acknowledged_until=years_after(paid, term.years) if paid else None,
    )


def years_after(day: date, years: int) -> date:
    """The same day so many years later; 29 February becomes the 28th: never later than the law's own count."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
