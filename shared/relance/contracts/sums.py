"""What stands beside the lines, on the wire: discounts and charges on the whole, deposits, exchange, and the totals."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Annotated, Final

import msgspec

from relance.contracts.fields import Amount as AmountText
from relance.contracts.fields import (
    RequiredText,
    Text,
    UnitPrice,
    amount_text,
    decimal_text,
    one_line,
    percent_text,
    to_basis_points,
    to_cents,
)
from relance.contracts.lines import DiscountBody, DiscountView
from relance.contracts.parse import Body
from relance.contracts.taxes import Taxed, VatView, to_treatment, vat_view, where_written
from relance.domain.content import DepositStep, Exchange
from relance.domain.currencies import CURRENCIES, EURO, step_of
from relance.domain.errors import Fault
from relance.domain.line_checks import vat_faults
from relance.domain.money import Cents
from relance.domain.totals import Charge, ChargeKind, DocumentDiscount, Totals

MAX_PARTS: Final = 20  # discounts, charges or deposits of one document


def _currency_fault(text: str) -> str | None:
    return None if text in CURRENCIES else "Un code de devise ISO 4217 est attendu, par exemple EUR, CHF ou JPY."


Currency = Annotated[
    str,
    msgspec.Meta(
        min_length=3,
        max_length=3,
        description="Devise, ISO 4217",
        examples=["EUR"],
        extra_json_schema={"pattern": "^[A-Z]{3}$"},
        extra={"check": _currency_fault},
    ),
]


class DocumentDiscountBody(DiscountBody, frozen=True, kw_only=True):
    """A reduction on the whole document (remise globale): in percent of its lines, or an amount HT."""

    label: RequiredText = "Remise"


class ChargeBody(Taxed, frozen=True, kw_only=True):
    """Something charged beside the lines, HT: travel, transport, …"""

    label: RequiredText
    amount: AmountText
    kind: ChargeKind = ChargeKind.OTHER

    def faults(self) -> Iterable[Fault]:
        """One VAT treatment that exists, and its reason where nothing is charged."""
        return self.treatment_faults() or where_written(self, vat_faults(to_treatment(self), "/vat"))


class DepositBody(DiscountBody, frozen=True, kw_only=True):
    """One step of the deposit schedule (échéancier): in percent of the total TTC, or an amount TTC; `due` in words."""

    label: RequiredText = "Acompte"
    due: Text = ""


class ExchangeBody(Body, frozen=True):
    """What one unit of the currency is worth in euros, on which day, according to whom."""

    rate: UnitPrice
    on: date
    source: RequiredText


def to_discounts(bodies: Iterable[DocumentDiscountBody]) -> tuple[DocumentDiscount, ...]:
    """The domain's discounts on the whole."""
    return tuple(DocumentDiscount(one_line(body.label), *_part(body)) for body in bodies)


def to_charges(bodies: Iterable[ChargeBody]) -> tuple[Charge, ...]:
    """The domain's charges."""
    return tuple(Charge(one_line(b.label), to_cents(b.amount), to_treatment(b), b.kind) for b in bodies)


def to_deposits(bodies: Iterable[DepositBody]) -> tuple[DepositStep, ...]:
    """The domain's deposit schedule."""
    return tuple(DepositStep(one_line(body.label), one_line(body.due), *_part(body)) for body in bodies)


def to_exchange(body: ExchangeBody | None) -> Exchange | None:
    """The domain's exchange."""
    return Exchange(Decimal(body.rate), body.on, one_line(body.source)) if body else None


def _part(body: DiscountBody) -> tuple[int, Cents]:
    if body.amount is not None:
        return 0, to_cents(body.amount)
    return to_basis_points(body.percent or "0") or 0, Cents(0)


class DocumentDiscountView(DiscountView, frozen=True, kw_only=True):
    """A reduction on the whole, as it was given."""

    label: str


class ChargeView(msgspec.Struct, frozen=True):
    """A charge, as it was given."""

    label: str
    amount: str
    vat: VatView
    kind: ChargeKind


class DepositView(DiscountView, frozen=True, kw_only=True):
    """One step of the deposit schedule, as it was given."""

    label: str
    due: str


class ExchangeView(msgspec.Struct, frozen=True):
    """The exchange rate of a document in another currency."""

    rate: str
    on: date
    source: str


class SubtotalView(msgspec.Struct, frozen=True):
    """One row of the VAT table."""

    vat: VatView
    base: str
    amount: str


class TotalsView(msgspec.Struct, frozen=True, kw_only=True):
    """HT, VAT per rate (rounded once per rate), TTC, in the document's currency. HT = lines - discounts + charges."""

    net: str
    vat: str
    gross: str
    subtotals: tuple[SubtotalView, ...]
    lines: str
    discounts: str
    charges: str


def discount_views(discounts: Iterable[DocumentDiscount], currency: str = EURO) -> tuple[DocumentDiscountView, ...]:
    """Discounts on the whole as they are told."""
    return tuple(
        DocumentDiscountView(label=d.label, percent=_percent(d), amount=_amount(d, currency)) for d in discounts
    )


def charge_views(charges: Iterable[Charge], currency: str = EURO) -> tuple[ChargeView, ...]:
    """Charges as they are told."""
    return tuple(
        ChargeView(c.label, amount_text(c.amount, step_of(currency)), vat_view(c.vat), c.kind) for c in charges
    )


def deposit_views(deposits: Iterable[DepositStep], currency: str = EURO) -> tuple[DepositView, ...]:
    """The deposit schedule as it is told."""
    return tuple(
        DepositView(label=d.label, due=d.due, percent=_percent(d), amount=_amount(d, currency)) for d in deposits
    )


def exchange_view(exchange: Exchange | None) -> ExchangeView | None:
    """An exchange rate as it is told."""
    return ExchangeView(decimal_text(exchange.rate), exchange.on, exchange.source) if exchange else None


def totals_view(totals: Totals, currency: str = EURO) -> TotalsView:
    """Sums as they are told."""
    step = step_of(currency)

    def text(cents: Cents) -> str:
        return amount_text(cents, step)

    return TotalsView(
        net=text(totals.net),
        vat=text(totals.vat),
        gross=text(totals.gross),
        subtotals=tuple(
            SubtotalView(vat_view(row.treatment), text(row.base), text(row.vat)) for row in totals.subtotals
        ),
        lines=text(totals.lines),
        discounts=text(totals.discounts),
        charges=text(totals.charges),
    )


def _percent(part: DocumentDiscount | DepositStep) -> str | None:
    return None if part.amount else percent_text(part.percent_bp)


def _amount(part: DocumentDiscount | DepositStep, currency: str) -> str | None:
    return amount_text(part.amount, step_of(currency)) if part.amount else None
