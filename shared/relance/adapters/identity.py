"""How the two parties of a document are named on it: the legal mentions of the seller, the identifiers of the buyer.

Code de commerce R123-237 and R123-238 (form, capital, registration, « EI »), CGI ann. II 242 nonies A I 2° to 4°
(identity, VAT numbers), checked 2026-11. [IM-04, IM-05, IM-06, I-05]
"""

from relance.adapters import french
from relance.domain.content import Buyer, Seller
from relance.domain.party import Address, LegalKind, Registry

_COUNTRIES = {"BE": "Belgique", "CH": "Suisse", "DE": "Allemagne", "ES": "Espagne", "GB": "Royaume-Uni",
              "IT": "Italie", "LU": "Luxembourg", "MC": "Monaco", "NL": "Pays-Bas", "PT": "Portugal"}  # fmt: skip


def seller_name(seller: Seller) -> str:
    """The name that the law wants: a sole trader's carries « EI »."""
    return f"{seller.legal_name}{french.NBSP}EI" if seller.legal_kind is LegalKind.SOLE_TRADER else seller.legal_name


def brand_name(seller: Seller) -> str:
    """The name that customers know: the trading name if there is one."""
    return seller.trading_name or seller_name(seller)


def legal_mentions(seller: Seller) -> list[str]:
    """Legal form and capital, SIREN or SIRET, register, VAT number: each a phrase, those that apply."""
    siren = french.siren(seller.siren)
    mentions = []
    if seller.legal_kind is LegalKind.SOLE_TRADER:
        mentions.append("Entrepreneur individuel (EI)")
    elif seller.legal_form:
        capital = french.decimal(seller.share_capital // 100) if seller.share_capital % 100 == 0 else ""
        amount = f"{capital}{french.NBSP}€" if capital else french.money(seller.share_capital)
        mentions.append(f"{seller.legal_form} au capital de {amount}" if seller.share_capital else seller.legal_form)
    if seller.siret:
        mentions.append(f"SIRET{french.NBSP}{french.siret(seller.siret)}")
    elif siren:
        mentions.append(f"SIREN{french.NBSP}{siren}")
    if not siren:  # being registered: a note of the document says so [IM-14]
        return mentions
    if seller.registry is Registry.RCS:
        mentions.append(french.NBSP.join(filter(None, ("RCS", seller.registry_city, siren))))
    elif seller.registry is Registry.RNE:
        mentions.append(french.NBSP.join(filter(None, ("RNE", seller.registry_city, siren))))
    if seller.vat_number:
        mentions.append(f"N°{french.NBSP}TVA{french.NBSP}{vat_number(seller.vat_number)}")
    return mentions


def buyer_mentions(buyer: Buyer) -> list[str]:
    """SIREN and VAT number of a business customer, those that it has."""
    mentions = []
    if buyer.siren:
        mentions.append(f"SIREN{french.NBSP}{french.siren(buyer.siren)}")
    if buyer.vat_number:
        mentions.append(f"N°{french.NBSP}TVA{french.NBSP}{vat_number(buyer.vat_number)}")
    return mentions


def address_lines(address: Address) -> list[str]:
    """The lines of an address, as on an envelope; the country is named when it is not France."""
    town = f"{address.postcode} {address.city}".strip()
    country = "" if address.country == "FR" else _COUNTRIES.get(address.country, address.country)
    return [line for line in (address.line1, address.line2, town, country) if line]


def vat_number(value: str) -> str:
    """« FR65 912 345 675 »; a foreign number as it was written."""
    compact = "".join(value.split())
    return french.groups(compact, 4, 3) if compact.startswith("FR") and len(compact) == 13 else value
