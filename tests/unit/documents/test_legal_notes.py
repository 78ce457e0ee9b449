"""What the law words stands on the page, each text once. IM-14, IR-03, IS-01, Q-11, D-03."""

from datetime import date

import pytest

from relance.adapters.document_view import view
from relance.adapters.document_view_terms import conditions
from relance.adapters.identity import legal_mentions
from relance.adapters.legal_data import load_law
from relance.adapters.wording import wording
from relance.domain.content import DepositStep, QuoteContent, QuoteKind, seller_of
from relance.domain.party import Branding, InsuranceCover, Sector
from tests.builders import a_company, a_quote_content, an_invoice_content

TODAY = date(2026, 11, 16)
LAW = load_law()


def printed(content: QuoteContent) -> tuple[str, ...]:
    return view(LAW.worded(content, TODAY), Branding()).legal_notes


def test_texts_of_the_profile_stand_below_the_vat_table_IS_01_IR_03_IR_05() -> None:
    company = a_company(approved_association=True, vat_group=True)
    content = LAW.worded(an_invoice_content(company, vat_on_debits=True), TODAY)
    doc = view(content, Branding())
    assert doc.legal_notes == (
        "Catégorie de l’opération : prestation de services",
        "Membre d’un assujetti unique",
        "Membre d’une association agréée, le règlement par chèque et carte bancaire est accepté",
    ) or doc.legal_notes[0].startswith("Catégorie de l’opération : livraison de biens et")
    assert any("débits" in text for _, text in doc.conditions), "the option has its own place among the conditions"


@pytest.mark.parametrize("kind", [QuoteKind.QUOTE, QuoteKind.PROFORMA])
def test_a_text_with_a_place_of_its_own_is_not_said_twice_Q_11_D_03(kind: QuoteKind) -> None:
    steps = (DepositStep("À la commande", percent_bp=3000),)
    content = a_quote_content(a_company(sector=Sector.WORKS), kind=kind, deposits=steps, channel="distance")
    worded = LAW.worded(content, TODAY)
    notes = {note.id: note.text for note in worded.legal_notes}
    doc = view(worded, Branding())
    assert doc.legal_notes == (() if kind is QuoteKind.PROFORMA else (notes["Q-02"],))
    assert doc.statement == notes.get("Q-11", "")
    assert doc.deposit_effect == notes["D-03"]


def test_a_document_without_frozen_notes_still_says_what_it_is_Q_11() -> None:
    doc = view(a_quote_content(kind=QuoteKind.PROFORMA), Branding())
    assert "ne constitue pas une facture" in doc.statement


def test_a_company_being_registered_prints_no_number_that_it_has_not_IM_14() -> None:
    young = a_company(registration_pending=True, siren="", siret="", vat_number="", registry_city="")
    assert [text.replace("\u00a0", " ").replace("\u202f", " ") for text in legal_mentions(seller_of(young))] == [
        "SARL au capital de 10 000 €"
    ]
    assert printed(a_quote_content(young)) == ("SIRET en cours d’attribution",)


def test_the_insurance_is_printed_field_by_field_IS_04() -> None:
    company = a_company(insurance="", insurance_cover=InsuranceCover("MAAF Pro", "79180 Chauray", "France", "21 445"))
    assert ("Assurance", "MAAF Pro, 79180 Chauray, contrat 21 445. Couverture géographique : France.") in list(
        conditions(an_invoice_content(company), wording("fr"))
    )
