"""What dunning brings in: money after each level, promises that were kept, invoices that were contested. Pure.

A payment is credited to the last reminder before it, if it comes within seven days: no euro counts twice. That it came
because of the reminder is not known, and not said. [M-16, M-17]
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from relance.domain.calendar_fr import civil_date
from relance.domain.invoice import Invoice, PaymentMode
from relance.domain.money import Cents
from relance.domain.perpetual import in_euros
from relance.domain.reminder.hold import Hold, HoldKind

WINDOW_DAYS: Final = 7
_TENTH: Final = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Reminded:
    """One reminder of an invoice that left: at which level, on which civil day."""

    level: int
    on: date


@dataclass(frozen=True, slots=True)
class Followed:
    """One issued invoice, as far as dunning goes: what it was reminded of, what came in for it, why it was held."""

    issued_on: date
    reminders: tuple[Reminded, ...]
    payments: tuple[tuple[date, Cents], ...]
    holds: tuple[Hold, ...]
    balance: Cents


@dataclass(frozen=True, slots=True)
class LevelFigures:
    """One level: reminders that left, how many were followed by money within seven days, and by how much."""

    level: int
    reminders: int
    followed: int
    received: Cents


@dataclass(frozen=True, slots=True)
class PromiseFigures:
    """Promises to pay: kept, broken, and those whose day is still to come."""

    kept: int
    broken: int
    pending: int


@dataclass(frozen=True, slots=True)
class DisputeFigures:
    """Invoices issued in the period, how many were contested, the rate in per cent, and the open disputes with their
    average age in days.
    """

    invoices: int
    disputed: int
    rate: Decimal | None
    open: int
    average_age_days: Decimal | None


@dataclass(frozen=True, slots=True)
class DunningFigures:
    """All of them, of one period."""

    levels: tuple[LevelFigures, ...]
    promises: PromiseFigures
    disputes: DisputeFigures


def followed(invoice: Invoice, reminders: Iterable[Reminded], holds: Sequence[Hold]) -> Followed | None:
    """What counts of an issued invoice; None of a draft or a credit note."""
    content = invoice.content
    if content is None or content.type.is_credit:
        return None
    money = (
        (payment.paid_on, Cents(in_euros(payment.amount, content.exchange)))
        for payment in invoice.payments
        if payment.mode is not PaymentMode.CREDIT and payment.amount > 0
    )
    return Followed(
        issued_on=content.issue_date,
        reminders=tuple(sorted(reminders, key=lambda one: one.on)),
        payments=tuple(sorted(money)),
        holds=tuple(holds),
        balance=invoice.balance,
    )


def dunning_figures(rows: Iterable[Followed], first: date, last: date, now: datetime) -> DunningFigures:
    """The figures of reminders, promises and disputes of the civil days from `first` to `last`."""
    sent: dict[int, int] = {}
    answered: dict[int, int] = {}
    received: dict[int, int] = {}
    kept = broken = pending = invoices = disputed = 0
    ages: list[int] = []
    for row in rows:
        for rank, reminder in enumerate(row.reminders):
            if first <= reminder.on <= last:
                cash = _cash_after(row, rank)
                sent[reminder.level] = sent.get(reminder.level, 0) + 1
                answered[reminder.level] = answered.get(reminder.level, 0) + bool(cash)
                received[reminder.level] = received.get(reminder.level, 0) + cash
        for hold in row.holds:
            if hold.kind is HoldKind.PROMISE and first <= civil_date(hold.at) <= last:
                word = _promise(row, hold, civil_date(now))
                kept, broken, pending = kept + (word == "kept"), broken + (word == "broken"), pending + (word == "open")
            if hold.kind is HoldKind.DISPUTE and hold.holds(now):
                ages.append((civil_date(now) - civil_date(hold.at)).days)
        if first <= row.issued_on <= last:
            invoices += 1
            disputed += any(hold.kind is HoldKind.DISPUTE for hold in row.holds)
    return DunningFigures(
        tuple(LevelFigures(level, sent[level], answered[level], Cents(received[level])) for level in sorted(sent)),
        PromiseFigures(kept, broken, pending),
        DisputeFigures(
            invoices,
            disputed,
            _tenths(Decimal(100) * disputed / invoices) if invoices else None,
            len(ages),
            _tenths(Decimal(sum(ages)) / len(ages)) if ages else None,
        ),
    )


def _cash_after(row: Followed, rank: int) -> int:
    """What came in from the day after the reminder on, within seven days and up to the day of the next one."""
    on = row.reminders[rank].on
    end = on + timedelta(days=WINDOW_DAYS)
    if rank + 1 < len(row.reminders):
        end = min(end, row.reminders[rank + 1].on)
    return sum(amount for paid_on, amount in row.payments if on < paid_on <= end)


def _promise(row: Followed, hold: Hold, today: date) -> str:
    """Kept when what was promised (all, unless an amount was said) came in by the last day."""
    last = hold.last_day()
    if last is None:
        return "open"
    came = sum(amount for paid_on, amount in row.payments if civil_date(hold.at) <= paid_on <= last)
    late = sum(amount for paid_on, amount in row.payments if paid_on > last)
    owed = hold.amount if hold.amount is not None else row.balance + came + late
    if came and came >= owed:
        return "kept"
    return "open" if today <= last else "broken"


def _tenths(value: Decimal) -> Decimal:
    return value.quantize(_TENTH, rounding=ROUND_HALF_UP)
