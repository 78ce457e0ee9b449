from datetime import UTC, date, datetime, time

import pytest

from relance.domain.calendar_fr import at_paris, civil_date, from_ms, is_working_day, next_working_day, to_ms


def test_milliseconds_are_truncated_and_come_back() -> None:
    assert to_ms(datetime(1970, 1, 1, 0, 0, 1, 234_999, tzinfo=UTC)) == 1234
    assert from_ms(1234) == datetime(1970, 1, 1, 0, 0, 1, 234_000, tzinfo=UTC)


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(TypeError):
        to_ms(datetime(2026, 11, 16))  # noqa: DTZ001 - that is the point


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 12, 31, 22, 59, tzinfo=UTC), date(2026, 12, 31)),
        (datetime(2026, 12, 31, 23, 0, tzinfo=UTC), date(2027, 1, 1)),  # winter: UTC+1
        (datetime(2026, 7, 13, 22, 0, tzinfo=UTC), date(2026, 7, 14)),  # summer: UTC+2
    ],
)
def test_the_civil_date_is_that_of_paris_N_03(instant: datetime, day: date) -> None:
    assert civil_date(instant) == day


def test_an_hour_in_paris_becomes_its_instant() -> None:
    assert at_paris(date(2026, 1, 15), time(9)) == datetime(2026, 1, 15, 8, tzinfo=UTC)
    assert at_paris(date(2026, 7, 15), time(9)) == datetime(2026, 7, 15, 7, tzinfo=UTC)


def test_the_hour_that_daylight_saving_skips_is_read_one_hour_later() -> None:
    assert at_paris(date(2026, 3, 29), time(2, 30)) == at_paris(date(2026, 3, 29), time(3, 30))


def test_the_hour_that_comes_twice_is_the_first_one() -> None:
    assert at_paris(date(2026, 10, 25), time(2, 30)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "holiday",
    [
        date(2027, 1, 1),
        date(2027, 3, 29),  # Easter Monday
        date(2025, 5, 1),
        date(2025, 5, 8),
        date(2027, 5, 6),  # Ascension Day
        date(2027, 5, 17),  # Whit Monday
        date(2026, 7, 14),
        date(2025, 8, 15),
        date(2027, 11, 1),
        date(2026, 11, 11),
        date(2026, 12, 25),
    ],
)
def test_the_eleven_legal_holidays_are_not_worked_DR_06(holiday: date) -> None:
    assert holiday.weekday() < 5
    assert not is_working_day(holiday)


def test_weekends_are_not_worked_and_plain_weekdays_are_DR_06() -> None:
    assert [is_working_day(date(2026, 11, day)) for day in (13, 14, 15, 16)] == [True, False, False, True]


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 11, 16), date(2026, 11, 16)),
        (date(2026, 11, 14), date(2026, 11, 16)),
        (date(2027, 1, 1), date(2027, 1, 4)),
        (date(2026, 12, 25), date(2026, 12, 28)),
    ],
)
def test_the_next_working_day_is_the_day_itself_when_worked_DR_06(day: date, worked: date) -> None:
    assert next_working_day(day) == worked
