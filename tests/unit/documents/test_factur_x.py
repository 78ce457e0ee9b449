"""The XML of an invoice and its place in the PDF, without the official validators: those are in tests/validation."""

import io
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree

import pytest
from pypdf import PdfReader
from pypdf.generic import ArrayObject, StreamObject

from relance.adapters.facturx import codes
from relance.adapters.facturx.cii import cii_xml
from relance.adapters.facturx.embed import FILE_NAME
from relance.adapters.pdf_weasyprint import WeasyPrintRenderer
from relance.domain.content import InvoiceContent
from relance.domain.einvoice_rules import einvoice_faults
from relance.domain.errors import Stop
from relance.domain.party import Branding, CustomerKind
from relance.domain.vat import VatCategory, VatTreatment
from tests.builders import a_company, a_customer, a_line, a_quote_content, an_invoice_content
from tests.validation import xml_rules

NAMES = {
    "rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
}


def notes(content: InvoiceContent) -> dict[str, str]:
    root = ElementTree.fromstring(cii_xml(content))
    return {
        note.findtext("ram:SubjectCode", "", NAMES): note.findtext("ram:Content", "", NAMES)
        for note in root.iterfind(".//ram:IncludedNote", NAMES)
        if note.find("ram:SubjectCode", NAMES) is not None
    }


def values(content: InvoiceContent, name: str) -> list[str | None]:
    return [found.text for found in ElementTree.fromstring(cii_xml(content)).iterfind(f".//ram:{name}", NAMES)]


def business_terms(content: InvoiceContent) -> dict[str, str]:
    return {
        "PMT": content.recovery_indemnity_terms,
        "PMD": content.late_penalty_terms,
        "AAB": content.early_discount_terms,
    }


def test_a_business_reads_in_the_xml_the_terms_that_are_printed() -> None:
    """[E-04, IB-01, IB-02, IB-03]"""
    content = an_invoice_content(customer=a_customer(kind=CustomerKind.BUSINESS))
    assert notes(content).items() >= business_terms(content).items()
    assert notes(content)["BAR"] == "B2B"


def test_a_consumer_is_told_that_no_penalty_is_ever_due() -> None:
    """Whatever terms the content carries. [P-05, DU-01]"""
    told = notes(an_invoice_content(customer=a_customer()))
    assert "consommateur" in told["PMT"]
    assert "consommateur" in told["PMD"]
    assert "40 €" not in told["PMT"] + told["PMD"]
    assert told["BAR"] == "B2C"


def test_a_credit_note_without_terms_says_so_in_each_note() -> None:
    """[E-04]"""
    credit = an_invoice_content(
        customer=a_customer(kind=CustomerKind.BUSINESS),
        type_code="381",
        early_discount_terms="",
        late_penalty_terms="",
        recovery_indemnity_terms="",
    )
    assert all(notes(credit)[subject] for subject in ("PMT", "PMD", "AAB"))
    assert not values(credit, "SpecifiedTradeSettlementPaymentMeans"), "an avoir asks for no transfer"


def test_a_note_of_a_day_without_law_is_never_guessed() -> None:
    with pytest.raises(Stop) as stopped:
        codes.required_note("PMT", CustomerKind.CONSUMER, date(1999, 1, 1))
    assert stopped.value.code == "legal_data_missing"


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("", "C62"), ("m²", "MTK"), ("M2", "MTK"), ("Heures", "HUR"), ("h.", "HUR"), ("jours", "DAY"),
        ("Journée", "DAY"), ("mois", "MON"), ("forfait", "LS"), ("ml", "MTR"), ("KG", "KGM"), ("boîtes", "XBX"),
        ("brouette", "C62"), ("demi-journées", "E49"), ("main-d’œuvre", "C62"),
    ],
)  # fmt: skip
def test_the_words_for_units_have_their_code(word: str, code: str) -> None:
    assert codes.unit_code(word) == code


