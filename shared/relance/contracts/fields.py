"""The kinds of fields that bodies are made of: how each is written on the wire, and what it becomes in the domain.

Amounts, quantities, prices and rates are decimal strings: JSON numbers are floats in most languages, and 0.1 + 0.2 is
not a price. What a value must satisfy is the domain's rule (`line_checks`); here is only its spelling.
"""

import re
import unicodedata
from decimal import Decimal
from typing import Annotated, Final

from msgspec import Meta

from relance.domain.money import MAX_CENTS, Cents, format_amount, parse_amount

_DECIMAL: Final = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,12})?")
_AMOUNT: Final = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,2})?")


def _decimal_fault(text: str) -> str | None:
    return (
        None
        if _DECIMAL.fullmatch(text)
        else "Un nombre décimal est attendu, entre guillemets et avec un point : 33.33."
    )


def _amount_fault(text: str) -> str | None:
    if _AMOUNT.fullmatch(text) and abs(parse_amount(text)) <= MAX_CENTS:
        return None
    return "Un montant est attendu, entre guillemets, deux décimales au plus : 1234.50."


# Texts. On one line unless said otherwise: no CR, LF or other control character (`domain.text_checks`).
Word = Annotated[str, Meta(max_length=64)]
Text = Annotated[str, Meta(max_length=200)]
RequiredText = Annotated[str, Meta(min_length=1, max_length=200)]
Terms = Annotated[str, Meta(max_length=1000, extra={"multiline": True})]
Message = Annotated[str, Meta(max_length=4000, extra={"multiline": True})]
Description = Annotated[str, Meta(min_length=1, max_length=2000, extra={"multiline": True})]

# Decimals. The pattern is for the reader of the API's description; the domain says precisely what is wrong.
Quantity = Annotated[
    str,
    Meta(
        max_length=24,
        description="Supérieure à zéro, 4 décimales au plus",
        examples=["24.5"],
        extra_json_schema={"pattern": r"^[0-9]{1,9}(\.[0-9]{1,4})?$"},
        extra={"check": _decimal_fault},
    ),
]
UnitPrice = Annotated[
    str,
    Meta(
        max_length=24,
        description="Prix unitaire HT, positif ou nul, 6 décimales au plus",
        examples=["33.33"],
        extra_json_schema={"pattern": r"^[0-9]{1,9}(\.[0-9]{1,6})?$"},
        extra={"check": _decimal_fault},
    ),
]
Percent = Annotated[
    str,
    Meta(
        max_length=24,
        description="Pour cent, 2 décimales au plus",
        examples=["20", "5.5"],
        extra_json_schema={"pattern": r"^[0-9]{1,3}(\.[0-9]{1,2})?$"},
        extra={"check": _decimal_fault},
    ),
]
Amount = Annotated[
    str,
    Meta(
        max_length=24,
        description="Montant, 2 décimales au plus",
        examples=["1234.50"],
        extra_json_schema={"pattern": r"^[0-9]{1,12}(\.[0-9]{1,2})?$"},
        extra={"check": _amount_fault},
    ),
]


def one_line(text: str) -> str:
    """A text as it is kept: composed (NFC, the form that fonts draw), without spaces around it."""
    return unicodedata.normalize("NFC", text).strip()


def several_lines(text: str) -> str:
    """Like `one_line`, with line ends as LF and tabs as spaces."""
    return one_line(text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))


def to_cents(amount: str) -> Cents:
    """`"1234.50"` to 123450; the spelling was checked."""
    return parse_amount(amount)


def to_basis_points(percent: str) -> int | None:
    """`"5.5"` to 550; None when it has more than two decimals."""
    points = Decimal(percent) * 100
    return int(points) if points == points.to_integral_value() else None


def percent_text(basis_points: int) -> str:
    """550 to `"5.5"`."""
    return decimal_text(Decimal(basis_points) / 100)


def decimal_text(value: Decimal) -> str:
    """Without exponent and without trailing zeros."""
    return format(value.normalize(), "f")


def ratio_text(value: Decimal | None) -> str | None:
    """A ratio with the decimals that it has; null where there is none to tell."""
    return None if value is None else str(value)


amount_text = format_amount
