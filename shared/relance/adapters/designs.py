"""The three designs: their typeface, and how wide its figures come out, so that columns fit what stands in them.

Widths are in millimetres at the size of the table's cells in the design's style sheet (`css/document-<name>.css`),
measured with HarfBuzz; a test holds them against the fonts. WeasyPrint lays a table of given widths out much faster
than one that it must measure.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from relance.domain.look import Design, Typeface
from relance.domain.party import Branding

_FAMILIES: Final[Mapping[Typeface, str]] = {Typeface.INTER: "Inter", Typeface.SOURCE_SERIF: "Source Serif 4"}
# Of a figure, a thin sign (space, comma, point), a per cent sign, a capital or another sign, and a small letter, in ems
# of the heavier of the two weights that stand in a table.
_EMS: Final[Mapping[Typeface, tuple[float, float, float, float, float]]] = {
    Typeface.INTER: (0.66, 0.31, 1.0, 0.74, 0.61),
    Typeface.SOURCE_SERIF: (0.56, 0.32, 0.98, 0.72, 0.58),
}
_MM_PER_PT: Final = 25.4 / 72


@dataclass(frozen=True, slots=True)
class Look:
    """A design in the typeface that was chosen for it; `has_bands`: it fills boxes with the brand colour."""

    design: Design
    typeface: Typeface
    cell_pt: float
    head_pt: float
    due_pt: float
    padding_mm: float
    has_bands: bool = False

    @property
    def family(self) -> str:
        """The family's name in CSS."""
        return _FAMILIES[self.typeface]

    def cell_mm(self, text: str) -> float:
        """How wide a text stands in a cell, generously."""
        return self._ems(text) * self.cell_pt * _MM_PER_PT

    def head_mm(self, text: str) -> float:
        """How wide the head of a column stands, generously."""
        return self._ems(text) * self.head_pt * _MM_PER_PT

    def sums_mm(self, texts: Iterable[str], due: str) -> float:
        """How wide the figures of the totals stand, the amount due in its own size: the labels get the rest."""
        widest = max([*map(self.cell_mm, texts), self.cell_mm(due) / self.cell_pt * self.due_pt])
        return round(widest + self.padding_mm, 1)

    def _ems(self, text: str) -> float:
        figure, thin, per_cent, capital, small = _EMS[self.typeface]
        known = dict.fromkeys("0123456789", figure) | dict.fromkeys(" \u202f\u00a0,.\n", thin) | {"%": per_cent}
        return sum(known.get(sign, small if sign.islower() else capital) for sign in text)


_LOOKS: Final[Mapping[Design, Look]] = {
    Design.MODERN: Look(
        Design.MODERN, Typeface.INTER, cell_pt=8.5, head_pt=7.3, due_pt=11, padding_mm=4.4, has_bands=True
    ),
    Design.CLASSIC: Look(Design.CLASSIC, Typeface.SOURCE_SERIF, cell_pt=9.4, head_pt=8.2, due_pt=12.5, padding_mm=4.4),
    Design.SOBER: Look(Design.SOBER, Typeface.INTER, cell_pt=8.3, head_pt=7.2, due_pt=13, padding_mm=4.4),
}


def look_of(branding: Branding) -> Look:
    """The look that a company chose."""
    look = _LOOKS[branding.design]
    return replace(look, typeface=branding.typeface or look.typeface)
