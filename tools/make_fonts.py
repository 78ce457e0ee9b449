"""Make the fonts of printed documents again: `make_fonts.py`, needs npm and the virtual environment.

Inter and Source Serif 4 (SIL Open Font License 1.1, no reserved name) are the faces of documents; DejaVu Sans
(Bitstream Vera licence) draws what they lack. All are cut to European and Near-Eastern scripts, symbols and arrows,
without hinting. `shared/relance/domain/printable_ranges.py` is written from their character maps, so that a text which
could not be printed is refused before a number is taken; `tests/unit/documents/test_fonts.py` holds the two against
each other.
"""

from __future__ import annotations

import subprocess
import tarfile
import tempfile
from collections.abc import Iterable
from pathlib import Path

from fontTools import subset  # type: ignore[import-untyped]  # ships no types
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # ships no types

ROOT = Path(__file__).resolve().parent.parent
FONTS = ROOT / "layers" / "pdf" / "fonts"
RANGES = ROOT / "shared" / "relance" / "domain" / "printable_ranges.py"

LATIN_GREEK_CYRILLIC = "20-7e a0-52f 1e00-1fff 2000-218f 2190-23ff 25a0-27bf fb00-fb06 fffd"
MORE_SCRIPTS = "530-6ff 10a0-10ff 2800-2bff fb13-fdff fe70-feff"
# Without fractions, ordinals and stylistic sets, which a CSS of ours would have to ask for; Arabic joins its letters.
FEATURES = [
    *("calt", "case", "ccmp", "clig", "kern", "liga", "locl", "mark", "mkmk", "tnum"),
    *("init", "medi", "fina", "rlig"),
]
HEADER = '''"""What the bundled fonts can draw, in hexadecimal. Written by tools/make_fonts.py, not by hand."""\n\n'''
SOURCES = {
    "inter-ui@4.1.1": {
        "LICENSE.txt": "LICENSE-Inter.txt",
        "web/Inter-Regular.woff2": "Inter-Regular.ttf",
        "web/Inter-SemiBold.woff2": "Inter-SemiBold.ttf",
    },
    "@expo-google-fonts/source-serif-4@0.4.1": {
        "LICENSE_FONT": "LICENSE-SourceSerif4.txt",
        "400Regular/SourceSerif4_400Regular.ttf": "SourceSerif4-Regular.ttf",
        "600SemiBold/SourceSerif4_600SemiBold.ttf": "SourceSerif4-SemiBold.ttf",
    },
    "dejavu-fonts-ttf@2.37.3": {
        "LICENSE": "LICENSE-DejaVu.txt",
        "ttf/DejaVuSans.ttf": "DejaVuSans.ttf",
        "ttf/DejaVuSans-Bold.ttf": "DejaVuSans-Bold.ttf",
    },
}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for package, files in SOURCES.items():
            names = subprocess.run(["npm", "pack", "--silent", package], cwd=folder, check=True, capture_output=True)
            with tarfile.open(Path(folder) / names.stdout.decode().split()[-1]) as archive:
                archive.extractall(folder, filter="data")
            for source, target in files.items():
                path = Path(folder) / "package" / source
                if target.endswith(".txt"):
                    (FONTS / target).write_bytes(path.read_bytes())
                else:
                    cut(path, FONTS / target)
    RANGES.write_text(module_of(covered(FONTS.glob("*.ttf"))), encoding="utf-8")


def cut(source: Path, target: Path) -> None:
    """Keep the scripts above, kerning, marks and tabular figures; nothing in the result depends on the day."""
    options = subset.Options(hinting=False, notdef_outline=True, name_IDs=["*"])
    options.layout_features = FEATURES
    options.drop_tables = [*options.drop_tables, "FFTM"]
    font = subset.load_font(str(source), options)
    font.flavor = None
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=points(f"{LATIN_GREEK_CYRILLIC} {MORE_SCRIPTS}"))
    subsetter.subset(font)
    font.save(str(target))


def points(ranges: str) -> set[int]:
    """`"20-7e fffd"` to code points."""
    bounds = (part.partition("-") for part in ranges.split())
    return {point for low, _, high in bounds for point in range(int(low, 16), int(high or low, 16) + 1)}


def covered(fonts: Iterable[Path]) -> list[tuple[int, int]]:
    """The ranges of code points that one of the fonts can draw."""
    drawn = sorted({point for path in fonts for point in TTFont(path)["cmap"].getBestCmap()})
    ranges: list[tuple[int, int]] = []
    for point in drawn:
        if ranges and point == ranges[-1][1] + 1:
            ranges[-1] = (ranges[-1][0], point)
        else:
            ranges.append((point, point))
    return ranges


def module_of(ranges: list[tuple[int, int]]) -> str:
    """The source of `printable_ranges`."""
    words = [f"{low:x}" if low == high else f"{low:x}-{high:x}" for low, high in ranges]
    lines, line = [], ""
    for word in words:
        if len(line) + len(word) + 1 > 110:
            lines.append(line)
            line = ""
        line = f"{line} {word}".strip()
    body = "\n".join(f'    "{text} "' for text in [*lines, line])
    return f"{HEADER}RANGES = (\n{body}\n)\n"


if __name__ == "__main__":
    main()
