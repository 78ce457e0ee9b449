"""Which copy of a document a PDF is: the original that is sealed, a preview of a draft, or a numbered duplicate.

French texts ask for no mark on a copy; the certification of cash systems does (NF525), and whoever audits expects it:
the first PDF is the original, each one that is made afterwards says « DUPLICATA n° k » and is chained. [AF-10, AF-12]
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class CopyKind(StrEnum):
    """Original, preview or duplicate."""

    ORIGINAL = "original"
    PREVIEW = "preview"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy; `rank` counts duplicates from 1 and is 0 on the others."""

    kind: CopyKind
    rank: int = 0


ORIGINAL: Final = Copy(CopyKind.ORIGINAL)
PREVIEW: Final = Copy(CopyKind.PREVIEW)


def duplicate(rank: int) -> Copy:
    """The duplicate of that rank, from 1."""
    return Copy(CopyKind.DUPLICATE, rank)
