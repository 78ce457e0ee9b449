"""How many days of sales customers still owe (DSO, délai moyen de règlement), three ways, and how well it is collected.

    accounting       receivables TTC / revenue TTC x days: 20,000 / 45,000 x 90 = 40 days          [M-11]
    count-back       receivables are exhausted month by month, newest first; the days are added up  [M-12]
    best possible    the same as the first, were nothing late                                       [M-15]
    CEI              (begin + sales - end) / (begin + sales - end not due), in per cent             [M-15]

Pure; days and per cent with one decimal, half-up. Nothing was sold: there is no figure, and none is invented.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from relance.domain.money import Cents
from relance.domain.turnover import Sale

_TENTH = Decimal("0.1")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CountBack:
    """Days of sales that the receivables stand for; `is_at_least`: they are older than all the sales looked at."""

    days: Decimal
    is_at_least: bool = False


@dataclass(frozen=True, slots=True)
class Dso:
    """The figures of the `days` days up to `on`, both included; None where nothing was sold. Amounts in euro cents."""

    on: date
    days: int
    receivables: Cents
    not_due: Cents
    receivables_before: Cents
    revenue: Cents
    accounting: Decimal | None
    best_possible: Decimal | None
    count_back: CountBack
    collection: Decimal | None


def dso(sold: Iterable[Sale], on: date, days: int, *, receivables: Cents, not_due: Cents, before: Cents) -> Dso:
    """All of them, from the sales up to `on`, what was owed that day (of which `not_due`), and what was owed `before`
    the period began.
    """
    first = on - timedelta(days=days - 1)
    revenue, by_month = 0, dict[date, int]()
    for sale in sold:
        if first <= sale.on <= on:
            revenue += sale.gross
        if sale.on <= on:
            month = sale.on.replace(day=1)
            by_month[month] = by_month.get(month, 0) + sale.gross
    return Dso(
        on=on,
        days=days,
        receivables=receivables,
        not_due=not_due,
        receivables_before=before,
        revenue=Cents(revenue),
        accounting=accounting(receivables, revenue, days),
        best_possible=accounting(not_due, revenue, days),
        count_back=count_back(receivables, by_month, on),
        collection=collection(before, revenue, receivables, not_due),
    )


def accounting(receivables: int, revenue: int, days: int) -> Decimal | None:
    """Receivables over revenue, in days; None when nothing was sold. [M-11]"""
    return None if revenue <= 0 else _tenths(Decimal(receivables) * days / revenue)


def count_back(receivables: int, by_month: dict[date, int], on: date) -> CountBack:
    """Newest month first: a month that is owed whole counts its days, the last one its share. [M-12]

    The month of `on` counts up to that day. A month without sales counts its days as well: time passed all the same.
    """
    left, days = receivables, Decimal(0)
    oldest = min((month for month, sold in by_month.items() if sold > 0), default=None)
    end = on
    while left > 0 and oldest is not None and end >= oldest:
        month = end.replace(day=1)
        sold = by_month.get(month, 0)
        length = (end - month).days + 1
        if sold > left:
            return CountBack(_tenths(days + Decimal(left) * length / sold))
        left -= max(0, sold)
        days += length
        end = month - _DAY
    return CountBack(_tenths(days), is_at_least=left > 0)


def collection(before: int, sales: int, after: int, not_due: int) -> Decimal | None:
    """The share that was collected of what could be (collection effectiveness index); None if nothing could. [M-15]"""
    could = before + sales - not_due
    return None if could <= 0 else _tenths(Decimal(100) * (before + sales - after) / could)


def _tenths(value: Decimal) -> Decimal:
    return value.quantize(_TENTH, rounding=ROUND_HALF_UP)
