"""veraPDF on every kind of document in every design, with a logo of either format, and on marked copies."""

from base64 import b64encode
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader

from relance.adapters.pdf_weasyprint import WeasyPrintRenderer
from relance.domain.content import InvoiceContent
from relance.domain.copies import ORIGINAL, PREVIEW, Copy, duplicate
from relance.domain.look import Design
from relance.domain.party import Branding
from tests.specimens import specimens
from tests.validation.pdf_rules import PdfJudge

pytestmark = pytest.mark.validators


def picture(image_format: str) -> str:
    held = BytesIO()
    Image.effect_noise((120, 40), 60).convert("RGB").save(held, image_format)
    return b64encode(held.getvalue()).decode()


PNG, JPEG = Branding(logo_png=picture("PNG")), Branding(logo_jpeg=picture("JPEG"))


@pytest.mark.parametrize("design", Design)
@pytest.mark.parametrize("name", specimens())
def test_a_document_complies_in_each_design(
    judge: PdfJudge, renderer: WeasyPrintRenderer, tmp_path: Path, name: str, design: Design
) -> None:
    """Invoices are PDF/A-3a and PDF/UA-1, quotes PDF/A-3b."""
    content, logo = specimens()[name], JPEG if name in {"invoice", "quote"} else PNG
    look = Branding(logo_png=logo.logo_png, logo_jpeg=logo.logo_jpeg, design=design)
    flavours = ("3a", "ua1") if isinstance(content, InvoiceContent) else ("3b",)
    (tmp_path / "a.pdf").write_bytes(renderer.pdf(content, look))
    assert judge.verdict(tmp_path / "a.pdf", *flavours) == ""


@pytest.mark.parametrize("copy", [PREVIEW, duplicate(1)], ids=["preview", "duplicate"])
@pytest.mark.parametrize("name", ["quote", "invoice"])
def test_a_marked_copy_complies_too_and_carries_no_xml(
    judge: PdfJudge, renderer: WeasyPrintRenderer, tmp_path: Path, name: str, copy: Copy
) -> None:
    """AF-10: a stamp laid over a finished PDF would break the standard; these are drawn anew."""
    drawn = renderer.pdf(specimens()[name], PNG, copy)
    (tmp_path / "a.pdf").write_bytes(drawn)
    assert judge.verdict(tmp_path / "a.pdf", "3b") == ""
    assert not PdfReader(BytesIO(drawn)).attachments
    original = PdfReader(BytesIO(renderer.pdf(specimens()[name], PNG, ORIGINAL)))
    assert list(original.attachments) == (["factur-x.xml"] if name == "invoice" else [])
