"""Facts of money, each with what the anti-fraud law wants of a transaction; and what was paid following a correction.

A fact says document, civil date and time to the minute in Paris, amount, mode, and what the document comes to; lines
and VAT are in the fact that issued it. BOI-TVA-DECLA-30-10-30 § 60 and 90, checked 2026-11. [AF-02, AF-04]
"""

from dataclasses import dataclass, replace
from datetime import datetime

from relance.app.context import Caller, Context
from relance.domain.calendar_fr import PARIS, civil_date
from relance.domain.chain.canonical import Json
from relance.domain.chain.event import Fact, Ref
from relance.domain.content import content_json
from relance.domain.ids import InvoiceId, PaymentId
from relance.domain.invoice import Invoice, Payment, PaymentMode
from relance.domain.money import Cents


@dataclass(frozen=True, slots=True)
class Moved:
    """Two entries of opposite sign, and their facts."""

    spent: tuple[Payment, ...] = ()
    received: tuple[Payment, ...] = ()
    facts: tuple[Fact, ...] = ()


def payment_fact(caller: Caller, invoice: Invoice, payment: Payment) -> Fact:
    """`payment.recorded`, or `payment.refunded` for an amount below zero; `invoice` is the one after the payment."""
    assert invoice.content is not None, "money moves on issued invoices only"
    type = "payment.recorded" if payment.amount >= 0 else "payment.refunded"
    data: dict[str, Json] = {
        "payment_id": payment.id,
        "number": invoice.number,
        "at_minute": payment.recorded_at.astimezone(PARIS).isoformat(timespec="minutes")[:16],
        "amount": abs(payment.amount),
        "currency": invoice.content.currency,
        "paid_on": payment.paid_on.isoformat(),
        "mode": payment.mode.value,
        "reference": payment.reference,
        "group": payment.group,
        "linked": payment.linked or "",
        "document_gross": invoice.content.totals.gross,
        "document_payable": invoice.content.payable,
        "balance": invoice.balance,
    }
    if invoice.content.exchange is not None:
        data["exchange"] = content_json(invoice.content.exchange)  # what it counts in euros follows from the fact alone
    return Fact(type, Ref("invoice", invoice.id, invoice.number), caller.actor, data)


def pair(
    ctx: Context, source: tuple[InvoiceId, str], target: tuple[InvoiceId, str], amount: int, at: datetime
) -> tuple[Payment, Payment]:
    """The two entries of a credit that goes from one document (id, number) to another."""
    spent = Payment(
        id=PaymentId(ctx.new_id("pay")),
        amount=Cents(-amount),
        paid_on=civil_date(at),
        mode=PaymentMode.CREDIT,
        recorded_at=at,
        reference=target[1],
        linked=target[0],
    )
    received = replace(
        spent, id=PaymentId(ctx.new_id("pay")), amount=Cents(amount), reference=source[1], linked=source[0]
    )
    return spent, received


def moved_payments(
    ctx: Context, caller: Caller, original: Invoice, corrective: InvoiceId, number: str, at: datetime
) -> Moved:
    """What was paid on an invoice goes to the one that replaces it, as a credit; nothing when nothing was paid."""
    if not original.paid:
        return Moved()
    spent, received = pair(ctx, (original.id, original.number), (corrective, number), original.paid, at)
    after = replace(original, replaced_by=corrective, payments=(*original.payments, spent))
    return Moved((spent,), (received,), (payment_fact(caller, after, spent),))
