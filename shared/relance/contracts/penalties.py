"""Penalties of one invoice on the wire: how they are computed, and where their claim stands. [P-02 to P-07]"""

from collections.abc import Iterable
from datetime import date, datetime

import msgspec

from relance.contracts.fields import RequiredText, amount_text, percent_text
from relance.contracts.parse import Body
from relance.domain.currencies import step_of
from relance.domain.invoice import PaymentMode
from relance.domain.late_payment import Segment
from relance.domain.money import to_cents
from relance.domain.penalty_claim import Penalties, PenaltyClaim, PenaltyPayment, PenaltyState


class WaiverBody(Body, frozen=True):
    """Why the penalties are given up: it stays in the journal."""

    reason: RequiredText


class SegmentView(msgspec.Struct, frozen=True, kw_only=True):
    """Days at one rate on one sum: from the day after `after` to `until`, both days included in neither other row.

    `interest` is told to the cent; the sum is rounded once, so it may differ by a cent from these rows.
    """

    after: date
    until: date
    days: int
    principal: str
    rate: str
    interest: str


class PenaltyPaymentView(msgspec.Struct, frozen=True, kw_only=True):
    """Money that came in for penalties."""

    id: str
    amount: str
    paid_on: date
    mode: PaymentMode
    reference: str
    recorded_at: datetime


class ClaimView(msgspec.Struct, frozen=True, kw_only=True):
    """What was claimed, with the figures of that day; `left` is what is still asked for."""

    rev: int
    state: PenaltyState
    until: date
    segments: tuple[SegmentView, ...]
    interest: str
    indemnity: str
    total: str
    paid: str
    left: str
    payments: tuple[PenaltyPaymentView, ...]
    claimed_at: datetime | None
    waived_at: datetime | None
    reason: str


class PenaltiesView(msgspec.Struct, frozen=True, kw_only=True):
    """What an invoice paid late gives a right to today, computed now; `claim` is what was asked for, if anything was.

    `paid_of_interest` is what payments of the invoice already paid of it, when interest is paid first. `since_claim` is
    what has accrued since the last claim. `missing_rate` says which rate to enter before anything can be computed.
    """

    invoice_id: str
    number: str
    currency: str
    on: date
    state: PenaltyState
    segments: tuple[SegmentView, ...]
    interest: str
    indemnity: str
    total: str
    paid_of_interest: str
    since_claim: str
    legal_basis: str
    rate_sources: tuple[str, ...]
    missing_rate: str
    claim: ClaimView | None


class ClaimSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One claim in a listing; its figures are those of the day it was last made."""

    invoice_id: str
    number: str
    customer_id: str
    state: PenaltyState
    currency: str
    until: date
    total: str
    paid: str
    left: str


class ClaimPage(msgspec.Struct, frozen=True):
    """Claims, those of the newest invoices first; `cursor` asks for the next page, null at the end."""

    items: tuple[ClaimSummary, ...]
    cursor: str | None


def claim_page(claims: Iterable[PenaltyClaim], cursor: str | None) -> ClaimPage:
    """A slice of the claims."""
    return ClaimPage(tuple(_summary(claim) for claim in claims), cursor)


def penalties_view(told: Penalties) -> PenaltiesView:
    """The penalties as they are told."""
    currency = told.invoice.draft.currency
    step = step_of(currency)
    return PenaltiesView(
        invoice_id=told.invoice.id,
        number=told.invoice.number,
        currency=currency,
        on=told.on,
        state=told.state,
        segments=tuple(_segment(row, step) for row in told.found.segments),
        interest=amount_text(told.found.interest, step),
        indemnity=amount_text(told.found.indemnity, step),
        total=amount_text(told.found.total, step),
        paid_of_interest=amount_text(told.found.on_interest, step),
        since_claim=amount_text(told.since_claim, step),
        legal_basis=told.basis,
        rate_sources=told.sources,
        missing_rate=told.missing_rate,
        claim=claim_view(told.claim) if told.claim else None,
    )


def claim_view(claim: PenaltyClaim) -> ClaimView:
    """A claim as it is told."""
    step = step_of(claim.currency)
    return ClaimView(
        rev=claim.rev,
        state=claim.state,
        until=claim.until,
        segments=tuple(_segment(row, step) for row in claim.segments),
        interest=amount_text(claim.interest, step),
        indemnity=amount_text(claim.indemnity, step),
        total=amount_text(claim.total, step),
        paid=amount_text(claim.paid, step),
        left=amount_text(claim.left, step),
        payments=tuple(_payment(payment, step) for payment in claim.payments),
        claimed_at=claim.claimed_at,
        waived_at=claim.waived_at,
        reason=claim.reason,
    )


def _summary(claim: PenaltyClaim) -> ClaimSummary:
    total, paid, left = (amount_text(cents, step_of(claim.currency)) for cents in (claim.total, claim.paid, claim.left))
    return ClaimSummary(
        invoice_id=claim.id,
        number=claim.number,
        customer_id=claim.customer_id,
        state=claim.state,
        currency=claim.currency,
        until=claim.until,
        total=total,
        paid=paid,
        left=left,
    )


def _segment(row: Segment, step: int) -> SegmentView:
    return SegmentView(
        after=row.after,
        until=row.until,
        days=row.days,
        principal=amount_text(row.principal, step),
        rate=percent_text(row.rate_bp),
        interest=amount_text(to_cents(row.interest / 100, step), step),
    )


def _payment(payment: PenaltyPayment, step: int) -> PenaltyPaymentView:
    return PenaltyPaymentView(
        id=payment.id,
        amount=amount_text(payment.amount, step),
        paid_on=payment.paid_on,
        mode=payment.mode,
        reference=payment.reference,
        recorded_at=payment.recorded_at,
    )
