"""French typography for pages, mails and PDFs: amounts, quantities, rates, dates, grouped identifiers.

Thousands are apart by U+202F (narrow no-break space); a no-break space U+00A0 stands before `€` and `%`, as the
Imprimerie nationale's Lexique asks: nothing here can be cut at the end of a line. Instants are told in Europe/Paris.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from relance.domain.calendar_fr import PARIS
from relance.domain.currencies import EURO, step_of

NARROW: Final = "\u202f"
NBSP: Final = "\u00a0"
_MINUS: Final = "\u2212"
_MONTHS: Final = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
_DAYS: Final = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


def decimal(value: Decimal | int, *, at_least: int = 0) -> str:
    """`Decimal("1234.50")` to « 1 234,5 »; with `at_least=2`, « 1 234,50 ». Never rounds."""
    sign, digits, exponent = Decimal(value).normalize().as_tuple()
    assert isinstance(exponent, int), "infinity and NaN are no amounts"
    plain = f"{abs(Decimal(value)):f}" if digits == (0,) else f"{abs(Decimal(value).normalize()):f}"
    whole, _, fraction = plain.partition(".")
    fraction = fraction.rstrip("0").ljust(at_least, "0")
    grouped = f"{int(whole):,}".replace(",", NARROW)
    return (_MINUS if sign and digits != (0,) else "") + grouped + (f",{fraction}" if fraction else "")


def money(cents: int, currency: str = EURO) -> str:
    """123450 cents to « 1 234,50 € »; « 1 235 JPY » in a currency without decimals. Codes of ISO 4217."""
    return unit_price(Decimal(cents) / 100, currency)


def unit_price(units: Decimal, currency: str = EURO) -> str:
    """A unit price with the decimals of its currency at least and all that it has (six at most): « 0,0425 € »."""
    return decimal(units, at_least=decimals(currency)) + NBSP + ("€" if currency == EURO else currency)


def decimals(currency: str) -> int:
    """How many decimals its amounts are written with: none, or the two that an invoice may carry. [PF-03]"""
    return 0 if step_of(currency) == 100 else 2


def rate(basis_points: int) -> str:
    """550 to « 5,5 % »."""
    return decimal(Decimal(basis_points) / 100) + NBSP + "%"


def day(value: date) -> str:
    """« 1er mars 2027 », « 22 novembre 2026 »."""
    number = "1er" if value.day == 1 else str(value.day)
    return f"{number}{NBSP}{_MONTHS[value.month - 1]}{NBSP}{value.year}"


def weekday(value: date) -> str:
    """« lundi 1er mars 2027 »."""
    return f"{_DAYS[value.weekday()]} {day(value)}"


def short_day(value: date) -> str:
    """« 01/03/2027 »."""
    return f"{value:%d/%m/%Y}"


def instant(value: datetime) -> str:
    """« 22 novembre 2026 à 14 h 05 », the hour of Paris."""
    local = value.astimezone(PARIS)
    return f"{day(local.date())} à {local.hour}{NBSP}h{NBSP}{local.minute:02d}"


def groups(value: str, *sizes: int) -> str:
    """Cut an identifier for the eye: `groups(siren, 3, 3, 3)`; the last size repeats to the end. [I-01]"""
    compact = "".join(value.split())
    parts, start, todo = [], 0, list(sizes)
    while start < len(compact):
        size = todo.pop(0) if len(todo) > 1 else todo[0]
        parts.append(compact[start : start + size])
        start += size
    return NBSP.join(parts)


def siren(value: str) -> str:
    """« 732 829 320 »."""
    return groups(value, 3)


def siret(value: str) -> str:
    """« 732 829 320 00074 »."""
    return groups(value, 3, 3, 3, 5)


def iban(value: str) -> str:
    """« FR76 3000 6000 0112 3456 7890 189 »."""
    return groups(value, 4)


def phone(value: str) -> str:
    """A French number of ten digits by pairs; any other as it was written."""
    compact = "".join(value.split())
    return groups(compact, 2) if len(compact) == 10 and compact.isdigit() and compact[0] == "0" else value


FILTERS: Final[Mapping[str, Callable[..., Any]]] = {
    "decimal": decimal,
    "money": money,
    "unit_price": unit_price,
    "rate": rate,
    "day": day,
    "weekday": weekday,
    "short_day": short_day,
    "instant": instant,
    "siren": siren,
    "siret": siret,
    "iban": iban,
    "phone": phone,
}
