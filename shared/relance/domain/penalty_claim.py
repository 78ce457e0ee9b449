"""Penalties of an invoice paid late, as a claim with a life of its own: accrued, claimed, then paid or waived. [P-06]

What has accrued is never stored: it follows from the invoice's own payments and credit notes, so paying the debt cannot
erase it, and it is as fresh as they are. It becomes a claim when somebody decides so, with the figures of that day; it
may be claimed again with newer ones, and each claim is a fact of the journal. It is not a receivable of the invoice:
neither its balance nor the aged balance hold it. C. com. L441-10 II (checked 2026-11). [P-02 to P-07]
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from relance.domain.calendar_fr import civil_date
from relance.domain.content import Exchange
from relance.domain.dunning_law import DunningLaw
from relance.domain.errors import Conflict, Fault, Invalid
from relance.domain.ids import CustomerId, PaymentId, TenantId
from relance.domain.invoice import Invoice, PaymentMode, require_issued
from relance.domain.late_payment import NOTHING, LatePayment, Reduction, Segment, late_payment, per_day, rounded
from relance.domain.late_terms import LateTerms
from relance.domain.money import Cents, format_amount
from relance.domain.party import CustomerKind


class PenaltyState(StrEnum):
    """Where a claim for interest and indemnity stands; paying the invoice does not end it. [P-06]"""

    NONE = "none"  # paid in time, or a consumer's
    ACCRUED = "accrued"
    CLAIMED = "claimed"
    PAID = "paid"
    WAIVED = "waived"


_NEXT: Final = {
    PenaltyState.NONE: (),
    PenaltyState.ACCRUED: (PenaltyState.CLAIMED, PenaltyState.WAIVED),
    PenaltyState.CLAIMED: (PenaltyState.CLAIMED, PenaltyState.PAID, PenaltyState.WAIVED),
    PenaltyState.PAID: (PenaltyState.CLAIMED,),  # when more has accrued since
    PenaltyState.WAIVED: (),
}


def may_become(state: PenaltyState, wanted: PenaltyState) -> bool:
    """Whether penalties in `state` may become `wanted`: accrued, claimed, paid; or waived before they are paid."""
    return wanted in _NEXT[state]


@dataclass(frozen=True, slots=True)
class PenaltyPayment:
    """Money that came in for penalties, in cents of the invoice's currency; never part of what the invoice received."""

    id: PaymentId
    amount: Cents
    paid_on: date
    mode: PaymentMode
    recorded_at: datetime
    reference: str = ""


@dataclass(frozen=True, slots=True)
class PenaltyClaim:
    """What was claimed on one invoice, with what it was computed from; its id is the invoice's.

    `until` is the last day that the figures count. `sources` are where the rates of the segments were read. Amounts are
    cents of the invoice's currency.
    """

    tenant: TenantId
    id: str
    rev: int
    number: str
    customer_id: CustomerId
    state: PenaltyState
    until: date
    segments: tuple[Segment, ...]
    interest: Cents
    indemnity: Cents
    created_at: datetime
    updated_at: datetime
    currency: str = "EUR"
    sources: tuple[str, ...] = ()
    payments: tuple[PenaltyPayment, ...] = ()
    claimed_at: datetime | None = None
    waived_at: datetime | None = None
    reason: str = ""

    @property
    def total(self) -> Cents:
        """Interest and indemnity."""
        return Cents(self.interest + self.indemnity)

    @property
    def paid(self) -> Cents:
        """What came in for it."""
        return Cents(sum(payment.amount for payment in self.payments))

    @property
    def left(self) -> Cents:
        """What is still asked for; nothing once it was waived."""
        return Cents(0) if self.state is PenaltyState.WAIVED else Cents(self.total - self.paid)


