"""Money is an integer number of cents; quantities, unit prices and rates are decimals until they become money.

Rounding is half-up to the cent, once, where a rule says so: EN 16931 BR-CO-17, BR-FR-DEC (seen 2026-11). [R-01, R-03]
"""

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import NewType

Cents = NewType("Cents", int)

BASIS_POINTS = 10_000
# A thousand billion euros: beyond that an amount is a typing error, and 19 characters are not exceeded (BR-FR-DEC).
MAX_CENTS = 10**14

_AMOUNT = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,2})?")


def to_cents(euros: Decimal) -> Cents:
    """Euros to cents, half-up."""
    return Cents(int((euros * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP)))


def share(cents: int, rate_bp: int) -> Cents:
    """`rate_bp` ten-thousandths of an amount, half-up: `share(9999, 2000)` is 20 % of 99.99."""
    return Cents(int((Decimal(cents) * rate_bp / BASIS_POINTS).quantize(Decimal(1), rounding=ROUND_HALF_UP)))


def parse_amount(text: str) -> Cents:
    """`"1234.5"` or `"1234.50"` to 123450. Raises ValueError on anything else (exponents, spaces, three decimals)."""
    if not _AMOUNT.fullmatch(text):
        raise ValueError(text)
    return to_cents(Decimal(text))


def format_amount(cents: int) -> str:
    """123450 to `"1234.50"`, the form of the HTTP contract."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"
