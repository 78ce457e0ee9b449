"""What a company may choose of the look of its documents: one of three designs, one of the typefaces that we ship.

Names are French because a person reads and writes them in the settings. [KX-10]
"""

from dataclasses import dataclass
from enum import StrEnum


class Design(StrEnum):
    """How the page is composed; every design prints the same words in the same order."""

    MODERN = "moderne"  # bands of the brand colour
    CLASSIC = "classique"  # a letterhead in a serif, ruled tables
    SOBER = "sobre"  # black on white, the colour as an accent: prints with the least ink


class Typeface(StrEnum):
    """A family that we ship and embed; without a choice each design has its own."""

    INTER = "inter"
    SOURCE_SERIF = "source-serif"


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture that was checked and written again (`relance.domain.images`), in base64."""

    media_type: str
    base64: str

    @property
    def url(self) -> str:
        """A `data:` URL, the only kind of address that a page of ours may hold."""
        return f"data:{self.media_type};base64,{self.base64}"
