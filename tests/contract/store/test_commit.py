"""Commits: all or nothing, one writer at the head at a time, one answer per key, and which refusal comes first."""

from dataclasses import replace
from datetime import timedelta

import pytest

from relance.app import closing
from relance.app.context import Context
from relance.app.ports.store import AlreadyAnswered, Check, Commit, EntityMoved, HeadMoved
from relance.domain.chain.event import GENESIS_HASH
from relance.domain.closing import Closing
from relance.domain.errors import Invalid
from relance.domain.ids import CustomerId
from relance.domain.journal import Head
from relance.domain.party import Customer
from tests.builders import a_customer, a_quote
from tests.contract.store.conftest import Place
from tests.doubles.commits import a_commit, a_move, an_answer, issue
from tests.doubles.outside import START, ManualClock, SeededEntropy


def move_once(place: Place, events: int = 1) -> Head:
    place.store.commit(a_commit(place.tenant, move=a_move(place.tenant, place.store.head(place.tenant), events=events)))
    return place.store.head(place.tenant)


def assert_untouched(place: Place, head: Head) -> None:
    """Nothing of the refused commit of a test is there: neither customer, head, event nor answer."""
    assert place.store.get(place.tenant, Customer, a_customer().id) is None
    assert place.store.head(place.tenant) == head
    assert len(place.journal.read(place.tenant, 0, 100)) == head.seq
    assert place.store.answer(place.tenant, "fresh") is None


def test_a_tenant_without_history_has_the_empty_head(place: Place) -> None:
    assert place.store.head(place.tenant) == Head(0, GENESIS_HASH, 0)
    assert list(place.journal.read(place.tenant, 0, 10)) == []


def test_events_are_read_as_they_were_sealed_in_order(place: Place) -> None:
    first = a_move(place.tenant, Head(), events=3)
    first = replace(first, head=replace(first.head, counters={"invoice:2026": 0}, totals={"invoiced": -5}))
    place.store.commit(a_commit(place.tenant, move=first))
    assert place.store.head(place.tenant) == first.head
    second = a_move(place.tenant, first.head, events=2)
    place.store.commit(a_commit(place.tenant, move=second))
    assert tuple(place.journal.read(place.tenant, 0, 10)) == (*first.events, *second.events)
    assert tuple(place.journal.read(place.tenant, 2, 2)) == (first.events[2], second.events[0])
    assert tuple(place.journal.read(place.tenant, 5, 10)) == ()


@pytest.mark.parametrize("stale", [0, 1, 3])
def test_the_head_moves_only_from_where_it_stands(place: Place, stale: int) -> None:
    head = move_once(place, events=2)
    move = replace(a_move(place.tenant, head), expected_seq=stale)
    with pytest.raises(HeadMoved):
        place.store.commit(a_commit(place.tenant, a_customer(place.tenant), move=move, answer=an_answer("fresh")))
    assert_untouched(place, head)


def test_a_moved_entity_stops_the_whole_commit(place: Place) -> None:
    head = move_once(place)
    stale = a_quote(place.tenant, rev=7)
    for parts in ({"puts": (a_customer(place.tenant), stale)}, {"deletes": (stale,)}, {"checks": (Check(stale),)}):
        wanted = a_commit(place.tenant, move=a_move(place.tenant, head), answer=an_answer("fresh"))
        with pytest.raises(EntityMoved):
            place.store.commit(replace(wanted, **parts))
        assert_untouched(place, head)


def test_a_key_is_answered_once(place: Place) -> None:
    answer = an_answer(id="inv_first")
    place.store.commit(a_commit(place.tenant, answer=answer))
    assert place.store.answer(place.tenant, "key-1") == answer
    with pytest.raises(AlreadyAnswered):
        place.store.commit(a_commit(place.tenant, a_customer(place.tenant), answer=an_answer(id="inv_second")))
    assert place.store.answer(place.tenant, "key-1") == answer
    assert_untouched(place, Head())
    place.store.commit(a_commit(place.other, answer=an_answer(id="inv_other")))


