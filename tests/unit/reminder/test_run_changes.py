"""What people and customers do to a run: each wakes it, none is kept twice or without end. [DR-02, DR-04, KB-03]"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from relance.domain.errors import Conflict, NotFound
from relance.domain.reminder.hold import Hold, HoldKind
from relance.domain.reminder.policy import Source
from relance.domain.reminder.run import (
    MAX_ALERTS,
    MAX_ASKED,
    MAX_HOLDS,
    Alert,
    Asked,
    RunStatus,
    Skipped,
    alert,
    ask,
    hold,
    new_run,
    propose,
    reassign,
    release,
)
from tests.builders import TENANT

AT = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
LATER = AT + timedelta(hours=1)
RUN = new_run(TENANT, "invoice", "inv_1", "standard.invoice@2", AT, customer_id="cus_1")
DISPUTE = Hold("hol_1", HoldKind.DISPUTE, AT, "user:louise")


def test_a_hold_wakes_a_run_that_was_over() -> None:
    over = replace(RUN, status=RunStatus.DONE, next_at=AT + timedelta(days=30), stop_reason="x", restarts=2)
    held = hold(over, DISPUTE, LATER)
    assert (held.status, held.next_at, held.turn, held.rev) == (RunStatus.ACTIVE, LATER, 2, 2)
    assert (held.holds, held.stop_reason, held.restarts) == ((DISPUTE,), "", 0)


def test_a_hold_ends_once_and_the_others_go_on() -> None:
    held = hold(hold(RUN, DISPUTE, AT), replace(DISPUTE, id="hol_2"), AT)
    ended = release(held, "hol_1", "founded", LATER)
    assert [(one.id, one.outcome, one.ended_at) for one in ended.holds] == [
        ("hol_1", "founded", LATER),
        ("hol_2", "", None),
    ]
    assert release(ended, "hol_1", "unfounded", LATER) is ended
    with pytest.raises(NotFound):
        release(ended, "hol_3", "", LATER)


def test_nobody_holds_one_document_without_end() -> None:
    full = replace(RUN, holds=(DISPUTE,) * MAX_HOLDS)
    with pytest.raises(Conflict) as raised:
        hold(full, DISPUTE, AT)
    assert raised.value.code == "too_many_holds"


def test_one_kind_of_alert_a_day_and_not_without_end() -> None:
    told = alert(RUN, Alert("viewed", AT), AT)
    assert alert(told, Alert("viewed", LATER), LATER) is told
    both = alert(told, Alert("hot", LATER), LATER)
    assert [one.id for one in both.alerts] == ["viewed_20261116", "hot_20261116"]
    full = replace(RUN, alerts=tuple(Alert("viewed", AT + timedelta(days=n)) for n in range(MAX_ALERTS)))
    assert alert(full, Alert("hot", AT), AT) is full


def test_one_question_is_told_once_and_ten_at_most() -> None:
    asked = ask(RUN, Asked("a", AT, "?"), AT)
    assert ask(asked, Asked("a", LATER, "?"), LATER) is asked
    full = replace(RUN, asked=tuple(Asked(str(n), AT, "?") for n in range(MAX_ASKED)))
    assert ask(full, Asked("z", AT, "?"), AT) is full


def test_a_proposal_is_known_once_and_wakes_each_time() -> None:
    once = propose(RUN, "formal", AT)
    twice = propose(once, "formal", LATER)
    assert (once.proposed, twice.proposed, twice.turn) == (("formal",), ("formal",), 3)


def test_dr_04_a_scenario_gives_way_to_whoever_counts_for_as_much_or_more() -> None:
    skipped = replace(RUN, skipped=(Skipped("courtesy", "amount"),))
    moved = reassign(skipped, "standard.quote@2", Source.SEGMENT, AT)
    assert (moved.scenario_id, moved.source, moved.skipped, moved.turn) == ("standard.quote@2", Source.SEGMENT, (), 2)
    assert reassign(moved, "other@1", Source.COMPANY, AT) is moved
    assert reassign(moved, "standard.quote@2", Source.CUSTOMER, AT) is moved
