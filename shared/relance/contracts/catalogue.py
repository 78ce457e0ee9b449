"""The catalogue on the wire: items, and what some customers pay for them."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

import msgspec

from relance.contracts.fields import (
    Description,
    Percent,
    UnitPrice,
    Word,
    decimal_text,
    one_line,
    percent_text,
    several_lines,
    to_basis_points,
)
from relance.contracts.lines import Nature
from relance.contracts.parse import Body
from relance.contracts.taxes import Taxed, VatView, to_treatment, vat_view, where_written
from relance.domain.catalogue import Article, CustomerPrice, Item, Price, article_faults
from relance.domain.errors import Fault


class ItemBody(Taxed, frozen=True, kw_only=True):
    """An item of the catalogue. `reference`, unique whatever its case, names it in the lines of drafts.

    `labour`: its price is a labour rate. `unit_cost` (HT) is for the author's margin: no document shows it.
    """

    description: Description
    unit_price: UnitPrice
    reference: Word = ""
    unit: Word = ""
    nature: Nature = Nature.SERVICES
    unit_cost: UnitPrice | None = None
    labour: bool = False

    def faults(self) -> Iterable[Fault]:
        """One VAT treatment, then what one unit of it must satisfy to be sold."""
        return self.treatment_faults() or where_written(self, article_faults(to_article(self)))


class ItemView(msgspec.Struct, frozen=True):
    """An item, with the version that `If-Match` wants."""

    id: str
    rev: int
    updated_at: datetime
    reference: str
    description: str
    unit: str
    unit_price: str
    vat: VatView
    nature: str
    unit_cost: str | None
    labour: bool


class ItemPage(msgspec.Struct, frozen=True):
    """Items, newest first or by reference; `cursor` asks for the next page, null at the end."""

    items: tuple[ItemView, ...]
    cursor: str | None


class PriceBody(Body, frozen=True, kw_only=True):
    """What one customer pays for one item: `unit_price` HT, or `percent_off` the catalogue's price; one of the two.

    It holds from `valid_from` to `valid_to`, both included; null is open-ended.
    """

    unit_price: UnitPrice | None = None
    percent_off: Percent | None = None
    valid_from: date | None = None
    valid_to: date | None = None

    def faults(self) -> Iterable[Fault]:
        """Exactly one of the two, and a percentage of two decimals at most."""
        if (self.unit_price is None) == (self.percent_off is None):
            yield Fault("", "Donnez unit_price ou percent_off, l’un des deux.", "one_of")
        elif self.percent_off is not None and to_basis_points(self.percent_off) is None:
            yield Fault("/percent_off", "Deux décimales au plus.", "too_many_decimals")


class PriceView(msgspec.Struct, frozen=True):
    """A customer's price, with the version that `If-Match` wants."""

    customer_id: str
    item_id: str
    rev: int
    updated_at: datetime
    unit_price: str | None
    percent_off: str | None
    valid_from: date | None
    valid_to: date | None


class PricePage(msgspec.Struct, frozen=True):
    """A customer's prices; `cursor` asks for the next page, null at the end."""

    items: tuple[PriceView, ...]
    cursor: str | None


def to_article(body: ItemBody) -> Article:
    """What the caller says is sold."""
    return Article(
        description=several_lines(body.description),
        unit_price=Decimal(body.unit_price),
        vat=to_treatment(body),
        reference=one_line(body.reference),
        unit=one_line(body.unit),
        nature=body.nature.value,
        unit_cost=None if body.unit_cost is None else Decimal(body.unit_cost),
        is_labour=body.labour,
    )


def item_view(item: Item) -> ItemView:
    """An item as it is told."""
    article = item.article
    return ItemView(
        id=item.id,
        rev=item.rev,
        updated_at=item.updated_at,
        reference=article.reference,
        description=article.description,
        unit=article.unit,
        unit_price=decimal_text(article.unit_price),
        vat=vat_view(article.vat),
        nature=article.nature,
        unit_cost=None if article.unit_cost is None else decimal_text(article.unit_cost),
        labour=article.is_labour,
    )


def item_page(items: Iterable[Item], cursor: str | None) -> ItemPage:
    """A slice of the catalogue."""
    return ItemPage(tuple(item_view(item) for item in items), cursor)


def to_price(body: PriceBody) -> Price:
    """What the caller says somebody pays."""
    return Price(
        unit_price=None if body.unit_price is None else Decimal(body.unit_price),
        percent_off_bp=to_basis_points(body.percent_off or "0") or 0,
        valid_from=body.valid_from,
        valid_to=body.valid_to,
    )


def price_view(owned: CustomerPrice) -> PriceView:
    """A customer's price as it is told."""
    price = owned.price
    return PriceView(
        customer_id=owned.customer_id,
        item_id=owned.item_id,
        rev=owned.rev,
        updated_at=owned.updated_at,
        unit_price=None if price.unit_price is None else decimal_text(price.unit_price),
        percent_off=percent_text(price.percent_off_bp) if price.percent_off_bp else None,
        valid_from=price.valid_from,
        valid_to=price.valid_to,
    )


def price_page(prices: Iterable[CustomerPrice], cursor: str | None) -> PricePage:
    """A slice of a customer's prices."""
    return PricePage(tuple(price_view(price) for price in prices), cursor)
