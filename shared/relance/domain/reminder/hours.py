"""When a reminder may leave: working days, 08:30 to 18:30 in Paris, summer and winter alike. [DR-06, DR-07]

Sending the document itself is not a reminder: it leaves when its author asks for it.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final

from relance.domain.calendar_fr import PARIS, at_paris, civil_date, is_working_day

OPENS: Final = time(8, 30)
CLOSES: Final = time(18, 30)
FRIDAY: Final = 4
FORMAL_CLOSES: Final = time(12)  # on a Friday: a formal letter is not read before Monday, with a weekend lost
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Closure:
    """Days on which the seller is away, both included: nobody would answer his customers. [DR-02]"""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Hours:
    """When one customer may be written to: his area's holidays, his seller's absences."""

    area: str = ""
    closures: tuple[Closure, ...] = ()

    def is_open(self, day: date) -> bool:
        """Whether reminders leave on that day at all."""
        return is_working_day(day, self.area) and not any(c.first <= day <= c.last for c in self.closures)

    def next_day(self, day: date) -> date:
        """`day` itself when reminders leave on it, else the first one after it."""
        while not self.is_open(day):
            day += _DAY
        return day

    def next_open(self, instant: datetime, *, formal: bool = False) -> datetime:
        """The first instant, `instant` itself or later (UTC), at which a reminder may leave. 18:30 sharp is too late.

        `formal`: not on a Friday afternoon either. [DR-07]
        """
        day = civil_date(instant)
        opened = self.next_day(day)
        hour = instant.astimezone(PARIS).time() if opened == day else OPENS
        if hour >= (FORMAL_CLOSES if formal and opened.weekday() == FRIDAY else CLOSES):
            return self.next_open(at_paris(self.next_day(opened + _DAY), OPENS), formal=formal)
        if opened == day and hour >= OPENS:
            return instant
        return at_paris(opened, OPENS)

    def planned(self, day: date, hour: time, *, formal: bool = False) -> datetime:
        """The instant (UTC) of a step meant for `day` at `hour`: moved to the next open one when nobody works then."""
        return _planned(self, day, hour, formal)


@lru_cache(maxsize=4096)  # the documents of a firm ask for the same days again and again
def _planned(hours: Hours, day: date, hour: time, formal: bool) -> datetime:
    return hours.next_open(at_paris(hours.next_day(day), hour), formal=formal)


ANY: Final = Hours()


def next_open(instant: datetime) -> datetime:
    """The first instant, `instant` itself or later, at which a reminder may leave anywhere in France."""
    return ANY.next_open(instant)


def planned(day: date, hour: time) -> datetime:
    """The instant of a step meant for `day` at `hour`, anywhere in France."""
    return ANY.planned(day, hour)
