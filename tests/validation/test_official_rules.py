"""Every kind of invoice passes the official rules: schema of Factur-X, EN 16931, BR-FR. Broken ones are shown to fail.

More than 300 generated invoices, some picked ones and those of `refusals.ACCEPTED`: zero failed assertions.
[E-04, R-01, R-02, R-03, V-01..V-07, V-10, V-11]
"""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import pytest

from relance.adapters.facturx.cii import cii_xml
from relance.adapters.facturx.codes import unit_code
from relance.adapters.vat_data import load_vat_texts
from relance.domain.address_schemes import ADDRESS_SCHEMES
from relance.domain.content import InvoiceContent, InvoiceType
from relance.domain.countries import COUNTRIES
from relance.domain.currencies import CURRENCIES
from relance.domain.einvoice_rules import VAT_PREFIXES, einvoice_faults
from relance.domain.money import share
from relance.domain.vat import FRENCH_RATES_BP, VatCategory
from tests.builders import a_line, an_invoice_content
from tests.validation import xml_rules
from tests.validation.invoices import BUSINESS, corpus
from tests.validation.refusals import ACCEPTED, PUBLISHED_AS, REFUSALS

PARTS: Final = 10
pytestmark = pytest.mark.validators


@pytest.mark.parametrize("part", range(PARTS))
def test_no_generated_invoice_fails_an_assertion(part: int) -> None:
    failed = {
        (content.type_code, failure)
        for content in corpus()[part::PARTS]
        for failure in xml_rules.judge(cii_xml(content)).failures
    }
    assert failed == set()


@pytest.mark.parametrize("part", range(PARTS))
def test_no_generated_invoice_is_refused(part: int) -> None:
    assert [fault for content in corpus()[part::PARTS] for fault in einvoice_faults(content)] == []


@pytest.mark.parametrize("content", ACCEPTED.values(), ids=ACCEPTED)
def test_what_the_rules_accept_is_valid(content: InvoiceContent) -> None:
    assert xml_rules.judge(cii_xml(content)).failures == ()


@pytest.mark.parametrize(("content", "rule", "pointer"), REFUSALS.values(), ids=REFUSALS)
def test_what_is_refused_would_have_been_invalid_by_the_same_rule(
    content: InvoiceContent, rule: str, pointer: str
) -> None:
    failed = xml_rules.judge(cii_xml(content)).failed_ids
    assert any(re.fullmatch(rf"{PUBLISHED_AS.get(rule, rule)}([_-].*)?", id) for id in failed), sorted(failed)


SOUND: Final = an_invoice_content(customer=BUSINESS, lines=(a_line(quantity="3", unit_price="33.33"),))


@pytest.mark.parametrize(
    ("rule", "broken"),
    [
        ("BR-CO-10", lambda xml: xml.replace("<ram:LineTotalAmount>99.99", "<ram:LineTotalAmount>99.98", 1)),
        ("BR-CO-14", lambda xml: re.sub(r'(<ram:TaxTotalAmount currencyID="EUR">)20.00', r"\g<1>20.01", xml)),
        ("BR-CO-15", lambda xml: xml.replace("GrandTotalAmount>119.99", "GrandTotalAmount>120.00")),
        ("BR-CO-16", lambda xml: xml.replace("DuePayableAmount>119.99", "DuePayableAmount>19.99")),
        ("BR-S-08", lambda xml: xml.replace("<ram:BasisAmount>99.99", "<ram:BasisAmount>99.90")),
        ("BR-FR-05_BT-22_PMT", lambda xml: xml.replace(">PMT<", ">AAI<")),
        ("BR-FR-05_BT-22_PMD", lambda xml: xml.replace(">PMD<", ">AAI<")),
        ("BR-FR-06_BT-21_AAB", lambda xml: xml.replace(">REG<", ">AAB<")),
        ("BR-FR-08_BT-23", lambda xml: xml.replace("<ram:ID>S1<", "<ram:ID>S0<")),
        ("BR-FR-16_BT-152", lambda xml: xml.replace("Percent>20<", "Percent>19<")),
        ("BR-FR-20_BT-21", lambda xml: xml.replace(">B2B<", ">B2X<")),
        ("BR-FR-21_BT-49", lambda xml: xml.replace('schemeID="0225">8', 'schemeID="EM">8')),
        ("BR-FR-04_BT-3", lambda xml: xml.replace(">380<", ">383<")),
        ("XSD", lambda xml: xml.replace("<ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>", "")),
    ],
)
def test_a_broken_invoice_fails(rule: str, broken: Callable[[str], str]) -> None:
    """The judges can say no, and say which rule: 3 x 33.33 at 20 % is 20.00 of VAT and nothing else. [R-02]"""
    xml = cii_xml(SOUND).decode()
    assert broken(xml) != xml
    assert rule in xml_rules.judge(broken(xml).encode()).failed_ids
    assert xml_rules.judge(xml.encode()).failures == ()


def test_the_rules_ran() -> None:
    assert xml_rules.judge(cii_xml(SOUND)).fired > 100


def test_the_corpus_holds_what_it_claims() -> None:
    """Each type, category and French rate; discounts, charges, deposits, options, free lines, currencies."""
    contents = corpus()
    lines = [line for content in contents for line in content.lines if line.counts]
    assert len(set(contents)) >= 300
    assert {content.type for content in contents} == set(InvoiceType)
    assert {line.vat.category for line in lines} == set(VatCategory)
    assert {line.vat.rate_bp for line in lines} == FRENCH_RATES_BP
    assert {content.currency for content in contents} >= {"EUR", "USD", "JPY", "TND", "KWD"}
    assert {line.nature for line in lines} == {"services", "goods"}
    for shown in (
        lambda content: any(discount.percent_bp for discount in content.discounts),
        lambda content: any(discount.amount for discount in content.discounts),
        lambda content: content.charges,
        lambda content: content.deductions,
        lambda content: len(content.references) > 1,
        lambda content: any(line.is_option and not line.is_chosen for line in content.lines),
        lambda content: any(line.is_free for line in content.lines),
        lambda content: any(line.discount and line.discount.percent_bp == 10_000 for line in content.lines),
        lambda content: any(line.discount and line.discount.amount for line in content.lines),
        lambda content: not content.discounts and not content.charges and _rounds_differently(content),
    ):
        assert sum(bool(shown(content)) for content in contents) >= 5


def _rounds_differently(content: InvoiceContent) -> bool:
    """Whether VAT rounded on each line would come to something else: there, rounding matters. [R-01]"""
    by_line = sum(share(line.net, line.vat.rate_bp, line.step) for line in content.lines if line.counts)
    return by_line != content.totals.vat


def test_the_lists_of_the_rules_hold_ours() -> None:
    """Codes that our own lists let through are on the official ones."""
    assert set(COUNTRIES) <= xml_rules.codes("FR", "DE", "ZW")
    assert set(CURRENCIES) <= xml_rules.codes("EUR", "JPY")
    assert xml_rules.codes("EM", "0225") >= ADDRESS_SCHEMES
    assert {text.code for text in load_vat_texts().texts} - {""} <= xml_rules.codes("VATEX-EU-O")
    assert {unit_code(word) for word in ("h", "m²", "forfait", "jour", "brouette")} <= xml_rules.codes("HUR", "C62")
    for prefix in ("SS", "ZZ"):
        assert prefix not in VAT_PREFIXES
    foreign = replace(SOUND, buyer=replace(SOUND.buyer, vat_number="SS123"))
    assert "BR-CO-09" in xml_rules.judge(cii_xml(foreign)).failed_ids
