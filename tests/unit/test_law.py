"""The engine around a document: what it writes in, what it blocks, what it only says. Q-02, V-08, IS-01, P-01."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from relance.adapters.legal_data import load_law
from relance.domain.conditions import Kind, kind_of
from relance.domain.content import (
    DepositNature,
    DepositStep,
    InvoiceContent,
    QuoteContent,
    QuoteKind,
    Reference,
)
from relance.domain.errors import Fault
from relance.domain.ids import InvoiceId
from relance.domain.law import Law
from relance.domain.legal_notes import NoteText, NoteTexts
from relance.domain.mentions import MentionCatalogue, Status
from relance.domain.money import Cents
from relance.domain.obligations import Act
from relance.domain.party import Address, Company, CustomerKind, Sector
from relance.domain.payment_terms import TermSector
from relance.domain.totals import Charge, total
from relance.domain.vat import VatCase, VatCategory, VatTreatment, in_case
from tests.builders import (
    EXEMPT,
    STANDARD,
    a_company,
    a_customer,
    a_line,
    a_quote_content,
    a_quote_draft,
    a_sole_trader,
    an_invoice_content,
    an_invoice_draft,
)

TODAY = date(2026, 11, 16)
LAW = load_law()
BUSINESS = a_customer(kind=CustomerKind.BUSINESS)
DEPOSITS = (DepositStep("À la commande", percent_bp=3000),)


def notes_of(content: QuoteContent | InvoiceContent, on: date = TODAY) -> list[str]:
    return [note.id for note in LAW.worded(content, on).legal_notes]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (a_quote_content(), []),
        (a_quote_content(a_company(sector=Sector.WORKS)), ["Q-02"]),
        (a_quote_content(a_company(sector=Sector.WORKS), BUSINESS), []),
        (a_quote_content(channel="distance"), ["QM-31", "QM-31-form"]),
        (a_quote_content(channel="off_premises"), ["W-03", "QM-31", "QM-31-form"]),
        (a_quote_content(channel="premises"), []),
        (a_quote_content(kind=QuoteKind.PROFORMA, channel="distance"), ["Q-11"]),
        (a_quote_content(deposits=DEPOSITS), ["D-03"]),
        (a_quote_content(a_company(approved_association=True)), ["IS-01"]),
        (an_invoice_content(), ["IR-03"]),
        (an_invoice_content(a_company(approved_association=True)), ["IR-03", "IS-01"]),
        (an_invoice_content(a_company(vat_group=True)), ["IR-03", "IR-05"]),
        (an_invoice_content(vat_on_debits=True), ["IR-03", "IR-04"]),
        (an_invoice_content(a_company(registration_pending=True)), ["IM-14", "IR-03"]),
    ],
)
def test_a_document_prints_the_texts_that_its_profile_owes_IS_01_V_08(
    content: QuoteContent | InvoiceContent, expected: list[str]
) -> None:
    assert notes_of(content) == expected


def test_the_words_are_the_laws_own_IS_01_IR_04_IR_05_V_08() -> None:
    company = a_company(approved_association=True, vat_group=True)
    notes = {
        note.id: note.text for note in LAW.worded(an_invoice_content(company, vat_on_debits=True), TODAY).legal_notes
    }
    assert notes["IS-01"] == "Membre d’une association agréée, le règlement par chèque et carte bancaire est accepté"
    assert notes["IR-04"] == "Option pour le paiement de la taxe d’après les débits"
    assert notes["IR-05"] == "Membre d’un assujetti unique"


@pytest.mark.parametrize(
    ("natures", "text"),
    [
        (("services",), "prestation de services"),
        (("goods",), "livraison de biens"),
        (("goods", "services"), "livraison de biens et prestation de services"),
    ],
)
def test_the_category_of_the_operation_follows_from_the_lines_IR_03(natures: tuple[str, ...], text: str) -> None:
    content = an_invoice_content(lines=tuple(a_line(nature=nature) for nature in natures))
    (note,) = LAW.worded(content, TODAY).legal_notes
    assert note.text == f"Catégorie de l’opération : {text}"
    assert notes_of(content, date(2026, 8, 31)) == []


def test_the_withdrawal_notice_names_the_seller_and_counts_from_receipt_of_goods_QM_31_W_01() -> None:
    seller = a_company(legal_name="Atelier {email}")
    services, goods = (
        LAW.worded(a_quote_content(seller, lines=(a_line(nature=nature),), channel="distance"), TODAY).legal_notes
        for nature in ("services", "goods")
    )
    assert "conclusion du contrat" in services[0].text
    assert "possession du bien" in goods[0].text
    assert "Atelier {email}, 12 rue des Capucins, 69001 Lyon, téléphone 04 78 00 00 00" in services[0].text
    assert "contact@atelier-verdier.example" in services[0].text
    form = services[1]
    assert (form.title, form.is_annex) == ("Formulaire de rétractation", True)
    assert "notifie/notifions" in form.text


@pytest.mark.parametrize(
    ("nature", "words"),
    [(DepositNature.ACOMPTE, "engage définitivement"), (DepositNature.ARRHES, "en les restituant au double")],
)
def test_what_a_deposit_means_is_said_D_03(nature: DepositNature, words: str) -> None:
    (note,) = LAW.worded(a_quote_content(deposits=DEPOSITS, deposit_nature=nature), TODAY).legal_notes
    assert words in note.text


def test_a_note_has_its_days() -> None:
    note = NoteText("X", "texte", frozenset({Kind.QUOTE}), "loi", date(2020, 1, 1), date(2020, 12, 31))
    days = (date(2019, 12, 31), date(2020, 1, 1), date(2020, 12, 31), date(2021, 1, 1))
    assert [len(NoteTexts((note,)).due(a_quote_content(), day)) for day in days] == [0, 1, 1, 0]


def test_wording_twice_says_it_once() -> None:
    once = LAW.worded(an_invoice_content(vat_on_debits=True), TODAY)
    assert LAW.worded(once, TODAY) == once


def test_no_text_of_the_data_names_a_field_that_there_is_not() -> None:
    for note in LAW.notes.texts:
        for kind in note.kinds:
            content: Any = an_invoice_content() if kind in (Kind.INVOICE, Kind.CREDIT_NOTE) else a_quote_content()
            all_due = NoteTexts((replace(note, when=(), kinds=frozenset(Kind)),))
            assert "{" not in all_due.due(content, note.valid_from)[0].text


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (a_quote_content(), Kind.QUOTE),
        (a_quote_content(kind=QuoteKind.AMENDMENT), Kind.AMENDMENT),
        (a_quote_content(kind=QuoteKind.PROFORMA), Kind.PROFORMA),
        (an_invoice_content(), Kind.INVOICE),
        (an_invoice_content(type_code="386"), Kind.INVOICE),
        (an_invoice_content(type_code="503"), Kind.CREDIT_NOTE),
    ],
)
def test_the_law_knows_five_kinds_of_documents(content: QuoteContent | InvoiceContent, kind: Kind) -> None:
    assert kind_of(content) is kind


# Quote obligations


def advice_of(
    content: QuoteContent | InvoiceContent, on: date = TODAY, *, accepted: bool = False
) -> list[tuple[str, Act, bool]]:
    return [(each.id, each.act, each.is_met) for each in LAW.advice(content, on, accepted=accepted)]


def worth(euros: str, company: Company | None = None, **changes: Any) -> QuoteContent:
    """A quote of so much TTC, to a consumer unless said otherwise."""
    line = a_line(quantity="1", unit_price=euros, vat=EXEMPT)
    return a_quote_content(company, lines=(line,), **changes)


ACCEPT, WARN = Act.ACCEPTANCE_REQUIRED, Act.WARN


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (worth("1500.01", customer=BUSINESS), [("QO-S1", WARN, True)]),
        (worth("1500", customer=BUSINESS), []),
        (worth("1500.01"), [("QO-S1b", WARN, True)]),
        (worth("1500"), [("QO-S2", Act.NONE, True)]),
        (worth("1", a_company(sector=Sector.WORKS)), [("QO-S3", ACCEPT, False)]),
        (worth("1", a_company(sector=Sector.REPAIRS)), [("QO-S3", ACCEPT, False)]),
        (worth("99.99", a_company(sector=Sector.PERSONAL_SERVICES)), [("QO-S2", Act.NONE, True)]),
        (worth("100", a_company(sector=Sector.PERSONAL_SERVICES)), [("QO-S4", ACCEPT, False)]),
        (worth("1", a_company(sector=Sector.REMOVALS)), [("QO-S5", ACCEPT, False)]),
        (worth("70", a_company(sector=Sector.HEALTH)), [("QO-S2", Act.NONE, True)]),
        (worth("70.01", a_company(sector=Sector.HEALTH)), [("QO-S6", WARN, True)]),
        (worth("1", a_company(sector=Sector.OPTICS)), [("QO-L7", WARN, True)]),
        (worth("1", a_company(sector=Sector.HEARING_AIDS)), [("QO-L7", WARN, True)]),
        (worth("1", a_company(sector=Sector.FUNERALS)), [("QO-L7", WARN, True)]),
        (worth("1", a_company(sector=Sector.VEHICLE_RENTAL)), [("QO-L7", WARN, True)]),
        (worth("1", a_company(sector=Sector.WORKS), customer=BUSINESS), []),
    ],
)
def test_when_a_quote_is_due_and_to_whom_Q_02(content: QuoteContent, expected: list[tuple[str, Act, bool]]) -> None:
    """Q-02, QO-S1 to QO-L7: B2C and a sector of the list → acceptance before work is required."""
    assert advice_of(content) == expected


def test_the_threshold_of_150_euros_ended_in_2017_Q_02() -> None:
    small, large = (worth(price, a_company(sector=Sector.WORKS)) for price in ("150", "150.01"))
    before, after = date(2017, 3, 31), date(2017, 4, 1)
    assert [advice_of(content, before) != [("QO-S2", Act.NONE, True)] for content in (small, large)] == [False, True]
    assert [advice_of(content, after) for content in (small, large)] == [[("QO-S3", ACCEPT, False)]] * 2


def test_the_duty_is_met_once_the_quote_is_accepted_Q_02() -> None:
    works = a_company(sector=Sector.WORKS)
    assert advice_of(worth("100", works), accepted=True) == [("QO-S3", ACCEPT, True)]
    assert advice_of(an_invoice_content(works))[-1] == ("QO-S3", ACCEPT, True)
    unquoted = an_invoice_content(works, quote_numbers=())
    assert advice_of(unquoted) == [("QO-S1b", WARN, False), ("QO-S3", ACCEPT, False)]


# What blocks


def codes(content: QuoteContent | InvoiceContent) -> list[tuple[str, str]]:
    return [(fault.code, fault.pointer) for fault in LAW.missing(LAW.worded(content, TODAY), TODAY)]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (an_invoice_content(customer=BUSINESS, due_date=date(2027, 1, 15)), []),
        (an_invoice_content(customer=BUSINESS, due_date=date(2027, 1, 16)), [("P-01", "/due_date")]),
        (an_invoice_content(due_date=date(2027, 6, 1)), []),
        (a_quote_content(customer=BUSINESS), []),
        (
            an_invoice_content(
                customer=BUSINESS,
                type_code="381",
                due_date=date(2027, 6, 1),
                references=(Reference("F-2026-0001", TODAY),),
            ),
            [],
        ),
        (
            an_invoice_content(a_company(term_sector=TermSector.TRANSPORT), BUSINESS, due_date=date(2026, 12, 17)),
            [("P-01", "/due_date")],
        ),
    ],
)
def test_between_businesses_terms_have_an_end_P_01(
    content: QuoteContent | InvoiceContent, expected: list[tuple[str, str]]
) -> None:
    assert codes(content) == expected


def test_vat_that_contradicts_itself_blocks_beside_the_mentions_V_01_V_11() -> None:
    lines = (a_line(vat=replace(EXEMPT, case=VatCase.FRANCHISE)), a_line(vat=VatTreatment(VatCategory.STANDARD, 1960)))
    assert codes(a_quote_content(lines=lines)) == [("V-01", "/lines/0/vat"), ("V-11", "/lines/1/vat/rate")]


def test_nothing_is_asked_where_nothing_is_known() -> None:
    nowhere = Law(MentionCatalogue(()))
    assert nowhere.missing(a_quote_content(customer=BUSINESS, lines=()), TODAY) == ()
    assert nowhere.advice(a_quote_content(lines=(a_line(vat=EXEMPT),)), TODAY) == ()


def test_what_a_writer_is_shown_as_missing_is_what_blocks_I_01_Q_01() -> None:
    content = LAW.worded(an_invoice_content(a_company(insurance="", must_be_insured=True, siren=""), BUSINESS), TODAY)
    shown = LAW.evaluate(content, TODAY)
    missing = [fault for each in shown if each.required for fault in each.faults]
    assert {fault.code for fault in missing} == {code for code, _ in codes(content)} != set()
    assert {each.status for each in shown} == set(Status), "the others are told too: present, or not due here"


# VAT texts written into a draft


def test_a_draft_takes_the_texts_of_its_day_and_keeps_its_amounts_V_05() -> None:
    lines = (a_line(vat=in_case(VatCase.EXPORT)), a_line())
    charge = Charge("Transport", Cents(5000), in_case(VatCase.EXPORT))
    dated = LAW.dated(a_quote_draft(lines=lines, charges=(charge,)), TODAY)
    text = "Exonération de TVA, art. 262, I du CGI"
    assert [line.vat.reason for line in dated.lines] == [text, ""]
    assert (dated.charges[0].vat.reason, dated.charges[0].vat.code) == (text, "VATEX-EU-G")
    assert dated.lines[1].vat == STANDARD
    before, after = total(lines, charges=(charge,)), total(dated.lines, charges=dated.charges)
    assert (before.net, before.vat, before.gross) == (after.net, after.vat, after.gross)


def test_what_follows_an_earlier_document_keeps_its_texts_C_04_D_02() -> None:
    old = VatTreatment(VatCategory.EXPORT, 0, "Ancien texte", "VATEX-EU-G", VatCase.EXPORT)
    lines = (a_line(vat=old), a_line(vat=in_case(VatCase.EXPORT)))
    earlier = (InvoiceId("inv_1"),)
    for draft in (an_invoice_draft(lines=lines, deducts=earlier), an_invoice_draft(lines=lines, refers_to=earlier)):
        kept, filled = LAW.dated(draft, TODAY).lines
        assert (kept.vat, filled.vat.reason) == (old, "Exonération de TVA, art. 262, I du CGI")
    assert LAW.dated(an_invoice_draft(lines=lines), TODAY).lines[0].vat.reason != "Ancien texte"


def test_a_sole_trader_of_the_overseas_departments_is_judged_like_any_other() -> None:
    trader = a_sole_trader(address=Address("1 rue Monthyon", "97400", "Saint-Denis"))
    assert codes(a_quote_content(trader, lines=(a_line(vat=EXEMPT),))) == []


def test_a_fault_is_told_once() -> None:
    faults = LAW.missing(a_quote_content(lines=()), TODAY)
    assert len(set(faults)) == len(faults)
    assert all(isinstance(fault, Fault) for fault in faults)
