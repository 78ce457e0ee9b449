"""What a person types to sign: his name, and « Bon pour accord » by his own hand on the keyboard.

A typed text is cleaned before it becomes evidence: control and format characters go (some of them reorder or hide what
is read, Unicode TR 36, checked 2026-11), every kind of space is a space, letters are composed (NFC). [Q-04]
"""

import unicodedata
from typing import Final

from relance.domain.errors import Fault, Invalid

MENTION: Final = "Bon pour accord"
MAX_NAME: Final = 100
MAX_TEXT: Final = 2_000


def require_signed(name: str, mention: str) -> tuple[str, str]:
    """Name and mention as typed, cleaned. Raises Invalid with a fault for each that is wrong."""
    clean, faults = one_line(name), []
    if not any(c.isalpha() for c in clean):
        faults.append(Fault("/name", "Indiquez votre nom et votre prénom.", "missing"))
    elif len(clean) > MAX_NAME:
        faults.append(Fault("/name", f"{MAX_NAME} caractères au plus.", "too_long"))
    if not is_mention(mention):
        faults.append(Fault("/mention", f"Recopiez exactement\u00a0: {MENTION}", "mention"))
    if faults:
        raise Invalid("Il manque quelque chose pour accepter ce devis.", faults=faults)
    return clean, one_line(mention)


def is_mention(typed: str) -> bool:
    """Whether « Bon pour accord » was written, whatever its case, spaces, quotation marks and final point."""
    return one_line(typed).strip(" «»“”\"'.!").casefold() == MENTION.casefold()


def one_line(text: str) -> str:
    """The text on one line, its spaces single."""
    visible = "".join(" " if c.isspace() else c for c in unicodedata.normalize("NFC", text))
    return " ".join("".join(c for c in visible if unicodedata.category(c)[0] != "C").split())


def several_lines(text: str, pointer: str) -> str:
    """The text line by line. Raises Invalid at `pointer` beyond 2,000 characters."""
    clean = "\n".join(one_line(line) for line in text.splitlines()).strip()
    if len(clean) > MAX_TEXT:
        raise Invalid("Ce texte est trop long.", faults=[Fault(pointer, f"{MAX_TEXT} caractères au plus.", "too_long")])
    return clean
