"""The head of a journal, as its events alone make it.

What each writer computed and stored (counters, dates, perpetual totals, open periods) follows from the lines; so a head
that is lost is made again, and one that is there can be held against them. [AR-02, AF-05, N-01]
"""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Final

from relance.domain.calendar_fr import civil_date, from_ms
from relance.domain.chain.canonical import Json
from relance.domain.chain.event import Event
from relance.domain.closing import CLOSED
from relance.domain.history import IMPORTED
from relance.domain.journal import Head, add_totals
from relance.domain.periods import CIVIL_YEAR, OpenPeriods, opened
from relance.resources import verify_archive

_WORDS: Final = {
    "seq": "le rang du dernier événement",
    "last_hash": "l’empreinte du dernier événement",
    "last_at_ms": "l’instant du dernier événement",
    "counters": "les compteurs de numérotation",
    "last_dates": "la dernière date de chaque série",
    "totals": "les totaux perpétuels",
    "periods": "les périodes ouvertes",
}


class HeadFold:
    """The head as its events make it: what the writer of each left. The stored head is nothing but this fold."""

    def __init__(self) -> None:
        self.head = Head()
        self._fiscal_year_start = CIVIL_YEAR

    def take(self, event: Event) -> None:
        """One more event, the next."""
        head, data = self.head, event.data
        periods = head.periods
        raw = verify_archive.parse_line(event.line)
        is_settings = event.type == "settings.changed"
        if is_settings:
            self._fiscal_year_start = str(data.get("fiscal_year_start", self._fiscal_year_start))
        if periods is None and raw["v"] > 1:
            periods = opened(civil_date(from_ms(event.at_ms)), self._fiscal_year_start, event.seq)
        if periods is not None and event.type == CLOSED:
            periods = _closed(periods, data)
        elif periods is not None and is_settings:
            periods = periods.with_fiscal_year_start(self._fiscal_year_start)
        counters, dates = dict(head.counters), dict(head.last_dates)
        series, rank = data.get("series"), data.get("rank")
        # A later version of a quote keeps its number: it takes none.
        if isinstance(series, str) and isinstance(rank, int) and rank > counters.get(series, 0):
            counters[series], dates[series] = rank, civil_date(from_ms(event.at_ms)).isoformat()
        for start in raw["data"]["series"] if event.type == IMPORTED else ():
            counters[start["series"]] = start["rank"]
            dates[start["series"]] = civil_date(from_ms(event.at_ms)).isoformat()
        after = replace(
            head,
            seq=event.seq,
            last_hash=event.hash,
            last_at_ms=event.at_ms,
            counters=counters,
            last_dates=dates,
            periods=periods,
        )
        self.head = add_totals(after, verify_archive.counted(raw))


def disagreements(stored: Head, folded: Head) -> tuple[str, ...]:
    """What of a stored head its events do not say, in French; nothing when it is their fold."""
    names = [field.name for field in fields(Head) if getattr(stored, field.name) != getattr(folded, field.name)]
    return tuple(_WORDS[name] for name in names)


def _closed(periods: OpenPeriods, data: Mapping[str, Json]) -> OpenPeriods:
    """After a closing: the next day begins with the last of those that end with this one."""
    if data["kind"] != periods.ending()[-1].kind:
        return periods
    last_seq = data["last_seq"]
    assert isinstance(last_seq, int), "the archive was verified"
    return periods.next_day(last_seq + 1)
