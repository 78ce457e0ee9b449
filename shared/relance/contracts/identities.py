"""Fields of identities: what the state, a bank or a mail service would recognise, judged by `domain.party_checks`."""

import re
from typing import Annotated, Final

from msgspec import Meta

from relance.domain import party_checks

_PHONE: Final = re.compile(r"\+?[0-9][0-9 .()-]{3,28}")


def _phone_fault(text: str) -> str | None:
    return None if _PHONE.fullmatch(text) else "Un numéro de téléphone : des chiffres, avec + au début s’il le faut."


Email = Annotated[
    str,
    Meta(
        min_length=3,
        max_length=254,
        examples=["contact@atelier.example"],
        extra_json_schema={"format": "email"},
        extra={"check": party_checks.email_fault},
    ),
]
Phone = Annotated[str, Meta(max_length=30, examples=["+33 4 78 00 00 00"], extra={"check": _phone_fault})]
Website = Annotated[
    str, Meta(max_length=200, extra_json_schema={"format": "uri"}, extra={"check": party_checks.website_fault})
]
Country = Annotated[
    str, Meta(min_length=2, max_length=2, description="ISO 3166-1 alpha-2", extra={"check": party_checks.country_fault})
]
Siren = Annotated[
    str, Meta(max_length=11, description="9 chiffres, clé de Luhn", extra={"check": party_checks.siren_fault})
]
Siret = Annotated[
    str, Meta(max_length=18, description="14 chiffres, clé de Luhn", extra={"check": party_checks.siret_fault})
]
VatNumber = Annotated[
    str,
    Meta(max_length=20, examples=["FR65912345675"], extra={"check": party_checks.vat_number_fault}),
]
Iban = Annotated[
    str, Meta(min_length=15, max_length=42, description="ISO 13616", extra={"check": party_checks.iban_fault})
]
Bic = Annotated[str, Meta(max_length=11, description="ISO 9362", extra={"check": party_checks.bic_fault})]
Colour = Annotated[
    str,
    Meta(
        max_length=7,
        examples=["#1f4e5f"],
        extra_json_schema={"format": "color"},
        extra={"check": party_checks.colour_fault},
    ),
]
NumberFormat = Annotated[
    str,
    Meta(
        max_length=60,
        description="{n} (ou {n:04d}) et {year}, le reste en lettres, chiffres, + - _ /",
        examples=["F-{year}-{n:04d}"],
        extra={"check": party_checks.number_format_fault},
    ),
]

ValidityDays = Annotated[int, Meta(ge=1, le=party_checks.MAX_VALIDITY_DAYS)]
ElectronicAddress = Annotated[
    str,
    Meta(
        max_length=130,
        description="Adresse de l’annuaire français (SIREN, SIREN_SIRET, SIREN_suffixe), ou schéma:identifiant (EAS)",
        examples=["803124569", "0208:0428759497"],
        extra={"check": party_checks.electronic_address_fault},
    ),
]
FiscalYearStart = Annotated[
    str,
    Meta(
        min_length=5,
        max_length=5,
        description="Premier jour de l’exercice, mois et jour",
        examples=["01-01", "07-01"],
        extra={"check": party_checks.fiscal_year_start_fault},
    ),
]
PaymentDays = Annotated[
    int, Meta(ge=0, le=party_checks.MAX_PAYMENT_DAYS, description="Après la facture ; C. com. L441-10")
]