def test_an_exemption_has_its_code_when_one_code_tells_every_reason() -> None:
    """[BT-121, V-01, V-06]"""
    franchise = VatTreatment(VatCategory.EXEMPT, 0, "TVA non applicable, art. 293 B du CGI", "VATEX-FR-FRANCHISE")
    training = VatTreatment(VatCategory.EXEMPT, 0, "Exonération de TVA, art. 261, 4 du CGI", "VATEX-FR-CGI261-4")
    unknown = VatTreatment(VatCategory.EXEMPT, 0, "autre")
    reverse = VatTreatment(VatCategory.REVERSE_CHARGE, 0, "Autoliquidation")
    for treatments, expected in (
        ((franchise,), ["VATEX-FR-FRANCHISE"]),
        ((franchise, training), []),
        ((franchise, unknown), []),
        ((unknown,), []),
        ((reverse,), ["VATEX-EU-AE"]),
    ):
        content = an_invoice_content(lines=tuple(a_line(vat=vat) for vat in treatments))
        assert values(content, "ExemptionReasonCode") == expected
        assert values(content, "ExemptionReason") == [" ; ".join(sorted(vat.reason for vat in treatments))]


def test_a_member_of_a_vat_group_says_so() -> None:
    """[IR-05]"""
    assert notes(an_invoice_content(a_company(vat_group=True)))["TXD"] == "MEMBRE_ASSUJETTI_UNIQUE"


def test_a_company_that_is_being_registered_issues_a_plain_archive() -> None:
    """[IM-14]"""
    company = a_company(registration_pending=True, siren="", siret="", registry_city="")
    content = an_invoice_content(company)
    assert einvoice_faults(content) == []
    assert not PdfReader(io.BytesIO(WeasyPrintRenderer().pdf(content, Branding()))).attachments


@pytest.mark.parametrize("type_code", ["380", "386"])
def test_the_official_rules_find_nothing(type_code: str) -> None:
    """A foretaste of tests/validation, which judges hundreds. [E-04]"""
    content = an_invoice_content(customer=a_customer(kind=CustomerKind.BUSINESS), type_code=type_code)
    assert xml_rules.judge(cii_xml(content)).failures == ()


def test_what_people_write_cannot_break_the_xml() -> None:
    content = an_invoice_content(
        customer=a_customer(name='Dupont & Fils <"SARL">'), lines=(a_line("Fenêtre 120 < 140 & « volet »\n]]> fin"),)
    )
    assert values(content, "Name")[0] == "Fenêtre 120 < 140 & « volet »"
    assert values(content, "Description")[0] == "]]> fin"
    assert 'Dupont & Fils <"SARL">' in values(content, "Name")


def test_what_the_page_does_not_say_of_a_customer_is_not_in_the_xml() -> None:
    """But for the address that invoices are received at, which the rules want: an e-mail of those without another."""
    business, consumer = a_customer(kind=CustomerKind.BUSINESS, phone="06 00 00 00 01"), a_customer()
    assert business.phone.encode() not in cii_xml(an_invoice_content(customer=business))
    assert business.email.encode() not in cii_xml(an_invoice_content(customer=business))
    assert cii_xml(an_invoice_content(customer=consumer)).count(consumer.email.encode()) == 1


def test_a_long_description_gives_its_beginning_for_a_name() -> None:
    """[BT-153, BT-154]"""
    text = "Dépose soignée de l’existant " * 10
    content = an_invoice_content(lines=(a_line(text),))
    name = values(content, "Name")[0]
    assert name is not None
    assert len(name) <= 120
    assert name.endswith("…")
    assert values(content, "Description")[0] == text.strip()


def test_an_option_that_was_not_taken_is_not_invoiced() -> None:
    option = replace(a_line("Volet roulant"), is_option=True, is_chosen=False)
    content = an_invoice_content(lines=(a_line(), option))
    assert values(content, "LineID") == ["1"]
    assert "Volet roulant" not in values(content, "Name")


def test_an_invoice_is_a_pdf_with_its_xml_and_a_quote_is_not() -> None:
    """[E-03]"""
    renderer, content = WeasyPrintRenderer(), an_invoice_content()
    pdf = renderer.pdf(content, Branding())
    reader = PdfReader(io.BytesIO(pdf))
    assert reader.attachments[FILE_NAME] == [cii_xml(content)]
    metadata = reader.root_object["/Metadata"]
    assert isinstance(metadata, StreamObject)
    assert metadata.get_data().count(b"<rdf:RDF") == 1
    assert b"<fx:ConformanceLevel>EN 16931<" in metadata.get_data()
    associated = reader.root_object["/AF"]
    assert isinstance(associated, ArrayObject)
    assert [file.get_object()["/AFRelationship"] for file in associated] == ["/Data"]
    assert renderer.pdf(content, Branding()) == pdf
    assert not PdfReader(io.BytesIO(renderer.pdf(a_quote_content(), Branding()))).attachments