def everything_wrong(place: Place) -> Commit:
    """A key that is answered, a head that moved, and entities that moved, in each kind of operation."""
    head = move_once(place)
    place.store.commit(a_commit(place.tenant, answer=an_answer()))
    return a_commit(
        place.tenant,
        a_quote(place.tenant, rev=7),
        move=replace(a_move(place.tenant, head), expected_seq=9),
        deletes=(a_customer(place.tenant, rev=7, id=CustomerId("cus_deleted")),),
        checks=(Check(a_customer(place.tenant, rev=7, id=CustomerId("cus_checked"))),),
        answer=an_answer(),
    )


def test_an_answered_key_is_heard_of_before_anything_else(place: Place) -> None:
    with pytest.raises(AlreadyAnswered):
        place.store.commit(everything_wrong(place))


def test_a_moved_head_is_heard_of_before_a_moved_entity(place: Place) -> None:
    with pytest.raises(HeadMoved):
        place.store.commit(replace(everything_wrong(place), answer=an_answer("fresh")))


def test_a_moved_entity_is_heard_of_at_last(place: Place) -> None:
    wrong = everything_wrong(place)
    right = a_move(place.tenant, place.store.head(place.tenant))
    with pytest.raises(EntityMoved):
        place.store.commit(replace(wrong, answer=an_answer("fresh"), move=right))


def test_a_hundred_items_are_stored_at_once_and_no_more(place: Place) -> None:
    def some(n: int) -> tuple[Customer, ...]:
        return tuple(a_customer(place.tenant, id=CustomerId(f"cus_{i:03d}")) for i in range(n))

    move_once(place)
    for parts in ({}, {"answer": an_answer("fresh")}):
        with pytest.raises(Invalid) as refused:
            place.store.commit(a_commit(place.tenant, *some(101), **parts))
        assert refused.value.code == "too_many_items"
    with pytest.raises(Invalid):
        place.store.commit(a_commit(place.tenant))
    move = a_move(place.tenant, place.store.head(place.tenant), events=20)
    place.store.commit(a_commit(place.tenant, *some(78), move=move, answer=an_answer()))
    assert len(place.store.page(place.tenant, Customer, limit=100).items) == 78
    assert place.store.head(place.tenant).seq == 21


def test_the_same_commit_again_with_its_token_changes_nothing(place_with_tokens: Place) -> None:
    place = place_with_tokens
    wanted = a_commit(place.tenant, a_customer(place.tenant), move=a_move(place.tenant, Head()), answer=an_answer())
    for _ in range(3):
        place.store.commit(wanted)
    assert place.store.head(place.tenant).seq == 1
    assert len(place.journal.read(place.tenant, 0, 10)) == 1


def test_the_same_commit_with_another_token_is_judged_anew(place: Place) -> None:
    wanted = a_commit(place.tenant, a_customer(place.tenant), move=a_move(place.tenant, Head()))
    place.store.commit(wanted)
    with pytest.raises(HeadMoved):
        place.store.commit(replace(wanted, token="0" * 32))


def test_a_load_of_closings_is_one_transaction_with_its_events_AF_05(place: Place) -> None:
    clock = ManualClock(START)
    ctx = Context(place.store, clock, SeededEntropy())
    issue(ctx, place.tenant)
    clock.advance(timedelta(days=40))
    assert closing.close_due(ctx, place.tenant) == 40 + 1, "two loads, a month among them"
    issue(ctx, place.tenant)
    head = place.store.head(place.tenant)
    assert (head.seq, head.totals["invoiced_gross"]) == (43, 24_000)
    assert head.periods is not None
    assert head.periods.day.totals["invoiced_gross"] == 12_000
    months = place.store.page(place.tenant, Closing, prefix="month.").items
    assert [month.totals["invoiced_gross"] for month in months] == [12_000]
    (event,) = place.journal.read(place.tenant, months[0].seq - 1, 1)
    assert (event.type, event.hash) == ("period.closed", months[0].hash)
