"""What each kind of document says: titles, marks, sections, options, schedules, deductions, currencies, languages."""

from dataclasses import fields, replace
from datetime import date
from decimal import Decimal

import pytest
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # ships no types
from hypothesis import given
from hypothesis import strategies as st

from relance.adapters import english, french
from relance.adapters.designs import Look, look_of
from relance.adapters.document_texts import text_of
from relance.adapters.document_view import DocumentView, view
from relance.adapters.pdf_weasyprint import find_fonts
from relance.adapters.wording import ENGLISH, FRENCH
from relance.domain.content import DocumentContent, QuoteKind
from relance.domain.copies import ORIGINAL, PREVIEW, Copy, duplicate
from relance.domain.errors import Stop
from relance.domain.look import Design, Typeface
from relance.domain.party import Address, Branding, CustomerKind, InsuranceCover, SalesChannel
from relance.domain.totals import total
from tests.builders import a_customer, a_line, a_quote_content, an_invoice_content
from tests.specimens import a_final_invoice, a_rich_quote, specimens


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def shown(content: DocumentContent, copy: Copy = ORIGINAL) -> DocumentView:
    return view(content, Branding(), copy)


def of(name: str, copy: Copy = ORIGINAL) -> DocumentView:
    return shown(specimens()[name], copy)


@pytest.mark.parametrize(
    ("name", "title", "numbered", "due"),
    [
        ("quote", "Devis", "N° D-2026-0001", "Total TTC"),
        ("proforma", "Facture pro forma", "N° PF-2026-0004", "Total TTC"),
        ("amendment", "Avenant", "N° A-2026-0002", "Total TTC"),
        ("invoice", "Facture", "N° F-2026-0001", "Total TTC"),
        ("deposit", "Facture d’acompte", "N° F-2026-0002", "Total TTC"),
        ("final", "Facture", "N° F-2026-0012", "Net à payer"),
        ("credit", "Avoir", "N° AV-2026-0001", "Total de l’avoir TTC"),
        ("corrective", "Facture rectificative", "N° F-2026-0003", "Total TTC"),
        ("english", "Invoice", "No. F-2026-0001", "Total incl. VAT"),
    ],
)
def test_a_document_names_itself_its_number_and_its_amount(name: str, title: str, numbered: str, due: str) -> None:
    doc = of(name)
    assert (doc.title, doc.numbered, doc.due[0]) == (title, numbered, due)


@pytest.mark.parametrize(
    ("kind", "title"), [(QuoteKind.PROFORMA, "Facture pro forma"), (QuoteKind.AMENDMENT, "Avenant")]
)
def test_a_title_that_nobody_chose_follows_the_kind(kind: QuoteKind, title: str) -> None:
    assert shown(a_quote_content(kind=kind)).title == title
    assert shown(a_quote_content(language="en")).title == "Quote"
    assert shown(a_quote_content(title="Offre commerciale")).title == "Offre commerciale"


def test_an_amendment_says_what_it_changes() -> None:
    """Q-05: an accepted quote is changed by an avenant that refers to it."""
    assert of("amendment").relation == "au devis n° D-2026-0001"
    assert of("quote").relation == ""


def test_a_proforma_is_marked_asks_for_nothing_and_is_not_signed() -> None:
    """Q-11: watermark, « ne constitue pas une facture », no payment request."""
    doc = of("proforma")
    assert doc.watermark == "PRO FORMA"
    assert "ne constitue pas une facture" in doc.statement
    assert (doc.is_payable, doc.is_signed) == (False, False)
    assert of("quote").is_signed


def test_copies_are_marked_and_the_original_is_not() -> None:
    """AF-10: the first PDF is the original, later ones say « DUPLICATA n° k »."""
    assert (of("invoice").stamp, of("invoice").watermark) == ("", "")
    preview, copy = of("invoice", PREVIEW), of("invoice", duplicate(2))
    assert (preview.watermark, preview.numbered, preview.folio) == ("BROUILLON", "Brouillon", "Facture brouillon")
    assert (copy.stamp, copy.watermark) == ("Duplicata n° 2", "")
    assert copy.folio == "Facture F-2026-0001 · Duplicata n° 2"
    assert of("proforma", PREVIEW).watermark == "BROUILLON"
    assert of("english", duplicate(1)).stamp == "Duplicate no. 1"


