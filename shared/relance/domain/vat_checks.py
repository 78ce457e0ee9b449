"""Does the VAT of a document agree with who sells and who buys? Both numbers within the Union, exports abroad.

What is judged is the document alone, without asking a server: the keys of VAT numbers are checked when a customer is
stored (relance.domain.party_checks). CGI art. 259, 262 I, 262 ter I, 283 2 and 2 nonies, 293 B; directive 2006/112/CE
art. 138 and 226; checked 2026-11. [V-01..V-05, V-10]
"""

from collections.abc import Iterator

from relance.domain.content import Buyer, DocumentContent, InvoiceContent
from relance.domain.errors import Fault
from relance.domain.party import Address, CustomerKind, VatRegime
from relance.domain.party_checks import EU_VAT_PREFIXES, vat_number_fault
from relance.domain.vat import VatCase, VatCategory, VatTreatment
from relance.domain.vat_rates import Region, region_of, taxed_parts

_EU_COUNTRIES = EU_VAT_PREFIXES - {"EL", "XI"} | {"GR"}


def vat_case_faults(content: DocumentContent) -> list[Fault]:
    """Everything that contradicts the VAT of the lines and charges, each fault once."""
    found = [fault for pointer, vat in taxed_parts(content) for fault in _faults(content, vat, pointer)]
    return list(dict.fromkeys(found))


def _faults(content: DocumentContent, vat: VatTreatment, pointer: str) -> Iterator[Fault]:
    seller, buyer = content.seller, content.buyer
    if vat.rate_bp and seller.vat_regime is VatRegime.FRANCHISE and pointer.startswith("/charges"):
        message = "Vous êtes en franchise de TVA : ne dites rien de la TVA de ces frais, ou le cas « franchise »."
        yield Fault(f"{pointer}/rate", message, "vat_in_franchise")  # lines: line_checks.regime_faults
    elif vat.case is VatCase.FRANCHISE and seller.vat_regime is VatRegime.LIABLE:
        yield Fault(pointer, "Votre entreprise est assujettie : la franchise de TVA ne s’applique pas.", "V-01")
    elif vat.case is VatCase.CONSTRUCTION_SUBCONTRACTING:
        yield from _subcontracting_faults(content, pointer)
    elif vat.category is VatCategory.INTRA_COMMUNITY:
        yield from _both_numbers(content, pointer, "V-04")
    elif vat.case is VatCase.EU_SERVICES:
        yield from _both_numbers(content, pointer, "V-03")
    elif vat.category is VatCategory.EXPORT and not any(_is_abroad(place) for place in _destinations(content)):
        yield Fault(pointer, "Une exportation va hors de l’Union européenne : le client est dans l’Union.", "V-05")
    elif vat.case is VatCase.FOREIGN_SERVICES and (
        buyer.kind is not CustomerKind.BUSINESS or buyer.address.country in _EU_COUNTRIES
    ):
        message = "Ce cas est celui d’un client professionnel établi hors de l’Union européenne."
        yield Fault(pointer, message, "V-10")
    elif vat.case is VatCase.OVERSEAS_UNTAXED and Region.UNTAXED not in (
        region_of(seller.address),
        region_of(buyer.address),
    ):
        message = "La TVA ne s’applique pas en Guyane et à Mayotte : ni vous ni le client n’y êtes."
        yield Fault(pointer, message, "V-10")


def _subcontracting_faults(content: DocumentContent, pointer: str) -> Iterator[Fault]:
    buyer = content.buyer
    if buyer.kind is not CustomerKind.BUSINESS:
        message = "L’autoliquidation de la sous-traitance suppose un donneur d’ordre professionnel."
        yield Fault(pointer, message, "V-02")
    elif not (buyer.vat_number or buyer.siren):
        message = "Autoliquidation : renseignez le numéro de TVA ou le SIREN du donneur d’ordre."
        yield Fault("/customer/vat_number", message, "V-02")
    yield from _seller_number(content, "V-02")


def _both_numbers(content: DocumentContent, pointer: str, rule: str) -> Iterator[Fault]:
    yield from _seller_number(content, rule)
    if content.buyer.kind is not CustomerKind.BUSINESS:
        message = "Entre États de l’Union, l’opération sans TVA suppose un client professionnel."
        yield Fault(pointer, message, rule)
    elif (message_of := _buyer_number_fault(content.buyer)) is not None:
        yield Fault("/customer/vat_number", message_of, rule)


def _seller_number(content: DocumentContent, rule: str) -> Iterator[Fault]:
    if not content.seller.vat_number:
        message = "Renseignez votre numéro de TVA dans la fiche de l’entreprise : il doit figurer ici."
        yield Fault("/company/vat_number", message, rule)


def _buyer_number_fault(buyer: Buyer) -> str | None:
    number = buyer.vat_number
    if not number:
        return "Renseignez le numéro de TVA du client : sans lui, la TVA française est due."
    if number[:2] == "FR" or number[:2] not in EU_VAT_PREFIXES:
        return "Le numéro de TVA du client doit être celui d’un autre État de l’Union européenne."
    return vat_number_fault(number)


def _destinations(content: DocumentContent) -> tuple[Address, ...]:
    delivery = content.delivery_address if isinstance(content, InvoiceContent) else None
    return (delivery or content.buyer.address,)


def _is_abroad(place: Address) -> bool:
    """Outside the territory of VAT of the Union: other countries, and the overseas territories of France."""
    return place.country not in _EU_COUNTRIES or region_of(place) in (Region.UNTAXED, Region.ANTILLES_REUNION)
