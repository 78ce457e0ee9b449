"""What a document prints, frozen: the one source for the PDF, the mail, the customer's page and the journal.

Every field of these classes is printed or decides what is printed, and all of them enter the content hash: a printed
field cannot be forgotten by the chain, because `content_json` walks the classes themselves. [AR-05, CY-01]
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from hashlib import sha256
from typing import Any

from relance.domain.chain.canonical import Json, canonical
from relance.domain.money import Cents, share, to_cents
from relance.domain.party import (
    Address,
    BankDetails,
    Company,
    Customer,
    CustomerKind,
    LegalKind,
    Registry,
    VatRegime,
)
from relance.domain.vat import VatSubtotal, VatTreatment, breakdown

MAX_LINES = 500  # a quote of more lines is refused at once: beyond that a PDF takes more seconds than a person waits


@dataclass(frozen=True, slots=True)
class Discount:
    """A reduction on one line (remise): `percent_bp` of it, or `amount` cents; exactly one of them is above zero."""

    percent_bp: int = 0
    amount: Cents = Cents(0)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: quantity (≤ 4 decimals), unit price HT in euros (≤ 6 decimals, ≥ 0), VAT, discount. [R-03]"""

    description: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    vat: VatTreatment
    discount: Discount | None = None
    nature: str = "services"

    @property
    def gross(self) -> Cents:
        """Before discount, HT, rounded half-up."""
        return to_cents(self.quantity * self.unit_price)

    @property
    def discount_amount(self) -> Cents:
        """What the discount takes off, in cents."""
        if self.discount is None:
            return Cents(0)
        return self.discount.amount or share(self.gross, self.discount.percent_bp)

    @property
    def net(self) -> Cents:
        """What the line adds to the taxable base (BT-131)."""
        return Cents(self.gross - self.discount_amount)

    @property
    def is_free(self) -> bool:
        """Offered: printed « gratuit ». [Q-06]"""
        return self.unit_price == 0


@dataclass(frozen=True, slots=True)
class Totals:
    """The document's sums in cents: without VAT (HT), VAT per rate, with VAT (TTC)."""

    net: Cents
    vat: Cents
    gross: Cents
    subtotals: tuple[VatSubtotal, ...]


def total(lines: Sequence[Line]) -> Totals:
    """Sum lines: HT is the sum of rounded nets, VAT is rounded once per rate, TTC = HT + VAT. [R-01, R-02]"""
    subtotals = breakdown((line.vat, line.net) for line in lines)
    net = sum(line.net for line in lines)
    vat = sum(row.vat for row in subtotals)
    return Totals(Cents(net), Cents(vat), Cents(net + vat), subtotals)


@dataclass(frozen=True, slots=True)
class Seller:
    """The seller as printed: the company's identity of the day."""

    legal_name: str
    trading_name: str
    legal_kind: LegalKind
    legal_form: str
    share_capital: int
    siren: str
    siret: str
    registry: Registry
    registry_city: str
    vat_regime: VatRegime
    vat_number: str
    address: Address
    email: str
    phone: str
    website: str
    insurance: str
    mediator: str
    bank: BankDetails | None


@dataclass(frozen=True, slots=True)
class Buyer:
    """The customer as printed."""

    kind: CustomerKind
    name: str
    contact_name: str
    address: Address
    email: str
    phone: str
    siren: str
    vat_number: str


@dataclass(frozen=True, slots=True)
class QuoteContent:
    """All that a sent quote prints. `salt` (hex, random) keeps the hash from telling anything of a prospect."""

    title: str
    number: str
    version: int
    issue_date: date
    validity_until: date
    seller: Seller
    buyer: Buyer
    lines: tuple[Line, ...]
    totals: Totals
    payment_terms: str
    delivery_terms: str
    price_terms: str
    start_date: str
    duration: str
    message: str
    subject: str
    warranty_terms: str
    currency: str = "EUR"
    salt: str = ""


@dataclass(frozen=True, slots=True)
class InvoiceContent:
    """All that an issued invoice prints. `type_code` is UNTDID 1001 (380 = commercial invoice)."""

    type_code: str
    number: str
    issue_date: date
    supply_date: date
    due_date: date
    seller: Seller
    buyer: Buyer
    lines: tuple[Line, ...]
    totals: Totals
    payment_terms: str
    early_discount_terms: str
    late_penalty_terms: str
    recovery_indemnity_terms: str
    vat_note: str
    quote_number: str
    purchase_order: str
    subject: str
    currency: str = "EUR"


DocumentContent = QuoteContent | InvoiceContent


def seller_of(company: Company) -> Seller:
    """Freeze the company's identity as it stands today."""
    return Seller(**{f.name: getattr(company, f.name) for f in fields(Seller)})


def buyer_of(customer: Customer) -> Buyer:
    """Freeze the customer's identity as it stands today."""
    return Buyer(**{f.name: getattr(customer, f.name) for f in fields(Buyer)})


def content_json(value: Any) -> Json:
    """The canonical JSON value of printed content: every field, decimals and dates as strings, integers as they are."""
    if is_dataclass(value) and not isinstance(value, type):
        printed = {f.name: content_json(getattr(value, f.name)) for f in fields(value)}
        return printed | {"net": value.net} if isinstance(value, Line) else printed
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [content_json(item) for item in value]
    if isinstance(value, Mapping):
        return {str(k): content_json(v) for k, v in value.items()}
    if value is None or isinstance(value, str | bool | int):
        return value
    raise TypeError(f"{type(value).__name__} cannot be printed content")


def content_sha256(content: DocumentContent) -> str:
    """SHA-256 (hex) of the canonical bytes of `content_json(content)`: what an event and a seal refer to."""
    return sha256(canonical(content_json(content))).hexdigest()
