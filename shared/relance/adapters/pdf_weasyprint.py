"""Documents to PDF/A-3 with WeasyPrint, invoices to Factur-X: our fonts, our style sheet, and no way out of the page.

What does not depend on the document is made once per process: the parsed CSS, the fonts, the images seen (measured: 208
to 160 ms for a page). Rendering is a pure function of content and branding: the same bytes each time, so that an
attempt which died before its commit leaves nothing but what the next one stores again.

Nothing is fetched: an image is a `data:` URL of a PNG or a JPEG, and any other URL stops the rendering (CVE-2025-68616
is about redirects; here there is no request to redirect). A character without a glyph stops it too. ISO 19005-3
(PDF/A-3), checked 2026-11; what WeasyPrint must be told for it is noted in the style sheet. [Q-06, I-08]
"""

import gc
import importlib.util
import logging
import os
import re
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from relance.adapters.document_view import view
from relance.adapters.facturx import embed
from relance.adapters.html_jinja import RESOURCES, render
from relance.adapters.payment_qr import qr_url
from relance.adapters.weasyprint_import import USER_AGENT, import_weasyprint
from relance.domain.content import MAX_LINES, DocumentContent, InvoiceContent
from relance.domain.copies import ORIGINAL, Copy, CopyKind
from relance.domain.errors import Fault, Invalid, Stop
from relance.domain.look import Design
from relance.domain.party import Branding
from relance.domain.payment_code import payment_code
from relance.domain.printable import printing_faults

if TYPE_CHECKING:
    from weasyprint.urls import URLFetcherResponse

VARIANT: Final = "pdf/a-3b"
MAX_IMAGE_BYTES: Final = 512 * 1024
_MAX_CACHED_IMAGES: Final = 64
_IMAGE: Final = re.compile(r"data:(image/png|image/jpeg);base64,([A-Za-z0-9+/]+={0,2})")
_MAGIC: Final = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
_MISSING_GLYPH: Final = re.compile(r"\.notdef glyph .*\(U\+([0-9A-F]{4,6})\)", re.DOTALL)


class WeasyPrintRenderer:
    """Implements `relance.app.ports.outside.Renderer`. Importing WeasyPrint (0.4 s) waits for the first document."""

    def __init__(self, fonts: Path | None = None) -> None:
        self._fonts = fonts or find_fonts()
        self._engine: _Engine | None = None
        self._lock = Lock()

    def pdf(self, content: DocumentContent, branding: Branding, copy: Copy = ORIGINAL) -> bytes:
        """The PDF of a quote or an invoice; the original of an invoice alone carries its XML.

        Refused with Invalid: more than MAX_LINES lines, texts longer than `printable.MAX_CHARACTERS` in all, characters
        that no font of ours draws. Within these limits it takes less than 20 s on one Lambda processor. Raises Stop
        when the page asks for anything outside itself.
        """
        require_printable(content)
        invoice = content if isinstance(content, InvoiceContent) and copy.kind is CopyKind.ORIGINAL else None
        return self.pdf_of(html_of(content, branding, copy), branding.design, invoice)

    def pdf_of(self, html: str, design: Design = Design.MODERN, invoice: InvoiceContent | None = None) -> bytes:
        """The PDF of a page of ours, or the Factur-X of an invoice. Raises Invalid `unprintable`, Stop."""
        with self._lock:
            if self._engine is None:
                with _uncollected():
                    self._engine = _Engine(self._fonts)
                gc.freeze()  # what was imported stays: no collection after a document looks at it again
            return self._engine.pdf(html, design, invoice)


def html_of(content: DocumentContent, branding: Branding, copy: Copy = ORIGINAL) -> str:
    """The page as HTML: what WeasyPrint is given, style sheet aside."""
    payment_qr = qr_url(payment_code(content) if isinstance(content, InvoiceContent) else None)
    return render("document.html.j2", {"doc": view(content, branding, copy), "payment_qr": payment_qr})


def style_of(design: Design) -> str:
    """The style sheet of a design: what all have in common, then its own."""
    return "".join(
        (RESOURCES / "css" / name).read_text(encoding="utf-8") for name in ("document.css", f"document-{design}.css")
    )


def require_printable(content: DocumentContent) -> None:
    """Raise Invalid with every reason why this document is not drawn."""
    faults = printing_faults(content)
    if len(content.lines) > MAX_LINES:
        message = f"Le document compte {len(content.lines)} lignes : {MAX_LINES} au plus. Répartissez-les."
        faults.append(Fault("/lines", message, "too_many_lines"))
    if faults:
        raise Invalid("Ce document ne peut pas être imprimé.", code="unprintable", faults=faults)


def find_fonts() -> Path:
    """The folder of our fonts: RELANCE_FONTS, else in the layer that brought WeasyPrint, else in the repository."""
    candidates = [Path(named)] if (named := os.environ.get("RELANCE_FONTS")) else []
    spec = importlib.util.find_spec("weasyprint")
    if spec is not None and spec.origin is not None:
        candidates.append(Path(spec.origin).parents[2] / "fonts")
    candidates.append(Path(__file__).resolve().parents[3] / "layers" / "pdf" / "fonts")
    for folder in candidates:
        if (folder / "fonts.conf").is_file():
            return folder
    raise Stop(f"Polices introuvables : {', '.join(map(str, candidates))}.", code="fonts_missing")


