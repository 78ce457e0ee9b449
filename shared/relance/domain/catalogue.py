"""What a tenant sells again and again (catalogue), and what some of its customers pay for it (tarif négocié).

A document copies what it takes: changing or removing an item changes nothing that was written with it. Unit prices are
HT in euros, at most 6 decimals. `unit_cost` (prix de revient) is for its author's margin: never printed, never in the
journal. [KB-31, KB-32, KB-33]
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from relance.domain.errors import Fault
from relance.domain.ids import CustomerId, ItemId, TenantId
from relance.domain.line_checks import line_faults
from relance.domain.lines import Discount, Line
from relance.domain.money import BASIS_POINTS
from relance.domain.vat import VatTreatment

MAX_NAME: Final = 64  # characters of a reference, or of whatever a line calls its item
_ID: Final = re.compile(r"itm_[0-9a-z]{26}")


@dataclass(frozen=True, slots=True)
class Article:
    """What is sold, and for how much. `is_labour`: its price is a labour rate (taux horaire de main-d’œuvre)."""

    description: str
    unit_price: Decimal
    vat: VatTreatment
    reference: str = ""
    unit: str = ""
    nature: str = "services"
    unit_cost: Decimal | None = None
    is_labour: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of the catalogue. The reference of its article, when it has one, is unique within the tenant."""

    tenant: TenantId
    id: ItemId
    rev: int
    updated_at: datetime
    article: Article


@dataclass(frozen=True, slots=True)
class ItemReference:
    """The claim of an item on its reference, stored and removed with it: `id` is `reference_key`, so it is unique."""

    tenant: TenantId
    id: str
    rev: int
    item_id: ItemId


@dataclass(frozen=True, slots=True)
class Price:
    """What somebody pays in particular: `unit_price`, or `percent_off_bp` off the catalogue's; exactly one.

    It holds from `valid_from` to `valid_to`, both included; None is open-ended.
    """

    unit_price: Decimal | None = None
    percent_off_bp: int = 0
    valid_from: date | None = None
    valid_to: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether it applies on that civil date."""
        return (self.valid_from or day) <= day <= (self.valid_to or day)


@dataclass(frozen=True, slots=True)
class CustomerPrice:
    """One customer's price of one item; `id` is `price_id` of the two."""

    tenant: TenantId
    id: str
    rev: int
    updated_at: datetime
    customer_id: CustomerId
    item_id: ItemId
    price: Price


@dataclass(frozen=True, slots=True)
class Offer:
    """An article at the price that one customer gets today."""

    article: Article
    unit_price: Decimal
    discount: Discount | None = None


def offer(article: Article, price: Price | None, today: date) -> Offer:
    """The customer's own price where he has one today, else the catalogue's. A percentage shows as a discount."""
    if price is None or not price.holds_on(today):
        return Offer(article, article.unit_price)
    if price.unit_price is not None:
        return Offer(article, price.unit_price)
    return Offer(article, article.unit_price, Discount(percent_bp=price.percent_off_bp))


def price_id(customer_id: str, item_id: str) -> str:
    """One price for each customer and item: all of a customer's begin with his id."""
    return f"{customer_id}.{item_id}"


def reference_key(reference: str) -> str:
    """What makes a reference unique: « par-01 » and « PAR-01 » are one."""
    return reference.casefold()


def is_item_id(name: str) -> bool:
    """Whether a line names its item by id rather than by reference."""
    return _ID.fullmatch(name) is not None


def article_faults(article: Article) -> list[Fault]:
    """Everything wrong with an article: one unit of it must be a line that could be sold."""
    faults = line_faults(_one(article, article.unit_price))
    if article.unit_cost is not None:
        faults += [
            Fault("/unit_cost", fault.message.replace("Le prix unitaire", "Le coût unitaire"), fault.code)
            for fault in line_faults(_one(article, article.unit_cost))
            if fault.pointer == "/unit_price"
        ]
    if is_item_id(article.reference):
        message = "Cette référence ressemble à un identifiant : choisissez-en une autre, par exemple PAR-01."
        faults.append(Fault("/reference", message, "like_an_id"))
    return faults


def price_faults(price: Price, article: Article) -> list[Fault]:
    """Everything wrong with a customer's price of `article`."""
    return list(_price_faults(price, article))


def _price_faults(price: Price, article: Article) -> Iterator[Fault]:
    if (price.unit_price is None) == (price.percent_off_bp == 0):
        message = "Donnez unit_price ou percent_off, l’un des deux, le pourcentage au-dessus de zéro."
        yield Fault("", message, "one_of")
    elif not 0 <= price.percent_off_bp <= BASIS_POINTS:
        yield Fault("/percent_off", "Une remise va de 0 à 100 %.", "out_of_range")
    elif price.unit_price is not None:
        yield from (f for f in line_faults(_one(article, price.unit_price)) if f.pointer == "/unit_price")
    if price.valid_from and price.valid_to and price.valid_from > price.valid_to:
        yield Fault("/valid_to", "La fin de validité précède son début.", "past_date")


def _one(article: Article, price: Decimal) -> Line:
    """A line that sells one of it at that price."""
    return Line(article.description, Decimal(1), article.unit, price, article.vat, nature=article.nature)
