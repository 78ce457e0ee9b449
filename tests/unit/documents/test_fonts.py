"""The bundled fonts, and what is refused because none of them draws it."""

from pathlib import Path

import pytest
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # ships no types

from relance.adapters.pdf_weasyprint import find_fonts
from relance.domain.printable import MAX_CHARACTERS, printing_faults, unprintable
from relance.domain.printable_ranges import RANGES
from tests.builders import a_customer, a_line, a_quote_content

FONTS = Path(__file__).resolve().parents[3] / "layers" / "pdf" / "fonts"


def test_what_is_called_printable_is_what_the_fonts_draw() -> None:
    drawn = {point for path in FONTS.glob("*.ttf") for point in TTFont(path)["cmap"].getBestCmap()}
    listed = set()
    for word in RANGES.split():
        low, _, high = word.partition("-")
        listed |= set(range(int(low, 16), int(high or low, 16) + 1))
    assert listed == drawn


def test_each_font_comes_with_its_licence_and_may_be_embedded() -> None:
    families = {path.name.split("-")[0].removesuffix("Sans").removesuffix(".ttf") for path in FONTS.glob("*.ttf")}
    for family in families:
        assert (FONTS / f"LICENSE-{family.removesuffix('Sans')}.txt").is_file(), family
    assert all(TTFont(path)["OS/2"].fsType == 0 for path in FONTS.glob("*.ttf"))


@pytest.mark.parametrize(
    "text", ["Zoë Çelik, œuvre à 1 234,50 €", "Œ½™ ✓ ☎ →", "Łódź, Αθήνα, Київ, שלום", "e\u0301", "a\r\nb\tc"]
)
def test_european_texts_can_be_printed(text: str) -> None:
    assert unprintable(text) == ""


@pytest.mark.parametrize(("text", "odd"), [("北京", "北京"), ("x\x07y\x00", "\x07\x00"), ("😀 et 😀", "😀")])
def test_other_characters_are_named_each_once(text: str, odd: str) -> None:
    assert unprintable(text) == odd


def test_every_unprintable_text_is_a_fault_with_its_place() -> None:
    content = a_quote_content(customer=a_customer(name="王 SARL"), lines=(a_line("Pose"), a_line("Pose 😀")))
    faults = {fault.pointer: fault.message for fault in printing_faults(content)}
    assert faults.keys() == {"/buyer/name", "/lines/1/description"}
    assert "« 王 » (U+738B)" in faults["/buyer/name"]


def test_a_character_without_a_shape_is_named_by_its_number() -> None:
    (fault,) = printing_faults(a_quote_content(subject="Parquet\x07"))
    assert fault.message == "Ces caractères ne peuvent pas être imprimés : U+0007. Retirez-les."


def test_a_document_of_endless_text_is_refused() -> None:
    assert [f.code for f in printing_faults(a_quote_content(message="a" * (MAX_CHARACTERS + 1)))] == ["too_long"]
    assert printing_faults(a_quote_content()) == []


def test_the_fonts_are_looked_for_where_the_deployment_says_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert find_fonts() == FONTS
    monkeypatch.setenv("RELANCE_FONTS", str(tmp_path))
    assert find_fonts() == FONTS
    (tmp_path / "fonts.conf").touch()
    assert find_fonts() == tmp_path
