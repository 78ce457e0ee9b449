"""The lines of quotes and invoices on the wire, and their totals."""

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum

import msgspec

from relance.contracts.fields import (
    Amount,
    Description,
    Percent,
    Quantity,
    Text,
    UnitPrice,
    Word,
    amount_text,
    decimal_text,
    one_line,
    percent_text,
    several_lines,
    to_basis_points,
    to_cents,
)
from relance.contracts.parse import Body
from relance.domain.errors import Fault
from relance.domain.line_checks import line_faults
from relance.domain.lines import Discount, Line
from relance.domain.totals import Totals
from relance.domain.vat import VatCategory, VatTreatment


class Nature(StrEnum):
    """What is sold: decides which mentions are due."""

    SERVICES = "services"
    GOODS = "goods"


class Vat(Body, frozen=True):
    """How a line is taxed: category (EN 16931), rate in percent, and the reason where nothing is charged."""

    category: VatCategory
    rate: Percent = "0"
    reason: Text = ""


class DiscountBody(Body, frozen=True):
    """A reduction: in percent of the line, or an amount in euros; one of the two."""

    percent: Percent | None = None
    amount: Amount | None = None

    def faults(self) -> Iterable[Fault]:
        """Exactly one of the two, and a percentage of two decimals at most."""
        if (self.percent is None) == (self.amount is None):
            yield Fault("", "Donnez percent ou amount, l’un des deux.", "one_of")
        elif self.percent is not None and to_basis_points(self.percent) is None:
            yield Fault("/percent", "Deux décimales au plus.", "too_many_decimals")


class LineBody(Body, frozen=True):
    """One line. `vat_rate` is short for `{"vat": {"category": "S", "rate": …}}`."""

    description: Description
    quantity: Quantity
    unit_price: UnitPrice
    unit: Word = ""
    vat: Vat | None = None
    vat_rate: Percent | None = None
    discount: DiscountBody | None = None
    nature: Nature = Nature.SERVICES

    def faults(self) -> Iterable[Fault]:
        """One VAT treatment, then the domain's own rules of a line, told where the caller wrote it."""
        rate_at = "/vat/rate" if self.vat is not None else "/vat_rate"
        if (self.vat is None) == (self.vat_rate is None):
            yield Fault("/vat", "Donnez vat ou vat_rate, l’un des deux.", "one_of")
        elif to_basis_points(_rate(self)) is None:
            yield Fault(rate_at, "Ce taux de TVA n’existe pas en France.", "unknown_rate")
        else:
            for fault in line_faults(to_line(self)):
                pointer = rate_at if self.vat is None and fault.pointer.startswith("/vat") else fault.pointer
                yield Fault(pointer, fault.message, fault.code)


def _rate(body: LineBody) -> str:
    return body.vat.rate if body.vat is not None else body.vat_rate or "0"


def to_line(body: LineBody) -> Line:
    """The domain's line."""
    vat, discount = body.vat, body.discount
    return Line(
        description=several_lines(body.description),
        quantity=Decimal(body.quantity),
        unit=one_line(body.unit),
        unit_price=Decimal(body.unit_price),
        vat=VatTreatment(
            category=vat.category if vat else VatCategory.STANDARD,
            rate_bp=to_basis_points(_rate(body)) or 0,
            reason=one_line(vat.reason) if vat else "",
        ),
        discount=_to_discount(discount) if discount else None,
        nature=body.nature.value,
    )


def _to_discount(body: DiscountBody) -> Discount:
    if body.amount is not None:
        return Discount(amount=to_cents(body.amount))
    return Discount(percent_bp=to_basis_points(body.percent or "0") or 0)


class DiscountView(msgspec.Struct, frozen=True, omit_defaults=True):
    """A reduction, as it was given."""

    percent: str | None = None
    amount: str | None = None


class VatView(msgspec.Struct, frozen=True):
    """How a line is taxed."""

    category: VatCategory
    rate: str
    reason: str


class LineView(msgspec.Struct, frozen=True):
    """One line with what it comes to: `net` is HT, after discount."""

    description: str
    quantity: str
    unit: str
    unit_price: str
    vat: VatView
    discount: DiscountView | None
    nature: str
    net: str


class SubtotalView(msgspec.Struct, frozen=True):
    """One row of the VAT table."""

    vat: VatView
    base: str
    amount: str


class TotalsView(msgspec.Struct, frozen=True):
    """HT, VAT per rate (rounded once per rate), TTC, in euros."""

    net: str
    vat: str
    gross: str
    subtotals: tuple[SubtotalView, ...]


def line_view(line: Line) -> LineView:
    """A line as it is told."""
    return LineView(
        description=line.description,
        quantity=decimal_text(line.quantity),
        unit=line.unit,
        unit_price=decimal_text(line.unit_price),
        vat=_vat_view(line.vat),
        discount=_discount_view(line.discount) if line.discount else None,
        nature=line.nature,
        net=amount_text(line.net),
    )


def totals_view(totals: Totals) -> TotalsView:
    """Sums as they are told."""
    return TotalsView(
        net=amount_text(totals.net),
        vat=amount_text(totals.vat),
        gross=amount_text(totals.gross),
        subtotals=tuple(
            SubtotalView(_vat_view(row.treatment), amount_text(row.base), amount_text(row.vat))
            for row in totals.subtotals
        ),
    )


def _vat_view(vat: VatTreatment) -> VatView:
    return VatView(vat.category, percent_text(vat.rate_bp), vat.reason)


def _discount_view(discount: Discount) -> DiscountView:
    if discount.amount:
        return DiscountView(amount=amount_text(discount.amount))
    return DiscountView(percent=percent_text(discount.percent_bp))
