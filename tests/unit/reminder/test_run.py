"""A run from its document's sending to its last turn, and when the sweep must look at it."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from relance.domain.reminder.run import (
    MAX_AGE,
    MAX_WAKES,
    SWEEP_INTERVAL,
    Run,
    RunStatus,
    execution_name,
    is_worn,
    needs_attention,
    new_run,
    succeed,
    wake,
)
from tests.builders import OTHER_TENANT, TENANT
from tests.doubles.outside import START

RUN = new_run(TENANT, "quote", "quo_0000000000000000000000001", "standard.quote@1", START)


def test_a_new_run_is_due_at_once_under_the_scenario_it_pinned() -> None:
    assert (RUN.status, RUN.turn, RUN.next_at, RUN.scenario_id) == (RunStatus.ACTIVE, 1, START, "standard.quote@1")
    assert RUN.is_open


def test_a_run_that_ended_is_not_open() -> None:
    assert not replace(RUN, status=RunStatus.DONE).is_open


@pytest.mark.parametrize(
    ("run", "days", "worn"),
    [
        (RUN, 0, False),
        (replace(RUN, wakes=MAX_WAKES - 1), 0, False),
        (replace(RUN, wakes=MAX_WAKES), 0, True),
        (RUN, MAX_AGE.days - 1, False),
        (RUN, MAX_AGE.days, True),
    ],
)
def test_an_execution_hands_over_after_200_wakes_or_300_days(run: Run, days: int, worn: bool) -> None:
    assert is_worn(run, START + timedelta(days=days)) is worn


def test_the_next_turn_starts_with_fresh_counters() -> None:
    later = START + timedelta(days=301)
    after = succeed(replace(RUN, wakes=200, restarts=2), later)
    assert (after.turn, after.rev, after.wakes, after.turn_started_at, after.restarts) == (2, 2, 0, later, 2)
    assert succeed(RUN, later, restarted=True).restarts == 1


def test_an_answer_wakes_a_run_even_when_it_had_ended() -> None:
    ended = replace(RUN, status=RunStatus.DONE, stop_reason="done", next_at=START + timedelta(days=30), restarts=3)
    woken = wake(ended, START)
    assert (woken.status, woken.turn, woken.next_at, woken.stop_reason, woken.restarts) == (
        RunStatus.ACTIVE,
        2,
        START,
        "",
        0,
    )


@pytest.mark.parametrize(
    ("run", "after", "looks"),
    [
        (RUN, timedelta(), True),
        (replace(RUN, status=RunStatus.STOPPED), timedelta(), False),
        # A run that waits is looked at by the sweep before it is due, not earlier.
        (replace(RUN, next_at=START + timedelta(days=5)), timedelta(), False),
        (replace(RUN, next_at=START + timedelta(days=5)), timedelta(days=5) - 2 * SWEEP_INTERVAL, True),
        (replace(RUN, next_at=START + timedelta(days=5)), timedelta(days=9), True),
        # One that dies again and again is tried less and less often.
        (replace(RUN, restarts=1), timedelta(minutes=14), False),
        (replace(RUN, restarts=1), timedelta(minutes=15), True),
        (replace(RUN, restarts=2), timedelta(minutes=29), False),
        (replace(RUN, restarts=3), timedelta(minutes=60), True),
        (replace(RUN, restarts=500), timedelta(hours=23), False),
        (replace(RUN, restarts=500), timedelta(days=1), True),
    ],
)
def test_the_sweep_looks_at_what_is_due_soon_and_backs_off_from_what_fails(
    run: Run, after: timedelta, looks: bool
) -> None:
    assert needs_attention(run, START + after) is looks


def test_the_name_of_an_execution_is_legal_and_belongs_to_one_turn_of_one_run() -> None:
    names = {
        execution_name(tenant, document_id, turn)
        for tenant in (TENANT, OTHER_TENANT, "t" * 300)
        for document_id in ("quo_0000000000000000000000001", "inv_0000000000000000000000001")
        for turn in (1, 2, 11, 99_999)
    }
    assert len(names) == 24
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,80}", name) for name in names)
