"""What every kind of document looks like and says, in each design: compared with pictures that somebody looked at.

After a wanted change: `make golden`, then look at the pictures in `tests/golden/documents` and read what changed in
the texts. Pictures are small and greyish on purpose: they are compared by blocks of 4 x 4 pixels, so that another
version of the rasterizer makes no difference and a word that moved does. Beside the gate: 15 s of processor time.
"""

import io
import os
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from relance.adapters.letters_weasyprint import WeasyPrintLetters
from relance.adapters.pdf_weasyprint import WeasyPrintRenderer
from relance.domain.copies import ORIGINAL, PREVIEW, Copy, duplicate
from relance.domain.look import Design
from relance.domain.party import Branding
from tests.late_specimens import letters
from tests.specimens import specimens

GOLDEN = Path(__file__).parent / "documents"
UPDATES = bool(os.environ.get("GOLDEN_UPDATE"))
DPI, BLOCK, TOLERANCE = 48, 4, 48
COPIES = {"preview": ("quote", PREVIEW), "duplicate": ("invoice", duplicate(2))}
DRAWN = [(name, design) for name in specimens() for design in Design] + [(name, Design.MODERN) for name in COPIES]
LETTERS = {f"letter-{name}": content for name, content in letters().items()}
# One design each: they stand on the sheets of the documents, which are looked at in all three.
DRAWN += [(name, Design.MODERN if "many" in name else Design.CLASSIC) for name in LETTERS]


@cache
def pdf_of(name: str, design: Design) -> bytes:
    if name in LETTERS:
        return WeasyPrintLetters(_renderer()).letter(LETTERS[name], Branding("#1f4e5f", design=design))
    shown, copy = COPIES.get(name, (name, ORIGINAL))
    return drawn(shown, design, copy)


def drawn(name: str, design: Design, copy: Copy = ORIGINAL) -> bytes:
    return _renderer().pdf(specimens()[name], Branding("#1f4e5f", design=design), copy)


@cache
def _renderer() -> WeasyPrintRenderer:
    return WeasyPrintRenderer()


def picture_of(pdf: bytes) -> Image.Image:
    """All pages side by side, in sixteen greys."""
    command = ["pdftoppm", "-r", str(DPI), "-gray", "-"]
    raw = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout
    pages, at = [], 0
    while at < len(raw):  # PGM: a header of three lines, then the pixels
        header = re.match(rb"P5\s(\d+) (\d+)\s255\s", raw[at:])
        assert header is not None
        width, height, start = int(header[1]), int(header[2]), at + header.end()
        at = start + width * height
        pages.append(Image.frombytes("L", (width, height), raw[start:at]))
    sheet = Image.new("L", (sum(page.width for page in pages), pages[0].height), 255)
    for rank, page in enumerate(pages):
        sheet.paste(page, (rank * page.width, 0))
    return sheet


def differs(one: Image.Image, other: Image.Image) -> bool:
    """Whether a person could tell them apart."""
    if one.size != other.size:
        return True
    small = (one.width // BLOCK, one.height // BLOCK)
    blocks = [image.convert("L").resize(small, Image.Resampling.BOX) for image in (one, other)]
    _, most = ImageChops.difference(*blocks).getextrema()
    return float(most) > TOLERANCE  # type: ignore[arg-type]  # of one band it is a pair of numbers


@pytest.mark.parametrize(("name", "design"), DRAWN)
def test_a_document_looks_as_it_always_looked(name: str, design: Design) -> None:
    golden = GOLDEN / f"{name}-{design}.png"
    picture = picture_of(pdf_of(name, design))
    if UPDATES and (not golden.exists() or differs(picture, Image.open(golden))):
        picture.quantize(16).save(golden, optimize=True)
    assert not differs(picture, Image.open(golden))


@pytest.mark.parametrize("name", [*specimens(), *COPIES, *LETTERS])
def test_a_document_says_what_it_always_said(name: str) -> None:
    command = ["pdftotext", "-layout", "-", "-"]
    pdf = pdf_of(name, Design.MODERN)
    text = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()
    text = text.replace("\u00a0", " ").replace("\u202f", " ")
    said = [re.sub(r"\s+", " ", line).strip() for line in text.splitlines() if line.strip()]
    golden = GOLDEN / f"{name}.txt"
    if UPDATES:
        golden.write_text("\n".join(said) + "\n", encoding="utf-8")
    assert said == golden.read_text(encoding="utf-8").splitlines()


def test_the_same_document_is_the_same_bytes_in_each_design() -> None:
    for design in Design:
        assert drawn("final", design) == pdf_of("final", design)


def test_a_word_that_moved_and_another_colour_would_be_seen() -> None:
    quote = picture_of(pdf_of("franchise", Design.MODERN))
    moved = ImageChops.offset(quote, 3, 0)
    assert differs(quote, moved)
    assert differs(quote, picture_of(pdf_of("franchise", Design.CLASSIC)))
    paler = Image.open(io.BytesIO(_png(quote))).point(lambda level: level // 2 + 128)
    assert differs(quote, paler)
    assert not differs(quote, Image.open(io.BytesIO(_png(quote.quantize(16)))))


def _png(image: Image.Image) -> bytes:
    held = io.BytesIO()
    image.save(held, "PNG")
    return held.getvalue()
