"""VAT as dated data: the rates of each part of France, the text of each case, and who may use which."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from relance.adapters.vat_data import load_vat_rates, load_vat_texts
from relance.domain.content import InvoiceContent, QuoteContent, Reference
from relance.domain.errors import Invalid, Stop
from relance.domain.lines import Line
from relance.domain.money import Cents
from relance.domain.party import Address, Company, Customer, CustomerKind, VatRegime
from relance.domain.totals import Charge
from relance.domain.vat import FRENCH_RATES_BP, VatCase, VatCategory, VatTreatment, in_case
from relance.domain.vat_checks import vat_case_faults
from relance.domain.vat_notes import VatText, VatTexts, settled, with_vat
from relance.domain.vat_rates import Region, VatRate, VatRates, region_of
from tests.builders import (
    EXEMPT,
    STANDARD,
    a_company,
    a_customer,
    a_line,
    a_quote_content,
    a_sole_trader,
    an_invoice_content,
)

TODAY = date(2026, 11, 16)
RATES, TEXTS = load_vat_rates(), load_vat_texts()
BUSINESS = a_customer(kind=CustomerKind.BUSINESS)
MUNICH = Address("Allee 1", "80331", "München", country="DE")
GENEVA = Address("1 rue du Rhône", "1204", "Genève", country="CH")
CAYENNE = Address("1 rue", "97300", "Cayenne")
SAINT_DENIS = Address("1 rue", "97400", "Saint-Denis")
GERMAN = replace(BUSINESS, siren="", vat_number="DE136695976", address=MUNICH)
SWISS = replace(BUSINESS, siren="", vat_number="", address=GENEVA)


# Rates


def test_the_table_holds_what_an_invoice_may_carry_and_nothing_else_V_11() -> None:
    assert {rate.rate_bp for rate in RATES.rates} | {0} == FRENCH_RATES_BP


def test_every_rate_has_a_source_and_ordered_days() -> None:
    for rate in RATES.rates:
        assert rate.source
        assert rate.name
        assert rate.regions <= set(Region) - {Region.UNTAXED}
        assert rate.valid_to is None or rate.valid_from <= rate.valid_to


@pytest.mark.parametrize(
    ("on", "region", "percents"),
    [
        (TODAY, Region.MAINLAND, [20, 10, 9.6, 9.2, 5.5, 2.1]),
        (TODAY, Region.CORSICA, [20, 13, 10, 9.6, 9.2, 5.5, 2.1, 0.9]),
        (TODAY, Region.ANTILLES_REUNION, [9.6, 8.5, 2.1, 1.75, 1.05]),
        (TODAY, Region.UNTAXED, []),
        (date(2013, 12, 31), Region.MAINLAND, [19.6, 9.6, 7, 5.5, 2.1]),
        (date(2014, 1, 1), Region.MAINLAND, [20, 10, 9.6, 9.2, 5.5, 2.1]),
        (date(2000, 3, 31), Region.MAINLAND, [20.6, 9.6, 5.5, 2.1]),
    ],
)
def test_each_part_of_france_has_its_rates_on_its_days_V_11(on: date, region: Region, percents: list[float]) -> None:
    assert [rate.rate_bp / 100 for rate in RATES.in_force(on, region)] == percents


@pytest.mark.parametrize(
    ("address", "region"),
    [
        (Address("1", "75002", "Paris"), Region.MAINLAND),
        (Address("1", "20000", "Ajaccio"), Region.CORSICA),
        (Address("1", "97110", "Pointe-à-Pitre"), Region.ANTILLES_REUNION),
        (Address("1", "97133", "Saint-Barthélemy"), Region.UNTAXED),
        (Address("1", "97200", "Fort-de-France"), Region.ANTILLES_REUNION),
        (CAYENNE, Region.UNTAXED),
        (SAINT_DENIS, Region.ANTILLES_REUNION),
        (Address("1", "97600", "Mamoudzou"), Region.UNTAXED),
        (Address("1", "98800", "Nouméa"), Region.UNTAXED),
        (Address("1", "97110", "Pointe-à-Pitre", country="GP"), Region.ANTILLES_REUNION),
        (Address("1", "97300", "Cayenne", country="GF"), Region.UNTAXED),
        (Address("1", "98000", "Monaco", country="MC"), Region.MAINLAND),
        (MUNICH, None),
    ],
)
def test_an_address_is_in_one_part_of_france_or_abroad(address: Address, region: Region | None) -> None:
    assert region_of(address) is region


def rate_faults(content: QuoteContent | InvoiceContent) -> list[tuple[str, str]]:
    return [(fault.pointer, fault.code) for fault in RATES.faults(content)]


ABOLISHED = VatTreatment(VatCategory.STANDARD, 1960)


def test_a_rate_that_is_no_longer_lawful_blocks_what_is_sold_today_V_11() -> None:
    charge = Charge("Déplacement", Cents(1000), ABOLISHED)
    assert rate_faults(a_quote_content(lines=(a_line(), a_line(vat=ABOLISHED)), charges=(charge,))) == [
        ("/lines/1/vat/rate", "V-11"),
        ("/charges/0/vat/rate", "V-11"),
    ]
    (fault,) = RATES.faults(an_invoice_content(lines=(a_line(vat=ABOLISHED),)))
    assert fault.message.endswith(
        "Taux en vigueur : 20 %, 13 %, 10 %, 9,6 %, 9,2 %, 8,5 %, 5,5 %, 2,1 %, 1,75 %, 1,05 %, 0,9 %."
    )


def test_a_rate_of_the_day_of_the_supply_or_of_the_invoice_corrected_stands_V_11() -> None:
    lines = (a_line(vat=ABOLISHED),)
    assert rate_faults(an_invoice_content(lines=lines, supply_date=date(2013, 12, 31))) == []
    earlier = (Reference("F-2013-0001", date(2013, 12, 31)),)
    assert rate_faults(an_invoice_content(lines=lines, type_code="381", references=earlier)) == []
    assert rate_faults(an_invoice_content(lines=lines, type_code="384", references=earlier)) == []
    assert rate_faults(an_invoice_content(lines=lines, type_code="381")) == []


def test_a_rate_of_elsewhere_is_told_V_11() -> None:
    overseas = VatTreatment(VatCategory.STANDARD, 850)
    (told,) = RATES.elsewhere(a_quote_content(lines=(a_line(vat=overseas), a_line(vat=overseas), a_line())))
    assert told.startswith("Le taux de 8,5 % (taux normal d’outre-mer)")
    here = a_company(address=SAINT_DENIS)
    assert RATES.elsewhere(a_quote_content(here, lines=(a_line(vat=overseas), a_line()))) == []
    delivered = an_invoice_content(lines=(a_line(vat=overseas),), delivery_address=SAINT_DENIS)
    assert RATES.elsewhere(delivered) == []
    assert RATES.elsewhere(a_quote_content(a_company(address=MUNICH), GERMAN, lines=(a_line(vat=EXEMPT),))) == []
    assert RATES.elsewhere(a_quote_content(lines=(a_line(vat=ABOLISHED),))) == [], "that is for `faults`"


def test_a_rate_has_its_days() -> None:
    rate = VatRate(500, "x", frozenset({Region.MAINLAND}), "loi", date(2020, 1, 1), date(2020, 12, 31))
    days = (date(2019, 12, 31), date(2020, 1, 1), date(2020, 12, 31), date(2021, 1, 1))
    assert [rate.is_in_force(day) for day in days] == [False, True, True, False]
    assert [len(VatRates((rate,)).in_force(day)) for day in days] == [0, 1, 1, 0]


# Texts


def test_a_seller_under_the_franchise_prints_its_article_V_01() -> None:
    vat = TEXTS.treatment_for(VatCase.FRANCHISE, TODAY)
    assert (vat.category, vat.rate_bp, vat.reason) == (EXEMPT.category, EXEMPT.rate_bp, EXEMPT.reason)
    assert (vat.code, vat.case) == ("VATEX-FR-FRANCHISE", VatCase.FRANCHISE)


@pytest.mark.parametrize(
    ("case", "category", "words"),
    [
        (VatCase.FRANCHISE, "E", "TVA non applicable, art. 293 B du CGI"),
        (VatCase.CONSTRUCTION_SUBCONTRACTING, "AE", "Autoliquidation"),
        (VatCase.EU_SERVICES, "AE", "Autoliquidation"),
        (VatCase.EU_GOODS, "K", "Exonération de TVA, art. 262 ter, I du CGI"),
        (VatCase.EXPORT, "G", "Exonération de TVA, art. 262, I du CGI"),
        (VatCase.FOREIGN_SERVICES, "O", "art. 259, 1°"),
        (VatCase.EXEMPT, "E", "Exonération de TVA, art. 261, 4"),
        (VatCase.EXEMPT_HEALTH, "E", "art. 261, 4-1°"),
        (VatCase.EXEMPT_TRAINING, "E", "art. 261, 4-4°"),
        (VatCase.EXEMPT_ASSOCIATION, "E", "art. 261, 7-1°"),
        (VatCase.MARGIN_SCHEME, "E", "Régime particulier – Biens d’occasion"),
        (VatCase.MARGIN_ART, "E", "Objets d’art"),
        (VatCase.MARGIN_COLLECTIBLES, "E", "Objets de collection"),
        (VatCase.MARGIN_TRAVEL, "E", "Agences de voyages"),
        (VatCase.OVERSEAS_UNTAXED, "O", "art. 294, 1"),
    ],
)
def test_every_case_has_its_category_its_text_and_its_code_today_V_02_V_06_V_07(
    case: VatCase, category: str, words: str
) -> None:
    vat = TEXTS.treatment_for(case, TODAY)
    assert (vat.category.value, vat.rate_bp, vat.case) == (category, 0, case)
    assert words in vat.reason
    assert vat.code.startswith("VATEX-")


def test_no_case_is_forgotten() -> None:
    assert {text.case for text in TEXTS.all_in_force(TODAY)} == set(VatCase) - {VatCase.REGIME}


def test_a_text_changes_with_the_law_and_the_old_one_stays_for_old_documents() -> None:
    old = VatText(VatCase.EXPORT, "CGI", "VATEX-EU-G", "CGI", date(2003, 7, 1), date(2027, 8, 31))
    new = VatText(VatCase.EXPORT, "CIBS", "VATEX-EU-G", "CIBS", date(2027, 9, 1))
    texts = VatTexts((old, new))
    draft = in_case(VatCase.EXPORT)
    assert texts.dated(draft, date(2027, 8, 31)).reason == "CGI"
    assert texts.dated(texts.dated(draft, date(2027, 8, 31)), date(2027, 9, 1)).reason == "CIBS"
    for case, on in ((VatCase.EXPORT, date(2003, 6, 30)), (VatCase.EXEMPT, TODAY)):
        with pytest.raises(Stop) as stopped:
            texts.in_force(case, on)
        assert stopped.value.code == "legal_data_missing"


def test_what_has_no_case_is_left_as_it_was_written() -> None:
    for vat in (STANDARD, EXEMPT, in_case(VatCase.REGIME)):
        assert TEXTS.dated(vat, TODAY) is vat


def test_saying_nothing_means_the_franchise_for_who_is_under_it_V_01() -> None:
    lines = (a_line(), a_line(vat=in_case(VatCase.REGIME)))
    charges = (Charge("Port", Cents(500), in_case(VatCase.REGIME)),)
    vats = settled(lines, charges, VatRegime.FRANCHISE)
    assert vats == (STANDARD, in_case(VatCase.FRANCHISE), in_case(VatCase.FRANCHISE))
    after_lines, after_charges = with_vat(lines, charges, vats)
    assert [line.vat for line in after_lines] == list(vats[:2])
    assert after_charges[0].vat == vats[2]


def test_who_is_liable_must_say_the_rate_V_10() -> None:
    lines = (a_line(), a_line(vat=in_case(VatCase.REGIME)))
    with pytest.raises(Invalid) as refused:
        settled(lines, (Charge("Port", Cents(500), in_case(VatCase.REGIME)),), VatRegime.LIABLE)
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [
        ("/lines/1/vat", "V-10"),
        ("/charges/0/vat", "V-10"),
    ]
    assert settled((a_line(),), (), VatRegime.LIABLE) == (STANDARD,)


# Who may use which case

TRADER = a_sole_trader()


def sold(case: VatCase, customer: Customer, company: Company | None = None) -> QuoteContent:
    return a_quote_content(company, customer, lines=(a_line(vat=TEXTS.treatment_for(case, TODAY)),))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (sold(VatCase.FRANCHISE, BUSINESS, TRADER), []),
        (sold(VatCase.FRANCHISE, BUSINESS), [("/lines/0/vat", "V-01")]),
        (sold(VatCase.CONSTRUCTION_SUBCONTRACTING, BUSINESS), []),
        (sold(VatCase.CONSTRUCTION_SUBCONTRACTING, a_customer()), [("/lines/0/vat", "V-02")]),
        (
            sold(VatCase.CONSTRUCTION_SUBCONTRACTING, replace(BUSINESS, siren="", vat_number="")),
            [("/customer/vat_number", "V-02")],
        ),
        (
            sold(VatCase.CONSTRUCTION_SUBCONTRACTING, BUSINESS, a_company(vat_number="")),
            [("/company/vat_number", "V-02")],
        ),
        (sold(VatCase.EU_SERVICES, GERMAN), []),
        (sold(VatCase.EU_SERVICES, replace(GERMAN, vat_number="")), [("/customer/vat_number", "V-03")]),
        (sold(VatCase.EU_SERVICES, replace(GERMAN, vat_number="DE136695970")), [("/customer/vat_number", "V-03")]),
        (sold(VatCase.EU_SERVICES, BUSINESS), [("/customer/vat_number", "V-03")]),
        (sold(VatCase.EU_SERVICES, replace(GERMAN, vat_number="CHE123456788")), [("/customer/vat_number", "V-03")]),
        (sold(VatCase.EU_SERVICES, a_customer(address=MUNICH)), [("/lines/0/vat", "V-03")]),
        (sold(VatCase.EU_GOODS, GERMAN), []),
        (sold(VatCase.EU_GOODS, GERMAN, a_company(vat_number="")), [("/company/vat_number", "V-04")]),
        (sold(VatCase.EU_GOODS, replace(GERMAN, vat_number="")), [("/customer/vat_number", "V-04")]),
        (sold(VatCase.EXPORT, SWISS), []),
        (sold(VatCase.EXPORT, replace(BUSINESS, address=SAINT_DENIS)), []),
        (sold(VatCase.EXPORT, GERMAN), [("/lines/0/vat", "V-05")]),
        (sold(VatCase.FOREIGN_SERVICES, SWISS), []),
        (sold(VatCase.FOREIGN_SERVICES, GERMAN), [("/lines/0/vat", "V-10")]),
        (sold(VatCase.FOREIGN_SERVICES, a_customer(address=GENEVA)), [("/lines/0/vat", "V-10")]),
        (sold(VatCase.OVERSEAS_UNTAXED, BUSINESS, a_company(address=CAYENNE)), []),
        (sold(VatCase.OVERSEAS_UNTAXED, replace(BUSINESS, address=CAYENNE)), []),
        (sold(VatCase.OVERSEAS_UNTAXED, BUSINESS), [("/lines/0/vat", "V-10")]),
        (sold(VatCase.EXEMPT_TRAINING, a_customer()), []),
        (sold(VatCase.MARGIN_SCHEME, a_customer()), []),
    ],
)
def test_a_case_is_for_those_whom_it_is_meant_for_V_02_V_03_V_04_V_05(
    content: QuoteContent, expected: list[tuple[str, str]]
) -> None:
    assert [(fault.pointer, fault.code) for fault in vat_case_faults(content)] == expected


def test_a_company_under_the_franchise_charges_no_vat_on_travel_either_V_01() -> None:
    travel = Charge("Déplacement", Cents(3000), STANDARD)
    (fault,) = vat_case_faults(a_quote_content(TRADER, lines=(a_line(vat=EXEMPT),), charges=(travel,)))
    assert (fault.pointer, fault.code) == ("/charges/0/vat/rate", "vat_in_franchise")
    assert vat_case_faults(a_quote_content(charges=(travel,))) == []


def test_a_number_that_is_missing_is_told_once_for_all_lines_V_04() -> None:
    vat = TEXTS.treatment_for(VatCase.EU_GOODS, TODAY)
    content = a_quote_content(customer=replace(GERMAN, vat_number=""), lines=(a_line(vat=vat), a_line(vat=vat)))
    assert len(vat_case_faults(content)) == 1


def test_an_export_is_judged_by_where_it_goes_V_05() -> None:
    lines = (a_line(vat=TEXTS.treatment_for(VatCase.EXPORT, TODAY), nature="goods"),)
    assert vat_case_faults(an_invoice_content(customer=BUSINESS, lines=lines, delivery_address=GENEVA)) == []
    (fault,) = vat_case_faults(an_invoice_content(customer=SWISS, lines=lines, delivery_address=MUNICH))
    assert fault.code == "V-05"


def test_a_category_written_by_hand_is_held_to_the_same_V_04_V_05() -> None:
    by_hand: Callable[[VatCategory], tuple[Line, ...]] = lambda c: (a_line(vat=VatTreatment(c, 0, "Par la loi")),)  # noqa: E731
    assert [f.code for f in vat_case_faults(a_quote_content(lines=by_hand(VatCategory.INTRA_COMMUNITY)))] == ["V-04"]
    assert [f.code for f in vat_case_faults(a_quote_content(lines=by_hand(VatCategory.EXPORT)))] == ["V-05"]
