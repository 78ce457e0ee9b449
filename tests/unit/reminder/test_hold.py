"""How long a hold holds, and when a promise turns out not to be kept. [DR-02]"""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from relance.domain.reminder.hold import Hold, HoldKind, broken_on

AT = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
DISPUTE = Hold("hol_1", HoldKind.DISPUTE, AT, "user:louise")
PROMISE = Hold("hol_2", HoldKind.PROMISE, AT, "user:louise", until=date(2026, 12, 24))  # a Thursday
WAIT = Hold("hol_3", HoldKind.MANUAL, AT, "user:louise", until=date(2026, 11, 20))


def noon(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 11, 0, tzinfo=UTC)


def test_a_dispute_holds_until_somebody_decides() -> None:
    assert DISPUTE.last_day() is None
    assert DISPUTE.holds(noon(2030, 1, 1))
    assert not replace(DISPUTE, ended_at=AT, outcome="founded").holds(AT)


@pytest.mark.parametrize(("area", "last"), [("", date(2026, 12, 29)), ("6AE", date(2026, 12, 29))])
def test_a_promise_has_two_working_days_more_than_it_says(area: str, last: date) -> None:
    """Christmas and the weekend are no working days; 26 December is a Saturday this year."""
    assert PROMISE.last_day(area) == last
    assert PROMISE.holds(noon(2026, 12, 29), area)
    assert not PROMISE.holds(noon(2026, 12, 30), area)


def test_an_area_has_holidays_of_its_own() -> None:
    """Good Friday 2027 (26 March) is worked everywhere but in Alsace-Moselle."""
    promise = replace(PROMISE, until=date(2027, 3, 24))
    assert (promise.last_day(), promise.last_day("6AE")) == (date(2027, 3, 26), date(2027, 3, 30))


def test_the_sellers_own_wait_ends_on_its_day() -> None:
    assert WAIT.last_day() == date(2026, 11, 20)
    assert WAIT.holds(noon(2026, 11, 20))
    assert not WAIT.holds(noon(2026, 11, 21))


def test_midnight_is_midnight_in_paris() -> None:
    assert not WAIT.holds(datetime(2026, 11, 20, 23, 30, tzinfo=UTC))  # 00:30 of the 21st


def test_a_promise_is_broken_on_the_day_after_its_last() -> None:
    assert broken_on((DISPUTE, WAIT, PROMISE), noon(2026, 12, 29)) is None
    assert broken_on((DISPUTE, WAIT, PROMISE), noon(2026, 12, 30)) == date(2026, 12, 30)
    assert broken_on((replace(PROMISE, ended_at=AT),), noon(2027, 1, 30)) is None
    later = replace(PROMISE, id="hol_4", until=date(2027, 1, 15))
    assert broken_on((PROMISE, later), noon(2027, 2, 1)) == date(2027, 1, 20)
    assert broken_on((), noon(2027, 2, 1)) is None
