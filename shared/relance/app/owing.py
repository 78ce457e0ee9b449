"""What one mail asks for: the overdue invoices it lists, and what their lateness costs. Read, never written.

The same for a mail that leaves and for one that is foreseen, so that a preview shows the figures that will be sent.
[DR-03, P-02 to P-06]
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from relance.app import late_terms
from relance.app.context import Context
from relance.app.ports.composing import Late, Owed
from relance.domain.dunning_law import DunningLaw
from relance.domain.errors import Invalid
from relance.domain.ids import TenantId
from relance.domain.invoice import Invoice, require_issued
from relance.domain.late_payment import interest
from relance.domain.late_terms import LateTerms
from relance.domain.money import Cents
from relance.domain.party import Customer, CustomerKind
from relance.domain.penalty_claim import PenaltyClaim, PenaltyState, in_currency, penalties

NAMES: Final = 2  # from this level on a mail names penalties; from the next one on it cannot do without their figures
COMPUTES: Final = 3
_DAY: Final = timedelta(days=1)


def owed(invoices: Sequence[Invoice]) -> tuple[Owed, ...]:
    """The rows of a statement, in the order given; what is settled has none."""
    return tuple(
        Owed(one.number, content.issue_date, content.due_date, one.due, one.balance, content.currency)
        for one in invoices
        if one.balance > 0
        for content in (require_issued(one),)
    )


def late(
    ctx: Context,
    tenant: TenantId,
    invoices: Sequence[Invoice],
    customer: Customer | None,
    today: date,
    law: DunningLaw,
    *,
    level: int,
) -> Late | None:
    """What a mail of that level says of the lateness of these invoices, all of one customer.

    None of a consumer, of a customer who is never asked for it, below level 2, when nothing accrued or all of it was
    waived or paid, and over several currencies, whose amounts do not add up. Raises Invalid `mail_incomplete` from
    level 3 on when a rate is missing: level 2 does without interest, its `rate_bp` is 0. [DU-01, DR-04, DR-13]
    """
    if level < NAMES or (customer is not None and customer.follow_up.no_penalties):
        return None
    if len({require_issued(one).currency for one in invoices}) != 1:
        return None
    terms = late_terms.get(ctx, tenant)
    try:
        found = [part for one in invoices if (part := _of(ctx, one, terms, today, law)) is not None]
    except Invalid as error:
        if level < COMPUTES:
            return _without_rate(invoices, today, law)
        raise Invalid(error.message, code="mail_incomplete", faults=error.faults) from error
    whole = _sum(found)
    return whole if whole is not None and whole.total > 0 else None


def _of(ctx: Context, invoice: Invoice, terms: LateTerms, today: date, law: DunningLaw) -> Late | None:
    content = require_issued(invoice)
    if content.buyer.kind is CustomerKind.CONSUMER or invoice.balance <= 0:
        return None
    found = penalties(invoice, terms, law, today)
    if not found.total:
        return None
    claim = ctx.store.get(invoice.tenant, PenaltyClaim, invoice.id)
    if claim is not None and claim.state is PenaltyState.WAIVED:
        return None
    tomorrow = penalties(invoice, terms, law, today + _DAY).segments[-1]
    return Late(
        interest=found.interest,
        per_day=interest([replace(tomorrow, after=today)]),
        indemnity=found.indemnity,
        rate_bp=tomorrow.rate_bp,
        basis=law.text("legal_basis", today),
        paid=claim.paid if claim else Cents(0),
        currency=content.currency,
    )


def _without_rate(invoices: Sequence[Invoice], today: date, law: DunningLaw) -> Late | None:
    """The indemnity alone, of those that are late."""
    late_ones = [content for one in invoices if one.balance > 0 and (content := require_issued(one)).due_date < today]
    due = [
        in_currency(law.indemnity(content.buyer.kind, content.due_date + _DAY), content.exchange)
        for content in late_ones
    ]
    if not sum(due):
        return None
    basis, currency = law.text("legal_basis", today), late_ones[0].currency
    return Late(Cents(0), Cents(0), Cents(sum(due)), 0, basis, currency=currency)


def _sum(found: Sequence[Late]) -> Late | None:
    if not found:
        return None
    return replace(
        found[0],
        interest=Cents(sum(one.interest for one in found)),
        per_day=Cents(sum(one.per_day for one in found)),
        indemnity=Cents(sum(one.indemnity for one in found)),
        paid=Cents(sum(one.paid for one in found)),
    )
