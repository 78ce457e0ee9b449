"""Amounts, rates and dates in English, for documents in that language: the same functions as `french`.

British order and month names in full, so that no reader takes the day for the month; the sign of the euro before the
amount and ISO 4217 codes before every other one (European Commission, English Style Guide, 20.7, checked 2026-11).
"""

from datetime import date
from decimal import Decimal
from typing import Final

from relance.adapters import french
from relance.adapters.french import NBSP
from relance.domain.currencies import EURO

_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_POINTS: Final = str.maketrans({french.NARROW: ",", ",": "."})


def decimal(value: Decimal | int, *, at_least: int = 0) -> str:
    """`Decimal("1234.5")` to "1,234.5"."""
    return french.decimal(value, at_least=at_least).translate(_POINTS)


def money(cents: int, currency: str = EURO) -> str:
    """123450 cents to "€1,234.50", "CHF 1,234.50" or "JPY 1,235"."""
    return unit_price(Decimal(cents) / 100, currency)


def unit_price(units: Decimal, currency: str = EURO) -> str:
    """A unit price with the decimals of its currency at least: "€0.0425"."""
    sign = "−" if units < 0 else ""
    symbol = "€" if currency == EURO else f"{currency}{NBSP}"
    return f"{sign}{symbol}{decimal(abs(units), at_least=french.decimals(currency))}"


def rate(basis_points: int) -> str:
    """550 to "5.5%"."""
    return decimal(Decimal(basis_points) / 100) + "%"


def day(value: date) -> str:
    """ "1 March 2027"."""
    return f"{value.day}{NBSP}{_MONTHS[value.month - 1]}{NBSP}{value.year}"
