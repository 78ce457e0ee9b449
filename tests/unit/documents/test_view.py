"""What a page is given of a document: columns, rows, totals, conditions."""

from dataclasses import replace

import pytest

from relance.adapters.document_view import view
from relance.domain.content import DocumentContent
from relance.domain.party import Branding, CustomerKind
from relance.domain.vat import VatCategory, VatTreatment
from tests.builders import (
    EXEMPT,
    REDUCED,
    STANDARD,
    a_customer,
    a_line,
    a_quote_content,
    a_sole_trader,
    an_invoice_content,
)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def heads(content: DocumentContent) -> list[str]:
    return [column.head for column in view(content, Branding()).columns]


def test_columns_that_would_say_nothing_are_left_out() -> None:
    assert heads(a_quote_content()) == ["Qté", "Unité", "Prix unit. HT", "Remise", "TVA", "Total HT"]
    assert heads(a_quote_content(lines=(a_line(unit="", vat=EXEMPT),))) == ["Qté", "Prix unit. HT", "Total HT"]


def test_what_is_offered_says_so() -> None:
    assert view(a_quote_content(), Branding()).rows[-1].cells[-1] == "gratuit"


def test_the_first_line_of_a_description_is_its_heading() -> None:
    row = view(a_quote_content(lines=(a_line("Dépose\nAvec évacuation.\nEt tri."),)), Branding()).rows[0]
    assert (row.heading, row.details) == ("Dépose", "Avec évacuation.\nEt tri.")


def test_a_long_paragraph_is_text_and_may_be_cut_by_a_page() -> None:
    row = view(a_quote_content(lines=(a_line("mot " * 250),)), Branding()).rows[0]
    assert (row.heading, row.long) == ("", True)


def test_discounts_show_as_a_rate_or_an_amount() -> None:
    lines = (a_line(percent_off_bp=1250), a_line(off=2500), a_line())
    cells = [plain(row.cells[3]) for row in view(a_quote_content(lines=lines), Branding()).rows]
    assert cells == ["−12,5 %", "−25,00 €", ""]


def test_figures_that_leave_no_room_put_the_description_above_them() -> None:
    huge = a_line(quantity="1234567.1234", unit_price="987654.123456", percent_off_bp=1250, unit="forfait")
    assert view(a_quote_content(lines=(huge,)), Branding()).stacked
    assert not view(a_quote_content(), Branding()).stacked


def test_every_rate_has_its_row_and_the_totals_add_up() -> None:
    doc = view(an_invoice_content(), Branding())
    assert [(plain(row.rate), plain(row.base), plain(row.vat)) for row in doc.vat_rows] == [
        ("20 %", "1 398,08 €", "279,62 €"),
        ("10 %", "488,77 €", "48,88 €"),
    ]
    assert [(label, plain(text)) for label, text in doc.totals] == [("Total HT", "1 886,85 €"), ("TVA", "328,50 €")]
    assert plain(doc.due[1]) == "2 215,35 €"


def test_a_single_rate_is_named_beside_its_amount() -> None:
    assert plain(view(a_quote_content(lines=(a_line(vat=REDUCED),)), Branding()).totals[1][0]) == "TVA 10 %"


def test_the_franchise_says_why_and_shows_no_rate() -> None:
    lines = (a_line(vat=EXEMPT),)
    doc = view(a_quote_content(company=a_sole_trader(), lines=lines), Branding())
    assert doc.vat_rows == ()
    assert doc.vat_notes == ("TVA non applicable, art. 293 B du CGI",)
    assert doc.totals[1] == ("TVA", "0,00\u00a0€")


def test_an_exempt_line_among_taxed_ones_tells_its_base() -> None:
    export = VatTreatment(VatCategory.EXPORT, 0, "Exonération de TVA, art. 262, I du CGI")
    doc = view(
        a_quote_content(lines=(a_line(vat=STANDARD), a_line(quantity="1", unit_price="80", vat=export))), Branding()
    )
    assert [plain(note) for note in doc.vat_notes] == ["Exonération de TVA, art. 262, I du CGI (base : 80,00 €)"]
    assert doc.rows[1].cells[-2] == "—"


def test_the_note_of_the_invoice_goes_before_the_reasons_of_its_lines() -> None:
    doc = view(an_invoice_content(lines=(a_line(vat=EXEMPT),), vat_note="Texte du jour"), Branding())
    assert doc.vat_notes == ("Texte du jour",)


def test_penalties_and_the_indemnity_are_for_businesses_only() -> None:
    business = dict(view(an_invoice_content(customer=a_customer(kind=CustomerKind.BUSINESS)), Branding()).conditions)
    assert {"Escompte", "Retard de paiement", "Frais de recouvrement"} <= business.keys()
    assert "Médiation" not in business
    consumer = dict(view(an_invoice_content(), Branding()).conditions)
    assert consumer.keys() == {"Règlement", "Assurance", "Médiation"}


def test_empty_terms_leave_no_empty_line() -> None:
    bare = a_quote_content(delivery_terms="", price_terms="", warranty_terms="", start_date="", duration="")
    bare = replace(bare, seller=replace(bare.seller, insurance="", mediator=""))
    assert [label for label, _ in view(bare, Branding()).conditions] == ["Règlement"]
    assert [label for label, _ in view(bare, Branding()).facts] == ["Date", "Valable jusqu’au"]


def test_a_second_version_says_that_it_replaces_the_first() -> None:
    assert ("Version", "2, remplace la précédente") in view(a_quote_content(version=2), Branding()).facts


@pytest.mark.parametrize(
    ("type_code", "title"),
    [("380", "Facture"), ("386", "Facture d’acompte"), ("381", "Avoir"), ("384", "Facture rectificative")],
)
def test_the_title_follows_the_type_code(type_code: str, title: str) -> None:
    assert view(an_invoice_content(type_code=type_code), Branding()).title == title


def test_a_business_customer_makes_no_difference_to_a_quote() -> None:
    business = a_quote_content(customer=a_customer(kind=CustomerKind.BUSINESS))
    assert "Escompte" not in dict(view(business, Branding()).conditions)
