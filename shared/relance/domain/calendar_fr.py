"""Civil time in France: instants are UTC milliseconds, decisions are taken on Europe/Paris dates and hours."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)


def to_ms(instant: datetime) -> int:
    """An aware instant as integer milliseconds since 1970, truncated."""
    return (instant - _EPOCH) // _MS


def from_ms(ms: int) -> datetime:
    """The UTC instant of integer milliseconds since 1970; the inverse of `to_ms`."""
    return _EPOCH + timedelta(milliseconds=ms)


def civil_date(instant: datetime) -> date:
    """The date that a calendar on a wall in Paris shows at `instant`."""
    return instant.astimezone(PARIS).date()


def at_paris(day: date, hour: time) -> datetime:
    """The UTC instant of a wall-clock hour in Paris; an hour skipped by daylight saving is read as one hour later."""
    return datetime.combine(day, hour, tzinfo=PARIS).astimezone(UTC)


@lru_cache(maxsize=64)
def _holidays(year: int, area: str) -> frozenset[date]:
    import holidays  # noqa: PLC0415 - 115 modules, and most functions (the pixel above all) never ask

    return frozenset(holidays.country_holidays("FR", subdiv=area or None, years=year))


_AREAS = {"57": "57", "67": "6AE", "68": "6AE", "971": "971", "972": "972", "973": "973", "974": "974", "976": "976"}


def holiday_area(postcode: str) -> str:
    """Where other days are holidays too, by postcode, as an ISO 3166-2:FR code; "" elsewhere in France. [DR-06]

    Good Friday and 26 December in Moselle and Alsace (Code du travail L3134-13), the abolition of slavery overseas
    (L3422-2). Checked 2026-11.
    """
    return _AREAS.get(postcode[:3]) or _AREAS.get(postcode[:2]) or ""


def is_working_day(day: date, area: str = "") -> bool:
    """Monday to Friday and none of the 11 legal holidays (Code du travail L3133-1, checked 2026-11). [DR-06]

    `area` (`holiday_area`) adds its own.
    """
    return day.weekday() < 5 and day not in _holidays(day.year, area)


def next_working_day(day: date, area: str = "") -> date:
    """`day` itself when it is worked, else the first one after it. [DR-06]"""
    while not is_working_day(day, area):
        day += timedelta(days=1)
    return day


def working_days_after(day: date, count: int, area: str = "") -> date:
    """The `count`-th working day after `day`. [DR-02]"""
    for _ in range(count):
        day = next_working_day(day + timedelta(days=1), area)
    return day
