"""What may be exported, for which days, under which name; and alarms that are told once. [AF-07, AF-11]"""

from dataclasses import replace
from datetime import date

import pytest

from relance.domain.archive_alarm import MAX_CHARACTERS, MAX_TOLD, alarm_id, told
from relance.domain.archive_export import ArchiveExport, ExportState, Period, period_of
from relance.domain.errors import Invalid
from tests.builders import TENANT, an_instant


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 1, 1), date(2026, 12, 31)),
        (date(2026, 4, 1), date(2027, 3, 31)),
        (date(2028, 2, 29), date(2029, 2, 28)),
        (date(2026, 3, 29), date(2026, 3, 29)),
    ],
)
def test_a_period_of_a_year_at_most_is_taken(first: date, last: date) -> None:
    """[AF-07]"""
    assert period_of(first, last) == Period(first, last)


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        (date(2026, 1, 1), date(2027, 1, 1), "period_too_long"),
        (date(2028, 2, 29), date(2029, 3, 1), "period_too_long"),
        (date(2026, 1, 2), date(2026, 1, 1), "period_backwards"),
    ],
)
def test_a_longer_or_backward_period_is_refused(first: date, last: date, code: str) -> None:
    """[AF-07]"""
    with pytest.raises(Invalid) as refusal:
        period_of(first, last)
    assert [(fault.pointer, fault.code) for fault in refusal.value.faults] == [("/to", code)]


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)])
def test_a_day_is_as_long_as_in_paris(day: date, hours: int) -> None:
    period = Period(day, day)
    assert period.until_ms - period.from_ms == hours * 3_600_000


def test_an_export_of_the_first_release_is_made_and_found_under_its_id() -> None:
    """What was stored yesterday has neither state nor file."""
    old = ArchiveExport(TENANT, "exp_1", 1, an_instant(), "user:1", 18, "ab", 20, 1000, "cd")
    assert (old.state, old.stored_name) == (ExportState.MADE, "exp_1.zip")
    assert replace(old, file="exp_1.0a.zip").stored_name == "exp_1.0a.zip"


def test_the_same_faults_are_one_alarm_in_any_order_and_others_another() -> None:
    assert alarm_id(5, ("a", "b")) == alarm_id(5, ("b", "a")) != alarm_id(6, ("a", "b"))
    assert alarm_id(5, ("a",)) != alarm_id(5, ("b",))


def test_of_thousands_of_faults_the_first_are_kept_and_long_ones_cut() -> None:
    kept = told(tuple(["x" * 1000] * 1000))
    assert (len(kept), len(kept[0])) == (MAX_TOLD, MAX_CHARACTERS)
