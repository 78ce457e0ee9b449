"""Reports on the wire: days of sales, delays, dunning, turnover, quotes, prescription. Ratios are strings, or null.

Null says that there is nothing to tell: nothing sold, nothing paid, nothing sent.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import msgspec

from relance.contracts.fields import amount_text, percent_text
from relance.domain.dso import Dso
from relance.domain.dunning_figures import DunningFigures
from relance.domain.errors import Fault, Invalid
from relance.domain.payment_delays import PaymentDelays
from relance.domain.penalty_claim import PenaltyFigures
from relance.domain.prescription import Prescription, Urgency
from relance.domain.quote_figures import QuoteFigures, Spread
from relance.domain.turnover import Turnover
from relance.domain.vat import VatCategory


class DsoView(msgspec.Struct, frozen=True, kw_only=True):
    """DSO of the `days` days up to `on`, in days, and the collection effectiveness in per cent; amounts in euros.

    `accounting`: receivables / revenue x days. `best_possible`: were nothing late. `count_back`: month by month;
    `count_back_at_least` when what is owed is older than all sales.
    """

    on: date
    days: int
    receivables: str
    not_due: str
    receivables_before: str
    revenue: str
    accounting: str | None
    best_possible: str | None
    count_back: str
    count_back_at_least: bool
    collection_effectiveness: str | None


class DelaysView(msgspec.Struct, frozen=True, kw_only=True):
    """How late customers paid: days after the due date weighted by amount, and the share paid on time in per cent."""

    first: date
    last: date
    received: str
    payments: int
    average_days: str | None
    on_time_percent: str | None


class LevelView(msgspec.Struct, frozen=True, kw_only=True):
    """Reminders of one level, how many were followed by money within seven days, and by how much."""

    level: int
    reminders: int
    followed: int
    received: str


class PromisesView(msgspec.Struct, frozen=True):
    """Promises to pay that were made in the period."""

    kept: int
    broken: int
    pending: int


class DisputesView(msgspec.Struct, frozen=True, kw_only=True):
    """Of the invoices issued in the period, how many were contested; and the disputes that are open now."""

    invoices: int
    disputed: int
    rate_percent: str | None
    open: int
    average_age_days: str | None


class RecoveredView(msgspec.Struct, frozen=True, kw_only=True):
    """Penalties of the period: claims last made in it, what came in for any, what was given up; in euros."""

    claims: int
    claimed: str
    received: str
    waived: str


class DunningView(msgspec.Struct, frozen=True, kw_only=True):
    """What dunning brought in over a period."""

    first: date
    last: date
    levels: tuple[LevelView, ...]
    penalties: RecoveredView
    promises: PromisesView
    disputes: DisputesView


class RateSumsView(msgspec.Struct, frozen=True, kw_only=True):
    """One category and rate of VAT."""

    category: VatCategory
    rate: str
    net: str
    vat: str


class MonthView(msgspec.Struct, frozen=True, kw_only=True):
    """One month, by its first day."""

    month: date
    net: str
    vat: str
    gross: str
    received: str
    rates: tuple[RateSumsView, ...]


class TopCustomerView(msgspec.Struct, frozen=True, kw_only=True):
    """One customer, HT."""

    customer_id: str
    name: str
    net: str


class TurnoverView(msgspec.Struct, frozen=True, kw_only=True):
    """Turnover month by month, credit notes taken off, and the best customers; in euros."""

    first: date
    last: date
    months: tuple[MonthView, ...]
    customers: tuple[TopCustomerView, ...]


class CohortView(msgspec.Struct, frozen=True, kw_only=True):
    """The quotes first sent in one month; values HT, as offered."""

    month: date
    sent: int
    accepted: int
    sent_net: str
    accepted_net: str
    by_count_percent: str | None
    by_value_percent: str | None


class SpreadView(msgspec.Struct, frozen=True):
    """The middle of durations and the slowest tenth, in hours."""

    median_hours: str | None
    p90_hours: str | None


class StepView(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a scenario: reminders that left, quotes accepted within seven days of them."""

    step: str
    sent: int
    accepted: int
    rate_percent: str | None


class QuoteReport(msgspec.Struct, frozen=True, kw_only=True):
    """How quotes fare; `accepting` is from the first sending on, `drafting` from the draft to it."""

    first: date
    last: date
    cohorts: tuple[CohortView, ...]
    accepting: SpreadView
    drafting: SpreadView
    steps: tuple[StepView, ...]


class PrescriptionView(msgspec.Struct, frozen=True, kw_only=True):
    """Until when an unpaid invoice can be claimed in court, by the earliest count.

    `acknowledged_until`: the last day should its last payment be an acknowledgement of the debt, which must be proved.
    """

    invoice_id: str
    number: str
    customer_id: str
    customer: str
    balance: str
    runs_from: date
    last_day: date
    days_left: int
    urgency: Urgency
    acknowledged_until: date | None
    source: str