class Fetcher:
    """Serves what a page may hold: small PNG and JPEG images inside the page itself. Never opens a file or a socket.

    Has the two members that WeasyPrint uses of its own URLFetcher, and none of the handlers behind it.
    """

    _fail_on_errors = True  # an address that we do not serve stops the rendering

    def __call__(self, url: str) -> "URLFetcherResponse":
        from weasyprint.urls import URLFetcherResponse  # noqa: PLC0415 - see WeasyPrintRenderer

        match = _IMAGE.fullmatch(url)
        if match is None or len(match[2]) > MAX_IMAGE_BYTES * 4 // 3 + 4:
            raise ValueError(f"only small PNG and JPEG images inside the page are served, not {url[:60]!r}")
        body = b64decode(match[2], validate=True)
        if not body.startswith(_MAGIC[match[1]]):  # WeasyPrint would try it as SVG, which may hold anything
            raise ValueError(f"not {match[1]}")
        return URLFetcherResponse(url, body, {"Content-Type": match[1]})


def ship_sheets() -> int:
    """Parse all style sheets of documents at build; how many. [relance.adapters.weasyprint_sheets]"""
    import_weasyprint()
    from relance.adapters import weasyprint_sheets  # noqa: PLC0415 - it imports WeasyPrint

    return weasyprint_sheets.ship([USER_AGENT.read_text(encoding="utf-8"), *map(style_of, Design)])


def install_helps() -> None:
    """Let WeasyPrint, once imported, use what we have in place of its slower parts. [docs/decisions/0009]"""
    from relance.adapters import (  # noqa: PLC0415 - they import WeasyPrint
        weasyprint_blocks,
        weasyprint_drawing,
        weasyprint_images,
        weasyprint_lines,
        weasyprint_percentages,
        weasyprint_styles,
        weasyprint_text,
        weasyprint_walks,
        weasyprint_writing,
    )

    weasyprint_styles.install()
    weasyprint_percentages.install()
    weasyprint_text.install()
    weasyprint_lines.install()
    weasyprint_blocks.install()
    weasyprint_drawing.install()
    weasyprint_walks.install()
    weasyprint_images.install()
    weasyprint_writing.install()


class _Engine:
    """WeasyPrint, loaded, with all that is the same for every document."""

    def __init__(self, fonts: Path) -> None:
        os.environ["FONTCONFIG_FILE"] = str(fonts / "fonts.conf")  # read once, when the fonts are first looked up
        self._weasyprint = import_weasyprint()
        from weasyprint.css.counters import CounterStyle  # noqa: PLC0415 - see WeasyPrintRenderer
        from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415 - see WeasyPrintRenderer

        install_helps()
        from relance.adapters import weasyprint_html, weasyprint_sheets  # noqa: PLC0415 - likewise

        self._sheet = weasyprint_sheets.sheet
        self._read = weasyprint_html.document
        self._fetch = Fetcher()
        self._shared = {"font_config": FontConfiguration(), "counter_style": CounterStyle()}
        self._css: dict[Design, Any] = {}
        self._images: dict[str, Any] = {}

    def pdf(self, html: str, design: Design, invoice: InvoiceContent | None = None) -> bytes:
        from weasyprint.urls import FatalURLFetchingError  # noqa: PLC0415 - see WeasyPrintRenderer

        if len(self._images) > _MAX_CACHED_IMAGES:
            self._images.clear()
        kind = {"pdf_variant": VARIANT} if invoice is None else embed.options(invoice, self._weasyprint)
        with _warnings() as warnings, _uncollected():
            try:
                document = self._read(html, self._fetch)
                pdf: bytes = document.write_pdf(
                    stylesheets=[self._style(design)], cache=self._images, **kind, **self._shared
                )
            except FatalURLFetchingError as error:
                raise Stop("Le document demande une ressource extérieure.", code="forbidden_resource") from error
        _require_glyphs(warnings)
        return pdf

    def _style(self, design: Design) -> Any:
        """The design's style sheet, read at its first document."""
        if design not in self._css:
            self._css[design] = self._sheet(style_of(design), url_fetcher=self._fetch, **self._shared)
        return self._css[design]


def _require_glyphs(warnings: list[str]) -> None:
    """The last net under `printing_faults`: what a font lacks is never printed as a box."""
    missing = sorted({int(match[1], 16) for text in warnings if (match := _MISSING_GLYPH.search(text))})
    if missing:
        names = ", ".join(f"« {chr(point)} » (U+{point:04X})" for point in missing)
        raise Invalid(f"Ces caractères ne peuvent pas être imprimés : {names}.", code="unprintable")


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the collector of cycles: a page makes a hundred thousand objects and nearly no garbage before its end."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


@contextmanager
def _warnings() -> Iterator[list[str]]:
    """What WeasyPrint logs meanwhile at WARNING or above."""
    seen: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: seen.append(record.getMessage())  # type: ignore[method-assign]  # a handler of one line
    logger = logging.getLogger("weasyprint")
    logger.addHandler(handler)
    try:
        yield seen
    finally:
        logger.removeHandler(handler)
