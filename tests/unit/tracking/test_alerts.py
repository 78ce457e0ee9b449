"""When the seller is told of a view: on a person's, once a day and document; hot at two within a day or two minutes."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relance.domain.tracking.alerts import AlertKind, alert_due, is_hot
from relance.domain.tracking.opens import OpenClass, Verdict, Via
from relance.domain.tracking.signals import Signal
from tests.doubles.outside import START

HUMAN = Verdict(OpenClass.HUMAN_PROBABLE, 90, ("gesture",))
NOW = START + timedelta(hours=30)


def view(before: timedelta, seconds: int = 3) -> Signal:
    return Signal(Via.PAGE, NOW - before, HUMAN, seconds=seconds)


def told(*views: Signal, before: tuple[str, ...] = ()) -> str:
    alert = alert_due(views, before, NOW)
    return alert.name if alert else ""


def test_a_first_view_is_told() -> None:
    alert = alert_due([view(timedelta(seconds=5))], (), NOW)
    assert alert is not None
    assert (alert.kind, alert.views, alert.seconds, alert.at) == (AlertKind.VIEWED, 1, 3, NOW - timedelta(seconds=5))
    assert alert.name == "viewed_20261117"


@pytest.mark.parametrize(
    ("views", "before", "expected"),
    [
        ((), (), ""),
        ((view(timedelta(minutes=61)),), (), ""),  # history, not news
        ((view(timedelta(0)),), ("viewed_20261117",), ""),  # once a day
        ((view(timedelta(0)),), ("viewed_20261116",), "viewed_20261117"),  # each day anew
        ((view(timedelta(hours=5)), view(timedelta(0))), (), "hot_20261117"),
        ((view(timedelta(hours=5)), view(timedelta(0))), ("viewed_20261117",), "hot_20261117"),
        ((view(timedelta(hours=5)), view(timedelta(0))), ("hot_20261117",), ""),
        ((view(timedelta(hours=24)), view(timedelta(0))), (), "hot_20261117"),
        ((view(timedelta(hours=24, seconds=1)), view(timedelta(0))), (), "viewed_20261117"),
        ((view(timedelta(0), seconds=120),), ("viewed_20261117",), "hot_20261117"),
        ((view(timedelta(0), seconds=119),), (), "viewed_20261117"),
        ((view(timedelta(0)),), ("hot_20261117",), ""),  # hot says it all
        ((view(timedelta(0)), view(timedelta(seconds=-9))), (), "viewed_20261117"),  # what is not yet counts later
    ],
)
def test_what_is_told_and_what_is_not(views: tuple[Signal, ...], before: tuple[str, ...], expected: str) -> None:
    assert told(*views, before=before) == expected


def test_a_document_was_hot_when_somebody_came_back_within_a_day_or_stayed() -> None:
    day = timedelta(hours=24)
    assert not is_hot([])
    assert not is_hot([view(3 * day), view(timedelta(0))])
    assert is_hot([view(3 * day), view(2 * day), view(timedelta(0))])
    assert is_hot([view(3 * day, seconds=120)])


@settings(max_examples=60)
@given(st.lists(st.integers(0, 3 * 24 * 60), max_size=40))
def test_no_crowd_of_visitors_makes_more_than_two_messages_a_day(minutes: list[int]) -> None:
    names: list[str] = []
    views: list[Signal] = []
    for minute in sorted(minutes):
        now = START + timedelta(minutes=minute)
        views.append(Signal(Via.PAGE, now, HUMAN, seconds=3))
        alert = alert_due(views, names, now)
        if alert is not None:
            names.append(alert.name)
    assert len(set(names)) == len(names)
    days = [name.rpartition("_")[2] for name in names]
    assert all(days.count(day) <= 2 for day in days)
