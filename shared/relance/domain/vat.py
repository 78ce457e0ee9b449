"""VAT: categories, the rates that France knows, and the breakdown of a document per rate.

VAT of one category and rate = its taxable base x rate, rounded once, half-up: never the sum of rounded lines.
EN 16931 BR-CO-17; list of rates BR-FR-16 (FNFE-MPE schematron V1.4.0, checked 2026-11). [R-01, V-10, V-11]
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from relance.domain.money import Cents, share

FRENCH_RATES_BP = frozenset({0, 90, 105, 175, 210, 550, 700, 850, 920, 960, 1000, 1300, 1960, 2000, 2060})


class VatCategory(StrEnum):
    """EN 16931 category codes that are valid in France (UNTDID 5305; L and M are not: BR-FR-15)."""

    STANDARD = "S"
    EXEMPT = "E"
    REVERSE_CHARGE = "AE"
    INTRA_COMMUNITY = "K"
    EXPORT = "G"
    OUTSIDE_SCOPE = "O"
    ZERO = "Z"


@dataclass(frozen=True, slots=True)
class VatTreatment:
    """How one line is taxed. `reason` is printed and must be given where nothing is charged."""

    category: VatCategory
    rate_bp: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class VatSubtotal:
    """One row of the VAT table: the taxable base and the VAT of one treatment, in cents."""

    treatment: VatTreatment
    base: Cents
    vat: Cents


def by_rate(item: tuple[VatTreatment, object]) -> tuple[int, str, str]:
    """Sort key of the rows of a VAT table: highest rate first."""
    treatment = item[0]
    return -treatment.rate_bp, treatment.category, treatment.reason


def breakdown(nets: Iterable[tuple[VatTreatment, int]], step: int = 1) -> tuple[VatSubtotal, ...]:
    """Group nets (cents, HT) by treatment and compute each VAT once, to the `step`; highest rate first."""
    bases: dict[VatTreatment, int] = {}
    for treatment, net in nets:
        bases[treatment] = bases.get(treatment, 0) + net
    ordered = sorted(bases.items(), key=by_rate)
    return tuple(VatSubtotal(t, Cents(base), share(base, t.rate_bp, step)) for t, base in ordered)
