"""Texts of the law that are printed on documents, as they stood on the document's day: dated data, never constants.

`resources/legal/document_texts.toml` has them with their source and their days. They stay French in every language.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from relance.adapters.html_jinja import RESOURCES
from relance.domain.errors import Stop


@dataclass(frozen=True, slots=True)
class _Text:
    id: str
    text: str
    valid_from: date
    valid_to: date | None

    def is_in_force(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


def text_of(id: str, on: date, **values: str) -> str:
    """The text in force on that day, its `{names}` filled in. Raises Stop `legal_data_missing` when there is none."""
    for text in _texts().get(id, ()):
        if text.is_in_force(on):
            return text.text.format(**values)
    raise Stop(f"Aucun texte « {id} » n’est connu au {on}.", code="legal_data_missing")


@cache
def _texts() -> Mapping[str, list[_Text]]:
    """A mistake in the data (a missing key) raises here, at the first document."""
    raw = (RESOURCES / "legal" / "document_texts.toml").read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = tomllib.loads(raw)["text"]
    texts: dict[str, list[_Text]] = {}
    for row in rows:
        text = _Text(row["id"], row["text"].strip(), row["valid_from"], row.get("valid_to"))
        texts.setdefault(text.id, []).append(text)
    return texts
