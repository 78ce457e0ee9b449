"""What goes through the platforms (plateformes agréées), and what is told of it there. Pure.

An invoice between French businesses is exchanged; one to a consumer or abroad is reported in aggregates instead. An
internal credit note is not sent (C-03). Once VAT is due on receipts (services without the option for debits), each
payment is told with status 212, within 24 hours. CGI 289 bis, 290 and 290 A; AFNOR XP Z12-012, checked 2026-11.
[E-01, E-05, E-06, C-03]
"""

from dataclasses import replace
from datetime import datetime

from relance.domain.content import Buyer, InvoiceContent
from relance.domain.einvoice import processing_of
from relance.domain.errors import Conflict, Fault, Invalid, require_reviewed
from relance.domain.invoice import Invoice, Payment, PaymentMode, require_issued
from relance.domain.platform_status import Source, StatusCode, StatusEntry, pause_of


def require_exchanged(invoice: Invoice) -> InvoiceContent:
    """The content of what must go through a platform. Raises Conflict `not_exchanged`, `internal_credit_note` or
    `to_review`.
    """
    content = require_issued(invoice)
    require_reviewed(invoice.to_review)
    if invoice.draft.is_internal:
        raise Conflict("Un avoir interne ne se transmet pas au client.", code="internal_credit_note")
    require_domestic_business(content.buyer)
    return content


def require_domestic_business(buyer: Buyer) -> None:
    """Invoices go through platforms between French businesses alone. Raises Conflict `not_exchanged`. [E-01, E-06]"""
    if processing_of(buyer) != "B2B":
        message = "Seule une facture entre entreprises françaises se dépose ; celle-ci va dans l’e-reporting."
        raise Conflict(message, code="not_exchanged")


def is_deposited(invoice: Invoice) -> bool:
    """Whether a platform has it."""
    return any(entry.code is StatusCode.DEPOSITED for entry in invoice.statuses)


def told(invoice: Invoice, entry: StatusEntry) -> Invoice:
    """The invoice with one more status; the same one (by id) twice changes nothing.

    Raises Conflict `other_status` when that id said something else, Invalid without the reason that the code wants, or
    on an instant to come.
    """
    require_issued(invoice)
    for known in invoice.statuses:
        if known.id == entry.id:
            if known.code is not entry.code:
                raise Conflict("Cet identifiant a déjà servi à un autre statut.", code="other_status")
            return invoice
    faults = []
    if entry.code.wants_reason and not entry.reason.strip():
        faults.append(Fault("/reason", f"Le statut {entry.code.value} ({entry.code.label}) exige un motif.", "missing"))
    if entry.at > entry.recorded_at:
        faults.append(Fault("/at", "Cet instant est dans le futur.", "future_date"))
    if faults:
        raise Invalid("Ce statut ne peut pas être enregistré.", faults=faults)
    statuses = (*invoice.statuses, entry)
    return replace(invoice, rev=invoice.rev + 1, statuses=statuses, updated_at=entry.recorded_at)


def ends_pause(before: Invoice, after: Invoice) -> bool:
    """Whether reminders may go on now."""
    return bool(pause_of(before.statuses)) and not pause_of(after.statuses)


def cashed(invoice: Invoice, payment: Payment) -> StatusEntry | None:
    """Status 212 (Encaissée) of a payment, when it must be told: deposited, services, VAT on receipts. [E-05]"""
    content = require_issued(invoice)
    on_receipts = not content.vat_on_debits and any(line.nature == "services" for line in content.lines if line.counts)
    is_money = payment.amount > 0 and payment.mode is not PaymentMode.CREDIT
    if not (is_money and on_receipts and is_deposited(invoice)):
        return None
    at: datetime = payment.recorded_at
    return StatusEntry(f"sta_{payment.id}", StatusCode.CASHED, at, at, Source.SELLER, amount=payment.amount)
