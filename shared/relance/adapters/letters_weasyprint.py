"""Letters to PDF/A-3, drawn by the engine that draws documents, in the company's design. Port: app.ports.letters."""

from relance.adapters.html_jinja import render
from relance.adapters.letter_view import asked, letter_view, reference
from relance.adapters.payment_qr import qr_url
from relance.adapters.pdf_weasyprint import WeasyPrintRenderer
from relance.domain.letters import LetterContent
from relance.domain.party import Branding
from relance.domain.payment_code import transfer_code


class WeasyPrintLetters:
    """Implements `LetterRenderer` on the renderer of this process: fonts, caches and safety are its own."""

    def __init__(self, renderer: WeasyPrintRenderer) -> None:
        self._renderer = renderer

    def letter(self, content: LetterContent, branding: Branding) -> bytes:
        """Raises Invalid `unprintable` for characters that no font of ours draws."""
        return self._renderer.pdf_of(letter_html(content, branding), branding.design)


def letter_html(content: LetterContent, branding: Branding) -> str:
    """The page as HTML, style sheet of the design aside."""
    view = letter_view(content, branding)
    code = None
    if content.currency == "EUR" and view.is_payable:
        code = transfer_code(content.seller, asked(content), reference(content))
    return render(view.template, {"doc": view, "payment_qr": qr_url(code)})
