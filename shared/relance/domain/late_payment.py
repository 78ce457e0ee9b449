"""What a late payment costs a professional: interest by the day, and one flat indemnity per invoice.

Interest runs from the day after the due date that the invoice prints, without a reminder, on what is owed TTC, at the
rate of each semester, in simple interest over 365 days; it is outside VAT. Rates are never in the code: they are a
dated table that the user enters, because vendors' pages mix the legal rate with the ECB's. Consumers are never asked
for any of it. Code de commerce L441-10 II and D441-5, CPCE L111-8 (checked 2026-11). [P-02 to P-05, P-07, DU-01]
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from itertools import pairwise

from relance.domain.errors import Fault, Invalid
from relance.domain.money import BASIS_POINTS, Cents
from relance.domain.party import CustomerKind

DAYS_A_YEAR = 365
_DAY = timedelta(days=1)


class RateBasis(StrEnum):
    """Whether the contract says the rate, or the law for a contract that is silent (ECB plus ten points). [P-02]"""

    CONTRACT = "contract"
    STATUTORY = "statutory"


@dataclass(frozen=True, slots=True)
class LateRate:
    """The yearly rate of late interest from `valid_from` on, in ten-thousandths, and where its user took it from."""

    valid_from: date
    rate_bp: int
    source: str
    basis: RateBasis = RateBasis.CONTRACT


@dataclass(frozen=True, slots=True)
class LateRates:
    """The dated table of one company; an entry holds until the next one."""

    entries: tuple[LateRate, ...]

    def on(self, day: date) -> LateRate:
        """The rate of that day. Raises Invalid when the table begins later: a percentage is never guessed."""
        known = [entry for entry in self.entries if entry.valid_from <= day]
        if not known:
            message = f"Aucun taux de pénalité n’est connu au {day:%d/%m/%Y} : saisissez-le avec sa source."
            raise Invalid(message, code="late_rate_missing", faults=[Fault("/late_rates", message, "P-02")])
        return max(known, key=lambda entry: entry.valid_from)

    def changes(self, after: date, until: date) -> Iterator[date]:
        """The last days of each rate that ends from `after` on and before `until`."""
        for entry in self.entries:
            last = entry.valid_from - _DAY
            if after <= last < until:
                yield last


class Imputation(StrEnum):
    """What a payment that does not cover everything pays first: the law says interest (C. civ. 1343-1). [P-07]"""

    PRINCIPAL_FIRST = "principal_first"
    INTEREST_FIRST = "interest_first"


@dataclass(frozen=True, slots=True)
class Reduction:
    """What takes the debt down on a day: a payment, or a credit note (avoir), which never pays interest."""

    on: date
    amount: Cents
    is_payment: bool = True


@dataclass(frozen=True, slots=True)
class Segment:
    """Days on which neither the debt nor the rate moved: the day after `after` to `until`, both as civil dates."""

    after: date
    until: date
    principal: Cents
    rate_bp: int

    @property
    def days(self) -> int:
        """How many days of interest: the first day excluded, the last one counted."""
        return (self.until - self.after).days

    @property
    def interest(self) -> Decimal:
        """In cents, not rounded: rounding is for the sum."""
        return Decimal(self.principal) * self.rate_bp * self.days / (BASIS_POINTS * DAYS_A_YEAR)


@dataclass(frozen=True, slots=True)
class Accrual:
    """What ran up to a day: the segments, and how much of the payments went to interest rather than to the debt."""

    segments: tuple[Segment, ...] = ()
    on_interest: Cents = Cents(0)


def accrue(
    due_on: date,
    owed: Cents,
    reductions: Sequence[Reduction],
    rates: LateRates,
    until: date,
    order: Imputation = Imputation.PRINCIPAL_FIRST,
) -> Accrual:
    """The days late up to `until`, cut where a reduction or a new rate changes what a day costs; none when not late.

    The day on which money arrives counts on what was owed that morning. Interest first: a payment pays the interest of
    that day, to the cent, before the debt, which then goes on costing. Raises Invalid like `LateRates.on`. [P-03, P-07]
    """
    if until <= due_on:
        return Accrual()
    inside = {reduction.on for reduction in reductions if due_on < reduction.on < until}
    cuts = sorted({due_on, *inside, *rates.changes(due_on, until), until})
    principal = owed - sum(reduction.amount for reduction in reductions if reduction.on <= due_on)
    found: list[Segment] = []
    on_interest = 0
    for after, end in pairwise(cuts):
        if principal > 0:
            found.append(Segment(after, end, Cents(principal), rates.on(after + _DAY).rate_bp))
        for reduction in reductions:
            if reduction.on == end:
                accrued = Cents(interest(found) - on_interest)
                part = _of_interest(reduction, accrued, order)
                on_interest += part
                principal -= reduction.amount - part
    return Accrual(tuple(found), Cents(on_interest))


def _of_interest(reduction: Reduction, accrued: Cents, order: Imputation) -> Cents:
    if order is not Imputation.INTEREST_FIRST or not reduction.is_payment or reduction.amount <= 0:
        return Cents(0)
    return min(reduction.amount, accrued)


def segments(
    due_on: date, owed: Cents, reductions: Sequence[Reduction], rates: LateRates, until: date
) -> tuple[Segment, ...]:
    """The segments of `accrue`, debt first."""
    return accrue(due_on, owed, reductions, rates, until).segments


def interest(rows: Sequence[Segment]) -> Cents:
    """What the segments come to, rounded half-up once, at the end. [P-03]"""
    return rounded(sum((row.interest for row in rows), Decimal(0)))


def per_day(principal: int, rate_bp: int) -> Decimal:
    """What one more day costs, in cents, not rounded."""
    return Decimal(principal) * rate_bp / (BASIS_POINTS * DAYS_A_YEAR)


def rounded(cents: Decimal) -> Cents:
    """Half-up."""
    return Cents(int(cents.quantize(Decimal(1), rounding=ROUND_HALF_UP)))


@dataclass(frozen=True, slots=True)
class LatePayment:
    """What one invoice paid late gives a right to: interest by segment, and the indemnity, in cents.

    `on_interest` is what payments of the invoice already paid of that interest, when they pay it first. [P-07]
    """

    segments: tuple[Segment, ...]
    interest: Cents
    indemnity: Cents
    on_interest: Cents = Cents(0)

    @property
    def total(self) -> Cents:
        """Both together."""
        return Cents(self.interest + self.indemnity)


NOTHING = LatePayment((), Cents(0), Cents(0))


def late_payment(
    kind: CustomerKind,
    due_on: date,
    owed: Cents,
    reductions: Sequence[Reduction],
    rates: LateRates,
    until: date,
    *,
    indemnity: Cents,
    order: Imputation = Imputation.PRINCIPAL_FIRST,
) -> LatePayment:
    """What an invoice due on `due_on` for `owed` gives a right to on `until`.

    A consumer owes neither (P-05, DU-01). The indemnity (indemnité forfaitaire de recouvrement, an amount of the dated
    legal data) is due whole, once per invoice, as soon as anything of it was paid late, whatever the number of
    reminders; nothing is due on an invoice paid on its due date. [P-04]
    """
    if kind is CustomerKind.CONSUMER:
        return NOTHING
    ran = accrue(due_on, owed, reductions, rates, until, order)
    return LatePayment(ran.segments, interest(ran.segments), indemnity, ran.on_interest) if ran.segments else NOTHING
