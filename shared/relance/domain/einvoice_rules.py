"""Would the electronic invoice be valid? Each rule of EN 16931 and BR-FR that a person's input can break, by its id.

Judged at issue, before a number is taken. What these rules let through passes the official schematrons, and what they
refuse would not: both are shown on generated invoices (tests/validation). Rules that no input can break (sums, order,
codes that we choose) are kept by the code that writes the XML.
EN 16931-1:2017 and its CII rules, BR-FR V1.4.0 of FNFE-MPE, 2026-08-04; checked 2026-11. [E-04, V-10, V-11, R-03, C-02]
"""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from relance.domain.address_schemes import ADDRESS_SCHEMES
from relance.domain.content import Buyer, InvoiceContent, InvoiceType
from relance.domain.countries import COUNTRIES
from relance.domain.einvoice import (
    FRENCH_DIRECTORY,
    buyer_address,
    is_electronic,
    is_outside_scope,
    preceding,
    processing_of,
    vat_in_euros,
)
from relance.domain.errors import Fault
from relance.domain.vat import FRENCH_RATES_BP, VatCategory, VatTreatment

MAX_NUMBER = 35
MAX_ADDRESS = 125
MAX_CHARACTERS = 19  # of an amount, a quantity or a price, the decimal point left out
VAT_PREFIXES: Final = COUNTRIES - {"SS"} | {"EL", "XI", "1A"}  # the list of BR-CO-09

_NUMBER: Final = re.compile(r"[A-Za-z0-9+\-_/]+")
_SIREN: Final = re.compile(r"[0-9]{9}")
_DIRECTORY_ID: Final = re.compile(r"[A-Za-z0-9+\-_.]+")
_YEARS: Final = range(2000, 2100)
_UNDATED: Final = (InvoiceType.DEPOSIT, InvoiceType.DEPOSIT_CREDIT)  # may be due before they are issued

# How EN 16931 numbers its rules for each category: BR-IC-… for intra-community supplies, and so on.
_RULES: Final = {
    VatCategory.STANDARD: "S",
    VatCategory.EXEMPT: "E",
    VatCategory.REVERSE_CHARGE: "AE",
    VatCategory.INTRA_COMMUNITY: "IC",
    VatCategory.EXPORT: "G",
    VatCategory.OUTSIDE_SCOPE: "O",
    VatCategory.ZERO: "Z",
}


def einvoice_faults(content: InvoiceContent) -> list[Fault]:
    """Every rule that this invoice would break, the rule's id as the code; none when its XML is valid."""
    return [
        *_header_faults(content),
        *_party_faults(content),
        *_vat_faults(content),
        *_category_faults(content),
        *_reference_faults(content),
        *_amount_faults(content),
    ]


def _header_faults(content: InvoiceContent) -> Iterator[Fault]:
    yield from _number_faults(content.number, "", "Le numéro de la facture")
    dates = {"": content.issue_date, "/supply_date": content.supply_date, "/due_date": content.due_date}
    for pointer, day in dates.items():
        yield from _date_faults(day, pointer)
    if content.due_date < content.issue_date and content.type not in _UNDATED:
        message = "L’échéance précède la date d’émission : repoussez-la."
        yield Fault("/due_date", message, "BR-FR-CO-07")
    if content.currency != "EUR" and content.exchange is None:
        message = f"La facture est en {content.currency} : donnez le cours de l’euro, la TVA est due en euros."
        yield Fault("/exchange", message, "BR-FR-CO-12")
    if not any(line.counts for line in content.lines):
        yield Fault("/lines", "Gardez au moins une ligne : aucune option n’est choisie.", "BR-16")


def _party_faults(content: InvoiceContent) -> Iterator[Fault]:
    seller, buyer = content.seller, content.buyer
    if is_electronic(content) and not _SIREN.fullmatch(seller.siren):
        message = "Renseignez les 9 chiffres du SIREN dans la fiche de l’entreprise."
        yield Fault("/company/siren", message, "BR-FR-10")
    if processing_of(buyer) == "B2B" and not _SIREN.fullmatch(buyer.siren):
        message = "Renseignez les 9 chiffres du SIREN dans la fiche du client : c’est son adresse de facturation."
        yield Fault("/customer/siren", message, "BR-FR-11")
    else:
        if buyer.siren and not _SIREN.fullmatch(buyer.siren):
            yield Fault("/customer/siren", "Un SIREN compte 9 chiffres : corrigez-le ou videz-le.", "BR-FR-32")
        yield from _address_faults(buyer)
    numbers = {"/company/vat_number": seller.vat_number, "/customer/vat_number": buyer.vat_number}
    for pointer, number in numbers.items():
        if number and number[:2] not in VAT_PREFIXES:
            yield Fault(pointer, "Un numéro de TVA commence par les deux lettres d’un pays, comme FR.", "BR-CO-09")


