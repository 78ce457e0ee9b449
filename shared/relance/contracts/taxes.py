"""How something is taxed, on the wire: the rate alone, the case in which none is charged, or category and rate."""

from collections.abc import Iterable, Sequence

import msgspec

from relance.contracts.fields import Percent, Text, one_line, percent_text, to_basis_points
from relance.contracts.parse import Body
from relance.domain.errors import Fault
from relance.domain.vat import VatCase, VatCategory, VatTreatment, in_case


class Vat(Body, frozen=True, kw_only=True):
    """Either a `case` in which none is charged: its category, code and text follow from the law of the document's day.

    Or a category (EN 16931) with its rate in percent, and the reason where nothing is charged.
    """

    case: VatCase | None = None
    category: VatCategory | None = None
    rate: Percent = "0"
    reason: Text = ""

    def faults(self) -> Iterable[Fault]:
        """One way to say it."""
        if (self.case is None) == (self.category is None):
            yield Fault("", "Donnez case ou category, l’un des deux.", "one_of")
        elif self.case is not None and (self.rate != "0" or self.reason):
            yield Fault("", "Un cas sans TVA a sa catégorie et son texte : ne donnez ni rate ni reason.", "one_of")


class Taxed(Body, frozen=True, kw_only=True):
    """Something that bears VAT. `vat_rate` is short for `{"vat": {"category": "S", "rate": …}}`.

    Without either, it is taxed as the company's regime says: a company under the franchise charges none. [V-01]
    """

    vat: Vat | None = None
    vat_rate: Percent | None = None

    def treatment_faults(self) -> list[Fault]:
        """One VAT treatment at most, with a rate of two decimals at most."""
        if self.vat is not None and self.vat_rate is not None:
            return [Fault("/vat", "Donnez vat ou vat_rate, l’un des deux.", "one_of")]
        if to_basis_points(rate_of(self)) is None:
            return [Fault(_rate_at(self), "Ce taux de TVA n’existe pas en France.", "unknown_rate")]
        return []


def rate_of(body: Taxed) -> str:
    """The rate as it was written."""
    return body.vat.rate if body.vat is not None else body.vat_rate or "0"


def to_treatment(body: Taxed) -> VatTreatment:
    """The domain's VAT treatment."""
    vat = body.vat
    if vat is None and body.vat_rate is None:
        return in_case(VatCase.REGIME)
    if vat is not None and vat.case is not None:
        return in_case(vat.case)
    return VatTreatment(
        category=vat.category if vat and vat.category else VatCategory.STANDARD,
        rate_bp=to_basis_points(rate_of(body)) or 0,
        reason=one_line(vat.reason) if vat else "",
    )


def where_written(body: Taxed, faults: Sequence[Fault]) -> Iterable[Fault]:
    """The domain's faults with those of the VAT told where the caller wrote it."""
    for fault in faults:
        pointer = _rate_at(body) if body.vat is None and fault.pointer.startswith("/vat") else fault.pointer
        yield Fault(pointer, fault.message, fault.code)


def _rate_at(body: Taxed) -> str:
    return "/vat/rate" if body.vat is not None else "/vat_rate"


class VatView(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a line is taxed; `code` is of the list VATEX, `case` why none is charged when that was said."""

    category: VatCategory
    rate: str
    reason: str
    code: str = ""
    case: VatCase | None = None


def vat_view(vat: VatTreatment) -> VatView:
    """A treatment as it is told."""
    return VatView(vat.category, percent_text(vat.rate_bp), vat.reason, vat.code, vat.case)
