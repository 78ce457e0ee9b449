"""The lines of a document: what is sold, how much of it, at what price, taxed how, and what the customer may choose.

Amounts are hundredths of the document's currency. A currency without decimals is rounded to whole units (`step` is
100); one with three is billed to the hundredth, the most that an electronic invoice may carry. EN 16931 BR-DEC,
BR-FR-DEC (FNFE-MPE schematron V1.4.0, checked 2026-11). [R-03, Q-06, PF-11]
"""

from dataclasses import dataclass
from decimal import Decimal

from relance.domain.money import Cents, share, to_cents
from relance.domain.vat import VatTreatment


@dataclass(frozen=True, slots=True)
class Discount:
    """A reduction on one line (remise): `percent_bp` of it, or `amount` cents; exactly one of them is above zero."""

    percent_bp: int = 0
    amount: Cents = Cents(0)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: quantity (≤ 4 decimals), unit price HT (≤ 6 decimals, ≥ 0), VAT, discount. [R-03]

    `section` is the heading it stands under: neighbours of one section share a subtotal. `text_before` is printed above
    it. `is_option`: the customer may take it or not, and until `is_chosen` it counts for nothing. `min_quantity` and
    `max_quantity`, both or neither, let the customer change the quantity within them. `step` is the smallest amount of
    the currency in hundredths.
    """

    description: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    vat: VatTreatment
    discount: Discount | None = None
    nature: str = "services"
    section: str = ""
    text_before: str = ""
    reference: str = ""
    is_option: bool = False
    is_chosen: bool = True
    min_quantity: Decimal | None = None
    max_quantity: Decimal | None = None
    step: int = 1

    @property
    def gross(self) -> Cents:
        """Before discount, HT, rounded half-up."""
        return to_cents(self.quantity * self.unit_price, self.step)

    @property
    def discount_amount(self) -> Cents:
        """What the discount takes off, in cents."""
        if self.discount is None:
            return Cents(0)
        return self.discount.amount or share(self.gross, self.discount.percent_bp, self.step)

    @property
    def net(self) -> Cents:
        """What the line adds to the taxable base when it counts (BT-131)."""
        return Cents(self.gross - self.discount_amount)

    @property
    def is_free(self) -> bool:
        """Offered: printed « gratuit ». [Q-06]"""
        return self.unit_price == 0

    @property
    def counts(self) -> bool:
        """Whether it is part of the totals: everything but an option that was not chosen."""
        return self.is_chosen or not self.is_option

    @property
    def is_adjustable(self) -> bool:
        """Whether the customer may change its quantity."""
        return self.min_quantity is not None and self.max_quantity is not None
