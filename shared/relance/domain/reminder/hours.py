"""When a reminder may leave: working days, 08:30 to 18:30 in Paris, summer and winter alike. [DR-06, DR-07]

Sending the document itself is not a reminder: it leaves when its author asks for it.
"""

from datetime import date, datetime, time, timedelta
from typing import Final

from relance.domain.calendar_fr import PARIS, at_paris, civil_date, next_working_day

OPENS: Final = time(8, 30)
CLOSES: Final = time(18, 30)


def next_open(instant: datetime) -> datetime:
    """The first instant, `instant` itself or later (UTC), at which a reminder may leave. 18:30 sharp is too late."""
    day = civil_date(instant)
    worked = next_working_day(day)
    if worked != day:
        return at_paris(worked, OPENS)
    hour = instant.astimezone(PARIS).time()
    if hour < OPENS:
        return at_paris(day, OPENS)
    if hour >= CLOSES:
        return at_paris(next_working_day(day + timedelta(days=1)), OPENS)
    return instant


def planned(day: date, hour: time) -> datetime:
    """The instant (UTC) of a step meant for `day` at `hour`: moved to the next open one when nobody works then."""
    return next_open(at_paris(next_working_day(day), hour))
