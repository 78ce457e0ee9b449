"""The two parties and the place of delivery (BG-4, BG-7, BG-13)."""

from typing import Final

from relance.adapters.facturx.xml import group, text
from relance.adapters.identity import seller_name
from relance.domain.content import InvoiceContent, Seller
from relance.domain.einvoice import ElectronicAddress, buyer_address, is_outside_scope, seller_address
from relance.domain.party import Address

SIREN: Final = "0002"
SIRET: Final = "0009"


def seller_party(content: InvoiceContent) -> str:
    """The seller. One without a VAT number is known to the tax administration by its SIREN (BT-32)."""
    seller = content.seller
    return group(
        "ram:SellerTradeParty",
        text("ram:GlobalID", seller.siret if seller.siret.startswith(seller.siren) else "", schemeID=SIRET),
        text("ram:Name", seller_name(seller)),
        group(
            "ram:SpecifiedLegalOrganization",
            text("ram:ID", seller.siren, schemeID=SIREN),
            text("ram:TradingBusinessName", seller.trading_name),
        ),
        _contact(seller),
        _address(seller.address),
        _electronic(seller_address(seller)),
        _seller_tax(content),
    )


def buyer_party(content: InvoiceContent) -> str:
    """The buyer: a business with its SIREN and VAT number, or a consumer. Its phone is nobody’s business."""
    buyer = content.buyer
    return group(
        "ram:BuyerTradeParty",
        text("ram:Name", buyer.name),
        group("ram:SpecifiedLegalOrganization", text("ram:ID", buyer.siren, schemeID=SIREN)),
        group("ram:DefinedTradeContact", text("ram:PersonName", buyer.contact_name)),
        _address(buyer.address),
        _electronic(buyer_address(buyer)),
        _buyer_tax(content),
    )


def ship_to(address: Address | None) -> str:
    """Where goods went, when the invoice says so."""
    return group("ram:ShipToTradeParty", _address(address)) if address else ""


def _seller_tax(content: InvoiceContent) -> str:
    if content.seller.vat_number and not is_outside_scope(content):
        return _registration(content.seller.vat_number, "VA")
    return _registration(content.seller.siren, "FC")


def _buyer_tax(content: InvoiceContent) -> str:
    return "" if is_outside_scope(content) else _registration(content.buyer.vat_number, "VA")


def _registration(number: str, scheme: str) -> str:
    return group("ram:SpecifiedTaxRegistration", text("ram:ID", "".join(number.split()), schemeID=scheme))


def _contact(seller: Seller) -> str:
    return group(
        "ram:DefinedTradeContact",
        text("ram:PersonName", seller.trading_name or seller.legal_name),
        group("ram:TelephoneUniversalCommunication", text("ram:CompleteNumber", seller.phone)),
        group("ram:EmailURIUniversalCommunication", text("ram:URIID", seller.email)),
    )


def _address(address: Address) -> str:
    return group(
        "ram:PostalTradeAddress",
        text("ram:PostcodeCode", address.postcode),
        text("ram:LineOne", address.line1),
        text("ram:LineTwo", address.line2),
        text("ram:CityName", address.city),
        text("ram:CountryID", address.country),
    )


def _electronic(address: ElectronicAddress) -> str:
    return group("ram:URIUniversalCommunication", text("ram:URIID", address.id, schemeID=address.scheme))
