"""Pages look as with WeasyPrint's whole style sheet for HTML, though they are given a part of it."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import Any

import pytest

from relance.adapters.html_jinja import RESOURCES
from relance.adapters.pdf_weasyprint import Fetcher, find_fonts, html_of
from relance.adapters.weasyprint_import import import_weasyprint
from relance.domain.content import DocumentContent
from relance.domain.party import Branding
from tests.builders import a_quote_content, an_invoice_content

SHEET = (RESOURCES / "css" / "user-agent.css").read_text(encoding="utf-8")
# Elements without a rule of their own: inline, or void, or drawn by SVG.
PLAIN = {"a", "abbr", "circle", "code", "path", "rect", "small", "span", "time"}


def test_every_element_of_the_documents_is_known_to_the_sheet() -> None:
    template = (RESOURCES / "templates" / "document.html.j2").read_text(encoding="utf-8")
    used = set(re.findall(r"<([a-z][a-z0-9]*)", template))
    assert {"html", "table", "td"} <= used
    rules = re.sub(r"/\*.*?\*/|\{[^{}]*\}", " ", SHEET, flags=re.DOTALL)
    assert used - PLAIN - set(re.findall(r"[a-z][a-z0-9]*", rules)) == set()
    assert re.findall(r"<[^>]*\s(?:dir|hidden)[\s=>]", template) == []


@pytest.mark.parametrize("content", [a_quote_content(), an_invoice_content()], ids=["quote", "invoice"])
def test_the_page_is_the_same_as_with_the_whole_sheet(
    content: DocumentContent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FONTCONFIG_FILE", str(find_fonts() / "fonts.conf"))
    weasyprint = import_weasyprint()
    whole = (files("weasyprint.css") / "html5_ua.css").read_text("utf-8")
    assert len(whole) > 2 * len(SHEET)
    page = html_of(content, Branding())
    assert _pdf(weasyprint, SHEET, page) == _pdf(weasyprint, whole, page)


def _pdf(weasyprint: Any, sheet: str, page: str) -> bytes:
    counters = type(weasyprint.HTML(string="")._ua_counter_style()[0])()
    parsed = weasyprint.CSS(string=sheet, counter_style=counters)

    class Page(weasyprint.HTML):  # type: ignore[misc]  # imported when it is needed
        def _ua_stylesheets(self, forms: bool = False) -> list[Any]:
            return [parsed]

        def _ua_counter_style(self) -> list[Any]:
            return [counters.copy()]

    pdf: bytes = Page(string=page, url_fetcher=Fetcher()).write_pdf(pdf_identifier=b"0" * 16)
    return pdf
