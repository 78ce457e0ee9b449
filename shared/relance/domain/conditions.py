"""What the law makes its demands depend on, read from a frozen document: who sells, to whom, what, how, how much.

The data files (`resources/legal/*.toml`) name these conditions; here is what each one means. [Q-01, I-01]
"""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Final

from relance.domain.content import DepositNature, DocumentContent, InvoiceContent, QuoteContent, QuoteKind
from relance.domain.countries import SIREN_COUNTRIES
from relance.domain.currencies import EURO
from relance.domain.party import CustomerKind, LegalKind, Registry, SalesChannel, Sector, VatRegime
from relance.domain.totals import ChargeKind
from relance.domain.vat import VatTreatment


class Kind(StrEnum):
    """What a document is, to the law."""

    QUOTE = "quote"
    AMENDMENT = "amendment"
    PROFORMA = "proforma"
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


def kind_of(content: DocumentContent) -> Kind:
    """Which of them this document is; deposits and corrected invoices are invoices."""
    if isinstance(content, InvoiceContent):
        return Kind.CREDIT_NOTE if content.type.is_credit else Kind.INVOICE
    return _QUOTE_KINDS[content.kind]


_QUOTE_KINDS: Final = {
    QuoteKind.QUOTE: Kind.QUOTE,
    QuoteKind.AMENDMENT: Kind.AMENDMENT,
    QuoteKind.PROFORMA: Kind.PROFORMA,
}


class Condition(StrEnum):
    """When something is due."""

    ALWAYS = "always"
    COMPANY = "company"
    SOLE_TRADER = "sole_trader"
    REGISTERED = "registered"
    REGISTRATION_PENDING = "registration_pending"
    REGISTERED_RCS = "registered_rcs"
    REGISTERED_RNE = "registered_rne"
    VAT_LIABLE = "vat_liable"
    VAT_FRANCHISE = "vat_franchise"
    VAT_ON_DEBITS = "vat_on_debits"
    VAT_GROUP = "vat_group"
    APPROVED_ASSOCIATION = "approved_association"
    INSURED_CRAFT = "insured_craft"
    WORKS = "works"
    REPAIRS = "repairs"
    UNTAXED = "untaxed"
    SERVICES = "services"
    SERVICES_ONLY = "services_only"
    GOODS = "goods"
    GOODS_ONLY = "goods_only"
    MIXED = "mixed"
    DELIVERED_ELSEWHERE = "delivered_elsewhere"
    FREE_LINES = "free_lines"
    DISCOUNTS = "discounts"
    CHARGES = "charges"
    TRAVEL_CHARGES = "travel_charges"
    DEPOSITS = "deposits"
    ACOMPTE = "acompte"
    ARRHES = "arrhes"
    WARRANTY = "warranty"
    FOREIGN_CURRENCY = "foreign_currency"
    BUSINESS_CUSTOMER = "business_customer"
    DOMESTIC_BUSINESS_CUSTOMER = "domestic_business_customer"
    PURCHASE_ORDER_REQUIRED = "purchase_order_required"
    CONSUMER = "consumer"
    OFF_PREMISES = "off_premises"
    WITHDRAWABLE = "withdrawable"
    NOT_WITHDRAWABLE = "not_withdrawable"


def hold(conditions: Iterable[Condition], content: DocumentContent) -> bool:
    """Whether all of them are true of the document."""
    return all(_MEANING[condition](content) for condition in conditions)


def treatments(content: DocumentContent) -> tuple[VatTreatment, ...]:
    """How each line and then each charge is taxed."""
    return (*(line.vat for line in content.lines), *(charge.vat for charge in content.charges))


def _natures(content: DocumentContent) -> set[str]:
    return {line.nature for line in content.lines}


def _is_quoted(content: DocumentContent, *, deposits_are: DepositNature | None = None) -> bool:
    if not isinstance(content, QuoteContent) or not content.deposits:
        return False
    return deposits_are is None or content.deposit_nature is deposits_are


def _channel(content: DocumentContent) -> str:
    return content.channel if isinstance(content, QuoteContent) else ""


def _is_away(content: DocumentContent) -> bool:
    """A consumer's contract at a distance or off premises."""
    is_away = _channel(content) in (SalesChannel.DISTANCE, SalesChannel.OFF_PREMISES)
    return is_away and content.buyer.kind is CustomerKind.CONSUMER


