"""Time: the system's, or a file's that may run fast, stand still or be moved while we look at it."""

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from relance.adapters.clock import FileClock, SystemClock, clock

ORIGIN = datetime(2027, 1, 15, 8, tzinfo=UTC)


def write(path: Path, *, shows: datetime, rate: float) -> None:
    partial = path.with_suffix(".tmp")
    partial.write_text(json.dumps({"origin_real": time.time(), "origin_sim": shows.timestamp(), "rate": rate}))
    partial.replace(path)


def test_the_system_s_clock_is_utc_to_the_millisecond() -> None:
    now = SystemClock().now()
    assert now.tzinfo is UTC
    assert now.microsecond % 1000 == 0
    assert abs(now - datetime.now(UTC)) < timedelta(seconds=1)


def test_a_clock_that_stands_still_shows_one_instant(tmp_path: Path) -> None:
    write(tmp_path / "clock.json", shows=ORIGIN, rate=0)
    still = FileClock(tmp_path / "clock.json")
    assert still.now() == still.now() == ORIGIN


def test_a_fast_clock_runs_ahead_at_its_rate(tmp_path: Path) -> None:
    write(tmp_path / "clock.json", shows=ORIGIN, rate=86_400)
    fast = FileClock(tmp_path / "clock.json")
    first = fast.now()
    time.sleep(0.05)
    assert timedelta(hours=1) < fast.now() - first < timedelta(days=5)


def test_a_move_is_seen_at_the_next_look(tmp_path: Path) -> None:
    write(tmp_path / "clock.json", shows=ORIGIN, rate=0)
    moved = FileClock(tmp_path / "clock.json")
    moved.now()
    write(tmp_path / "clock.json", shows=ORIGIN + timedelta(days=30), rate=0)
    assert moved.now() == ORIGIN + timedelta(days=30)


def test_an_instant_to_wait_for_is_read_on_the_same_clock(tmp_path: Path) -> None:
    """The local cloud's state machine waits on the file itself: a converted instant would miss every later move."""
    write(tmp_path / "clock.json", shows=ORIGIN, rate=3600)
    for any_clock in (SystemClock(), FileClock(tmp_path / "clock.json")):
        assert any_clock.to_real(ORIGIN) == ORIGIN


def test_the_deployment_says_which_clock_it_is(tmp_path: Path) -> None:
    assert isinstance(clock(""), SystemClock)
    assert isinstance(clock(str(tmp_path / "clock.json")), FileClock)


def test_a_clock_without_its_file_fails_and_does_not_guess(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        FileClock(tmp_path / "gone.json").now()
