"""What happened around a document or a customer, oldest first: dated facts, and what was noticed of mails and pages.

A view for people, made of live entities and activity; the legal record is the journal. What the customer did not
consent to is not in the activity, so it is not here. [SU-02, T-03]
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import chain

from relance.app import customers, hold_story
from relance.app.context import Caller, Context
from relance.app.noticing import judged
from relance.app.ports.activity import ActivityKind, ActivityLog
from relance.app.ports.store import E
from relance.domain.calendar_fr import civil_date
from relance.domain.errors import NotFound
from relance.domain.invoice import Invoice
from relance.domain.money import format_amount
from relance.domain.party import Customer
from relance.domain.quote import Acceptance, Quote, QuoteStatus, Withdrawal, withdrawal_period
from relance.domain.reminder.claim import Claim, ClaimState
from relance.domain.tracking.signals import is_shared

MAX_DOCUMENTS = 30
_PAGE, _PAGES = 100, 5
_MAX_ACTIVITY = 200
_REFUND_DAYS = 14
_IN_HAND = timedelta(minutes=2)  # who is at work on a mail: after that, nobody is, and what became of it is not known
_LEFT = {
    ClaimState.SENT: "sent",
    ClaimState.CLAIMED: "in_doubt",
    ClaimState.UNKNOWN: "in_doubt",
    ClaimState.REFUSED: "not_sent",
}


@dataclass(frozen=True, slots=True)
class About:
    """Which document an entry is about; `number` is "" for a draft."""

    kind: str
    id: str
    number: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing: `type` is a fact (`quote.sent`) or a kind of activity (`opened`); `data` are short strings.

    `about` is the document when the story is a customer's: its kind, id and number; None in its own story.
    """

    at: datetime
    type: str
    data: Mapping[str, str] = field(default_factory=dict)
    about: About | None = None


def of_quote(ctx: Context, caller: Caller, id: str, activity: ActivityLog) -> tuple[Entry, ...]:
    """The timeline of a quote. Raises NotFound."""
    quote = ctx.store.get(caller.tenant, Quote, id)  # not `quoting.get`: that is sixty modules, for one read
    if quote is None:
        raise NotFound("Aucun devis ne porte cet identifiant.")
    amendments = [ctx.store.get(caller.tenant, Quote, amendment) for amendment in quote.amendment_ids]
    facts = [*_quote_facts(quote), *(entry for one in amendments if one for entry in _amendment_facts(one))]
    return _merged(facts, _around(ctx, caller, "quote", id, activity))


def of_invoice(ctx: Context, caller: Caller, id: str, activity: ActivityLog) -> tuple[Entry, ...]:
    """The timeline of an invoice. Raises NotFound."""
    invoice = ctx.store.get(caller.tenant, Invoice, id)
    if invoice is None:
        raise NotFound("Aucune facture ne porte cet identifiant.")
    from relance.app import dunning_story  # noqa: PLC0415 - twenty modules, and most calls are about something else

    dunned = (Entry(at, type, data) for at, type, data in dunning_story.told(ctx, caller, invoice))
    return _merged([*_invoice_facts(invoice), *dunned], _around(ctx, caller, "invoice", id, activity))


def of_customer(ctx: Context, caller: Caller, id: str, activity: ActivityLog) -> tuple[Entry, ...]:
    """The story of a customer: his choices about tracking, and that of his latest documents. Raises NotFound.

    Bounded: the 30 documents that were made last, among the 500 latest quotes and invoices of the tenant each.
    """
    customer = customers.get(ctx, caller, id)
    documents: Iterable[Quote | Invoice] = chain(_latest(ctx, caller, Quote), _latest(ctx, caller, Invoice))
    his = [document for document in documents if document.customer_id == customer.id]
    his.sort(key=lambda document: document.created_at)
    entries = list(_consents(customer))
    for document in his[-MAX_DOCUMENTS:]:
        kind = "quote" if isinstance(document, Quote) else "invoice"
        facts = _quote_facts(document) if isinstance(document, Quote) else _invoice_facts(document)
        about = About(kind, document.id, document.number)
        told = [*facts, *_around(ctx, caller, kind, document.id, activity)]
        entries += [replace(entry, about=about) for entry in told]
    return _merged(entries, ())


def _latest(ctx: Context, caller: Caller, cls: type[E]) -> Iterator[E]:
    cursor: str | None = None
    for _ in range(_PAGES):
        page = ctx.store.page(caller.tenant, cls, limit=_PAGE, cursor=cursor)
        yield from page.items
        if (cursor := page.cursor) is None:
            return


def _consents(customer: Customer) -> Iterator[Entry]:
    for consent in (*customer.past_consents, customer.consent):
        if consent.at is not None:
            data = {"tracking": consent.tracking.value, "source": consent.source, "text_version": consent.text_version}
            yield Entry(consent.at, "consent", data)


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


def _around(ctx: Context, caller: Caller, kind: str, id: str, activity: ActivityLog) -> Iterator[Entry]:
    """What its claims tell of what left, what people said of it, and what was noticed; each mail once."""
    claims = ctx.store.starting_with(caller.tenant, Claim, f"{id}#", limit=_PAGE).items
    for claim in claims:
        if claim.state is not ClaimState.CLAIMED or ctx.clock.now() - claim.at > _IN_HAND:
            data = {"step": claim.step, "action": claim.action.value, "by": claim.approved_by}
            yield Entry(claim.at, _LEFT[claim.state], {name: told for name, told in data.items() if told})
    yield from (Entry(at, type, data) for at, type, data in hold_story.told(ctx, caller, id))
    known = {claim.step for claim in claims}
    for entry in _noticed(caller, kind, id, activity):
        if entry.type != ActivityKind.SENT or entry.data.get("step") not in known:
            yield entry


def _noticed(caller: Caller, kind: str, id: str, activity: ActivityLog) -> Iterator[Entry]:
    """Hits with what they are known for today, which may be more than when they came; and a hint of sharing. [T-13]"""
    found = activity.of_document(caller.tenant, kind, id, limit=_MAX_ACTIVITY)
    hits = judged(found)
    for noticed, signal in hits:
        verdict = signal.verdict
        data = {"class": verdict.open_class.value, "confidence": str(verdict.confidence)}
        yield Entry(noticed.at, noticed.kind.value, {**noticed.data, **data, "reasons": " ".join(verdict.reasons)})
    told = {noticed.id for noticed, _ in hits}
    yield from (Entry(noticed.at, noticed.kind.value, noticed.data) for noticed in found if noticed.id not in told)
    looks = [signal for _, signal in hits if signal.is_view]
    if is_shared(looks):
        yield Entry(looks[-1].at, "shared")


def _merged(facts: Iterable[Entry], noticed: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple(sorted([*facts, *noticed], key=lambda entry: entry.at))