def test_sections_have_one_heading_and_the_subtotal_of_what_counts() -> None:
    rows = of("quote").rows
    assert [row.section for row in rows] == ["Préparation", "", "Parquet", "", "", ""]
    subtotals = [(label, plain(text)) for label, text in (row.subtotal for row in rows if row.subtotal)]
    assert subtotals == [("Sous-total Préparation", "1 261,82 €"), ("Sous-total Parquet", "3 885,25 €")]


def test_a_section_that_comes_back_is_summed_for_itself() -> None:
    lines = [
        replace(a_line(quantity="1", unit_price=price), section=name)
        for name, price in (("A", "1"), ("B", "2"), ("A", "4"))
    ]
    rows = shown(a_quote_content(lines=tuple(lines))).rows
    assert [row.section for row in rows] == ["A", "B", "A"]
    assert [plain(row.subtotal[1]) for row in rows if row.subtotal] == ["1,00 €", "2,00 €", "4,00 €"]


def test_options_bounds_and_references_are_told_beside_their_line() -> None:
    """PF-11: an option that was not chosen shows its price and is not part of the total."""
    _, _, parquet, acoustic, oil, free = of("quote").rows
    assert parquet.before == "Pose à l’anglaise, départ dans l’axe de la fenêtre."
    assert parquet.remarks == ("Réf. PAR-CH-14", "Quantité à votre choix, de 40 à 50")
    assert (acoustic.remarks, acoustic.counts) == (("En option, non comprise dans le total",), False)
    assert plain(acoustic.cells[-1]) == "416,50 €"
    assert (oil.remarks, oil.counts) == (("Option retenue, comprise dans le total",), True)
    assert free.cells[-1] == "gratuit"
    assert [plain(text) for text in of("quote").below_due] == ["Options non comprises : 416,50 € HT, soit 499,80 € TTC"]


def test_discounts_and_charges_on_the_whole_stand_between_the_lines_and_the_total() -> None:
    totals = [(label, plain(text)) for label, text in of("quote").totals]
    assert [(plain(label), text) for label, text in totals] == [
        ("Total des lignes HT", "5 147,07 €"),
        ("Remise fidélité (3 %)", "−154,41 €"),
        ("Geste commercial", "−50,00 €"),
        ("Frais de déplacement", "45,00 €"),
        ("Total HT", "4 987,66 €"),
        ("TVA", "946,45 €"),
    ]


def test_the_schedule_tells_amounts_the_balance_and_what_the_law_makes_of_them() -> None:
    """D-03: acompte or arrhes, with its legal effect."""
    doc = of("quote")
    assert doc.schedule is not None
    assert doc.schedule.title == "Échéancier des acomptes"
    rows = [tuple(plain(cell) for cell in row) for row in doc.schedule.rows]
    assert rows == [
        ("Réservation", "à la commande", "30 %", "1 780,24 €"),
        ("Début du chantier", "le 11 janvier 2027", "40 %", "2 373,65 €"),
        ("Solde", "à la facture finale", "", "1 780,22 €"),
    ]
    assert "engage" in doc.deposit_effect
    arrhes = of("distance")
    assert arrhes.schedule is not None
    assert arrhes.schedule.title == "Échéancier des arrhes"
    assert "restituant au double" in arrhes.deposit_effect
    assert (shown(a_quote_content()).schedule, shown(a_quote_content()).deposit_effect) == (None, "")


