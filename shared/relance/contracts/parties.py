"""Seller and buyer as a sent document prints them."""

import msgspec

from relance.contracts.fields import amount_text
from relance.domain.content import Buyer, Seller
from relance.domain.party import Address, CustomerKind, InsuranceCover, LegalKind, Registry, Sector, VatRegime


class AddressView(msgspec.Struct, frozen=True):
    """A postal address."""

    line1: str
    postcode: str
    city: str
    line2: str
    country: str


class BankView(msgspec.Struct, frozen=True):
    """Where to pay."""

    iban: str
    bic: str


class InsuranceView(msgspec.Struct, frozen=True):
    """Professional insurance."""

    insurer: str
    contact: str
    area: str
    policy: str


class SellerView(msgspec.Struct, frozen=True):
    """The seller's identity of that day."""

    legal_name: str
    trading_name: str
    legal_kind: LegalKind
    legal_form: str
    share_capital: str
    siren: str
    siret: str
    registry: Registry
    registry_city: str
    vat_regime: VatRegime
    vat_number: str
    address: AddressView
    email: str
    phone: str
    website: str
    insurance: str
    mediator: str
    bank: BankView | None
    registration_pending: bool
    sector: Sector | None
    vat_group: bool
    approved_association: bool
    insurance_cover: InsuranceView | None


class BuyerView(msgspec.Struct, frozen=True):
    """The customer's identity of that day."""

    kind: CustomerKind
    name: str
    contact_name: str
    address: AddressView
    email: str
    phone: str
    siren: str
    vat_number: str
    billing_address: AddressView | None


def address_view(address: Address) -> AddressView:
    """An address as told."""
    return AddressView(address.line1, address.postcode, address.city, address.line2, address.country)


def seller_view(seller: Seller) -> SellerView:
    """The seller as told."""
    return SellerView(
        legal_name=seller.legal_name,
        trading_name=seller.trading_name,
        legal_kind=seller.legal_kind,
        legal_form=seller.legal_form,
        share_capital=amount_text(seller.share_capital),
        siren=seller.siren,
        siret=seller.siret,
        registry=seller.registry,
        registry_city=seller.registry_city,
        vat_regime=seller.vat_regime,
        vat_number=seller.vat_number,
        address=address_view(seller.address),
        email=seller.email,
        phone=seller.phone,
        website=seller.website,
        insurance=seller.insurance,
        mediator=seller.mediator,
        bank=BankView(seller.bank.iban, seller.bank.bic) if seller.bank else None,
        registration_pending=seller.registration_pending,
        sector=seller.sector,
        vat_group=seller.vat_group,
        approved_association=seller.approved_association,
        insurance_cover=_insurance_view(seller.insurance_cover),
    )


def _insurance_view(cover: InsuranceCover | None) -> InsuranceView | None:
    return InsuranceView(cover.insurer, cover.contact, cover.area, cover.policy) if cover else None


def buyer_view(buyer: Buyer) -> BuyerView:
    """The buyer as told."""
    return BuyerView(
        kind=buyer.kind,
        name=buyer.name,
        contact_name=buyer.contact_name,
        address=address_view(buyer.address),
        email=buyer.email,
        phone=buyer.phone,
        siren=buyer.siren,
        vat_number=buyer.vat_number,
        billing_address=address_view(buyer.billing_address) if buyer.billing_address else None,
    )
