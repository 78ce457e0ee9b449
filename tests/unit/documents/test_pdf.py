"""The PDFs themselves: what a reader sees, selects and may trust. WeasyPrint is loaded once for the module."""

import io
import re
import subprocess
import time
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader
from pypdf.generic import StreamObject

from relance.adapters.payment_qr import qr_url
from relance.adapters.pdf_weasyprint import Fetcher, WeasyPrintRenderer, html_of
from relance.domain.content import MAX_LINES, DocumentContent
from relance.domain.errors import Invalid, Stop
from relance.domain.party import Branding
from relance.domain.payment_code import payment_code
from tests.builders import a_customer, a_line, a_quote_content, an_invoice_content

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "documents"
LAMBDA_TIMEOUT_S = 60


def png(width: int = 240, height: int = 80, image_format: str = "PNG") -> bytes:
    image = io.BytesIO()
    Image.new("RGB", (width, height), "#c2410c").save(image, image_format)
    return image.getvalue()


LOGO = b64encode(png()).decode()


@pytest.fixture(scope="module")
def renderer() -> WeasyPrintRenderer:
    return WeasyPrintRenderer()


@pytest.fixture(scope="module")
def draw(renderer: WeasyPrintRenderer) -> Callable[[DocumentContent], bytes]:
    return lambda content: renderer.pdf(content, Branding())


def text_of(pdf: bytes) -> str:
    """What a reader can select, in the layout of the page, with ordinary spaces."""
    drawn = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()
    return drawn.replace("\u00a0", " ").replace("\u202f", " ")


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def test_the_same_content_gives_the_same_bytes(draw: Callable[[DocumentContent], bytes]) -> None:
    first = draw(a_quote_content())
    draw(an_invoice_content())
    assert draw(a_quote_content()) == first
    assert WeasyPrintRenderer().pdf(a_quote_content(), Branding()) == first


def test_every_font_is_embedded_and_ours(draw: Callable[[DocumentContent], bytes], tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(draw(a_quote_content(message="Téléphonez ☎ ou écrivez ✓")))
    rows = subprocess.run(
        ["pdffonts", tmp_path / "a.pdf"], capture_output=True, check=True, text=True
    ).stdout.splitlines()
    fonts = [row.split() for row in rows[2:]]
    names = {font[0].partition("+")[2].split("-")[0] for font in fonts}
    assert names == {"Inter", "DejaVu"}
    assert all(re.search(r"\byes +yes +yes\b", row) for row in rows[2:]), rows


def test_the_file_tells_its_title_author_subject_language_and_standard(
    draw: Callable[[DocumentContent], bytes],
) -> None:
    reader = PdfReader(io.BytesIO(draw(a_quote_content())))
    assert reader.metadata is not None
    assert reader.metadata.title == "Devis D-2026-0001"
    assert reader.metadata.author == "Atelier Verdier"
    assert reader.metadata.subject == "Rénovation du parquet du séjour"
    assert str(reader.root_object["/Lang"]) == "fr"
    metadata = reader.root_object["/Metadata"].get_object()
    assert isinstance(metadata, StreamObject)
    xmp = metadata.get_data()
    assert b'part="3"' in xmp
    assert b'conformance="B"' in xmp


def test_every_page_carries_the_number_and_its_rank_I_08(draw: Callable[[DocumentContent], bytes]) -> None:
    lines = tuple(a_line(f"Poste {i}") for i in range(60))
    pages = text_of(draw(an_invoice_content(lines=lines))).rstrip("\f").split("\f")
    assert len(pages) >= 3
    for rank, page in enumerate(pages, 1):
        assert f"Facture F-2026-0001 · page {rank}/{len(pages)}" in squeezed(page)
    heads = [page for page in pages if "Prix unit. HT" in page]
    assert len(heads) >= len(pages) - 1, "the head of the table is repeated"
    totals = [page for page in pages if "Total TTC" in page]
    assert len(totals) == 1
    assert "Total HT" in totals[0].partition("Total TTC")[0], "totals stay together"


@pytest.mark.parametrize("count", [14, 19, 24])
def test_nothing_is_left_alone_at_a_turn_of_the_page(draw: Callable[[DocumentContent], bytes], count: int) -> None:
    """Totals keep a line with them, a signature something that it signs, a heading the first of its lines."""
    lines = tuple(replace(a_line(f"Poste {i}"), section=f"Lot {i // 7 + 1}") for i in range(count))
    for page in text_of(draw(a_quote_content(lines=lines))).rstrip("\f").split("\f"):
        body = [squeezed(line).strip() for line in page.splitlines() if line.strip()][:-2]
        assert "Total TTC" not in page or "Poste" in page
        assert "Sous-total" not in page or "Poste" in page
        assert "Bon pour accord" not in page or "Médiation" in page
        assert not re.fullmatch(r"Lot \d", body[-1])


def test_names_are_text_and_never_markup(draw: Callable[[DocumentContent], bytes]) -> None:
    evil = '<script>alert("1")</script><img src="file:///etc/passwd">{{ 7777 * 7 }}'
    content = a_quote_content(customer=a_customer(name=evil), lines=(a_line(evil),), message=evil)
    said = squeezed(text_of(draw(content)))
    assert "<script>alert" in said
    assert "54439" not in said
    assert "<script" not in html_of(content, Branding())


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "http://169.254.169.254/latest/meta-data/",
        "https://example.org/logo.png",
        "ftp://example.org/a.png",
        "data:image/svg+xml;base64," + b64encode(b"<svg/>").decode(),
        "data:image/png;base64," + b64encode(b"<svg xmlns='http://www.w3.org/2000/svg'/>").decode(),
        "data:text/html,<b>x</b>",
        "data:image/png;base64," + "A" * 800_000,
        "data:image/gif;base64," + b64encode(png(image_format="GIF")).decode(),
    ],
    ids=["file", "http", "https", "ftp", "svg", "svg as png", "html", "too large", "gif"],
)
def test_nothing_outside_the_page_is_ever_fetched(renderer: WeasyPrintRenderer, url: str) -> None:
    with pytest.raises(ValueError, match=r"only small|not image"):
        Fetcher()(url)
    for page in (
        f'<img src="{url}">',
        f'<link rel="stylesheet" href="{url}">',
        f'<p style="background:url({url})">x</p>',
    ):
        with pytest.raises(Stop) as stopped:
            renderer.pdf_of(f"<html><body>{page}</body></html>")
        assert stopped.value.code == "forbidden_resource"


