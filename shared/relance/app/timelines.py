"""What happened around a document, oldest first: its own dated facts, and what was noticed of its mails and its page.

A view for people, made of live entities and activity; the legal record is the journal. What the customer did not
consent to is not in the activity, so it is not here. [SU-02, T-03]
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from relance.app import invoicing, quoting
from relance.app.context import Caller, Context
from relance.app.ports.activity import ActivityLog
from relance.domain.invoice import Invoice
from relance.domain.money import format_amount
from relance.domain.quote import Quote, QuoteStatus

_MAX_ACTIVITY = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing: `type` is a fact (`quote.sent`) or a kind of activity (`opened`); `data` are short strings."""

    at: datetime
    type: str
    data: Mapping[str, str] = field(default_factory=dict)


def of_quote(ctx: Context, caller: Caller, id: str, activity: ActivityLog) -> tuple[Entry, ...]:
    """The timeline of a quote. Raises NotFound."""
    quote = quoting.get(ctx, caller, id)
    return _merged(_quote_facts(quote), _noticed(caller, "quote", id, activity))


def of_invoice(ctx: Context, caller: Caller, id: str, activity: ActivityLog) -> tuple[Entry, ...]:
    """The timeline of an invoice. Raises NotFound."""
    invoice = invoicing.get(ctx, caller, id)
    return _merged(_invoice_facts(invoice), _noticed(caller, "invoice", id, activity))


def _quote_facts(quote: Quote) -> Iterator[Entry]:
    yield Entry(quote.created_at, "quote.drafted")
    if quote.sent_at is not None:
        yield Entry(quote.sent_at, "quote.sent", {"number": quote.number, "version": str(quote.version)})
    if quote.acceptance is not None:
        yield Entry(quote.acceptance.at, "quote.accepted", {"name": quote.acceptance.name})
    if quote.refusal is not None:
        yield Entry(quote.refusal.at, "quote.refused", {"reason": quote.refusal.reason})
    if quote.status is QuoteStatus.CANCELLED:
        yield Entry(quote.updated_at, "quote.cancelled")
    if quote.status is QuoteStatus.REPLACED:
        yield Entry(quote.updated_at, "quote.replaced", {"by": quote.replaced_by or ""})


def _invoice_facts(invoice: Invoice) -> Iterator[Entry]:
    yield Entry(invoice.created_at, "invoice.drafted")
    if invoice.issued_at is not None:
        yield Entry(invoice.issued_at, "invoice.issued", {"number": invoice.number})
    for payment in invoice.payments:
        data = {"amount": format_amount(payment.amount), "mode": payment.mode.value}
        yield Entry(payment.recorded_at, "payment.recorded", data)


def _noticed(caller: Caller, kind: str, id: str, activity: ActivityLog) -> Iterator[Entry]:
    for noticed in activity.of_document(caller.tenant, kind, id, limit=_MAX_ACTIVITY):
        yield Entry(noticed.at, noticed.kind.value, noticed.data)


def _merged(facts: Iterable[Entry], noticed: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple(sorted([*facts, *noticed], key=lambda entry: entry.at))
