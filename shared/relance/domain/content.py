"""What a document prints, frozen: the one source for the PDF, the mail, the customer's page and the journal.

Every field of these classes is printed or decides what is printed, and all of them enter the content hash: a printed
field cannot be forgotten by the chain, because `content_json` walks the classes themselves. [AR-05, CY-01]
"""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum, StrEnum
from functools import cache
from hashlib import sha256
from typing import Any, Final, NamedTuple

from relance.domain.chain.canonical import Canonical, Json, canonical, splice
from relance.domain.lines import Line
from relance.domain.money import Cents
from relance.domain.party import (
    Address,
    BankDetails,
    Company,
    Customer,
    CustomerKind,
    InsuranceCover,
    LegalKind,
    Registry,
    Sector,
    VatRegime,
)
from relance.domain.payment_terms import TermSector
from relance.domain.totals import Charge, Deduction, DocumentDiscount, Totals, remaining
from relance.domain.vat import VatSubtotal

MAX_LINES = 500  # a quote of more lines is refused at once: beyond that a PDF takes more seconds than a person waits


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
    registration_pending: bool = False
    sector: Sector | None = None
    vat_group: bool = False
    approved_association: bool = False
    must_be_insured: bool = False
    insurance_cover: InsuranceCover | None = None
    term_sector: TermSector | None = None

    @property
    def insurance_text(self) -> str:
        """The professional insurance as it is printed: insurer, contact and cover, or what was written freely."""
        cover = self.insurance_cover
        if cover is None:
            return self.insurance
        policy = f", contrat {cover.policy}" if cover.policy else ""
        return f"{cover.insurer}, {cover.contact}{policy}. Couverture géographique : {cover.area}."


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
    billing_address: Address | None = None
    electronic_address: str = ""
    purchase_order_required: bool = False


class QuoteKind(StrEnum):
    """What a quote record is: a quote (devis), a pro-forma invoice, or an amendment (avenant) to an accepted quote."""

    QUOTE = "quote"
    PROFORMA = "proforma"
    AMENDMENT = "amendment"


class DepositNature(StrEnum):
    """What is paid in advance: an acompte binds both sides, arrhes may be forfeited (C. conso L214-1). [D-03]"""

    ACOMPTE = "acompte"
    ARRHES = "arrhes"


@dataclass(frozen=True, slots=True)
class DepositStep:
    """One step of the deposit schedule (échéancier): a share of the total, or cents TTC; `due` says when, in words."""

    label: str
    due: str = ""
    percent_bp: int = 0
    amount: Cents = Cents(0)


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes with the document, by what identifies it: general conditions (CGV). [KB-17, Q-04]"""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class LegalNote:
    """A text that is printed because the law gives its words; an annex takes a page of its own. [IR-04, QM-31]"""

    id: str
    text: str
    title: str = ""
    is_annex: bool = False


@dataclass(frozen=True, slots=True)
class Exchange:
    """What one unit of the document's currency is worth in euros, on which day, according to whom. [I-07]"""

    rate: Decimal
    on: date
    source: str


@dataclass(frozen=True, slots=True)
class QuoteContent:
    """All that a sent quote prints. `salt` (hex, random) keeps the hash from telling anything of a prospect.

    `lines` hold every option, chosen or not; `totals` count the chosen ones. `amends` is the number of the accepted
    quote that an amendment changes. `channel` is how the contract is made: `premises`, `distance`, `off_premises`;
    `withdrawal_exception` why a consumer may not withdraw, if he may not (`domain.withdrawal`).
    """

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
    kind: QuoteKind = QuoteKind.QUOTE
    amends: str = ""
    variant: str = ""
    discounts: tuple[DocumentDiscount, ...] = ()
    charges: tuple[Charge, ...] = ()
    deposits: tuple[DepositStep, ...] = ()
    deposit_nature: DepositNature = DepositNature.ACOMPTE
    price_revision_terms: str = ""
    labour_rate: str = ""
    execution_place: str = ""
    channel: str = ""
    general_terms: Enclosure | None = None
    closing_note: str = ""
    language: str = "fr"
    exchange: Exchange | None = None
    legal_notes: tuple[LegalNote, ...] = ()
    withdrawal_exception: str = ""


