"""Style sheets that the build parsed say what they say when they are parsed here."""

from __future__ import annotations

from pathlib import Path

import pytest

from relance.adapters.pdf_weasyprint import WeasyPrintRenderer, html_of, ship_sheets, style_of
from relance.adapters.weasyprint_import import USER_AGENT
from relance.domain.look import Design
from relance.domain.party import Branding
from tests.builders import a_quote_content


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from relance.adapters import weasyprint_sheets  # noqa: PLC0415 - it imports WeasyPrint

    folder = tmp_path_factory.mktemp("resources") / "compiled"
    with pytest.MonkeyPatch.context() as elsewhere:
        elsewhere.setattr(weasyprint_sheets, "FOLDER", folder)
        assert ship_sheets() == 1 + len(Design)
    return folder


@pytest.mark.parametrize("design", Design)
def test_a_page_has_the_same_bytes_under_a_shipped_sheet(
    shipped: Path, design: Design, monkeypatch: pytest.MonkeyPatch
) -> None:
    import tinycss2  # noqa: PLC0415 - see the fixture
    import weasyprint  # noqa: PLC0415

    from relance.adapters import weasyprint_sheets  # noqa: PLC0415

    page = html_of(a_quote_content(), Branding(design=design))
    expected = WeasyPrintRenderer().pdf_of(page, design)
    monkeypatch.setattr(weasyprint_sheets, "FOLDER", shipped)
    counters: dict[str, object] = {}
    sheet = weasyprint_sheets.sheet(USER_AGENT.read_text(encoding="utf-8"), counters)
    assert {"decimal", "disc"} <= set(counters)
    monkeypatch.setattr(weasyprint, "UA_STYLESHEET", sheet)
    monkeypatch.setattr(weasyprint, "UA_COUNTER_STYLE", type(weasyprint.UA_COUNTER_STYLE)(counters))
    parsed: list[str] = []
    parse = tinycss2.parse_stylesheet

    def noting(text: str) -> object:
        parsed.append(text)
        return parse(text)

    monkeypatch.setattr(tinycss2, "parse_stylesheet", noting)
    assert WeasyPrintRenderer().pdf_of(page, design) == expected
    assert all(text in page for text in parsed), "more than the company's colours was parsed"


def test_a_sheet_that_was_not_shipped_is_parsed(shipped: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from relance.adapters import weasyprint_sheets  # noqa: PLC0415 - see the fixture

    monkeypatch.setattr(weasyprint_sheets, "FOLDER", shipped)
    before = sorted(shipped.iterdir())
    sheet = weasyprint_sheets.sheet(style_of(Design.MODERN) + "b { color: red }", {})
    assert "b" in sheet.matcher.lower_local_name_selectors
    assert sorted(shipped.iterdir()) == before