class PrescriptionReport(msgspec.Struct, frozen=True):
    """Unpaid invoices, the nearest to prescription first; `alerts` are those within ninety days, or over."""

    on: date
    alerts: int
    items: tuple[PrescriptionView, ...]


def days_of(text: str | None) -> int:
    """The number of days of `?days=`, ninety when it is not given. Raises Invalid on what is no number."""
    if text is None:
        return 90
    if not (text.isascii() and text.isdigit() and len(text) <= 3):
        message = "Un nombre de jours est attendu."
        raise Invalid(message, faults=[Fault("/days", message, "wrong_type")])
    return int(text)


def dso_view(found: Dso) -> DsoView:
    """DSO as it is told."""
    return DsoView(
        on=found.on,
        days=found.days,
        receivables=amount_text(found.receivables),
        not_due=amount_text(found.not_due),
        receivables_before=amount_text(found.receivables_before),
        revenue=amount_text(found.revenue),
        accounting=_told(found.accounting),
        best_possible=_told(found.best_possible),
        count_back=str(found.count_back.days),
        count_back_at_least=found.count_back.is_at_least,
        collection_effectiveness=_told(found.collection),
    )


def delays_view(found: PaymentDelays, first: date, last: date) -> DelaysView:
    """Delays as they are told."""
    return DelaysView(
        first=first,
        last=last,
        received=amount_text(found.received),
        payments=found.payments,
        average_days=_told(found.average_days),
        on_time_percent=_told(found.on_time),
    )


def dunning_view(found: DunningFigures, recovered: PenaltyFigures, first: date, last: date) -> DunningView:
    """Dunning as it is told."""
    promises, disputes = found.promises, found.disputes
    return DunningView(
        first=first,
        last=last,
        levels=tuple(
            LevelView(
                level=row.level, reminders=row.reminders, followed=row.followed, received=amount_text(row.received)
            )
            for row in found.levels
        ),
        penalties=RecoveredView(
            claims=recovered.claims,
            claimed=amount_text(recovered.claimed),
            received=amount_text(recovered.received),
            waived=amount_text(recovered.waived),
        ),
        promises=PromisesView(promises.kept, promises.broken, promises.pending),
        disputes=DisputesView(
            invoices=disputes.invoices,
            disputed=disputes.disputed,
            rate_percent=_told(disputes.rate),
            open=disputes.open,
            average_age_days=_told(disputes.average_age_days),
        ),
    )


def turnover_view(found: Turnover, first: date, last: date) -> TurnoverView:
    """Turnover as it is told."""
    return TurnoverView(
        first=first,
        last=last,
        months=tuple(
            MonthView(
                month=month.month,
                net=amount_text(month.net),
                vat=amount_text(month.vat),
                gross=amount_text(month.net + month.vat),
                received=amount_text(month.received),
                rates=tuple(
                    RateSumsView(
                        category=row.category,
                        rate=percent_text(row.rate_bp),
                        net=amount_text(row.net),
                        vat=amount_text(row.vat),
                    )
                    for row in month.rates
                ),
            )
            for month in found.months
        ),
        customers=tuple(
            TopCustomerView(customer_id=row.customer_id, name=row.name, net=amount_text(row.net))
            for row in found.customers
        ),
    )


def quote_report(found: QuoteFigures, first: date, last: date) -> QuoteReport:
    """Quotes as they are told."""
    return QuoteReport(
        first=first,
        last=last,
        cohorts=tuple(
            CohortView(
                month=row.month,
                sent=row.sent,
                accepted=row.accepted,
                sent_net=amount_text(row.sent_net),
                accepted_net=amount_text(row.accepted_net),
                by_count_percent=_told(row.by_count),
                by_value_percent=_told(row.by_value),
            )
            for row in found.cohorts
        ),
        accepting=_spread(found.accepting),
        drafting=_spread(found.drafting),
        steps=tuple(
            StepView(step=row.step, sent=row.sent, accepted=row.accepted, rate_percent=_told(row.rate))
            for row in found.steps
        ),
    )


def prescription_report(found: Iterable[Prescription], on: date) -> PrescriptionReport:
    """Prescriptions as they are told on that day."""
    items = tuple(
        PrescriptionView(
            invoice_id=row.invoice_id,
            number=row.number,
            customer_id=row.customer_id,
            customer=row.name,
            balance=amount_text(row.balance),
            runs_from=row.runs_from,
            last_day=row.last_day,
            days_left=row.days_left(on),
            urgency=row.urgency(on),
            acknowledged_until=row.acknowledged_until,
            source=row.source,
        )
        for row in found
    )
    return PrescriptionReport(on, sum(item.urgency is not Urgency.FAR for item in items), items)


def _spread(found: Spread) -> SpreadView:
    return SpreadView(_told(found.median_h), _told(found.p90_h))


def _told(value: Decimal | None) -> str | None:
    return None if value is None else str(value)
