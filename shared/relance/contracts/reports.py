"""Reports on money on the wire: days of sales, delays, turnover. Ratios are strings, or null. [M-11 to M-15, M-18]

Null says that there is nothing to tell: nothing sold, nothing paid.
"""

from datetime import date

import msgspec

from relance.contracts.fields import amount_text, percent_text, ratio_text
from relance.domain.dso import Dso
from relance.domain.errors import Fault, Invalid
from relance.domain.payment_delays import PaymentDelays
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
        accounting=ratio_text(found.accounting),
        best_possible=ratio_text(found.best_possible),
        count_back=str(found.count_back.days),
        count_back_at_least=found.count_back.is_at_least,
        collection_effectiveness=ratio_text(found.collection),
    )


def delays_view(found: PaymentDelays, first: date, last: date) -> DelaysView:
    """Delays as they are told."""
    return DelaysView(
        first=first,
        last=last,
        received=amount_text(found.received),
        payments=found.payments,
        average_days=ratio_text(found.average_days),
        on_time_percent=ratio_text(found.on_time),
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
