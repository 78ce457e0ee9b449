"""Days, months and accounting years of a journal: what is open, and what ends with a day of the calendar in Paris.

A day runs from one midnight in Paris to the next (23 to 25 hours), a month from its first day to its last, a year of
accounting up to the day before the one that the company's settings name. When that setting changes, the open year ends
on the next such day: it is shorter or longer once, as an accounting year that a company moves is. [AF-05, CY-01]
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from enum import StrEnum
from typing import Final

from relance.domain.calendar_fr import at_paris, to_ms

CIVIL_YEAR: Final = "01-01"
_DAY: Final = timedelta(days=1)


class PeriodKind(StrEnum):
    """The three that the law wants closed, in the order in which they are."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Period:
    """Civil days `first` to `last`, both within it."""

    kind: PeriodKind
    first: date
    last: date

    @property
    def label(self) -> str:
        """`2026-11-21`, `2026-11`, and for an accounting year the day on which it ends, as accountants call it."""
        return self.last.isoformat()[:7] if self.kind is PeriodKind.MONTH else self.last.isoformat()

    @property
    def opens_at_ms(self) -> int:
        """Its first instant."""
        return midnight_ms(self.first)

    @property
    def closes_at_ms(self) -> int:
        """The first instant after it."""
        return midnight_ms(self.last + _DAY)


@dataclass(frozen=True, slots=True)
class Running:
    """A period that is not over: the first event that it covers, and what its events count so far, in cents."""

    first_seq: int
    totals: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OpenPeriods:
    """The open day, month and accounting year of one journal.

    `today` is the open day, `year_first` the first day of the open year; `year_floor` the day after the last year that
    was closed, before which no other may begin.
    """

    today: date
    year_first: date
    day: Running
    month: Running
    year: Running
    fiscal_year_start: str = CIVIL_YEAR
    year_floor: date | None = None

    def ending(self) -> tuple[Period, ...]:
        """What ends with the open day: itself, at the end of a month the month, at the end of the year the year."""
        today, tomorrow = self.today, self.today + _DAY
        ending = [Period(PeriodKind.DAY, today, today)]
        if tomorrow.day == 1:
            ending.append(Period(PeriodKind.MONTH, today.replace(day=1), today))
        if _is_first_day(tomorrow, self.fiscal_year_start):
            ending.append(Period(PeriodKind.YEAR, self.year_first, today))
        return tuple(ending)

    def running(self, kind: PeriodKind) -> Running:
        """The open period of that kind."""
        return {PeriodKind.DAY: self.day, PeriodKind.MONTH: self.month, PeriodKind.YEAR: self.year}[kind]

    def counting(self, amounts: Mapping[str, int]) -> "OpenPeriods":
        """With these cents in each of the three."""
        day, month, year = (_plus(running, amounts) for running in (self.day, self.month, self.year))
        return replace(self, day=day, month=month, year=year)

    def next_day(self, first_seq: int) -> "OpenPeriods":
        """The open day is over; what ended with it begins again, with the event `first_seq`."""
        ended = {period.kind for period in self.ending()}
        tomorrow, fresh = self.today + _DAY, Running(first_seq)
        new_year = PeriodKind.YEAR in ended
        return replace(
            self,
            today=tomorrow,
            day=fresh,
            month=fresh if PeriodKind.MONTH in ended else self.month,
            year=fresh if new_year else self.year,
            year_first=tomorrow if new_year else self.year_first,
            year_floor=tomorrow if new_year else self.year_floor,
        )

    def with_fiscal_year_start(self, start: str) -> "OpenPeriods":
        """The setting changed to `MM-DD`. A year in which nothing counts yet begins where the new setting says."""
        year_first = self.year_first
        if not self.year.totals:
            year_first = max(first_day_of_year(self.today, start), self.year_floor or date.min)
        return replace(self, fiscal_year_start=start, year_first=year_first)


def opened(today: date, fiscal_year_start: str, first_seq: int) -> OpenPeriods:
    """The three periods of a journal of which the first event that will be closed is `first_seq`, on `today`."""
    fresh = Running(first_seq)
    return OpenPeriods(today, first_day_of_year(today, fiscal_year_start), fresh, fresh, fresh, fiscal_year_start)


def first_day_of_year(day: date, fiscal_year_start: str) -> date:
    """The last `MM-DD` that is not after `day` (never 29 February: `fiscal_year_start_fault`)."""
    month, first = (int(part) for part in fiscal_year_start.split("-"))
    start = date(day.year, month, first)
    return start if start <= day else date(day.year - 1, month, first)


def midnight_ms(day: date) -> int:
    """When that day begins in Paris, in UTC milliseconds."""
    return to_ms(at_paris(day, time.min))


def _is_first_day(day: date, fiscal_year_start: str) -> bool:
    return day.isoformat()[5:] == fiscal_year_start


def _plus(running: Running, amounts: Mapping[str, int]) -> Running:
    totals = dict(running.totals)
    for name, cents in amounts.items():
        totals[name] = totals.get(name, 0) + cents
    return replace(running, totals=totals)
