"""How values are written in the XML: amounts, quantities, percentages, dates, VAT. [R-03]"""

from datetime import date
from decimal import Decimal

from relance.adapters.facturx.xml import group, text
from relance.domain.money import format_amount
from relance.domain.vat import VatCategory


def amount(name: str, cents: int, **attributes: str) -> str:
    """An amount with its two decimals."""
    return text(name, format_amount(cents), **attributes)


def number(value: Decimal) -> str:
    """A quantity or a price with the decimals that it has."""
    return f"{value.normalize():f}"


def percent(basis_points: int) -> str:
    """2000 to "20", 550 to "5.5": BR-FR-DEC-04 allows four digits in all."""
    return number(Decimal(basis_points) / 100)


def day(name: str, value: date, *, of: str = "udt:DateTimeString") -> str:
    """A date as CII writes it: eight digits, format 102."""
    return group(name, text(of, f"{value:%Y%m%d}", format="102"))


def tax(name: str, category: VatCategory, rate_bp: int) -> str:
    """The VAT of a line, an allowance or a charge; what is outside the scope of VAT has no rate (BR-O-05)."""
    return group(
        name,
        text("ram:TypeCode", "VAT"),
        text("ram:CategoryCode", category),
        "" if category is VatCategory.OUTSIDE_SCOPE else text("ram:RateApplicablePercent", percent(rate_bp)),
    )
