"""Entries in the 18 columns of the FEC: tabs, one header line, dates AAAAMMJJ, decimal commas, ISO 8859-15. [F-01]

LPF art. A47 A-1 III, VI and VII, checked 2026-11: of the character sets that it allows (ASCII, ISO 8859-15, EBCDIC) the
second has all of French; what it lacks is written by the nearest letters. Names of fields and their order are those of
the article. `EcritureLet` and `DateLet` stay empty: matching payments with invoices is the accountant's work.
"""

import unicodedata
from collections.abc import Iterator
from typing import Final

from relance.domain.bookkeeping.entries import Entry, Posting

COLUMNS: Final = (
    "JournalCode",
    "JournalLib",
    "EcritureNum",
    "EcritureDate",
    "CompteNum",
    "CompteLib",
    "CompAuxNum",
    "CompAuxLib",
    "PieceRef",
    "PieceDate",
    "EcritureLib",
    "Debit",
    "Credit",
    "EcritureLet",
    "DateLet",
    "ValidDate",
    "Montantdevise",
    "Idevise",
)
HEADER: Final = "\t".join(COLUMNS) + "\r\n"


ENCODING: Final = "iso8859-15"
_NEAREST: Final = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "“": '"',
        "”": '"',
        "–": "-",
        "—": "-",
        "−": "-",
        "…": "...",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
    }
)


def encode(text: str) -> bytes:
    """In the character set of the article. A letter that it lacks loses its accents; anything else is « ? »."""
    try:
        return text.encode(ENCODING)
    except UnicodeEncodeError:
        return b"".join(map(_encoded, text.translate(_NEAREST)))


def _encoded(character: str) -> bytes:
    try:
        return character.encode(ENCODING)
    except UnicodeEncodeError:
        bare = unicodedata.normalize("NFKD", character).encode("ascii", "ignore")
        return bare or b"?"


def fec_lines(entry: Entry) -> Iterator[str]:
    """The lines of one entry, each with its line ending."""
    for posting in entry.postings:
        yield "\t".join(_field(value) for value in _values(entry, posting)) + "\r\n"


def _values(entry: Entry, posting: Posting) -> tuple[str, ...]:
    party = posting.party
    recorded = f"{entry.on:%Y%m%d}"
    return (
        entry.journal.code,
        entry.journal.label,
        str(entry.number),
        recorded,
        posting.account.number,
        posting.account.label,
        party.number if party else "",
        party.name if party else "",
        entry.piece,
        f"{entry.piece_date:%Y%m%d}",
        entry.label,
        amount(posting.debit),
        amount(posting.credit),
        "",
        "",
        recorded,
        amount(posting.foreign) if posting.foreign else "",
        entry.currency if posting.foreign else "",
    )


def amount(cents: int) -> str:
    """`1234,56`; `-0,05`."""
    euros, hundredths = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{euros},{hundredths:02d}"


def _field(text: str) -> str:
    """Without what separates fields and lines, nor any character that is not printed."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
