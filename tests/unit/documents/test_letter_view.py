"""The words of letters: figures to the cent, French as it is written, no fee to a consumer. [DU-01, DU-02, DU-05]"""

import re
from dataclasses import replace
from datetime import date
from html import unescape

import pytest

from relance.adapters.letter_view import letter_view
from relance.adapters.letters_weasyprint import letter_html
from relance.domain.letters import FormalNoticeContent, LetterContent
from relance.domain.look import Design
from relance.domain.money import Cents
from relance.domain.party import Branding
from relance.domain.statement import StatementContent
from tests.late_specimens import letters

FEES = re.compile(r"pénalité|indemnité|40\s*€|taux annuel|L441-10", re.IGNORECASE)


def said(content: LetterContent, design: Design = Design.MODERN) -> str:
    """The words of the page, on one line, with ordinary spaces."""
    html = re.sub(r"<style>.*?</style>", "", letter_html(content, Branding(design=design)), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def a_notice_of(name: str) -> FormalNoticeContent:
    content = letters()[name]
    assert isinstance(content, FormalNoticeContent)
    return content


def test_DU_05_a_formal_notice_says_what_is_owed_why_and_by_when() -> None:
    text = said(a_notice_of("notice"))
    for phrase in (
        "Lettre recommandée avec avis de réception",
        "Objet : Mise en demeure de payer la facture n° F-2026-0007, soit 3 266,25 €",
        "échue depuis 169 jours, reste impayée à ce jour, malgré nos relances des 3, 10 juin et 2 juillet 2026.",
        "Principal restant dû 3 000,00 €",
        "Pénalités de retard au 16/11/2026 (voir l’annexe) 226,25 €",
        "Indemnité forfaitaire de recouvrement 40,00 €",
        "Total à régler 3 266,25 €",
        "à raison de 1,02 € par jour",
        "dans un délai de huit jours à compter de la réception de cette lettre",
        "La présente vaut mise en demeure au sens de l’article 1344 du code civil.",
        "art. L441-10 et D441-5 du code de commerce",
        "01/06/2026 30/06/2026 30 5 000,00 € 12,15 % 49,9315",
        "Taux : BCE, taux de refinancement au 1er janvier 2026",
    ):
        assert phrase in text, phrase


def test_DU_05_a_letter_about_many_invoices_counts_them_and_their_indemnities() -> None:
    text = said(a_notice_of("notice-many"))
    for phrase in (
        "Mise en demeure de payer 8 factures échues, soit 47 893,82 €",
        "les factures ci-dessous, dont la plus ancienne est échue depuis 179 jours, restent impayées à ce jour, "
        "malgré notre relance du 3 juin 2026.",
        "Indemnité forfaitaire de recouvrement (8 × 40 €) 320,00 €",
        "Référence Mise en demeure du 16/11/2026",
    ):
        assert phrase in text, phrase


@pytest.mark.parametrize("name", ["notice-consumer", "notice-consumer-many"])
@pytest.mark.parametrize("design", Design)
def test_DU_01_a_consumer_reads_of_no_fee_and_is_offered_a_way_out_P_05(name: str, design: Design) -> None:
    content = a_notice_of(name)
    text = said(content, design)
    assert FEES.findall(text) == []
    assert "par exemple un paiement en plusieurs fois" in text
    assert "Aucun frais de relance ou de recouvrement amiable ne vous est demandé." in text
    assert content.total == content.principal


def test_DU_02_no_letter_says_that_there_is_a_title_or_a_bailiff() -> None:
    for content in letters().values():
        assert (
            re.findall(r"titre exécutoire|huissier|commissaire de justice|saisie", said(content), re.IGNORECASE) == []
        )


def test_days_in_a_list_share_their_month_and_year_and_old_reminders_are_left_out() -> None:
    days = [date(2025, 11, 28), date(2025, 12, 1), date(2025, 12, 3), date(2026, 1, 5)]
    content = replace(a_notice_of("notice"), reminded_on=tuple(days))
    assert "des 28 novembre, 1er, 3 décembre 2025 et 5 janvier 2026" in said(content)
    often = tuple(date(2026, 3, day) for day in range(1, 10))
    assert "des 4, 5, 6, 7, 8 et 9 mars 2026" in said(replace(content, reminded_on=often))


def test_penalties_that_came_in_are_told_and_a_delay_of_a_month_is_in_figures() -> None:
    content = a_notice_of("notice")
    part = replace(content, invoices=(replace(content.invoices[0], penalties_paid=Cents(5_000)),), deadline_days=30)
    text = said(part)
    assert "Pénalités déjà réglées \u221250,00 €" in text
    assert "dans un délai de 30 jours" in text
    assert "dans un délai d’un jour" in said(replace(content, deadline_days=1))


def test_DR_05_a_statement_says_what_is_open_contested_and_late() -> None:
    text = said(letters()["statement"])
    for phrase in (
        "Relevé de compte",
        "F-2026-0003 31/05/2026 30/06/2026 en litige 4 128,13 € 0,00 € 4 128,13 €",
        "F-2026-0012 01/11/2026 01/12/2026 – 1 140,00 €",
        "Dont échu 46 177,58 €",
        "Solde à régler 47 317,58 €",
    ):
        assert phrase in text, phrase


def test_a_statement_of_what_we_owe_asks_for_nothing_and_a_settled_one_says_so() -> None:
    settled = letters()["statement-settled"]
    assert isinstance(settled, StatementContent)
    assert "toutes nos factures sont réglées : votre compte est soldé" in said(settled)
    assert "IBAN" not in said(settled)
    statement = letters()["statement"]
    assert isinstance(statement, StatementContent)
    ours = replace(statement, rows=(replace(statement.rows[0], balance=Cents(-5_000), days_late=0),))
    assert "Solde en votre faveur 50,00 €" in said(ours)
    assert "IBAN" not in said(ours)


def test_what_a_customer_is_called_stays_text() -> None:
    content = a_notice_of("notice")
    named = replace(content, buyer=replace(content.buyer, name="<script>alert(1)</script>"))
    assert "<script>" not in letter_html(named, Branding())
    assert letter_view(named, Branding()).buyer.name == "<script>alert(1)</script>"


def test_a_letter_in_another_currency_has_no_code_for_a_transfer_in_euros() -> None:
    content = a_notice_of("notice")
    assert "data:image/png" in letter_html(content, Branding())
    assert "data:image/png" not in letter_html(replace(content, currency="USD"), Branding())