class InvoiceType(StrEnum):
    """UNTDID 1001 codes that BR-FR-04 allows and we write."""

    COMMERCIAL = "380"
    DEPOSIT = "386"
    CORRECTIVE = "384"
    CREDIT_NOTE = "381"
    DEPOSIT_CREDIT = "503"

    @property
    def is_credit(self) -> bool:
        """Whether the amounts are given back (avoir)."""
        return self in (InvoiceType.CREDIT_NOTE, InvoiceType.DEPOSIT_CREDIT)


@dataclass(frozen=True, slots=True)
class Reference:
    """An earlier invoice that this one corrects, credits or follows (BG-3). [C-02]"""

    number: str
    issue_date: date
    type_code: str = InvoiceType.COMMERCIAL.value


@dataclass(frozen=True, slots=True)
class InvoiceContent:
    """All that an issued invoice or credit note prints; a credit note's amounts are positive. `type_code`: UNTDID 1001.

    `totals` are those of the whole document; `deductions` the deposit invoices that are taken off what is payable.
    `references` are the invoices that are corrected or credited; deducted ones stand in `deductions` alone.
    """

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
    quote_numbers: tuple[str, ...]
    purchase_order: str
    subject: str
    currency: str = "EUR"
    discounts: tuple[DocumentDiscount, ...] = ()
    charges: tuple[Charge, ...] = ()
    deductions: tuple[Deduction, ...] = ()
    references: tuple[Reference, ...] = ()
    reason: str = ""
    vat_on_debits: bool = False
    delivery_address: Address | None = None
    closing_note: str = ""
    language: str = "fr"
    exchange: Exchange | None = None
    legal_notes: tuple[LegalNote, ...] = ()

    @property
    def type(self) -> InvoiceType:
        """The type code as one of ours."""
        return InvoiceType(self.type_code)

    @property
    def deducted(self) -> Cents:
        """What earlier deposit invoices already asked for, TTC (BT-113)."""
        return Cents(sum(deduction.gross for deduction in self.deductions))

    @property
    def payable(self) -> Cents:
        """What this document asks for, or gives back, TTC (BT-115)."""
        return Cents(self.totals.gross - self.deducted)

    @property
    def remaining(self) -> tuple[VatSubtotal, ...]:
        """The VAT table of what is left after the deductions: what enters turnover with this document. [R-04, AF-05]"""
        return remaining(self.totals, self.deductions)


DocumentContent = QuoteContent | InvoiceContent


def seller_of(company: Company) -> Seller:
    """Freeze the company's identity as it stands today."""
    return Seller(**{f.name: getattr(company, f.name) for f in fields(Seller)})


def buyer_of(customer: Customer) -> Buyer:
    """Freeze the customer's identity as it stands today."""
    return Buyer(**{f.name: getattr(customer, f.name) for f in fields(Buyer)})


def content_json(value: Any) -> Json:
    """The canonical JSON value of printed content: every field, decimals and dates as strings, integers as they are.

    A field that may be left out (it has a default) and is empty is left out: absent means empty, so a field added
    tomorrow leaves the hash of what was printed yesterday as it is.
    """
    kind = type(value)
    if kind in _AS_THEY_ARE:
        return value  # type: ignore[no-any-return]  # its type was just looked at
    if (names := _printed_fields(kind)) is not None:  # type: ignore[arg-type]  # a class is hashable
        told = [(name, getattr(value, name), may_be_left_out) for name, may_be_left_out in names]
        printed = {name: content_json(item) for name, item, optional in told if not (optional and _is_empty(item))}
        return printed | {"net": value.net} if kind is Line else printed
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
    raise TypeError(f"{kind.__name__} cannot be printed content")


_AS_THEY_ARE: Final = frozenset({str, int, bool, type(None)})


@cache
def _printed_fields(kind: type) -> tuple[tuple[str, bool], ...] | None:
    """The fields of a dataclass, and whether each may be left out; looked up once, because every issue walks them."""
    if not is_dataclass(kind):
        return None
    return tuple((f.name, f.default is not MISSING) for f in fields(kind))


def _is_empty(value: object) -> bool:
    return value is None or value is False or (isinstance(value, str | tuple) and not value)


class Printed(NamedTuple):
    """A content written once: its JSON, ready to stand in a fact, and its hash."""

    json: Canonical
    sha256: str


def printed(content: DocumentContent) -> Printed:
    """What the fact that freezes `content` holds of it."""
    written = canonical(content_json(content))
    return Printed(splice(written), sha256(written).hexdigest())


def content_sha256(content: DocumentContent) -> str:
    """SHA-256 (hex) of the canonical bytes of `content_json(content)`: what an event and a seal refer to."""
    return printed(content).sha256