def _address_faults(buyer: Buyer) -> Iterator[Fault]:
    """Where the customer receives invoices: there is one, and it can be written."""
    address = buyer_address(buyer)
    pointer = "/customer/electronic_address" if buyer.electronic_address else "/customer/email"
    is_french = address.scheme == FRENCH_DIRECTORY
    if not address.id:
        message = "Renseignez l’adresse électronique du client : c’est son adresse de facturation."
        yield Fault(pointer, message, "BR-FR-12")
    elif len(address.id) > MAX_ADDRESS:
        message = f"L’adresse de facturation du client dépasse {MAX_ADDRESS} caractères : donnez-en une plus courte."
        yield Fault(pointer, message, "BR-FR-25")
    elif processing_of(buyer) == "B2B" and not (is_french and address.id.startswith(buyer.siren)):
        message = "L’adresse de facturation d’un client français est dans l’annuaire et commence par son SIREN."
        yield Fault(pointer, message, "BR-FR-21")
    elif is_french and not _DIRECTORY_ID.fullmatch(address.id):
        message = "Une adresse de l’annuaire français ne contient que des lettres, des chiffres et + - _ ."
        yield Fault(pointer, message, "BR-FR-23")
    elif address.scheme not in ADDRESS_SCHEMES:
        message = (
            f"« {address.scheme} » n’est pas un schéma d’adresse connu : 0208 est celui de la Belgique, EM l’e-mail."
        )
        yield Fault(pointer, message, "BR-CL-25")


def _vat_faults(content: InvoiceContent) -> Iterator[Fault]:
    """What is wrong with the treatment of one line or charge by itself."""
    for pointer, vat in _treatments(content):
        rule = _RULES[vat.category]
        if vat.rate_bp not in FRENCH_RATES_BP:
            yield Fault(f"{pointer}/rate", "Ce taux de TVA n’existe pas en France : corrigez-le.", "BR-FR-16")
        elif vat.category is VatCategory.STANDARD and vat.rate_bp == 0:
            message = "À 0 %, dites pourquoi : une catégorie (E, AE, K, G, O ou Z) et sa raison."
            yield Fault(f"{pointer}/category", message, "BR-S-05")
        elif vat.category is not VatCategory.STANDARD and vat.rate_bp:
            message = f"La catégorie {vat.category} ne porte pas de TVA : taux 0, ou catégorie S."
            yield Fault(f"{pointer}/rate", message, f"BR-{rule}-05")
        elif vat.category not in (VatCategory.STANDARD, VatCategory.ZERO) and not vat.reason.strip():
            yield Fault(f"{pointer}/reason", "Donnez la raison pour laquelle aucune TVA n’est due.", f"BR-{rule}-10")


def _category_faults(content: InvoiceContent) -> Iterator[Fault]:
    """What a category asks of the parties and of its neighbours; told once, at the first line that is concerned."""
    first: dict[VatCategory, str] = {}
    for pointer, vat in _treatments(content):
        first.setdefault(vat.category, pointer)
    if VatCategory.OUTSIDE_SCOPE in first and not is_outside_scope(content):
        message = "Une opération hors du champ de la TVA se facture seule : mettez-la sur une facture à part."
        yield Fault(f"{first[VatCategory.OUTSIDE_SCOPE]}/category", message, "BR-O-11")
    seller, buyer = content.seller, content.buyer
    for category in (VatCategory.INTRA_COMMUNITY, VatCategory.EXPORT):
        if category in first and not seller.vat_number:
            message = "Renseignez votre numéro de TVA dans la fiche de l’entreprise : cette facture l’exige."
            yield Fault("/company/vat_number", message, f"BR-{_RULES[category]}-02")
    if VatCategory.INTRA_COMMUNITY in first and not buyer.vat_number:
        message = "Une livraison intracommunautaire exige le numéro de TVA du client : renseignez-le dans sa fiche."
        yield Fault("/customer/vat_number", message, "BR-IC-02")
    if VatCategory.REVERSE_CHARGE in first and not (buyer.vat_number or buyer.siren):
        message = "L’autoliquidation exige le numéro de TVA ou le SIREN du client : renseignez-le dans sa fiche."
        yield Fault("/customer/vat_number", message, "BR-AE-02")


