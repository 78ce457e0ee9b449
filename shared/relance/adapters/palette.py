"""One brand colour, and the colours that go with it: readable whatever the company chose.

Contrast ratios are those of WCAG 2.2, 1.4.3 (4.5 : 1 for text, checked 2026-11).
"""

import re
from dataclasses import dataclass
from typing import Final

DEFAULT: Final = "#1f4e5f"
_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")
_READABLE: Final = 4.5

Rgb = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Palette:
    """`fill` behind `on_fill` text; `text` on white; `tint`, a background for ordinary text; `line`, a soft rule."""

    fill: str
    on_fill: str
    text: str
    tint: str
    line: str


def palette(colour: str) -> Palette:
    """The palette of a brand colour; one that is not `#rrggbb` is replaced by ours, so that no CSS is ever injected."""
    rgb = _parse(colour if _COLOUR.fullmatch(colour) else DEFAULT)
    white, ink = (255, 255, 255), (24, 32, 40)
    return Palette(
        fill=_hex(rgb),
        on_fill=_hex(white if _contrast(rgb, white) >= _contrast(rgb, ink) else ink),
        text=_hex(_darkened(rgb)),
        tint=_hex(_mixed(rgb, white, 0.06)),
        line=_hex(_mixed(rgb, white, 0.28)),
    )


def _darkened(rgb: Rgb) -> Rgb:
    """The same hue, dark enough to be read on white."""
    for step in range(20):
        shade = _mixed(rgb, (0, 0, 0), 1 - step / 20)
        if _contrast(shade, (255, 255, 255)) >= _READABLE:
            return shade
    return 0, 0, 0


def _contrast(a: Rgb, b: Rgb) -> float:
    light, dark = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(rgb: Rgb) -> float:
    linear = [c / 12.92 if (c := channel / 255) <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for channel in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _mixed(rgb: Rgb, other: Rgb, share: float) -> Rgb:
    """`share` of `rgb` (0 to 1), the rest of `other`."""
    red, green, blue = (round(a * share + b * (1 - share)) for a, b in zip(rgb, other, strict=True))
    return red, green, blue


def _parse(colour: str) -> Rgb:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _hex(rgb: Rgb) -> str:
    return "#{:02x}{:02x}{:02x}".format(*rgb)