def test_a_final_invoice_lists_each_deposit_and_what_is_left() -> None:
    """D-02: number, date, HT, VAT and TTC of each deposit invoice, deducted one by one."""
    doc = of("final")
    assert doc.deducted is not None
    assert doc.deducted.title == "Acomptes facturés, déduits"
    first = doc.deducted.rows[0]
    told = [plain(text) for text in (first.number, first.issued_on, first.net, first.vat, first.gross)]
    assert told == ["F-2026-0003", "2 septembre 2026", "400,00 €", "80,00 €", "480,00 €"]
    assert [plain(text) for text in (doc.deducted.left.net, doc.deducted.left.vat, doc.deducted.left.gross)] == [
        "886,85 €",
        "128,50 €",
        "1 015,35 €",
    ]
    assert [(label, plain(text)) for label, text in doc.totals[-2:]] == [
        ("Total TTC", "2 215,35 €"),
        ("Déjà facturé TTC", "−1 200,00 €"),
    ]
    progress = a_final_invoice()
    parts = tuple(replace(each, type_code="380") for each in progress.deductions)
    mixed = shown(replace(progress, deductions=parts)).deducted
    assert mixed is not None
    assert mixed.title == "Factures déjà émises, déduites"


def test_a_credit_note_refers_to_its_invoice_says_why_and_asks_for_nothing() -> None:
    """C-02, C-04."""
    doc = of("credit")
    assert [label for label, _ in doc.facts] == ["Date d’émission", "Facture d’origine", "Devis"]
    assert plain(doc.facts[1][1]) == "F-2026-0001 du 16 novembre 2026"
    assert doc.conditions[0] == ("Motif", "Retour de marchandise")
    assert not doc.is_payable
    assert dict(of("corrective").facts)["Facture rectifiée"].startswith("F-2026-0001")
    assert of("invoice").is_payable


def test_another_currency_tells_its_vat_in_euros_and_at_which_rate() -> None:
    """I-07, BR-FR-CO-12."""
    doc = of("english")
    assert plain(doc.due[1]) == "USD 4,898.56"
    assert [plain(text) for text in doc.below_due] == [
        "VAT in euros: €753.89",
        "Exchange rate: 1 USD = €0.9234 on 13 November 2026 (European Central Bank)",
    ]
    yen = tuple(replace(a_line(quantity="3", unit_price="33333"), step=100) for _ in range(2))
    doc = shown(a_quote_content(lines=yen, totals=total(yen), currency="JPY"))
    assert plain(doc.due[1]) == "239 998 JPY"
    assert plain(doc.rows[0].cells[2]) == "33 333 JPY"


def test_terms_of_the_kernel_have_their_line() -> None:
    terms = dict(of("quote").conditions)
    for label in ("Lieu d’exécution", "Main-d’œuvre", "Révision du prix", "Garantie"):
        assert terms[label]
    assert "empreinte SHA-256" in terms["Conditions générales"]
    assert dict(of("invoice").conditions)["Exigibilité de la TVA"].startswith("Option pour le paiement")
    assert dict(of("english").conditions)["Delivery address"] == "Unit 4, Dock Road, E16 2AB London, Royaume-Uni"
    buyer = replace(an_invoice_content().buyer, billing_address=Address("BP 12", "69007", "Lyon"))
    assert dict(shown(an_invoice_content(buyer=buyer)).conditions)["Adresse de facturation"] == "BP 12, 69007 Lyon"
    insured = replace(an_invoice_content().seller, insurance_cover=InsuranceCover("MAAF", "Niort", "France"))
    assert dict(shown(an_invoice_content(seller=insured)).conditions)["Assurance"].startswith("MAAF, Niort")
    assert of("quote").closing_note


@pytest.mark.parametrize("channel", [SalesChannel.DISTANCE, SalesChannel.OFF_PREMISES])
def test_a_consumer_at_a_distance_gets_the_notice_and_the_form(channel: SalesChannel) -> None:
    """W-01, W-02: with the function online since 19 June 2026."""
    notice = shown(a_rich_quote(channel=channel.value)).withdrawal
    assert notice is not None
    assert "Renoncer au contrat ici" in "".join(notice.right)
    assert "04\u00a078\u00a000" in notice.addressee
    assert notice.contract == "Devis n° D-2026-0001 – Rénovation du parquet du séjour"
    services = shown(a_quote_content(lines=(a_line(),), channel=channel.value)).withdrawal
    assert services is not None
    assert "conclusion du contrat" in services.right[0]
    assert len(services.effects) == 2
    older = shown(a_rich_quote(channel=channel.value, issue_date=date(2026, 6, 18))).withdrawal
    assert older is not None
    assert len(older.right) == len(notice.right) - 1