@pytest.mark.parametrize("image_format", ["PNG", "JPEG"])
def test_small_images_inside_the_page_are_served(image_format: str) -> None:
    body = png(image_format=image_format)
    served = Fetcher()(f"data:image/{image_format.lower()};base64,{b64encode(body).decode()}")
    assert served.read() == body


def test_a_logo_is_drawn(renderer: WeasyPrintRenderer) -> None:
    pdf = renderer.pdf(a_quote_content(), Branding("#c2410c", LOGO))
    assert len(PdfReader(io.BytesIO(pdf)).pages[0].images) == 1


def test_the_payment_code_of_an_invoice_can_be_scanned(draw: Callable[[DocumentContent], bytes]) -> None:
    """What a bank's application reads is what `payment_code` says; nothing to scan on a quote."""
    content = an_invoice_content()
    (picture,) = PdfReader(io.BytesIO(draw(content))).pages[0].images
    assert picture.image is not None
    modules = picture.image.convert("L").point(lambda level: 255 * (level > 127))
    wanted = Image.open(io.BytesIO(b64decode(qr_url(payment_code(content)).partition(",")[2]))).convert("L")
    assert (modules.size, modules.tobytes()) == (wanted.size, wanted.tobytes())
    assert len(PdfReader(io.BytesIO(draw(a_quote_content()))).pages[0].images) == 0
    assert qr_url(None) == ""


def test_a_missing_glyph_is_an_error_and_never_a_box(renderer: WeasyPrintRenderer) -> None:
    with pytest.raises(Invalid) as refused:
        renderer.pdf(a_quote_content(message="Bonjour 世界"), Branding())
    assert refused.value.faults[0].pointer == "/message"
    with pytest.raises(Invalid, match=r"« 世 » \(U\+4E16\)"):
        renderer.pdf_of("<p>世界</p>")


def test_the_longest_document_is_drawn_within_the_time_limit_and_a_longer_one_refused(
    draw: Callable[[DocumentContent], bytes],
) -> None:
    start = time.process_time()
    said = text_of(draw(a_quote_content(lines=tuple(a_line(f"Poste {i}") for i in range(MAX_LINES)))))
    assert time.process_time() - start < LAMBDA_TIMEOUT_S
    assert f"Poste {MAX_LINES - 1}" in said
    with pytest.raises(Invalid) as refused:
        draw(a_quote_content(lines=tuple(a_line() for _ in range(1000))))
    assert [fault.code for fault in refused.value.faults] == ["too_many_lines"]


def test_figures_stay_on_one_line_and_inside_the_page(draw: Callable[[DocumentContent], bytes]) -> None:
    huge = a_line("mot " * 200, quantity="1234567.1234", unit_price="9876.123456", percent_off_bp=1250)
    long_name = "Syndicat intercommunal " * 8 + "x" * 300
    pdf = draw(a_quote_content(customer=a_customer(name=long_name), lines=(huge,) * 4))
    said = text_of(pdf)
    assert said.count("10 668 645 159,74 €") >= 4
    boxes = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    right_edges = [float(x) for x in re.findall(r'<word [^>]*xMax="([\d.]+)"', boxes)]
    assert max(right_edges) <= 595.3 - 16 / 25.4 * 72 + 1, "nothing in the right margin"
