"""The store's double finds a broken journal: a checker that cannot fail proves nothing."""

from dataclasses import replace

import pytest

from relance.app.ports.store import HeadMove
from relance.domain.chain.errors import BrokenChain
from relance.domain.chain.event import Fact, Ref
from relance.domain.errors import Stop
from relance.domain.journal import Head, append
from tests.builders import TENANT
from tests.doubles.commits import a_commit, a_move
from tests.doubles.outside import START
from tests.doubles.store import InMemoryStore


def numbered(*numbers: str, counter: int, head: Head | None = None) -> HeadMove:
    """A move that claims to have taken `counter` numbers and issued these."""
    before = head or Head()
    facts = [Fact("invoice.issued", Ref("invoice", f"inv_{n}", n), "user:1", {}) for n in numbers]
    after, events = append(replace(before, counters={"invoice:2026": counter}), TENANT, facts, START)
    return HeadMove(before.seq, after, events)


def test_gapless_numbers_pass() -> None:
    InMemoryStore().commit(a_commit(TENANT, move=numbered("F-2026-0001", "F-2026-0002", counter=2)))


@pytest.mark.parametrize(
    ("numbers", "counter"),
    [
        (("F-2026-0002",), 1),  # not the first
        (("F-2026-0001", "F-2026-0003"), 2),  # gap
        (("F-2026-0001", "F-2026-0001"), 2),  # double
        (("F-2026-0001",), 2),  # a number was taken and lost
        (("F-2026-0002", "F-2026-0001"), 2),  # out of order
    ],
)
def test_broken_numbering_is_found(numbers: tuple[str, ...], counter: int) -> None:
    with pytest.raises(AssertionError):
        InMemoryStore().commit(a_commit(TENANT, move=numbered(*numbers, counter=counter)))


def test_a_counter_that_goes_back_is_found() -> None:
    store = InMemoryStore()
    store.commit(a_commit(TENANT, move=numbered("F-2026-0001", counter=1)))
    head = store.head(TENANT)
    after, events = append(
        replace(head, counters={"invoice:2026": 0}),
        TENANT,
        [Fact("x", Ref("invoice", "i"), "u", {})],
        START.replace(hour=10),
    )
    with pytest.raises(AssertionError, match="went back"):
        store.commit(a_commit(TENANT, move=HeadMove(head.seq, after, events)))


def test_a_head_that_is_not_the_last_event_is_found() -> None:
    move = a_move(TENANT, Head(), events=2)
    with pytest.raises(AssertionError, match="head"):
        InMemoryStore().commit(a_commit(TENANT, move=replace(move, head=replace(move.head, last_hash="0" * 64))))


@pytest.mark.parametrize("broken", ["gap", "link", "order"])
def test_a_broken_chain_is_found(broken: str) -> None:
    move = a_move(TENANT, Head(), events=3)
    first, second, third = move.events
    events = {
        "gap": (first, third),
        "link": (first, *a_move(TENANT, Head(1, "1" * 64, move.events[0].at_ms), events=1).events),
        "order": (second, first, third),
    }[broken]
    with pytest.raises(BrokenChain):
        InMemoryStore().commit(a_commit(TENANT, move=replace(move, events=events)))


def test_a_token_is_good_for_one_commit_only() -> None:
    store = InMemoryStore()
    first = a_commit(TENANT, move=a_move(TENANT, Head()))
    store.commit(first)
    with pytest.raises(Stop):
        store.commit(replace(a_commit(TENANT, move=a_move(TENANT, store.head(TENANT))), token=first.token))
