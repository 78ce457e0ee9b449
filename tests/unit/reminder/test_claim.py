"""What is learnt about a mail, in whatever order the world tells it."""

from dataclasses import replace
from itertools import permutations

import pytest

from relance.domain.reminder.claim import ClaimState, Fate, Lesson, claim_id, learn, parse_tag, tag
from tests.builders import TENANT
from tests.doubles.office import a_claim
from tests.doubles.outside import START

CLAIMED = a_claim("unseen", START, state=ClaimState.CLAIMED, rev=1)
ANSWER = Lesson(ClaimState.SENT, provider_id="p-1", message_id="<p-1@eu-west-3.amazonses.com>")
DELIVERY = Lesson(ClaimState.SENT, Fate.DELIVERED, provider_id="p-1")
COMPLAINT = Lesson(ClaimState.SENT, Fate.COMPLAINED, reason="complaint")


def test_lessons_in_any_order_leave_the_same_claim() -> None:
    ends = set()
    for order in permutations([ANSWER, DELIVERY, COMPLAINT, DELIVERY]):
        claim = CLAIMED
        for lesson in order:
            claim = learn(claim, lesson, START)
        ends.add(replace(claim, rev=0))
    assert len(ends) == 1
    (end,) = ends
    assert (end.state, end.fate, end.message_id) == (ClaimState.SENT, Fate.COMPLAINED, "<p-1@eu-west-3.amazonses.com>")


def test_learning_what_was_known_changes_nothing() -> None:
    once = learn(CLAIMED, DELIVERY, START)
    assert learn(once, DELIVERY, START) is once
    assert once.rev == 2


@pytest.mark.parametrize("state", [ClaimState.UNKNOWN, ClaimState.REFUSED])
def test_what_is_known_to_have_left_stays_sent(state: ClaimState) -> None:
    sent = learn(CLAIMED, DELIVERY, START)
    assert learn(sent, Lesson(state, reason="late answer"), START).state is ClaimState.SENT


def test_a_delivery_event_settles_a_mail_in_doubt() -> None:
    doubtful = learn(CLAIMED, Lesson(ClaimState.UNKNOWN, reason="ReadTimeout"), START)
    assert learn(doubtful, DELIVERY, START).state is ClaimState.SENT


@pytest.mark.parametrize("tenant", [TENANT, "a", "with-dashes--inside"])
def test_a_tag_travels_with_the_mail_and_comes_back(tenant: str) -> None:
    claim = claim_id("quo_0000000000000000000000001", "accepted_copy")
    text = tag(tenant, claim)
    assert set(text) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
    assert parse_tag(text) == (tenant, claim)


@pytest.mark.parametrize("text", ["", "something", "a--b", "--quo--step", "a--b--"])
def test_a_tag_of_somebody_else_is_no_claim(text: str) -> None:
    assert parse_tag(text) is None
