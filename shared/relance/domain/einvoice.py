"""What an electronic invoice says that the printed one leaves to its reader: who is addressed where, in which frame.

EN 16931 and the French rules BR-FR for the exchange between businesses (AFNOR XP Z12-012; schematron V1.4.0 of
FNFE-MPE, checked 2026-11). Pure: `einvoice_rules` judges with it, the Factur-X adapter writes with it. [E-03, E-04]
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from relance.domain.content import Buyer, InvoiceContent, InvoiceType, Reference, Seller
from relance.domain.countries import SIREN_COUNTRIES
from relance.domain.money import Cents, to_cents
from relance.domain.party import CustomerKind
from relance.domain.vat import VatCategory

FRENCH_DIRECTORY: Final = "0225"  # scheme of the French directory of businesses (annuaire): SIREN, with a suffix or not
E_MAIL: Final = "EM"

Processing = Literal["B2B", "B2BINT", "B2C", "B2CINT"]


@dataclass(frozen=True, slots=True)
class ElectronicAddress:
    """Where a party receives invoices (BT-34, BT-49): a scheme of the CEF list EAS, and an id in it."""

    scheme: str
    id: str


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where an invoice is addressed to, beside what the directory says of its buyer (nothing when it is not in it)."""

    address: ElectronicAddress
    listed: tuple[ElectronicAddress, ...]

    @property
    def is_listed(self) -> bool:
        """Whether he receives invoices there."""
        return self.address in self.listed


@dataclass(frozen=True, slots=True)
class VatRow:
    """One row of the electronic VAT table (BG-23): per category and rate, whatever the reasons. Cents.

    `codes` are those of the list VATEX (BT-121), one for each reason that has one.
    """

    category: VatCategory
    rate_bp: int
    base: Cents
    vat: Cents
    reasons: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


def is_domestic(buyer: Buyer) -> bool:
    """Whether the buyer is in the country of SIRENs: France with its overseas departments."""
    return buyer.address.country in SIREN_COUNTRIES


def processing_of(buyer: Buyer) -> Processing:
    """How the tax administration wants the invoice: exchanged (B2B) or reported (BAR note). [E-06]"""
    if buyer.kind is CustomerKind.BUSINESS:
        return "B2B" if is_domestic(buyer) else "B2BINT"
    return "B2C" if is_domestic(buyer) else "B2CINT"


def framework_of(content: InvoiceContent) -> str:
    """The frame (cadre de facturation, BT-23): goods, services or both; 4 once deposits are deducted. [D-02]"""
    natures = {line.nature for line in content.lines if line.counts}
    letter = "M" if len(natures) > 1 else "B" if natures == {"goods"} else "S"
    return letter + ("4" if content.deductions else "1")


def is_electronic(content: InvoiceContent) -> bool:
    """Whether it has an electronic form: a company that is being registered has no SIREN to be known by yet. [IM-14]"""
    return bool(content.seller.siren) or not content.seller.registration_pending


def seller_address(seller: Seller) -> ElectronicAddress:
    """Sellers are French businesses: their SIREN in the directory."""
    return ElectronicAddress(FRENCH_DIRECTORY, seller.siren)


def buyer_address(buyer: Buyer) -> ElectronicAddress:
    """What the customer's record says; else the SIREN of a domestic business (BR-FR-21), or the e-mail address.

    An address without scheme is one of the French directory: a SIREN and what its owner added.
    """
    if buyer.electronic_address:
        scheme, _, id = buyer.electronic_address.rpartition(":")
        return ElectronicAddress(scheme or FRENCH_DIRECTORY, id)
    if processing_of(buyer) == "B2B":
        return ElectronicAddress(FRENCH_DIRECTORY, buyer.siren)
    return ElectronicAddress(E_MAIL, buyer.email)


def preceding(content: InvoiceContent) -> tuple[Reference, ...]:
    """The earlier invoices (BG-3): those corrected or credited, then the deposits that are deducted. [C-02, D-02]

    A corrective invoice names the corrected one alone (BR-FR-CO-04), whatever it deducts.
    """
    if content.type is InvoiceType.CORRECTIVE:
        return content.references
    deducted = (Reference(each.number, each.issue_date, each.type_code) for each in content.deductions)
    return (*content.references, *deducted)


def is_outside_scope(content: InvoiceContent) -> bool:
    """Whether nothing on it is in the scope of VAT: then no VAT number may stand in the XML (BR-O-02)."""
    return all(row.treatment.category is VatCategory.OUTSIDE_SCOPE for row in content.totals.subtotals)


def vat_rows(content: InvoiceContent) -> tuple[VatRow, ...]:
    """The VAT table with one row per category and rate, in the order of the printed one (BR-E-01 and its sisters)."""
    rows: dict[tuple[VatCategory, int], VatRow] = {}
    for printed in content.totals.subtotals:
        treatment = printed.treatment
        row = rows.get(key := (treatment.category, treatment.rate_bp), VatRow(*key, Cents(0), Cents(0)))
        rows[key] = VatRow(
            *key,
            base=Cents(row.base + printed.base),
            vat=Cents(row.vat + printed.vat),
            reasons=_distinct((*row.reasons, treatment.reason)),
            codes=_distinct((*row.codes, treatment.code)),
        )
    return tuple(rows.values())


def vat_in_euros(content: InvoiceContent) -> Cents | None:
    """The VAT in euros of an invoice in another currency (BT-111), None for one in euros or without its rate. [I-07]"""
    if content.currency == "EUR" or content.exchange is None:
        return None
    return to_cents(Decimal(content.totals.vat) / 100 * content.exchange.rate)


def _distinct(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(said for text in texts if (said := text.strip())))
