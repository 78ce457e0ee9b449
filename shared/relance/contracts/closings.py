"""Closings on the wire: one by one as JSON, as a table for a spreadsheet. Amounts are in euros. [AF-05, K-03]"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final

import msgspec

from relance.domain.calendar_fr import PARIS
from relance.domain.closing import Closing
from relance.domain.closing_words import KINDS, cash, period_name, rank, total_name, turnover
from relance.domain.money import format_amount
from relance.domain.spreadsheet import csv_file

HEADER: Final = (
    "Nature",
    "Période",
    "Du",
    "Au",
    "Premier événement",
    "Dernier événement",
    "Chiffre d’affaires HT",
    "TVA",
    "Chiffre d’affaires TTC",
    "Encaissé net",
    "Cumul de l’exercice, CA TTC",
    "Cumul de l’exercice, encaissé net",
    "Total perpétuel, CA TTC",
    "Total perpétuel, encaissé net",
    "Clos le (heure de Paris)",
    "Événement de clôture",
    "Empreinte SHA-256",
)


class ClosingView(msgspec.Struct, frozen=True, kw_only=True):
    """A period that is over, from the first day to the last; instants are UTC. It covers events `first_seq` to
    `last_seq`, none when the last is one less. Totals go by name: `invoiced_net_s_2000`, `received_cash`, …: those of
    the period, since the accounting year began (`cumulated`), and since the first event (`perpetual`, never reset).
    `hash` is that of the event `seq`, which holds all this in the chain.
    """

    id: str
    kind: str
    label: str
    name: str
    first_day: date
    last_day: date
    opens_at: datetime
    closes_at: datetime
    closed_at: datetime
    first_seq: int
    last_seq: int
    seq: int
    hash: str
    totals: dict[str, str]
    cumulated: dict[str, str]
    perpetual: dict[str, str]


class ClosingPage(msgspec.Struct, frozen=True):
    """Of one kind, the latest first; of all kinds the accounting years, then the months, then the days."""

    items: tuple[ClosingView, ...]
    cursor: str | None


class LastClosingView(msgspec.Struct, frozen=True):
    """The last day that was closed: its label and the event that says so."""

    label: str
    closed_at: datetime
    seq: int


def closing_view(closing: Closing) -> ClosingView:
    """One closing."""
    return ClosingView(
        id=closing.id,
        kind=closing.kind.value,
        label=closing.label,
        name=period_name(closing),
        first_day=closing.first,
        last_day=closing.last,
        opens_at=closing.opens_at,
        closes_at=closing.closes_at,
        closed_at=closing.closed_at,
        first_seq=closing.first_seq,
        last_seq=closing.last_seq,
        seq=closing.seq,
        hash=closing.hash,
        totals=_amounts(closing.totals),
        cumulated=_amounts(closing.cumulated),
        perpetual=_amounts(closing.perpetual),
    )


def last_closing_view(closing: Closing | None) -> LastClosingView | None:
    """The last day that was closed, if any was."""
    return LastClosingView(closing.label, closing.closed_at, closing.seq) if closing else None


def closings_csv(closings: Sequence[Closing]) -> bytes:
    """One line per closing, the oldest first: what it covers, three totals, then each total in a column of its own."""
    names = sorted({name for closing in closings for name in closing.totals}, key=rank)
    header = (*HEADER, *(total_name(name) for name in names))
    return csv_file(header, [_row(closing, names) for closing in sorted(closings, key=lambda closing: closing.seq)])


def _row(closing: Closing, names: Sequence[str]) -> tuple[str, ...]:
    three = (closing.totals, closing.cumulated, closing.perpetual)
    return (
        KINDS[closing.kind],
        period_name(closing),
        f"{closing.first:%d/%m/%Y}",
        f"{closing.last:%d/%m/%Y}",
        str(closing.first_seq) if closing.last_seq >= closing.first_seq else "",
        str(closing.last_seq) if closing.last_seq >= closing.first_seq else "",
        *(_euros(turnover(closing.totals, part)) for part in ("net", "vat")),
        *(_euros(amount) for totals in three for amount in (turnover(totals), cash(totals))),
        f"{closing.closed_at.astimezone(PARIS):%d/%m/%Y %H:%M:%S}",
        str(closing.seq),
        closing.hash,
        *(_euros(closing.totals.get(name, 0)) for name in names),
    )


def _amounts(totals: Mapping[str, int]) -> dict[str, str]:
    return {name: format_amount(totals[name]) for name in sorted(totals)}


def _euros(cents: int) -> str:
    return format_amount(cents).replace(".", ",")
