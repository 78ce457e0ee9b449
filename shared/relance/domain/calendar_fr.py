"""Civil time in France: instants are UTC milliseconds, decisions are taken on Europe/Paris dates and hours."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def to_ms(instant: datetime) -> int:
    """An aware instant as integer milliseconds since 1970, truncated."""
    delta = instant - datetime(1970, 1, 1, tzinfo=UTC)
    return delta // timedelta(milliseconds=1)


def from_ms(ms: int) -> datetime:
    """The UTC instant of integer milliseconds since 1970; the inverse of `to_ms`."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)


def civil_date(instant: datetime) -> date:
    """The date that a calendar on a wall in Paris shows at `instant`."""
    return instant.astimezone(PARIS).date()


def at_paris(day: date, hour: time) -> datetime:
    """The UTC instant of a wall-clock hour in Paris; an hour skipped by daylight saving is read as one hour later."""
    return datetime.combine(day, hour, tzinfo=PARIS).astimezone(UTC)


@lru_cache(maxsize=16)
def _holidays(year: int) -> frozenset[date]:
    import holidays  # noqa: PLC0415 - 115 modules, and most functions (the pixel above all) never ask

    return frozenset(holidays.country_holidays("FR", years=year))


def is_working_day(day: date) -> bool:
    """Monday to Friday and none of the 11 legal holidays (Code du travail L3133-1, checked 2026-11). [DR-06]"""
    return day.weekday() < 5 and day not in _holidays(day.year)


def next_working_day(day: date) -> date:
    """`day` itself when it is worked, else the first one after it. [DR-06]"""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day
