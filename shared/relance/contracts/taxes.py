"""How something is taxed, on the wire: category and rate, or the rate alone for what is simply taxed."""

from collections.abc import Iterable, Sequence

import msgspec

from relance.contracts.fields import Percent, Text, one_line, percent_text, to_basis_points
from relance.contracts.parse import Body
from relance.domain.errors import Fault
from relance.domain.vat import VatCategory, VatTreatment


class Vat(Body, frozen=True):
    """Category (EN 16931), rate in percent, and the reason where nothing is charged."""

    category: VatCategory
    rate: Percent = "0"
    reason: Text = ""


class Taxed(Body, frozen=True, kw_only=True):
    """Something that bears VAT. `vat_rate` is short for `{"vat": {"category": "S", "rate": …}}`."""

    vat: Vat | None = None
    vat_rate: Percent | None = None

    def treatment_faults(self) -> list[Fault]:
        """One VAT treatment, with a rate of two decimals at most."""
        if (self.vat is None) == (self.vat_rate is None):
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
    return VatTreatment(
        category=vat.category if vat else VatCategory.STANDARD,
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


class VatView(msgspec.Struct, frozen=True):
    """How a line is taxed."""

    category: VatCategory
    rate: str
    reason: str


def vat_view(vat: VatTreatment) -> VatView:
    """A treatment as it is told."""
    return VatView(vat.category, percent_text(vat.rate_bp), vat.reason)
