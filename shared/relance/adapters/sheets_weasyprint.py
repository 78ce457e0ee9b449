"""Sheets to PDF/A-3, drawn by the engine that draws documents. Port: app.ports.sheets."""

from relance.adapters.html_jinja import render
from relance.adapters.pdf_weasyprint import WeasyPrintRenderer
from relance.domain.sheets import Sheet


class WeasyPrintSheets:
    """Implements `SheetRenderer` on the renderer of this process: fonts, caches and safety are its own."""

    def __init__(self, renderer: WeasyPrintRenderer) -> None:
        self._renderer = renderer

    def sheet(self, sheet: Sheet) -> bytes:
        """Raises Invalid `unprintable` for characters that no font of ours draws."""
        return self._renderer.pdf_of(sheet_html(sheet))


def sheet_html(sheet: Sheet) -> str:
    """The page as HTML, style sheet aside."""
    return render("sheet.html.j2", {"sheet": sheet})
