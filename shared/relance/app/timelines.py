"""What happened around a document, oldest first: its own dated facts, and what was noticed of its mails and its page.

A view for people, made of live entities and activity; the legal record is the journal. What the customer did not
consent to is not in the activity, so it is not here. [SU-02, T-03]
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from relance.app import invoicing, quoting
from relance.app.context import Caller, Context
from relance.app.ports.activity import ActivityLog
from relance.domain.calendar_fr import civil_date
from relance.domain.invoice import Invoice
from relance.domain.money import format_amount
from relance.domain.quote import Acceptance, Quote, QuoteStatus, Withdrawal, withdrawal_period

_MAX_ACTIVITY = 200
_REFUND_DAYS = 14


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing: `type` is a fact (`quote.sent`) or a kind of activity (`opened`); `data` are short strings."""

    at: datetime
    type: str
    data: Mapping[str, str] = field(default_factory=dict)


def of_quote(ctx: Context, caller: Caller, id: str, activity: ActivityLog) -> tuple[Entry, ...]:
    """The timeline of a quote. Raises NotFound."""
    quote = quoting.get(ctx, caller, id)
    amendments = [ctx.store.get(caller.tenant, Quote, amendment) for amendment in quote.amendment_ids]
    facts = [*_quote_facts(quote), *(entry for one in amendments if one for entry in _amendment_facts(one))]
    return _merged(facts, _noticed(caller, "quote", id, activity))


def of_invoice(ctx: Context, caller: Caller, id: str, activity: ActivityLog) -> tuple[Entry, ...]:
    """The timeline of an invoice. Raises NotFound."""
    invoice = invoicing.get(ctx, caller, id)
    return _merged(_invoice_facts(invoice), _noticed(caller, "invoice", id, activity))


def _quote_facts(quote: Quote) -> Iterator[Entry]:
    yield Entry(quote.created_at, "quote.drafted")
    if quote.sent_at is not None:
        yield Entry(quote.sent_at, "quote.sent", {"number": quote.number, "version": str(quote.version)})
    for extension in quote.extensions:
        yield Entry(extension.at, "quote.extended", {"until": extension.until.isoformat()})
    if quote.acceptance is not None:
        yield Entry(quote.acceptance.at, "quote.accepted", _accepted(quote, quote.acceptance))
    if quote.refusal is not None:
        yield Entry(quote.refusal.at, "quote.refused", {"reason": quote.refusal.reason})
    if quote.withdrawal is not None:
        yield Entry(quote.withdrawal.at, "quote.withdrawn", {"name": quote.withdrawal.name})
        yield Entry(quote.withdrawal.at, "task.refund", _refund_task(quote, quote.withdrawal))
    if quote.status is QuoteStatus.CANCELLED:
        yield Entry(quote.updated_at, "quote.cancelled")
    if quote.status is QuoteStatus.REPLACED:
        yield Entry(quote.updated_at, "quote.replaced", {"by": quote.replaced_by or ""})
    if quote.status is QuoteStatus.NOT_RETAINED:
        yield Entry(quote.updated_at, "quote.not_retained", {"by": quote.replaced_by or ""})


def _accepted(quote: Quote, acceptance: Acceptance) -> dict[str, str]:
    """Who, and until when he may withdraw if he may."""
    period = withdrawal_period(quote)
    data = {"name": acceptance.name, "evidence_sha256": acceptance.evidence_sha256}
    if period is not None:
        data["withdrawal_until"] = period.last_day.isoformat() if period.last_day else "receipt"
    if acceptance.early_start:
        data["early_start"] = "yes"
    return data


def _refund_task(quote: Quote, withdrawal: Withdrawal) -> dict[str, str]:
    """What the seller owes after a withdrawal, and until when (C. conso L221-24, checked 2026-11). [W-05]"""
    before = civil_date(withdrawal.at) + timedelta(days=_REFUND_DAYS)
    return {"before": before.isoformat(), "invoices": " ".join(quote.invoice_ids)}


def _amendment_facts(amendment: Quote) -> Iterator[Entry]:
    """What happened to an avenant, as the quote that it changes tells it. [Q-05, KB-16]"""
    data = {"id": amendment.id, "number": amendment.number}
    yield Entry(amendment.created_at, "amendment.drafted", data)
    if amendment.sent_at is not None:
        yield Entry(amendment.sent_at, "amendment.sent", data)
    if amendment.acceptance is not None:
        yield Entry(amendment.acceptance.at, "amendment.accepted", data | {"name": amendment.acceptance.name})
    if amendment.refusal is not None:
        yield Entry(amendment.refusal.at, "amendment.refused", data)
    if amendment.withdrawal is not None:
        yield Entry(amendment.withdrawal.at, "amendment.withdrawn", data)


def _invoice_facts(invoice: Invoice) -> Iterator[Entry]:
    yield Entry(invoice.created_at, "invoice.drafted")
    if invoice.issued_at is not None:
        type = "credit_note.issued" if invoice.draft.type.is_credit else "invoice.issued"
        yield Entry(invoice.issued_at, type, {"number": invoice.number})
    for payment in invoice.payments:
        data = {"amount": format_amount(abs(payment.amount)), "mode": payment.mode.value}
        yield Entry(payment.recorded_at, "payment.recorded" if payment.amount >= 0 else "payment.refunded", data)
    for credit in invoice.credits:
        yield Entry(credit.at, "invoice.credited", {"number": credit.number, "amount": format_amount(credit.gross)})
    for status in invoice.statuses:
        data = {"code": status.code.value, "label": status.code.label, "reason": status.reason}
        yield Entry(status.at, "invoice.status", data)


def _noticed(caller: Caller, kind: str, id: str, activity: ActivityLog) -> Iterator[Entry]:
    for noticed in activity.of_document(caller.tenant, kind, id, limit=_MAX_ACTIVITY):
        yield Entry(noticed.at, noticed.kind.value, noticed.data)


def _merged(facts: Iterable[Entry], noticed: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple(sorted([*facts, *noticed], key=lambda entry: entry.at))
