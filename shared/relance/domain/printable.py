"""What can be printed: a document that no font or page could hold is refused before it takes a number.

A glyph that is missing would be a box on a contract, and PDF/A refuses it (ISO 19005-3, 6.2.11.8, checked 2026-11). The
fonts are ours, so what they can draw is known here without reading them: `printable_ranges`.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from relance.domain.chain.canonical import Json
from relance.domain.content import DocumentContent, content_json
from relance.domain.errors import Fault
from relance.domain.printable_ranges import RANGES

MAX_CHARACTERS = 150_000  # of all texts of one document together: about 60 pages, rendered well within the time limit
_WHITE_SPACE = "\n\r\t"  # a line of its own, or a space


def _one_of_none() -> re.Pattern[str]:
    """One character that is neither white space nor drawn by a font of ours."""
    bounds = (word.partition("-") for word in RANGES.split())
    drawn = "".join(f"\\U{int(low, 16):08x}-\\U{int(high or low, 16):08x}" for low, _, high in bounds)
    return re.compile(f"[^{_WHITE_SPACE}{drawn}]")


_FOREIGN = _one_of_none()


def unprintable(text: str) -> str:
    """The characters of `text` that no bundled font draws, each once, in order; "" when all is well."""
    return "".join(dict.fromkeys(_FOREIGN.findall(unicodedata.normalize("NFC", text))))


def printing_faults(content: DocumentContent) -> list[Fault]:
    """Why this document could not be printed: each text with a foreign character, and too much text in all."""
    texts = list(_texts(content_json(content), ""))
    faults = [
        Fault(pointer, f"Ces caractères ne peuvent pas être imprimés : {_named(odd)}. Retirez-les.", "unprintable")
        for pointer, text in texts
        if (odd := unprintable(text))
    ]
    length = sum(len(text) for _, text in texts)
    if length > MAX_CHARACTERS:
        faults.append(
            Fault(
                "", f"Le document compte {length} caractères : {MAX_CHARACTERS} au plus. Raccourcissez-le.", "too_long"
            )
        )
    return faults


def _named(characters: str) -> str:
    return ", ".join(
        f"« {char} » (U+{ord(char):04X})" if char.isprintable() else f"U+{ord(char):04X}" for char in characters
    )


def _texts(value: Json, pointer: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield pointer, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _texts(item, f"{pointer}/{key}")
    elif isinstance(value, Sequence):
        for at, item in enumerate(value):
            yield from _texts(item, f"{pointer}/{at}")
