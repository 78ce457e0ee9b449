"""The code lists of an electronic invoice that are kept as data: units, and the notes that France asks for.

UN/ECE Recommendation 20, BR-FR-05 (checked 2026-11). Read once per process.
"""

import tomllib
import unicodedata
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Final

from relance.domain.errors import Stop
from relance.domain.party import CustomerKind

PIECE: Final = "C62"


def unit_code(word: str) -> str:
    """The code of the unit that a person wrote; a piece when the word is not known. [BT-130]"""
    return _units().get(_plain(word), PIECE)


def required_note(subject: str, customer: CustomerKind, on: date) -> str:
    """What a note says on an invoice that prints nothing of its subject. Raises Stop `legal_data_missing`."""
    for note in _data()["note"]:
        if note["subject"] == subject and note["customer"] == customer and _in_force(note, on):
            return str(note["text"])
    raise Stop(f"Aucun texte n’est connu pour la note {subject} au {on}.", code="legal_data_missing")


def _in_force(note: dict[str, Any], on: date) -> bool:
    return bool(note["valid_from"] <= on <= note.get("valid_to", on))


def _plain(word: str) -> str:
    """Without case, accents, dots, spaces around and a plural « s »: « Journées. » is « journee »."""
    bare = "".join(c for c in unicodedata.normalize("NFD", word.casefold()) if not unicodedata.combining(c))
    words = bare.replace("’", "'").replace(".", "").split()
    return " ".join(each.removesuffix("s") if len(each) > 3 else each for each in words)


@cache
def _units() -> dict[str, str]:
    return {_plain(word): code for code, words in _load("unit_codes.toml").items() for word in words}


@cache
def _data() -> dict[str, Any]:
    return _load("einvoice.toml")


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads((files("relance") / "resources" / "legal" / name).read_text(encoding="utf-8"))
