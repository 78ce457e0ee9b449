"""Money is an integer number of cents; quantities, unit prices and rates are decimals until they become money.

Rounding is half-up to the cent, once, where a rule says so: EN 16931 BR-CO-17, BR-FR-DEC (seen 2026-11). [R-01, R-03]
"""

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import NewType

Cents = NewType("Cents", int)

BASIS_POINTS = 10_000
# A thousand billion euros: beyond that an amount is a typing error, and 19 characters are not exceeded (BR-FR-DEC).
MAX_CENTS = 10**14

_AMOUNT = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,2})?")


def to_cents(units: Decimal, step: int = 1) -> Cents:
    """Euros to cents, half-up; `step` is the smallest amount in cents (100 for a currency without decimals)."""
    return Cents(int((units * 100 / step).quantize(Decimal(1), rounding=ROUND_HALF_UP)) * step)


def share(cents: int, rate_bp: int, step: int = 1) -> Cents:
    """`rate_bp` ten-thousandths of an amount, half-up to the `step`: `share(9999, 2000)` is 20 % of 99.99."""
    part = (Decimal(cents) * rate_bp / (BASIS_POINTS * step)).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return Cents(int(part) * step)


def percent(rate_bp: int) -> str:
    """550 to « 5,5 % », for persons."""
    return f"{rate_bp / 100:g} %".replace(".", ",")


def spread(cents: int, weights: Sequence[int], step: int = 1) -> list[int]:
    """`cents` in parts in proportion to `weights` (≥ 0), adding up to it exactly; whole steps, largest remainder first.

    What is less than a step goes to the first weight above zero. With no weight above zero there is nothing to spread
    over: all parts are 0.
    """
    whole = sum(weights)
    if whole == 0:
        return [0] * len(weights)
    steps, odd = divmod(cents, step)
    parts = [steps * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda n: (-(steps * weights[n] % whole), n))
    for n in by_remainder[: steps - sum(parts)]:
        parts[n] += 1
    spread_out = [part * step for part in parts]
    spread_out[next(n for n, weight in enumerate(weights) if weight)] += odd
    return spread_out


def parse_amount(text: str) -> Cents:
    """`"1234.5"` or `"1234.50"` to 123450. Raises ValueError on anything else (exponents, spaces, three decimals)."""
    if not _AMOUNT.fullmatch(text):
        raise ValueError(text)
    return to_cents(Decimal(text))


def format_amount(cents: int, step: int = 1) -> str:
    """123450 to `"1234.50"`, the form of the HTTP contract; to `"1234"` in a currency without decimals (`step` 100)."""
    sign, units, hundredths = "-" if cents < 0 else "", *divmod(abs(cents), 100)
    return f"{sign}{units}" if step == 100 and not hundredths else f"{sign}{units}.{hundredths:02d}"
