"""A customer's letter box: when he was reminded, which of his addresses take nothing, what he wants. [DR-08, S-04]"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from relance.domain.ids import CustomerId
from relance.domain.reminder.correspondence import (
    bounced,
    complained,
    first_letter,
    not_reminded,
    reminded,
    unsubscribed,
)
from tests.builders import TENANT

AT = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
EMPTY = first_letter(TENANT, CustomerId("cus_1"))
HIS, OTHER = "camille@client.example", "compta@client.example"


def test_an_empty_box_takes_everything_and_is_not_stored() -> None:
    assert (EMPTY.rev, EMPTY.refuses(HIS), EMPTY.on_hold) == (0, "", False)


def test_what_did_not_leave_is_taken_back_unless_another_left_since() -> None:
    once = reminded(EMPTY, AT)
    assert (once.rev, once.last_reminder_at) == (1, AT)
    assert not_reminded(once, AT, None).last_reminder_at is None
    twice = reminded(once, AT + timedelta(days=3))
    assert not_reminded(twice, AT, None) is twice


def test_a_hard_bounce_closes_its_address_and_no_other() -> None:
    """DR-12: an alternative contact is written to."""
    after = bounced(EMPTY, HIS, AT, is_soft=False)
    assert (after.refuses(HIS), after.refuses(OTHER)) == ("bounced", "")
    assert bounced(after, HIS, AT, is_soft=False) is after


@pytest.mark.parametrize(("days", "closed"), [((0, 7, 14), True), ((0, 7, 15), False), ((0, 1), False)])
def test_soft_bounces_count_when_there_are_three_in_fourteen_days(days: tuple[int, ...], closed: bool) -> None:
    """S-04."""
    box = EMPTY
    for day in days:
        box = bounced(box, HIS, AT + timedelta(days=day), is_soft=True)
    assert bool(box.refuses(HIS)) is closed
    assert (box.soft_bounces == ()) is closed


def test_an_event_that_comes_twice_is_one_bounce() -> None:
    once = bounced(EMPTY, HIS, AT, is_soft=True)
    assert bounced(once, HIS, AT, is_soft=True) is once


def test_who_asked_for_no_more_reminders_of_quotes_asked_once() -> None:
    """S-05."""
    gone = unsubscribed(EMPTY, AT)
    assert (gone.rev, gone.unsubscribed_at) == (1, AT)
    assert unsubscribed(gone, AT + timedelta(days=1)) is gone


def test_a_complaint_counts_for_more_than_a_bounce_and_once() -> None:
    box = complained(bounced(EMPTY, HIS, AT, is_soft=False), HIS, AT)
    assert box.refuses(HIS) == "complained"
    assert complained(box, HIS, AT) is box
    assert bounced(box, HIS, AT, is_soft=True) is box


def test_each_change_is_one_further() -> None:
    box = replace(EMPTY, rev=4)
    assert reminded(box, AT).rev == bounced(box, HIS, AT, is_soft=True).rev == complained(box, HIS, AT).rev == 5
