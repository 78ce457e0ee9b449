"""Reports: what customers owe and how they pay, what was sold, how quotes fare. They read, and change nothing.

Each reads the tenant's documents once and leaves the arithmetic to the domain. Each raises Conflict `too_many_…` beyond
the bounds of `app.reading`, and Invalid on a period that is none or longer than a year. [E-06, DU-04, M-01 to M-18]
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from relance.app import reading
from relance.app.context import Caller, Context
from relance.domain.aged_balance import AgedBalance, aged_balance, ages_of
from relance.domain.calendar_fr import civil_date
from relance.domain.dso import Dso, dso
from relance.domain.dunning_figures import DunningFigures, Reminded, dunning_figures, followed
from relance.domain.dunning_law import DunningLaw
from relance.domain.e_reporting import Report, report
from relance.domain.errors import Fault, Invalid
from relance.domain.ids import QuoteId
from relance.domain.payment_delays import PaymentDelays, payment_delays
from relance.domain.penalty_claim import PenaltyClaim
from relance.domain.penalty_figures import PenaltyFigures, penalty_figures
from relance.domain.prescription import Prescription, prescription
from relance.domain.quote import Quote
from relance.domain.quote_figures import QuoteFigures, offers, quote_figures, sent_version
from relance.domain.receivables import Receivable, is_disputed, receivable
from relance.domain.reminder.claim import ClaimState
from relance.domain.turnover import Receipt, Sale, Turnover, receipts, sales, turnover

MAX_DAYS: Final = 366


def e_reporting(ctx: Context, caller: Caller, first: date, last: date) -> Report:
    """The aggregates of the days from `first` to `last`. All is read: an invoice may be paid long after its issue."""
    require_period(first, last)
    return report(reading.invoices(ctx, caller), first, last)


def aged(ctx: Context, caller: Caller, on: date | None = None) -> AgedBalance:
    """The aged balance at the end of the day `on`, today unless it is said. Raises Invalid on one to come. [M-13]"""
    day = _past_day(ctx, on)
    return aged_balance(_open_on(ctx, caller, day), day)


def days_of_sales(ctx: Context, caller: Caller, on: date | None, days: int) -> Dso:
    """DSO three ways and the CEI of the `days` days up to `on`. [M-11, M-12, M-15]

    Raises Invalid on a day to come or a period outside 1 to 366 days.
    """
    day = _past_day(ctx, on)
    before = day - timedelta(days=days)
    if not 1 <= days <= MAX_DAYS:
        message = f"La période va de 1 à {MAX_DAYS} jours."
        raise Invalid(message, faults=[Fault("/days", message, "period")])
    sold: list[Sale] = []
    now_open: list[Receivable] = []
    then_open: list[Receivable] = []
    for one in reading.read(ctx, caller):
        sold.extend(sales(one.invoice, one.replaced_on))
        for found, at in ((now_open, day), (then_open, before)):
            left = receivable(one.invoice, at, replaced_on=one.replaced_on)
            if left is not None:
                found.append(left)
    ages = ages_of(now_open, day)
    owed_before = ages_of(then_open, before).total
    return dso(sold, day, days, receivables=ages.total, not_due=ages.not_due, before=owed_before)


def delays(ctx: Context, caller: Caller, first: date, last: date) -> PaymentDelays:
    """How late customers paid over a period. [M-14]"""
    require_period(first, last)
    came = (receipt for one in reading.read(ctx, caller) for receipt in receipts(one.invoice))
    return payment_delays(came, first, last)


def dunning(ctx: Context, caller: Caller, first: date, last: date) -> DunningFigures:
    """What dunning brought in over a period. [M-16, M-17]"""
    require_period(first, last)
    reminders: dict[str, list[Reminded]] = {}
    for mail in reading.mails(ctx, caller, "inv_"):
        if mail.is_reminder and mail.state is ClaimState.SENT:
            reminders.setdefault(mail.document_id, []).append(Reminded(mail.level, civil_date(mail.at)))
    rows = (
        followed(one.invoice, reminders.get(one.invoice.id, ()), one.run.holds if one.run else ())
        for one in reading.read(ctx, caller, with_runs=True)
    )
    return dunning_figures((row for row in rows if row is not None), first, last, ctx.clock.now())


def recovered(ctx: Context, caller: Caller, first: date, last: date) -> PenaltyFigures:
    """Penalties claimed, received and given up over a period. [M-16]"""
    require_period(first, last)
    return penalty_figures(reading.everything(ctx, caller, PenaltyClaim), first, last)


def sold(ctx: Context, caller: Caller, first: date, last: date) -> Turnover:
    """Turnover by month and rate, receipts, and the best customers. [M-18]"""
    require_period(first, last)
    lines: list[Sale] = []
    money: list[Receipt] = []
    for one in reading.read(ctx, caller):
        lines.extend(sales(one.invoice, one.replaced_on))
        money.extend(receipts(one.invoice))
    return turnover(lines, money, first, last)


def quotes(ctx: Context, caller: Caller, first: date, last: date) -> QuoteFigures:
    """How the quotes first sent over a period fare by now. [M-01, M-02, M-03, M-08]"""
    require_period(first, last)
    reminders: dict[QuoteId, list[tuple[str, datetime]]] = {}
    for mail in reading.mails(ctx, caller, "quo_"):
        if mail.is_reminder and mail.state is ClaimState.SENT:
            reminders.setdefault(QuoteId(mail.document_id), []).append((mail.step, mail.at))
    versions = (sent_version(quote) for quote in reading.everything(ctx, caller, Quote))
    return quote_figures(offers(one for one in versions if one is not None), reminders, first, last)


def prescriptions(ctx: Context, caller: Caller, law: DunningLaw) -> tuple[Prescription, ...]:
    """Until when each unpaid invoice can be claimed, the nearest first. [DU-04]"""
    found = (prescription(one.invoice, law) for one in reading.read(ctx, caller))
    return tuple(sorted((one for one in found if one is not None), key=lambda one: (one.last_day, one.number)))


def require_period(first: date, last: date) -> None:
    """Raise Invalid on a period that is none or longer than a year."""
    if not 0 <= (last - first).days < MAX_DAYS:
        message = "La période va d’un jour à un an, du premier au dernier jour."
        raise Invalid(message, faults=[Fault("/to", message, "period")])


def _open_on(ctx: Context, caller: Caller, on: date) -> Iterator[Receivable]:
    """What each invoice left open at the end of that day, and whether it is disputed now."""
    for one in reading.read(ctx, caller, with_runs=True, only_open=True):
        disputed = is_disputed(one.invoice, one.run, ctx.clock.now())
        found = receivable(one.invoice, on, replaced_on=one.replaced_on, is_disputed=disputed)
        if found is not None:
            yield found


def _past_day(ctx: Context, on: date | None) -> date:
    today = civil_date(ctx.clock.now())
    if on is not None and on > today:
        message = "Cette date est dans le futur : ce rapport se lit aujourd’hui ou à une date passée."
        raise Invalid(message, faults=[Fault("/on", message, "future_date")])
    return on or today
