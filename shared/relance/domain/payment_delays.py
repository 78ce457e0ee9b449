"""How late customers pay: days after the due date, weighted by amount, and the share paid on time. Pure. [M-14]"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from relance.domain.money import Cents
from relance.domain.turnover import Receipt

_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class PaymentDelays:
    """Of what came in over a period: how much, how many days after the due date (below zero: early), the share by its
    due date in per cent. None when nothing came in.
    """

    received: Cents
    payments: int
    average_days: Decimal | None
    on_time: Decimal | None


def payment_delays(came: Iterable[Receipt], first: date, last: date) -> PaymentDelays:
    """The figures of the civil days from `first` to `last`. Money given back pays nothing, so it is not counted."""
    rows = [one for one in came if first <= one.on <= last and one.amount > 0]
    received = sum(one.amount for one in rows)
    if not received:
        return PaymentDelays(Cents(0), 0, None, None)
    weighted = sum(one.amount * one.late_days for one in rows)
    in_time = sum(one.amount for one in rows if one.late_days <= 0)
    return PaymentDelays(
        Cents(received), len(rows), _tenths(Decimal(weighted) / received), _tenths(Decimal(100) * in_time / received)
    )


def _tenths(value: Decimal) -> Decimal:
    return value.quantize(_TENTH, rounding=ROUND_HALF_UP)
