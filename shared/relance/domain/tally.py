"""What the events of a chain come to, one after the other: what the next closing must say of them.

The writer keeps running totals in the head of his journal and closes with those. Whoever seals the chain adds the
amounts up again, from what the lines print, and does not seal a closing that says something else. Reading what a line
counts is the business of who reads lines: it comes in as an argument. [AF-05, AR-02]
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from relance.domain.calendar_fr import civil_date, from_ms
from relance.domain.chain.canonical import Json, encode
from relance.domain.chain.errors import BrokenChain
from relance.domain.chain.event import Event, Ref
from relance.domain.closing import CLOSED, closing_data, closing_id
from relance.domain.errors import Corrupted
from relance.domain.periods import CIVIL_YEAR, OpenPeriods, Period, PeriodKind, opened

Amounts = Mapping[str, int]
Counted = Callable[[Event], Amounts]
"""What an event adds to the totals, in euro cents. Raises Corrupted when its line does not tell."""

_OF: Final = {PeriodKind.DAY: "de la journée", PeriodKind.MONTH: "du mois", PeriodKind.YEAR: "de l’exercice"}


class WrongClosing(Corrupted):
    """A closing is missing, comes too early, or does not say what the events before it come to."""

    code = "chain.wrong_closing"

    def __init__(self, seq: int, reason: str) -> None:
        super().__init__(f"Événement {seq} : {reason}.")


@dataclass(frozen=True, slots=True)
class Tally:
    """What events 1..`size` come to; amounts in euro cents.

    `periods` are open since the first line of version 2, None before it. `closed` of those that end with the open day
    are closed already; `last_seq` is its last event so far, `ahead` the last event of each later day (ISO 8601) that
    saw closings of earlier ones. `perpetual` counts since the first event; None while only a closing can tell, because
    the chain began when nothing was closed. `lost`: what was sealed before anybody checked does not add up, so nothing
    can be held against it any more; the verifier tells where.
    """

    size: int = 0
    fiscal_year_start: str = CIVIL_YEAR
    periods: OpenPeriods | None = None
    perpetual: Amounts | None = field(default_factory=dict)
    closed: int = 0
    last_seq: int = 0
    ahead: Mapping[str, int] = field(default_factory=dict)
    lost: bool = False


class Tallying:
    """Takes events in order, `size` of the chain so far. What they count is kept apart until somebody asks: most of
    them are no closing.
    """

    def __init__(self, tally: Tally, counted: Counted) -> None:
        self._counted = counted
        self.size, self._last_seq, self._closed = tally.size, tally.last_seq, tally.closed
        self._fiscal, self._perpetual = tally.fiscal_year_start, tally.perpetual
        self._ahead, self._lost = dict(tally.ahead), tally.lost
        self._fresh: dict[str, int] = {}
        self._enter(tally.periods)

    def take(self, event: Event) -> None:
        """One event more, the next. Raises WrongClosing, BrokenChain and what `counted` raises; then take no other."""
        if not self._lost:
            if event.type == "settings.changed":
                self._settings(event)
            if self._periods is None and event.v > 1:
                self._begin(event)
            elif event.v == 1 and self._periods is not None:
                raise BrokenChain(event.seq, "sa ligne est d’une version plus ancienne que celle d’avant")
            if self._periods is None:
                self._perpetual = None  # nothing is closed yet, and lines do not tell what they count
            elif event.type == CLOSED:
                self._check(event, self._counting(self._periods))
            elif event.at_ms >= self._closes_at:
                raise WrongClosing(event.seq, f"la clôture {_named(self._ending[self._closed])} manque avant lui")
            else:
                _add(self._fresh, self._counted(event))
            self._place(event)
        self.size = event.seq

    def tally(self) -> Tally:
        """What was taken so far comes to."""
        periods = self._periods and self._counting(self._periods)
        return Tally(
            self.size,
            self._fiscal,
            periods,
            self._perpetual,
            self._closed,
            self._last_seq,
            dict(self._ahead),
            self._lost,
        )

    def _settings(self, event: Event) -> None:
        self._fiscal = str(event.data.get("fiscal_year_start", self._fiscal))
        if self._periods is not None:
            try:
                self._enter(self._counting(self._periods).with_fiscal_year_start(self._fiscal))
            except ValueError as error:
                raise WrongClosing(event.seq, f"« {self._fiscal} » n’est pas un début d’exercice") from error

    def _begin(self, event: Event) -> None:
        self._enter(opened(civil_date(from_ms(event.at_ms)), self._fiscal, event.seq))
        self._last_seq = event.seq - 1

    def _enter(self, periods: OpenPeriods | None) -> None:
        """These periods are open now."""
        self._periods, self._ending = periods, periods.ending() if periods else ()
        self._closes_at = self._ending[0].closes_at_ms if periods else 0

    def _counting(self, periods: OpenPeriods) -> OpenPeriods:
        """The periods with what is kept apart."""
        if self._fresh:
            periods = self._periods = periods.counting(self._fresh)
            if self._perpetual is not None:
                self._perpetual = _add(dict(self._perpetual), self._fresh)
            self._fresh = {}
        return periods

    def _check(self, event: Event, periods: OpenPeriods) -> None:
        period = self._ending[self._closed]
        if event.at_ms < self._closes_at:
            raise WrongClosing(event.seq, f"une clôture est faite avant la fin {_named(period)}")
        if self._perpetual is None:
            self._perpetual = _told(event.data.get("perpetual"))
        running = periods.running(period.kind)
        expected = closing_data(
            period, running.first_seq, self._last_seq, running.totals, periods.year.totals, self._perpetual
        )
        ref = Ref("period", closing_id(period.kind, period.label))
        if event.ref != ref or encode(dict(event.data)) != encode(expected):  # bytes: python takes true for one
            raise WrongClosing(event.seq, f"la clôture {_named(period)} {_difference(event.data, expected)}")
        self._closed += 1
        if self._closed == len(self._ending):
            following = periods.next_day(self._last_seq + 1)
            self._enter(following)
            self._closed = 0
            self._last_seq = self._ahead.pop(following.today.isoformat(), self._last_seq)

    def _place(self, event: Event) -> None:
        """To which day it belongs."""
        if event.at_ms < self._closes_at:
            self._last_seq = event.seq
        elif self._periods is not None:  # the closing of an earlier day
            self._ahead[civil_date(from_ms(event.at_ms)).isoformat()] = event.seq


def _add(totals: dict[str, int], more: Amounts) -> dict[str, int]:
    for name, cents in more.items():
        totals[name] = totals.get(name, 0) + cents
    return totals


def _told(value: Json) -> dict[str, int]:
    """The perpetual totals that a closing says, where nobody else can know them."""
    found = value if isinstance(value, dict) else {}
    return {name: cents for name, cents in found.items() if type(cents) is int}


def _named(period: Period) -> str:
    return f"{_OF[period.kind]} {period.label}"


def _difference(said: Mapping[str, Json], expected: Mapping[str, Json]) -> str:
    """The first thing that a closing says otherwise."""
    for name in sorted(expected.keys() | said.keys()):
        here, there = said.get(name), expected.get(name)
        if isinstance(here, dict) and isinstance(there, dict):
            for total in sorted(here.keys() | there.keys()):
                if here.get(total) != there.get(total):
                    return f"dit {name}.{total} = {here.get(total)} au lieu de {there.get(total)} (centimes)"
        elif here != there:
            return f"dit {name} = {here} au lieu de {there}"
    return "n’a pas la forme attendue"