@dataclass(frozen=True, slots=True)
class Penalties:
    """What an invoice gives a right to `on` a day, and what was claimed of it; `basis` is the legal line.

    `missing_rate` says, in French, which rate must be entered first: nothing is computed then.
    """

    invoice: Invoice
    on: date
    found: LatePayment
    sources: tuple[str, ...]
    claim: PenaltyClaim | None
    basis: str
    missing_rate: str = ""

    @property
    def state(self) -> PenaltyState:
        """Where they stand: as the claim does, or accrued when there is something and no claim."""
        if self.claim is not None:
            return self.claim.state
        return PenaltyState.ACCRUED if self.found.total else PenaltyState.NONE

    @property
    def left(self) -> Cents:
        """What a letter of today may ask for: all that ran, less what came in for it; nothing once waived."""
        if self.claim is None:
            return self.found.total
        if self.claim.state is PenaltyState.WAIVED:
            return Cents(0)
        return Cents(max(0, self.found.total - self.claim.paid))

    @property
    def per_day(self) -> Cents:
        """What each more day costs, to the cent: what is owed today, at the rate of today; nothing once waived."""
        if not self.found.segments or self.invoice.balance <= 0 or self.state is PenaltyState.WAIVED:
            return Cents(0)
        return rounded(per_day(self.invoice.balance, self.found.segments[-1].rate_bp))

    @property
    def since_claim(self) -> Cents:
        """What has accrued since they were last claimed; nothing when they were never claimed, or waived."""
        if self.claim is None or self.claim.state is PenaltyState.WAIVED:
            return Cents(0)
        return Cents(max(0, self.found.total - self.claim.total))


def penalties(invoice: Invoice, terms: LateTerms, law: DunningLaw, until: date) -> LatePayment:
    """What an issued invoice gives a right to on `until`, from its own payments and credit notes. [P-02 to P-05]

    Nothing on a credit note, on a consumer's, on what was credited whole or replaced. Raises Conflict
    `invoice_not_issued`, and Invalid when a day late has no rate in the table: a percentage is never guessed.
    """
    content = require_issued(invoice)
    if content.type.is_credit or invoice.is_void:
        return NOTHING
    late_from = content.due_date + timedelta(days=1)
    indemnity = law.indemnity(content.buyer.kind, late_from)
    return late_payment(
        content.buyer.kind,
        content.due_date,
        invoice.due,
        reductions(invoice),
        terms.rates,
        until,
        indemnity=in_currency(indemnity, content.exchange),
        order=terms.imputation,
    )


def reductions(invoice: Invoice) -> tuple[Reduction, ...]:
    """What took its debt down, and on which day: its payments as they were made, its credit notes as issued."""
    paid = (Reduction(payment.paid_on, payment.amount) for payment in invoice.payments)
    credited = (Reduction(civil_date(credit.at), credit.gross, is_payment=False) for credit in invoice.credits)
    return (*paid, *credited)


def in_currency(cents: Cents, exchange: Exchange | None) -> Cents:
    """Euro cents in the invoice's currency, at the rate that it prints, half-up."""
    if exchange is None:
        return cents
    return Cents(int((cents / exchange.rate).to_integral_value(rounding="ROUND_HALF_UP")))


def sources(terms: LateTerms, found: LatePayment) -> tuple[str, ...]:
    """Where the rates of these segments were read, each once."""
    days = (segment.after + timedelta(days=1) for segment in found.segments)
    return tuple(dict.fromkeys(terms.rates.on(day).source for day in days))


def claimed(
    invoice: Invoice, known: PenaltyClaim | None, terms: LateTerms, law: DunningLaw, at: datetime
) -> PenaltyClaim:
    """The claim with the figures of the day: the first, or the same with newer ones. [P-06]

    Raises Conflict `nothing_accrued`, `penalties_waived`, `claimed_already` when nothing moved since, Invalid when a
    rate is missing.
    """
    wanted = _with_figures(invoice, known, terms, law, at)
    if known is not None and known.state is PenaltyState.WAIVED:
        raise Conflict("Ces pénalités ont été abandonnées : elles ne se réclament plus.", code="penalties_waived")
    if not wanted.total:
        raise Conflict(_nothing(invoice), code="nothing_accrued")
    if known is not None and wanted.total <= known.total:
        message = f"Ces {format_amount(known.total)} sont déjà réclamés : rien ne s’y est ajouté depuis."
        raise Conflict(message, code="claimed_already")
    return replace(wanted, state=PenaltyState.CLAIMED, claimed_at=at)


