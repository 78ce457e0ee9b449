"""Texts that a document prints because the law gives the words: which of them are due, filled with the seller's data.

They are dated data (`resources/legal/legal_notes.toml`). What was due is frozen into the document, so a copy made in
ten years says what the original said. [IS-01, IM-14, IR-03..IR-05, QM-31, Q-02, Q-11, D-03, W-03]
"""

from dataclasses import dataclass
from datetime import date

from relance.domain.conditions import Condition, Kind, hold, kind_of
from relance.domain.content import DocumentContent, LegalNote, Seller


@dataclass(frozen=True, slots=True)
class NoteText:
    """One text from `valid_from` to `valid_to`, both included, due on the `kinds` where every condition holds.

    `text` may name `{name}`, `{address}`, `{email}` and `{phone}` of the seller. `is_annex`: it takes a page of its
    own, like the withdrawal form.
    """

    id: str
    text: str
    kinds: frozenset[Kind]
    source: str
    valid_from: date
    valid_to: date | None = None
    when: tuple[Condition, ...] = ()
    title: str = ""
    is_annex: bool = False


@dataclass(frozen=True, slots=True)
class NoteTexts:
    """Every text, past, present and announced."""

    texts: tuple[NoteText, ...]

    def due(self, content: DocumentContent, on: date) -> tuple[LegalNote, ...]:
        """What this document prints on that day, in the order of the data."""
        kind = kind_of(content)
        return tuple(
            LegalNote(note.id, _filled(note.text, content.seller), note.title, note.is_annex)
            for note in self.texts
            if kind in note.kinds
            and note.valid_from <= on
            and (note.valid_to is None or on <= note.valid_to)
            and hold(note.when, content)
        )


def _filled(text: str, seller: Seller) -> str:
    """Plain replacement: nothing that a person typed is ever read as a template."""
    address = seller.address
    place = ", ".join(part for part in (address.line1, address.line2, f"{address.postcode} {address.city}") if part)
    values = {"name": seller.legal_name, "address": place, "email": seller.email, "phone": seller.phone}
    parts = text.split("{")
    filled = parts[0]
    for part in parts[1:]:
        name, _, rest = part.partition("}")
        filled += values[name] + rest
    return filled
