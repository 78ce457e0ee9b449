"""A sheet: a page or two of plain sections to print or hand over, that no law gives the layout of: proof, attestation.

Everything is text that was already decided; who draws it adds nothing.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part: sentences, pairs of label and value, a table, then lines as they are (`code`), then who signs.

    `table`: rows under `heads`; its first `words` columns are words, the others figures. `signed_by`: for each
    signature, what is written under its box.
    """

    title: str
    paragraphs: tuple[str, ...] = ()
    rows: tuple[tuple[str, str], ...] = ()
    code: tuple[str, ...] = ()
    signed_by: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    table: tuple[tuple[str, ...], ...] = ()
    words: int = 1


@dataclass(frozen=True, slots=True)
class Sheet:
    """`warning`, when there is one, is printed in a frame above everything else: what the reader must not miss."""

    title: str
    subtitle: str
    on: date
    sections: tuple[Section, ...]
    footer: str
    warning: str = ""
