"""VAT: categories, cases in which none is charged, and the breakdown of a document per rate.

VAT of one category and rate = its taxable base x rate, rounded once, half-up: never the sum of rounded lines.
EN 16931 BR-CO-17. The rates that an invoice may carry at all are a code list of the format, like the categories:
BR-FR-16 (FNFE-MPE schematron V1.4.0, checked 2026-11). Which of them is lawful on which day and where is dated data:
relance.domain.vat_rates. [R-01, V-10, V-11]
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


class VatCase(StrEnum):
    """Why no VAT is charged. What is printed then is dated data: relance.domain.vat_notes. [V-01..V-07]

    `REGIME` is what a line has until the company's own regime is looked up: its author said nothing of VAT.
    """

    REGIME = "regime"
    FRANCHISE = "franchise"
    CONSTRUCTION_SUBCONTRACTING = "construction_subcontracting"
    EU_SERVICES = "eu_services"
    EU_GOODS = "eu_goods"
    EXPORT = "export"
    FOREIGN_SERVICES = "foreign_services"
    EXEMPT = "exempt"
    EXEMPT_HEALTH = "exempt_health"
    EXEMPT_TRAINING = "exempt_training"
    EXEMPT_ASSOCIATION = "exempt_association"
    MARGIN_SCHEME = "margin_scheme"
    MARGIN_ART = "margin_art"
    MARGIN_COLLECTIBLES = "margin_collectibles"
    MARGIN_TRAVEL = "margin_travel"
    OVERSEAS_UNTAXED = "overseas_untaxed"

    @property
    def category(self) -> VatCategory:
        """How EN 16931 calls a line of this case (UNTDID 5305); REGIME is not decided yet and stands as S at 0 %."""
        return _CATEGORIES.get(self, VatCategory.EXEMPT)


_CATEGORIES = {
    VatCase.REGIME: VatCategory.STANDARD,
    VatCase.CONSTRUCTION_SUBCONTRACTING: VatCategory.REVERSE_CHARGE,
    VatCase.EU_SERVICES: VatCategory.REVERSE_CHARGE,
    VatCase.EU_GOODS: VatCategory.INTRA_COMMUNITY,
    VatCase.EXPORT: VatCategory.EXPORT,
    VatCase.FOREIGN_SERVICES: VatCategory.OUTSIDE_SCOPE,
    VatCase.OVERSEAS_UNTAXED: VatCategory.OUTSIDE_SCOPE,
}


@dataclass(frozen=True, slots=True)
class VatTreatment:
    """How one line is taxed. `reason` is printed and must be given where nothing is charged, unless `case` says why.

    With a `case`, `reason` and `code` (of the list VATEX, BT-121) are filled with the law of the document's day.
    """

    category: VatCategory
    rate_bp: int
    reason: str = ""
    code: str = ""
    case: VatCase | None = None


def in_case(case: VatCase) -> VatTreatment:
    """The treatment of a case, before the document's day gives its text."""
    return VatTreatment(case.category, 0, case=case)


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
