"""The archiver adds closings up again before it seals them, and a wrong one stops its company alone. [AF-05, AR-02]"""

from collections.abc import Callable
from dataclasses import replace

import pytest

from relance.app.archiving import drain
from relance.domain.chain.event import GENESIS_HASH, Fact, SealedEvent, parse, seal
from relance.domain.tally import Tally
from tests.doubles.archive import World
from tests.doubles.archive_auditor import audit, is_complete
from tests.doubles.bookkeeper import TENANT, Bookkeeper, payment, utc
from tests.doubles.legal_facts import payment as paid


def three_days() -> list[SealedEvent]:
    """Payments on three days and the closings between them: events 3 and 5 are closings."""
    book = Bookkeeper()
    book.write(utc("2026-11-20T10:00"), payment(10_000), payment(500, "cash"))
    book.write(utc("2026-11-21T10:00"), payment(700))
    book.write(utc("2026-11-22T10:00"), payment(300))
    return book.events


def rewritten(events: list[SealedEvent], seq: int, change: Callable[[Fact], Fact]) -> list[SealedEvent]:
    """The journal of a writer whose head said something else: chained again from there on, sound in all but sums."""
    found: list[SealedEvent] = []
    prev = GENESIS_HASH
    for event in map(parse, (event.line for event in events)):
        fact = Fact(event.type, event.ref, event.actor, dict(event.data))
        fact = change(fact) if event.seq == seq else fact
        found.append(seal(fact, tenant=event.tenant, seq=event.seq, at_ms=event.at_ms, prev=prev))
        prev = found[-1].hash
    return found


def with_total(name: str, cents: int) -> Callable[[Fact], Fact]:
    return lambda fact: replace(fact, data={**fact.data, name: {"received": cents}})


def test_closings_that_add_up_are_sealed() -> None:
    world = World(events={TENANT: three_days()})
    assert drain(TENANT, world.archive(), max_events=2).quarantine is None
    assert is_complete(world, TENANT)
    assert world.stored_heads[TENANT].tally.perpetual == {
        "received": 11_500,
        "received_transfer": 11_000,
        "received_cash": 500,
    }


@pytest.mark.parametrize("field", ["totals", "cumulated", "perpetual"])
@pytest.mark.parametrize("max_events", [1, 2, 500])
def test_a_closing_that_does_not_add_up_stops_its_company_alone_before_it_AF_05(field: str, max_events: int) -> None:
    right, wrong = three_days(), rewritten(three_days(), 5, with_total(field, 1))
    world = World(events={TENANT: wrong})
    world.record("ten_b", paid(1))
    found = drain(TENANT, world.archive(), max_events=max_events).quarantine
    assert found is not None
    assert (found.seq, found.code) == (5, "chain.wrong_closing")
    assert f"la clôture de la journée 2026-11-21 dit {field}.received = 1 au lieu de" in found.reason
    assert audit(world, TENANT) == world.stored_heads[TENANT].signed_size == 4, "what comes before it is sealed"
    assert drain("ten_b", world.archive()).quarantine is None
    assert is_complete(world, "ten_b")
    world.events[TENANT] = right
    assert drain(TENANT, world.archive()).quarantine is None, "it ends by itself when the journal says what is right"
    assert is_complete(world, TENANT)


def test_an_event_after_midnight_without_the_closing_of_the_day_is_not_sealed_AF_05() -> None:
    events = [event for event in three_days() if event.type != "period.closed"]
    renumbered: list[SealedEvent] = []
    for event in map(parse, (event.line for event in events)):
        fact = Fact(event.type, event.ref, event.actor, dict(event.data))
        prev = renumbered[-1].hash if renumbered else GENESIS_HASH
        renumbered.append(seal(fact, tenant=TENANT, seq=len(renumbered) + 1, at_ms=event.at_ms, prev=prev))
    found = drain(TENANT, World(events={TENANT: renumbered}).archive()).quarantine
    assert found is not None
    assert (found.seq, found.code) == (3, "chain.wrong_closing")
    assert "la clôture de la journée 2026-11-20 manque" in found.reason


def test_an_event_whose_amounts_do_not_read_is_not_sealed() -> None:
    wrong = rewritten(three_days(), 4, lambda fact: replace(fact, data={"amount": "seven"}))
    found = drain(TENANT, World(events={TENANT: wrong}).archive()).quarantine
    assert found is not None
    assert (found.seq, found.code) == (4, "chain.unreadable_amounts")


def test_a_shorter_segment_left_by_a_crash_is_taken_with_what_it_comes_to() -> None:
    events = three_days()
    world = World(events={TENANT: events[:4]})
    drain(TENANT, world.archive())
    world.stored_heads.clear()
    world.events[TENANT] = events
    drain(TENANT, world.archive())
    assert is_complete(world, TENANT)
    assert world.stored_heads[TENANT].tally.size == len(events)


# --- archives that were begun before this was kept --------------------------------------------------------------------


def an_archive_of_before(events: list[SealedEvent], size: int) -> World:
    """Its head says nothing of what its events come to."""
    world = World(events={TENANT: events[:size]})
    drain(TENANT, world.archive(), max_events=2)
    world.stored_heads[TENANT] = replace(world.stored_heads[TENANT], tally=Tally())
    world.events[TENANT] = events
    return world


@pytest.mark.parametrize("size", range(1, 6))
def test_an_archive_of_before_goes_on_and_is_checked_from_its_first_event(size: int) -> None:
    world = an_archive_of_before(three_days(), size)
    assert drain(TENANT, world.archive()).quarantine is None
    assert is_complete(world, TENANT)
    world = an_archive_of_before(rewritten(three_days(), 5, with_total("perpetual", 1)), min(size, 4))
    assert drain(TENANT, world.archive()).quarantine is not None


def test_what_was_sealed_wrongly_before_does_not_keep_an_archive_from_going_on() -> None:
    """It can be neither taken out nor mended; the daily walk tells of it."""
    wrong = rewritten(three_days(), 3, with_total("totals", 1))
    honest = an_archive_of_before(three_days(), 2)
    world = World(events={TENANT: wrong})
    world.stored_heads = {TENANT: replace(honest.stored_heads[TENANT], tally=Tally(2, lost=True))}
    world.objects = honest.objects
    assert drain(TENANT, world.archive()).quarantine is None
    world.stored_heads[TENANT] = replace(world.stored_heads[TENANT], tally=Tally())
    assert drain(TENANT, world.archive()).quarantine is None
    assert world.stored_heads[TENANT].tally == Tally(len(wrong), lost=True)
    assert is_complete(world, TENANT)


def test_a_segment_that_is_gone_does_not_keep_an_archive_from_going_on() -> None:
    world = an_archive_of_before(three_days(), 4)
    gone = world.objects.pop(f"{TENANT}/seg/000000000001.jsonl.gz")
    assert drain(TENANT, world.archive()).quarantine is None
    assert world.stored_heads[TENANT].tally.lost
    world.objects[f"{TENANT}/seg/000000000001.jsonl.gz"] = gone
    assert is_complete(world, TENANT)