def _withdrawal_exception(content: DocumentContent) -> str:
    return content.withdrawal_exception if isinstance(content, QuoteContent) else ""


def _is_delivered_elsewhere(content: DocumentContent) -> bool:
    return isinstance(content, InvoiceContent) and content.delivery_address not in (None, content.buyer.address)


_MEANING: Final[Mapping[Condition, Callable[[DocumentContent], bool]]] = {
    Condition.ALWAYS: lambda content: True,
    Condition.COMPANY: lambda content: content.seller.legal_kind is LegalKind.COMPANY,
    Condition.SOLE_TRADER: lambda content: content.seller.legal_kind is LegalKind.SOLE_TRADER,
    Condition.REGISTERED: lambda content: not content.seller.registration_pending,
    Condition.REGISTRATION_PENDING: lambda content: content.seller.registration_pending,
    Condition.REGISTERED_RCS: lambda content: content.seller.registry is Registry.RCS,
    Condition.REGISTERED_RNE: lambda content: content.seller.registry is Registry.RNE,
    Condition.VAT_LIABLE: lambda content: content.seller.vat_regime is VatRegime.LIABLE,
    Condition.VAT_FRANCHISE: lambda content: content.seller.vat_regime is VatRegime.FRANCHISE,
    Condition.VAT_ON_DEBITS: lambda content: isinstance(content, InvoiceContent) and content.vat_on_debits,
    Condition.VAT_GROUP: lambda content: content.seller.vat_group,
    Condition.APPROVED_ASSOCIATION: lambda content: content.seller.approved_association,
    Condition.INSURED_CRAFT: lambda content: content.seller.must_be_insured or content.seller.sector is Sector.WORKS,
    Condition.WORKS: lambda content: content.seller.sector in (Sector.WORKS, Sector.REPAIRS),
    Condition.REPAIRS: lambda content: content.seller.sector is Sector.REPAIRS,
    Condition.UNTAXED: lambda content: any(vat.rate_bp == 0 for vat in treatments(content)),
    Condition.SERVICES: lambda content: "services" in _natures(content),
    Condition.SERVICES_ONLY: lambda content: _natures(content) == {"services"},
    Condition.GOODS: lambda content: "goods" in _natures(content),
    Condition.GOODS_ONLY: lambda content: _natures(content) == {"goods"},
    Condition.MIXED: lambda content: len(_natures(content)) > 1,
    Condition.DELIVERED_ELSEWHERE: _is_delivered_elsewhere,
    Condition.FREE_LINES: lambda content: any(line.is_free for line in content.lines),
    Condition.DISCOUNTS: lambda content: (
        bool(content.discounts) or any(line.discount_amount > 0 for line in content.lines)
    ),
    Condition.CHARGES: lambda content: bool(content.charges),
    Condition.TRAVEL_CHARGES: lambda content: any(c.kind is ChargeKind.TRAVEL for c in content.charges),
    Condition.DEPOSITS: _is_quoted,
    Condition.ACOMPTE: lambda content: _is_quoted(content, deposits_are=DepositNature.ACOMPTE),
    Condition.ARRHES: lambda content: _is_quoted(content, deposits_are=DepositNature.ARRHES),
    Condition.WARRANTY: lambda content: isinstance(content, QuoteContent) and bool(content.warranty_terms.strip()),
    Condition.FOREIGN_CURRENCY: lambda content: content.currency != EURO,
    Condition.BUSINESS_CUSTOMER: lambda content: content.buyer.kind is CustomerKind.BUSINESS,
    Condition.DOMESTIC_BUSINESS_CUSTOMER: lambda content: (
        content.buyer.kind is CustomerKind.BUSINESS and content.buyer.address.country in SIREN_COUNTRIES
    ),
    Condition.PURCHASE_ORDER_REQUIRED: lambda content: content.buyer.purchase_order_required,
    Condition.CONSUMER: lambda content: content.buyer.kind is CustomerKind.CONSUMER,
    Condition.WITHDRAWABLE: lambda content: _is_away(content) and not _withdrawal_exception(content),
    Condition.NOT_WITHDRAWABLE: lambda content: _is_away(content) and bool(_withdrawal_exception(content)),
    Condition.OFF_PREMISES: lambda content: _channel(content) == SalesChannel.OFF_PREMISES,
}
