"""What dunning did about an invoice, for its timeline: penalties claimed, paid, given up; letters prepared and posted.

Apart from the timelines, which load it when somebody asks for that of an invoice. [DR-16]
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from relance.app.context import Caller, Context
from relance.domain.formal_notice import FormalNotice, InvoiceNotice
from relance.domain.invoice import Invoice
from relance.domain.money import format_amount
from relance.domain.penalty_claim import PenaltyClaim

Told = tuple[datetime, str, Mapping[str, str]]


def told(ctx: Context, caller: Caller, invoice: Invoice) -> Iterator[Told]:
    """(instant, type, data) of each, in no order."""
    claim = ctx.store.get(caller.tenant, PenaltyClaim, invoice.id)
    if claim is not None:
        yield from _of_claim(claim)
    entries = ctx.store.starting_with(caller.tenant, InvoiceNotice, f"{invoice.id}.").items
    for notice in ctx.store.get_many(caller.tenant, FormalNotice, [entry.notice_id for entry in entries]).values():
        yield notice.prepared_at, "letter.prepared", {"total": format_amount(notice.content.total)}
        if notice.dispatch is not None:
            data = {"number": notice.dispatch.number, "sent_on": notice.dispatch.sent_on.isoformat()}
            yield notice.dispatch.recorded_at, "letter.dispatched", data


def _of_claim(claim: PenaltyClaim) -> Iterator[Told]:
    if claim.claimed_at is not None:
        yield claim.claimed_at, "penalty.claimed", {"amount": format_amount(claim.total)}
    for payment in claim.payments:
        yield payment.recorded_at, "penalty.paid", {"amount": format_amount(payment.amount)}
    if claim.waived_at is not None:
        yield claim.waived_at, "penalty.waived", {"reason": claim.reason}
