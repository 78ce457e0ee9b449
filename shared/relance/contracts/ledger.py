"""The ledger of sales as a file for a spreadsheet, line by line, where `csv_file` wants the whole of it. [F-02]

A cell that begins like a formula is text.
"""

from collections.abc import Sequence

from relance.domain.bookkeeping.sales_ledger import HEADER
from relance.domain.spreadsheet import csv_file

_MARK = b"\xef\xbb\xbf"
LEDGER_HEADER = csv_file(HEADER, [])


def csv_row(cells: Sequence[str]) -> bytes:
    """One line, its cells safe."""
    return csv_file(cells, []).removeprefix(_MARK)