def _reference_faults(content: InvoiceContent) -> Iterator[Fault]:
    count = len(content.references)
    if content.type is InvoiceType.CORRECTIVE and count != 1:
        message = "Une facture rectificative corrige une facture, et une seule : dites laquelle."
        yield Fault("/refers_to", message, "BR-FR-CO-04")
    if content.type.is_credit and count == 0:
        yield Fault("/refers_to", "Un avoir se réfère à une facture au moins : dites laquelle.", "BR-FR-CO-05")
    if content.deductions and content.type in _UNDATED:
        message = "Une facture d’acompte ne déduit pas d’acompte : c’est le rôle de la facture définitive."
        yield Fault("/deducts", message, "BR-FR-CO-08")
    for reference in preceding(content):
        yield from _number_faults(reference.number, "/refers_to", f"Le numéro « {reference.number} »")
        yield from _date_faults(reference.issue_date, "/refers_to")


def _amount_faults(content: InvoiceContent) -> Iterator[Fault]:
    totals = content.totals
    sums = (
        totals.net,
        totals.vat,
        totals.gross,
        content.deducted,
        content.payable,
        *(c.amount for c in content.charges),
    )
    if any(len(str(cents)) > MAX_CHARACTERS for cents in sums):
        message = f"Un montant de la facture dépasse {MAX_CHARACTERS} chiffres : vérifiez les prix."
        yield Fault("/lines", message, "BR-FR-DEC-01")
    euros = vat_in_euros(content)
    if euros is not None and len(str(euros)) > MAX_CHARACTERS:
        message = f"La TVA en euros dépasse {MAX_CHARACTERS} chiffres : vérifiez le cours."
        yield Fault("/exchange/rate", message, "BR-FR-DEC-01")
    for index, line in enumerate(content.lines):
        if not _fits(line.quantity, decimals=4):
            message = f"La quantité a 4 décimales et {MAX_CHARACTERS} chiffres au plus."
            yield Fault(f"/lines/{index}/quantity", message, "BR-FR-DEC-02")
        if line.unit_price < 0 or not _fits(line.unit_price, decimals=6):
            message = f"Le prix unitaire est positif, avec 6 décimales et {MAX_CHARACTERS} chiffres au plus."
            yield Fault(f"/lines/{index}/unit_price", message, "BR-FR-DEC-03")


def _treatments(content: InvoiceContent) -> Iterator[tuple[str, VatTreatment]]:
    """What is sold and charged, each with the pointer of its VAT. An option that was not chosen is not sold."""
    for index, line in enumerate(content.lines):
        if line.counts:
            yield f"/lines/{index}/vat", line.vat
    for index, charge in enumerate(content.charges):
        yield f"/charges/{index}/vat", charge.vat


def _number_faults(number: str, pointer: str, name: str) -> Iterator[Fault]:
    if len(number) > MAX_NUMBER:
        yield Fault(pointer, f"{name} dépasse {MAX_NUMBER} caractères : raccourcissez le format.", "BR-FR-01")
    elif not _NUMBER.fullmatch(number):
        message = f"{name} ne peut contenir que des lettres sans accent, des chiffres et + - _ /."
        yield Fault(pointer, message, "BR-FR-02")


def _date_faults(day: date, pointer: str) -> Iterator[Fault]:
    if day.year not in _YEARS:
        yield Fault(pointer, f"La date du {day:%d/%m/%Y} n’est pas du XXIe siècle : corrigez-la.", "BR-FR-03")


def _fits(value: Decimal, *, decimals: int) -> bool:
    written = f"{value.normalize():f}"
    return len(written.partition(".")[2]) <= decimals and len(written.replace(".", "")) <= MAX_CHARACTERS
