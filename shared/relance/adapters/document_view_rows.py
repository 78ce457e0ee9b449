"""The table of a document: the columns that it needs, its lines in their sections, and what is said of each.

A column that would say nothing is left out; figures are never cut, so their column is as wide as the longest. What does
not fit beside a readable description goes below it (`stacked`). [Q-06, KX-03, PF-11]
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from relance.adapters.designs import Look
from relance.adapters.wording import Wording
from relance.domain.content import DocumentContent
from relance.domain.lines import Discount, Line
from relance.domain.vat import VatTreatment

LONG_LINE = 600  # characters from which a line of the table may be cut by the end of a page
MAX_HEADING = 120  # characters above which a first paragraph is text and not a heading
MAX_UNIT_MM = 22.0  # units may be cut between words
TABLE_MM = 178.0
READABLE_MM = 56.0  # a description column narrower than this goes above its figures instead


@dataclass(frozen=True, slots=True)
class Column:
    """One column after the description: its head, its side, and a width that its longest cell fits on one line."""

    head: str
    side: str
    width_mm: float


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; `cells` are in the order of `Table.columns`.

    `section` is a heading that starts above it, `before` a text above it, `remarks` what is said under its heading
    (reference, option, bounds), `subtotal` what its section comes to when it is the last one of it. What `counts` not
    is an option that is not part of the totals.
    """

    heading: str
    details: str
    cells: tuple[str, ...]
    long: bool
    section: str = ""
    before: str = ""
    remarks: tuple[str, ...] = ()
    subtotal: tuple[str, str] | None = None
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows; `stacked` when the figures leave no room for the descriptions beside them."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    stacked: bool


def table(content: DocumentContent, words: Wording, look: Look) -> Table:
    """The table of a document."""
    lines, currency = content.lines, content.currency
    wanted = [(words.quantity, "right", [words.decimal(line.quantity) for line in lines])]
    if any(line.unit for line in lines):
        wanted.append((words.unit, "left", [line.unit for line in lines]))
    wanted.append((words.price, "right", [words.unit_price(line.unit_price, currency) for line in lines]))
    if any(line.discount_amount for line in lines):
        wanted.append((words.discount, "right", [_discount(line.discount, words, currency) for line in lines]))
    if any(line.vat.rate_bp for line in lines) or len(content.totals.subtotals) > 1:
        wanted.append((words.vat, "right", [_rate(line.vat, words) for line in lines]))
    totals = [words.free if line.is_free else words.money(line.net, currency) for line in lines]
    wanted.append((words.net, "right", totals))
    columns = tuple(Column(head, side, _width(head, side, cells, look)) for head, side, cells in wanted)
    figures = list(zip(*(cells for _, _, cells in wanted), strict=True))
    return Table(
        columns=columns,
        rows=tuple(_rows(lines, figures, words, currency)),
        stacked=sum(column.width_mm for column in columns) > TABLE_MM - READABLE_MM,
    )


def _rows(lines: Sequence[Line], figures: Sequence[tuple[str, ...]], words: Wording, currency: str) -> Iterator[Row]:
    """Neighbours of one section get its heading above the first and its subtotal below the last."""
    for section, members in groupby(zip(lines, figures, strict=True), key=lambda pair: pair[0].section):
        pairs = list(members)
        rows = [_row(line, cells, words) for line, cells in pairs]
        if section:
            net = sum(line.net for line, _ in pairs if line.counts)
            rows[0] = replace(rows[0], section=section)
            rows[-1] = replace(rows[-1], subtotal=(words.subtotal.format(section), words.money(net, currency)))
        yield from rows


def _row(line: Line, cells: tuple[str, ...], words: Wording) -> Row:
    text = line.description.strip()
    heading, _, details = text.partition("\n")
    if len(heading) > MAX_HEADING:
        heading, details = "", text
    return Row(
        heading=heading,
        details=details.strip(),
        cells=cells,
        long=len(text) > LONG_LINE,
        before=line.text_before.strip(),
        remarks=tuple(_remarks(line, words)),
        counts=line.counts,
    )


def _remarks(line: Line, words: Wording) -> Iterator[str]:
    if line.reference:
        yield words.reference.format(line.reference)
    if line.is_option:
        yield words.option_in if line.is_chosen else words.option_out
    if line.min_quantity is not None and line.max_quantity is not None:
        yield words.adjustable.format(words.decimal(line.min_quantity), words.decimal(line.max_quantity))


def _width(head: str, side: str, cells: Sequence[str], look: Look) -> float:
    widest = max(map(look.cell_mm, cells), default=0.0)
    if side == "left":
        widest = min(widest, MAX_UNIT_MM)
    return round(max(widest, look.head_mm(head)) + look.padding_mm, 1)


def _discount(discount: Discount | None, words: Wording, currency: str) -> str:
    if discount is None or not (discount.amount or discount.percent_bp):
        return ""
    return f"−{words.money(discount.amount, currency) if discount.amount else words.rate(discount.percent_bp)}"


def _rate(vat: VatTreatment, words: Wording) -> str:
    return words.rate(vat.rate_bp) if vat.rate_bp or not vat.reason else "—"
