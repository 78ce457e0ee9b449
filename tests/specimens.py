"""One document of each kind, with everything that it can print: what golden pictures and texts are made from."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from relance.domain.content import (
    DepositNature,
    DepositStep,
    DocumentContent,
    Enclosure,
    Exchange,
    InvoiceContent,
    LegalNote,
    QuoteContent,
    QuoteKind,
    Reference,
)
from relance.domain.lines import Line
from relance.domain.money import Cents
from relance.domain.party import Address, CustomerKind, SalesChannel
from relance.domain.totals import Charge, ChargeKind, Deduction, DocumentDiscount, total
from relance.domain.vat import VatCategory, VatSubtotal, VatTreatment
from tests.builders import (
    EXEMPT,
    REDUCED,
    STANDARD,
    a_customer,
    a_line,
    a_quote_content,
    a_sole_trader,
    an_invoice_content,
    some_lines,
)

BUSINESS = a_customer(kind=CustomerKind.BUSINESS)
EXPORT = VatTreatment(VatCategory.EXPORT, 0, "Exonération de TVA, art. 262, I du CGI")


def rich_lines() -> tuple[Line, ...]:
    """Sections, texts, references, an option of each sort, a quantity to choose, a discount, something free."""
    return (
        replace(
            a_line("Dépose de l’ancien revêtement et évacuation", quantity="42.5", unit_price="12.40"),
            section="Préparation",
        ),
        replace(
            a_line("Ragréage fibré", quantity="42.5", unit_price="18.20", percent_off_bp=500), section="Préparation"
        ),
        replace(
            a_line(
                "Parquet chêne massif, pose collée\nLames 14 × 130 mm, finition huilée, PEFC",
                quantity="42.5",
                unit_price="78.90",
            ),
            section="Parquet",
            reference="PAR-CH-14",
            text_before="Pose à l’anglaise, départ dans l’axe de la fenêtre.",
            min_quantity=Decimal("40"),
            max_quantity=Decimal("50"),
        ),
        replace(
            a_line("Sous-couche acoustique 19 dB", quantity="42.5", unit_price="9.80", nature="goods"),
            section="Parquet",
            is_option=True,
            is_chosen=False,
        ),
        replace(
            a_line("Huilage de l’escalier", quantity="14", unit="marche", unit_price="38", vat=REDUCED),
            section="Parquet",
            is_option=True,
        ),
        a_line("Protection des lieux et nettoyage", quantity="1", unit="forfait", unit_price="0"),
    )


def a_rich_quote(**changes: Any) -> QuoteContent:
    """A quote with everything that one may say."""
    lines = changes.pop("lines", None) or rich_lines()
    discounts = (
        DocumentDiscount("Remise fidélité", percent_bp=300),
        DocumentDiscount("Geste commercial", amount=Cents(5_000)),
    )
    charges = (Charge("Frais de déplacement", Cents(4_500), STANDARD, ChargeKind.TRAVEL),)
    quote = a_quote_content(
        lines=lines,
        totals=total(lines, discounts, charges),
        discounts=discounts,
        charges=charges,
        deposits=(
            DepositStep("Réservation", "à la commande", percent_bp=3_000),
            DepositStep("Début du chantier", "le 11 janvier 2027", percent_bp=4_000),
        ),
        message="Bonjour, voici notre proposition après notre visite. « Un parquet pour la vie », c’est promis !",
        variant="B, chêne massif",
        price_revision_terms="Prix révisables selon l’index BT 09 au-delà de trois mois.",
        labour_rate="48,00 € HT de l’heure",
        execution_place="3 place Bellecour, 69002 Lyon",
        warranty_terms="Parfait achèvement un an, biennale, décennale.",
        general_terms=Enclosure(
            "Conditions générales de vente 2026", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
        ),
        closing_note="Nous restons à votre disposition pour toute question.",
    )
    return replace(quote, **changes)


def a_deduction(number: str, day: date, base: int) -> Deduction:
    return Deduction(number, day, (VatSubtotal(STANDARD, Cents(base), Cents(base // 5)),))


def a_final_invoice() -> InvoiceContent:
    """What is left of a quote after two deposits. [D-02]"""
    return an_invoice_content(
        customer=BUSINESS,
        number="F-2026-0012",
        purchase_order="BC-88123",
        deductions=(
            a_deduction("F-2026-0003", date(2026, 9, 2), 40_000),
            a_deduction("F-2026-0007", date(2026, 10, 15), 60_000),
        ),
    )


def in_dollars() -> InvoiceContent:
    """In English, in another currency, exported. [I-07]"""
    lines = (
        a_line("Solid oak flooring\nHand finished, delivered", unit_price="88.25", vat=STANDARD),
        a_line("Design", unit="day", quantity="3", unit_price="640"),
    )
    buyer = replace(
        BUSINESS,
        name="Hartley & Sons Ltd",
        contact_name="Emily Hartley",
        address=Address("12 Harbour Street", "SW1A 1AA", "London", country="GB"),
        siren="",
        vat_number="",
    )
    return an_invoice_content(
        customer=buyer,
        lines=lines,
        language="en",
        currency="USD",
        exchange=Exchange(Decimal("0.9234"), date(2026, 11, 13), "European Central Bank"),
        subject="Flooring of the showroom",
        delivery_address=Address("Unit 4, Dock Road", "E16 2AB", "London", country="GB"),
    )


def specimens() -> Mapping[str, DocumentContent]:
    """Each kind once, by the name of its golden files."""
    credit = (
        a_line("Plinthes chêne 70 mm, retour de 10 m", quantity="10", unit="m", unit_price="6.4525", nature="goods"),
    )
    deposit = (a_line("Acompte de 30 % sur le devis n° D-2026-0001", quantity="1", unit="", unit_price="566.06"),)
    return {
        "quote": a_rich_quote(),
        "proforma": a_quote_content(
            customer=BUSINESS, kind=QuoteKind.PROFORMA, title="Facture pro forma", number="PF-2026-0004"
        ),
        "amendment": a_quote_content(
            kind=QuoteKind.AMENDMENT, title="Avenant", number="A-2026-0002", amends="D-2026-0001"
        ),
        "distance": a_rich_quote(
            lines=some_lines(),
            channel=SalesChannel.DISTANCE.value,
            deposit_nature=DepositNature.ARRHES,
            general_terms=None,
            totals=total(some_lines()),
            discounts=(),
            charges=(),
            variant="",
            message="",
        ),
        "invoice": an_invoice_content(
            customer=BUSINESS,
            purchase_order="BC-88123",
            vat_on_debits=True,
            legal_notes=(LegalNote("IR-03", "Catégorie de l’opération : prestation de services"),),
        ),
        "deposit": an_invoice_content(
            type_code="386", number="F-2026-0002", lines=deposit, supply_date=date(2026, 11, 16)
        ),
        "final": a_final_invoice(),
        "credit": an_invoice_content(
            customer=BUSINESS,
            type_code="381",
            number="AV-2026-0001",
            lines=credit,
            reason="Retour de marchandise",
            references=(Reference("F-2026-0001", date(2026, 11, 16)),),
        ),
        "corrective": an_invoice_content(
            customer=BUSINESS,
            type_code="384",
            number="F-2026-0003",
            reason="Erreur sur l’adresse du client",
            references=(Reference("F-2026-0001", date(2026, 11, 16)),),
        ),
        "franchise": an_invoice_content(company=a_sole_trader(), lines=(a_line(vat=EXEMPT),)),
        "english": in_dollars(),
    }
