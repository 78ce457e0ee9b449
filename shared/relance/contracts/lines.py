"""The lines of quotes and invoices on the wire.

A quote's line may leave a choice to the customer, and may hold what it costs its author; an invoice's has neither.
"""

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum

import msgspec

from relance.contracts.fields import (
    Amount,
    Description,
    Percent,
    Quantity,
    Terms,
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
from relance.contracts.taxes import Taxed, VatView, to_treatment, vat_view, where_written
from relance.domain.errors import Fault
from relance.domain.line_checks import line_faults
from relance.domain.lines import Discount, Line


class Nature(StrEnum):
    """What is sold: decides which mentions are due."""

    SERVICES = "services"
    GOODS = "goods"


class DiscountBody(Body, frozen=True, kw_only=True):
    """A part of something: in percent of it, or an amount in the document's currency; one of the two."""

    percent: Percent | None = None
    amount: Amount | None = None

    def faults(self) -> Iterable[Fault]:
        """Exactly one of the two, and a percentage of two decimals at most."""
        if (self.percent is None) == (self.amount is None):
            yield Fault("", "Donnez percent ou amount, l’un des deux.", "one_of")
        elif self.percent is not None and to_basis_points(self.percent) is None:
            yield Fault("/percent", "Deux décimales au plus.", "too_many_decimals")


class LineBody(Taxed, frozen=True, kw_only=True):
    """One line. Neighbours of one `section` share its heading and a subtotal; `text_before` is printed above it.

    `item` names an item of the catalogue by its reference or id: what the line leaves out comes from there, with the
    customer's own price; what it says itself wins.
    """

    item: Word = ""
    description: Description
    quantity: Quantity
    unit_price: UnitPrice
    unit: Word = ""
    discount: DiscountBody | None = None
    nature: Nature = Nature.SERVICES
    section: Text = ""
    text_before: Terms = ""
    reference: Word = ""

    def faults(self) -> Iterable[Fault]:
        """One VAT treatment, then the domain's own rules of a line, told where the caller wrote it."""
        return self.treatment_faults() or where_written(self, line_faults(to_line(self)))


class QuoteLineBody(LineBody, frozen=True, kw_only=True):
    """A line of a quote. `optional`: the customer may take it or not, and it counts for nothing until `chosen`.

    `min_quantity` and `max_quantity`, both or neither: he may change the quantity within them. `unit_cost` (HT) is
    for the author's margin: it is never shown to anybody else.
    """

    optional: bool = False
    chosen: bool = False
    min_quantity: Quantity | None = None
    max_quantity: Quantity | None = None
    unit_cost: UnitPrice | None = None


def to_line(body: LineBody, step: int = 1) -> Line:
    """The domain's line; `step` is the smallest amount of the document's currency in hundredths."""
    choice: QuoteLineBody | None = body if isinstance(body, QuoteLineBody) else None
    return Line(
        description=several_lines(body.description),
        quantity=Decimal(body.quantity),
        unit=one_line(body.unit),
        unit_price=Decimal(body.unit_price),
        vat=to_treatment(body),
        discount=_to_discount(body.discount) if body.discount else None,
        nature=body.nature.value,
        section=one_line(body.section),
        text_before=several_lines(body.text_before),
        reference=one_line(body.reference),
        is_option=choice is not None and choice.optional,
        is_chosen=choice is None or choice.chosen or not choice.optional,
        min_quantity=_decimal(choice.min_quantity) if choice else None,
        max_quantity=_decimal(choice.max_quantity) if choice else None,
        step=step,
    )


def to_cost(body: QuoteLineBody) -> Decimal | None:
    """What one unit costs the author, HT."""
    return _decimal(body.unit_cost)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _to_discount(body: DiscountBody) -> Discount:
    if body.amount is not None:
        return Discount(amount=to_cents(body.amount))
    return Discount(percent_bp=to_basis_points(body.percent or "0") or 0)


class DiscountView(msgspec.Struct, frozen=True, omit_defaults=True):
    """A reduction, as it was given."""

    percent: str | None = None
    amount: str | None = None


class LineView(msgspec.Struct, frozen=True, kw_only=True):
    """One line with what it comes to: `net` is HT, after discount. `chosen`: it counts in the totals."""

    description: str
    quantity: str
    unit: str
    unit_price: str
    vat: VatView
    discount: DiscountView | None
    nature: str
    section: str
    text_before: str
    reference: str
    optional: bool
    chosen: bool
    min_quantity: str | None
    max_quantity: str | None
    net: str


def line_view(line: Line) -> LineView:
    """A line as it is told."""
    return LineView(
        description=line.description,
        quantity=decimal_text(line.quantity),
        unit=line.unit,
        unit_price=decimal_text(line.unit_price),
        vat=vat_view(line.vat),
        discount=_discount_view(line.discount, line.step) if line.discount else None,
        nature=line.nature,
        section=line.section,
        text_before=line.text_before,
        reference=line.reference,
        optional=line.is_option,
        chosen=line.counts,
        min_quantity=_text(line.min_quantity),
        max_quantity=_text(line.max_quantity),
        net=amount_text(line.net, line.step),
    )


def _text(value: Decimal | None) -> str | None:
    return None if value is None else decimal_text(value)


def _discount_view(discount: Discount, step: int) -> DiscountView:
    if discount.amount:
        return DiscountView(amount=amount_text(discount.amount, step))
    return DiscountView(percent=percent_text(discount.percent_bp))
