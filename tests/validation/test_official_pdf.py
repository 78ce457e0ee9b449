"""veraPDF finds nothing in our PDFs: invoices are PDF/A-3a and PDF/UA-1, quotes PDF/A-3b; what they print is their XML.

One invoice of each scenario, of all types by turns, and the picked ones are drawn, in each design and both
languages, and judged; with WHOLE_CORPUS=1 (`make validate`) every invoice of the corpus is. The XML of the whole corpus
is judged in test_official_rules.py each time. [E-03, E-04, IM-02, IM-13]
"""

import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Final

import pytest
from lxml import etree
from pypdf import PdfReader
from weasyprint import HTML

from relance.adapters.facturx.cii import cii_xml
from relance.adapters.letters_weasyprint import WeasyPrintLetters
from relance.adapters.pdf_weasyprint import WeasyPrintRenderer
from relance.domain.content import InvoiceContent, QuoteContent
from relance.domain.look import Design
from relance.domain.party import Branding
from tests.builders import a_quote_content, a_sole_trader, some_lines
from tests.late_specimens import letters
from tests.unit.documents.test_pdf import LOGO
from tests.validation.__main__ import failures
from tests.validation.invoices import corpus, sample
from tests.validation.pdf_rules import Flavour, PdfJudge

PARTS: Final = 6
JUDGED: Final = corpus if os.environ.get("WHOLE_CORPUS") else sample
SUMS: Final = ("TaxBasisTotalAmount", "TaxTotalAmount", "GrandTotalAmount", "DuePayableAmount")
DESIGNS: Final = tuple(Design)
BRANDING: Final = Branding("#c2410c", LOGO)
pytestmark = pytest.mark.validators


@pytest.mark.parametrize("part", range(PARTS))
def test_every_kind_of_invoice_is_an_accessible_archive_and_prints_its_xml(
    part: int, renderer: WeasyPrintRenderer, judge: PdfJudge, tmp_path: Path
) -> None:
    for n, content in islice(enumerate(_in_two_languages(JUDGED())), part, None, PARTS):
        path = tmp_path / f"{n}.pdf"
        path.write_bytes(renderer.pdf(content, replace(BRANDING, design=DESIGNS[n % len(DESIGNS)])))
        assert judge.verdict(path, "3a", "ua1") == "", content
        assert _missing(content.language, path) == [], content


@pytest.mark.parametrize(
    "content", [a_quote_content(), a_quote_content(a_sole_trader()), a_quote_content(lines=some_lines() * 15)]
)
def test_a_quote_is_an_archive(
    content: QuoteContent, renderer: WeasyPrintRenderer, judge: PdfJudge, tmp_path: Path
) -> None:
    path = tmp_path / "quote.pdf"
    path.write_bytes(renderer.pdf(content, BRANDING))
    assert judge.verdict(path, "3b") == ""


@pytest.mark.parametrize("name", ["notice", "statement"])
def test_a_letter_is_an_archive_DU_05(name: str, renderer: WeasyPrintRenderer, judge: PdfJudge, tmp_path: Path) -> None:
    path = tmp_path / "letter.pdf"
    path.write_bytes(WeasyPrintLetters(renderer).letter(letters()[name], BRANDING))
    assert judge.verdict(path, "3b") == ""


@pytest.mark.parametrize(
    ("flavour", "clause"), [("3b", "6.6.2.1-1 The Catalog dictionary"), ("ua1", "7.1-11 The logical structure")]
)
def test_a_pdf_that_is_no_archive_is_told_apart(flavour: Flavour, clause: str, judge: PdfJudge, tmp_path: Path) -> None:
    """The judge can say no, and why."""
    plain = tmp_path / "plain.pdf"
    HTML(string="<p>Facture").write_pdf(plain)
    assert clause in judge.verdict(plain, flavour)


def test_a_file_that_is_no_pdf_is_told_apart(judge: PdfJudge, tmp_path: Path) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"no PDF at all")
    assert judge.verdict(broken, "3b")


def test_files_are_judged_by_what_they_are(renderer: WeasyPrintRenderer, judge: PdfJudge, tmp_path: Path) -> None:
    """What `python -m tests.validation` tells of an invoice, a quote, an XML, and one that is wrong."""
    files = {name: tmp_path / name for name in ("invoice.pdf", "quote.pdf", "sound.xml", "wrong.xml")}
    xml = cii_xml(content := sample()[0])
    files["invoice.pdf"].write_bytes(renderer.pdf(content, BRANDING))
    files["quote.pdf"].write_bytes(renderer.pdf(a_quote_content(), BRANDING))
    files["sound.xml"].write_bytes(xml)
    files["wrong.xml"].write_bytes(xml.replace(b">PMT<", b">AAI<"))
    found = {name: failures(path, judge) for name, path in files.items()}
    assert [name for name, told in found.items() if told] == ["wrong.xml"]
    assert found["wrong.xml"][0].startswith("BR-FR-05_BT-22_PMT")


def _in_two_languages(contents: Sequence[InvoiceContent]) -> Iterator[InvoiceContent]:
    """One in four is in English."""
    for n, content in enumerate(contents):
        yield replace(content, language="en") if n % 4 == 3 else content


def _missing(language: str, path: Path) -> list[str]:
    """What the XML inside says and the page does not: the number, the sums, the amount of each line."""
    ((xml,),) = PdfReader(path).attachments.values()
    root = etree.fromstring(xml)
    sums = [found.text for name in SUMS for found in root.iterfind(f".//{{*}}{name}")]
    lines = [found.text for found in root.iterfind(".//{*}SpecifiedLineTradeSettlement//{*}LineTotalAmount")]
    number = root.findtext("{*}ExchangedDocument/{*}ID")
    said = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True).stdout.decode()
    thousands = "," if language == "en" else "\u202f\u00a0 "
    joined = re.sub(rf"(?<=\d)[{thousands}](?=\d{{3}})", "", said)
    figures = {_figure(found) for found in re.findall(r"\d+(?:[,.]\d+)?", joined)}
    wanted = {_figure(amount) for amount in (*sums, *lines) if amount is not None and amount != "0.00"}
    assert len(sums) >= len(SUMS)
    assert lines
    return sorted(wanted - figures) + ([] if number and number in said else [f"number {number}"])


def _figure(text: str) -> str:
    """« 1234,50 » and "-1234.50" are one figure, and so are 12,00 and 12."""
    return re.sub(r"\.00$", "", text.replace(",", ".").lstrip("-"))