def waived(
    invoice: Invoice, known: PenaltyClaim | None, terms: LateTerms, law: DunningLaw, reason: str, at: datetime
) -> PenaltyClaim:
    """The penalties of an invoice given up, for good and with the reason: what is claimed, or what accrued.

    Raises Conflict `nothing_accrued`, `penalties_paid`, `penalties_waived`.
    """
    if known is not None and not may_become(known.state, PenaltyState.WAIVED):
        if known.state is PenaltyState.PAID:
            raise Conflict("Ces pénalités sont réglées : il n’y a rien à abandonner.", code="penalties_paid")
        raise Conflict("Ces pénalités sont déjà abandonnées.", code="penalties_waived")
    claim = known if known is not None else _with_figures(invoice, None, terms, law, at)
    if not claim.total:
        raise Conflict(_nothing(invoice), code="nothing_accrued")
    rev = claim.rev + 1 if known is not None else claim.rev
    return replace(claim, rev=rev, state=PenaltyState.WAIVED, waived_at=at, reason=reason, updated_at=at)


def received(claim: PenaltyClaim, payment: PenaltyPayment, today: date) -> PenaltyClaim:
    """The claim with money that came in for it; paid when nothing is left of it.

    Raises Conflict `penalties_not_claimed` or `overpaid`, Invalid on an amount not above zero or a day to come.
    """
    if claim.state is not PenaltyState.CLAIMED:
        raise not_claimed()
    if faults := list(_payment_faults(payment, today)):
        raise Invalid("Ce règlement ne peut pas être enregistré.", faults=faults)
    if payment.amount > claim.left:
        message = f"Il reste {format_amount(claim.left)} de pénalités à régler : pas davantage."
        raise Conflict(message, code="overpaid")
    after = replace(claim, rev=claim.rev + 1, payments=(*claim.payments, payment), updated_at=payment.recorded_at)
    return after if after.left else replace(after, state=PenaltyState.PAID)


def not_claimed() -> Conflict:
    """Money came in for penalties that nobody claims (any more)."""
    message = "Aucune pénalité n’est réclamée sur cette facture : réclamez-la d’abord (POST …/penalties/claim)."
    return Conflict(message, code="penalties_not_claimed")


def _with_figures(
    invoice: Invoice, known: PenaltyClaim | None, terms: LateTerms, law: DunningLaw, at: datetime
) -> PenaltyClaim:
    content, until = require_issued(invoice), civil_date(at)
    found = penalties(invoice, terms, law, until)
    return PenaltyClaim(
        tenant=invoice.tenant,
        id=invoice.id,
        rev=known.rev + 1 if known else 1,
        number=invoice.number,
        customer_id=invoice.customer_id,
        state=PenaltyState.ACCRUED,
        until=until,
        segments=found.segments,
        interest=found.interest,
        indemnity=found.indemnity,
        created_at=known.created_at if known else at,
        updated_at=at,
        currency=content.currency,
        sources=sources(terms, found),
        payments=known.payments if known else (),
    )


def _nothing(invoice: Invoice) -> str:
    content = require_issued(invoice)
    if content.buyer.kind is CustomerKind.CONSUMER:
        return "Un particulier ne doit ni pénalités de retard ni indemnité de recouvrement (art. L111-8 CPCE)."
    return f"Rien n’a couru sur la facture {invoice.number} : elle n’est pas en retard."


def _payment_faults(payment: PenaltyPayment, today: date) -> Iterator[Fault]:
    if payment.amount <= 0:
        yield Fault("/amount", "Le montant doit être supérieur à zéro.", "not_positive")
    if payment.paid_on > today:
        yield Fault("/paid_on", "La date du règlement est dans le futur.", "future_date")
    if payment.mode is PaymentMode.CREDIT:
        yield Fault("/mode", "Un crédit s’impute sur une facture, pas sur des pénalités.", "not_allowed")
