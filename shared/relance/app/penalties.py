"""Penalties of one invoice: shown live, claimed, waived, paid. [P-02 to P-07]

Claiming, waiving and being paid are facts of the journal (`penalty.claimed`, `penalty.waived`, `penalty.paid`): they
change what a customer is asked for, and money comes in. They are outside VAT and turnover, so the totals count them
apart (`penalties_…`). Accruing is no fact: nothing happened but time. [P-06, AF-02]
"""

from collections.abc import Mapping
from datetime import datetime

from relance.app import invoicing, late_terms
from relance.app.context import Caller, Context
from relance.app.journaling import Decision, commit
from relance.app.ports.store import Check, Idem, Page
from relance.domain.calendar_fr import PARIS, civil_date
from relance.domain.chain.canonical import Json
from relance.domain.chain.event import Fact, Ref
from relance.domain.dunning_law import DunningLaw
from relance.domain.errors import Invalid
from relance.domain.ids import PaymentId
from relance.domain.invoice import Invoice, require_issued
from relance.domain.journal import Head
from relance.domain.late_payment import NOTHING, Segment
from relance.domain.party import CustomerKind
from relance.domain.penalty_claim import (
    Penalties,
    PenaltyClaim,
    PenaltyPayment,
    claimed,
    not_claimed,
    penalties,
    received,
    sources,
    waived,
)
from relance.domain.perpetual import in_euros
from relance.domain.settlement import Transfer


def of_invoice(ctx: Context, caller: Caller, id: str, law: DunningLaw) -> Penalties:
    """The penalties of an invoice as of today. Raises NotFound, Conflict `invoice_not_issued`."""
    return of(ctx, caller, invoicing.get(ctx, caller, id), law)


def of(ctx: Context, caller: Caller, invoice: Invoice, law: DunningLaw) -> Penalties:
    """The same of an invoice at hand. A rate that is missing is told, not raised: the rest is still worth reading."""
    content, today = require_issued(invoice), civil_date(ctx.clock.now())
    terms, missing = late_terms.get(ctx, caller.tenant), ""
    try:
        found = penalties(invoice, terms, law, today)
    except Invalid as error:
        found, missing = NOTHING, error.message
    return Penalties(
        invoice=invoice,
        on=today,
        found=found,
        sources=sources(terms, found),
        claim=ctx.store.get(caller.tenant, PenaltyClaim, invoice.id),
        basis=law.text("legal_basis", today) if content.buyer.kind is CustomerKind.BUSINESS else "",
        missing_rate=missing,
    )


def page(ctx: Context, caller: Caller, *, limit: int = 50, cursor: str | None = None) -> Page[PenaltyClaim]:
    """What was claimed or given up, that of the newest invoices first."""
    return ctx.store.page(caller.tenant, PenaltyClaim, limit=limit, cursor=cursor)


def claim(ctx: Context, caller: Caller, id: str, law: DunningLaw, *, idem: Idem | None = None) -> PenaltyClaim:
    """Claim what has accrued up to today, or claim again what was added since; chains `penalty.claimed`.

    Raises NotFound, Conflict `invoice_not_issued`, `nothing_accrued`, `claimed_already`, `penalties_waived`, Invalid
    when a rate is missing. The claim is checked against the invoice as it stands: a payment that is recorded meanwhile
    makes it start again.
    """

    def decide(_head: Head, at: datetime) -> Decision:
        invoice, known = invoicing.get(ctx, caller, id), ctx.store.get(caller.tenant, PenaltyClaim, id)
        wanted = claimed(invoice, known, late_terms.get(ctx, caller.tenant), law, at)
        added = wanted.total - (known.total if known else 0)
        data: dict[str, Json] = {
            **_amounts(wanted),
            "added": added,
            "until": wanted.until.isoformat(),
            "segments": [_segment(row) for row in wanted.segments],
            "sources": list(wanted.sources),
        }
        return _decision(caller, invoice, wanted, "penalty.claimed", data, {"penalties_claimed": added})

    return commit(ctx, caller, idem, PenaltyClaim, decide)


def waive(
    ctx: Context, caller: Caller, id: str, reason: str, law: DunningLaw, *, idem: Idem | None = None
) -> PenaltyClaim:
    """Give up the penalties of an invoice, for good; chains `penalty.waived` with the reason and what is given up.

    Raises NotFound, Conflict `invoice_not_issued`, `nothing_accrued`, `penalties_paid`, `penalties_waived`.
    """

    def decide(_head: Head, at: datetime) -> Decision:
        invoice, known = invoicing.get(ctx, caller, id), ctx.store.get(caller.tenant, PenaltyClaim, id)
        wanted = waived(invoice, known, late_terms.get(ctx, caller.tenant), law, reason, at)
        given_up = wanted.total - wanted.paid
        data: dict[str, Json] = {**_amounts(wanted), "given_up": given_up, "reason": reason}
        totals = {"penalties_waived": given_up} if known else {}  # what was never claimed is not taken back
        return _decision(caller, invoice, wanted, "penalty.waived", data, totals)

    return commit(ctx, caller, idem, PenaltyClaim, decide)


def pay(ctx: Context, caller: Caller, id: str, came: Transfer, *, idem: Idem | None = None) -> PenaltyClaim:
    """Record money that came in for penalties; chains `penalty.paid`. The invoice's own payments do not move.

    Raises NotFound, Conflict `penalties_not_claimed` or `overpaid`, Invalid.
    """

    def decide(_head: Head, at: datetime) -> Decision:
        invoice, known = invoicing.get(ctx, caller, id), ctx.store.get(caller.tenant, PenaltyClaim, id)
        if known is None:
            raise not_claimed()
        payment = PenaltyPayment(PaymentId(ctx.new_id("pay")), came.amount, came.paid_on, came.mode, at, came.reference)
        wanted = received(known, payment, civil_date(at))
        data: dict[str, Json] = {
            "payment_id": payment.id,
            "number": wanted.number,
            "at_minute": at.astimezone(PARIS).isoformat(timespec="minutes")[:16],
            "amount": payment.amount,
            "currency": wanted.currency,
            "paid_on": payment.paid_on.isoformat(),
            "mode": payment.mode.value,
            "reference": payment.reference,
            "left": wanted.left,
        }
        totals = {"penalties_received": payment.amount, f"penalties_received_{payment.mode.value}": payment.amount}
        return _decision(caller, invoice, wanted, "penalty.paid", data, totals)

    return commit(ctx, caller, idem, PenaltyClaim, decide)


def _decision(
    caller: Caller, invoice: Invoice, wanted: PenaltyClaim, type: str, data: dict[str, Json], counts: Mapping[str, int]
) -> Decision:
    """The claim and its fact, which says in euros what it `counts` in the totals.

    The invoice must still be the one that the figures came from.
    """
    exchange = require_issued(invoice).exchange
    data["counts"] = {name: in_euros(cents, exchange) for name, cents in counts.items()}
    return Decision(
        answer=wanted,
        puts=(wanted,),
        checks=(Check(invoice),),
        facts=(Fact(type, Ref("penalty", invoice.id, invoice.number), caller.actor, data),),
    )


def _amounts(claim: PenaltyClaim) -> dict[str, Json]:
    return {
        "number": claim.number,
        "currency": claim.currency,
        "interest": claim.interest,
        "indemnity": claim.indemnity,
        "total": claim.total,
        "paid": claim.paid,
    }


def _segment(row: Segment) -> Json:
    return {
        "after": row.after.isoformat(),
        "until": row.until.isoformat(),
        "principal": row.principal,
        "rate_bp": row.rate_bp,
    }
