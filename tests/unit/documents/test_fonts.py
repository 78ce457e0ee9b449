"""The bundled fonts: what they draw is what is known as printable, and where they are found."""

from pathlib import Path

import pytest
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # ships no types

from relance.adapters.pdf_weasyprint import find_fonts
from relance.domain.printable_ranges import RANGES

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


def test_the_fonts_are_looked_for_where_the_deployment_says_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert find_fonts() == FONTS
    monkeypatch.setenv("RELANCE_FONTS", str(tmp_path))
    assert find_fonts() == FONTS
    (tmp_path / "fonts.conf").touch()
    assert find_fonts() == tmp_path