def test_nobody_else_gets_the_form() -> None:
    business = a_customer(kind=CustomerKind.BUSINESS)
    for content in (
        a_quote_content(channel="premises"),
        a_quote_content(),
        a_quote_content(customer=business, channel="distance"),
        a_quote_content(channel="distance", kind=QuoteKind.PROFORMA),
        an_invoice_content(),
    ):
        assert shown(content).withdrawal is None
    urgent = shown(a_quote_content(channel="off_premises", withdrawal_exception="urgent_repair"))
    assert urgent.withdrawal is None
    assert "L221-28, 8°" in dict(urgent.conditions)["Rétractation"]


def test_no_text_of_the_law_is_guessed() -> None:
    with pytest.raises(Stop):
        text_of("proforma", date(1999, 1, 1))
    with pytest.raises(Stop):
        text_of("unheard_of", date(2026, 1, 1))


def test_both_languages_fill_every_label_with_the_same_holes() -> None:
    for field in fields(FRENCH):
        one, other = getattr(FRENCH, field.name), getattr(ENGLISH, field.name)
        if isinstance(one, str):
            assert one
            assert other
            assert one.count("{}") == other.count("{}"), field.name


@pytest.mark.parametrize(
    ("told", "text"),
    [
        (english.money(123450), "€1,234.50"),
        (english.money(-5), "−€0.05"),
        (english.money(123400, "CHF"), "CHF 1,234.00"),
        (english.money(123400, "JPY"), "JPY 1,234"),
        (english.unit_price(Decimal("0.0425")), "€0.0425"),
        (english.rate(550), "5.5%"),
        (english.day(date(2027, 3, 1)), "1 March 2027"),
        (french.money(123400, "XPF"), "1 234 XPF"),
        (french.money(123450, "USD"), "1 234,50 USD"),
    ],
)
def test_amounts_follow_their_language_and_their_currency(told: str, text: str) -> None:
    assert plain(told) == text


FACES = {Typeface.INTER: "Inter", Typeface.SOURCE_SERIF: "SourceSerif4"}
LOOKS = [look_of(Branding(design=design, typeface=typeface)) for design in Design for typeface in Typeface]
MM_PER_PT = 25.4 / 72


def advance(typeface: Typeface, weight: str, text: str) -> float:
    """How wide a font of ours sets a text, in ems; digits as wide as the widest (tabular figures)."""
    font = TTFont(find_fonts() / f"{FACES[typeface]}-{weight}.ttf", lazy=True)
    cmap, widths, em = font.getBestCmap(), font["hmtx"], font["head"].unitsPerEm
    digit = max(widths[cmap[ord(d)]][0] for d in "0123456789")
    units: int = sum(digit if c.isdigit() else widths[cmap[ord(c)]][0] for c in text)
    return units / int(em)


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: f"{look.design}-{look.typeface}")
def test_columns_are_as_wide_as_what_stands_in_them(look: Look) -> None:
    for text in (
        "1\u202f234\u202f567,1234",
        "9\u202f876,123456\u00a0€",
        "−12,5\u00a0%",
        "10\u202f668,74\u00a0USD",
        "gratuit",
    ):
        assert look.cell_mm(text) >= advance(look.typeface, "Regular", text) * look.cell_pt * MM_PER_PT, text
        bold = advance(look.typeface, "SemiBold", text) * look.due_pt * MM_PER_PT
        assert look.sums_mm((), text) >= bold + look.padding_mm / 2, text
    for head in ("Prix unit. HT", "Total HT", "Remise", "Qté", "Net amount", "Unit price", "TVA"):
        assert look.head_mm(head) >= advance(look.typeface, "SemiBold", head) * look.head_pt * MM_PER_PT, head


@given(st.sampled_from(Design), st.sampled_from([None, *Typeface]))
def test_each_design_prints_the_same_words(design: Design, typeface: Typeface | None) -> None:
    one = view(specimens()["quote"], Branding(design=design, typeface=typeface))
    other = of("quote")
    assert replace(one, columns=(), stacked=False, sums_mm=0.0, family="", has_bands=False) == replace(
        other, columns=(), stacked=False, sums_mm=0.0, family="", has_bands=False
    )
