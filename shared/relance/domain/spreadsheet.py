"""CSV that a French spreadsheet opens by a double click and that cannot run anything in it.

UTF-8 with a byte order mark, semicolons, decimal commas, CRLF. A cell that begins like a formula (`=`, `+`, `-`, `@`, a
tab or a line end) is a formula to a spreadsheet, and `=HYPERLINK(…)` may be a customer's name: such a text gets an
apostrophe in front, which spreadsheets read as « this is text ». Our own numbers keep their sign. OWASP, "CSV
Injection", checked 2026-11.
"""

import csv
import re
from collections.abc import Iterable, Sequence
from typing import Final

_NUMBER: Final = re.compile(r"-?[0-9]+(,[0-9]+)?")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_file(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """The file. Cells are texts; numbers are written with a decimal comma."""
    text = _Text()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerows([safe(cell) for cell in row] for row in (header, *rows))
    return b"\xef\xbb\xbf" + "".join(text.parts).encode()


class _Text:
    """What the writer of CSV asks of a file, and no more."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.write = self.parts.append


def safe(cell: str) -> str:
    """The cell as text, whatever it begins with; spaces in front do not hide a formula."""
    if _NUMBER.fullmatch(cell) or not cell.lstrip(" \u00a0\u202f").startswith(_FORMULA):
        return cell
    return f"'{cell}"
