"""A rebuild after a purge: what the purge took is no hole and is never written back; what came back goes once more.

[AF-07, AR-02, KX-20]
"""

from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import pytest

from relance.adapters.scenario_data import PackagedScenarios
from relance.app.archiving import verify
from relance.app.archiving.rebuilding import Plan, plan, rebuild
from relance.app.purging import order, page
from relance.domain.closing import CLOSED
from relance.domain.rebuild import REBUILT, Hole
from tests.builders import TENANT
from tests.doubles.activity import InMemoryActivityLog
from tests.doubles.api import Server
from tests.doubles.outside import InMemoryDocuments, ManualClock, RecordingExecutions
from tests.doubles.store import Crash, Fault, InMemoryStore
from tests.doubles.till import Till
from tests.doubles.years import OWNER, YEAR, Firm

SHIPPED = PackagedScenarios()


def sells(firm: Firm, times: int, *, opens: bool = False) -> Firm:
    """As the product issues, with all that a document prints: a head is held against it."""
    server = Server(firm.ctx, firm.store, firm.clock, RecordingExecutions(), InMemoryDocuments(), InMemoryActivityLog())
    till = Till(server, server.caller())
    till = till.opens() if opens else till
    for _ in range(times):
        till.invoices()
        firm.clock.advance(timedelta(hours=5))
    return firm


@cache
def _lived() -> tuple[InMemoryStore, InMemoryStore, Firm]:
    """The tables in the middle of 2026, and just before the purge of that year; then it is purged."""
    firm = sells(Firm(), 4, opens=True)
    middle = firm.store.copied()
    firm = sells(firm, 4).lives_until(date(2027, 1, 4))
    sells(firm, 2).archives().verifies().stamps()
    before = firm.store.copied()
    order(firm.ctx, OWNER, firm.live, YEAR, firm.worker)
    firm.removes()
    firm.archives()
    return middle, before, firm


def a_purged_year() -> tuple[InMemoryStore, InMemoryStore, Firm]:
    """For one test alone."""
    middle, before, lived = _lived()
    world = replace(lived.world, objects=dict(lived.world.objects), stored_heads=dict(lived.world.stored_heads))
    return middle, before, replace(lived, store=lived.store.copied(), clock=ManualClock(lived.clock.at), world=world)


def rebuilt(firm: Firm) -> Plan:
    """Shown, then done; nothing is left to do."""
    shown = plan(firm.ctx, TENANT, firm.whole, SHIPPED)
    done = rebuild(firm.ctx, TENANT, firm.whole, SHIPPED)
    assert done == shown
    assert not plan(firm.ctx, TENANT, firm.whole, SHIPPED).is_needed
    return done


def purged_lines_there(firm: Firm) -> list[int]:
    """Which lines that the purge took are in the live table."""
    _, _, lived = _lived()
    mark = page(lived.ctx, OWNER).items[0]
    return [event.seq for event in firm.store.live(TENANT) if mark.covers(event.seq, event.type)]


def assert_whole(firm: Firm) -> None:
    """But for what is purged nothing lacks, and archive and journal say the same."""
    assert purged_lines_there(firm) == []
    firm.archives()
    assert firm.world.stored_heads[TENANT].quarantine is None
    walked = verify(TENANT, firm.whole, now_ms=1)
    assert (walked.faults, walked.journal_intact) == ((), True)


def test_a_journal_restored_to_a_moment_after_the_purge_gets_back_what_it_lost_and_no_more() -> None:
    _, _, firm = a_purged_year()
    firm.clock.advance(timedelta(hours=1))
    sells(firm, 1)
    backup, first, mark = firm.store.copied(), firm.store.head(TENANT).seq + 1, page(firm.ctx, OWNER).items[0]
    sells(firm, 3).archives()
    hole = Hole(first, firm.store.head(TENANT).seq)
    firm.store.restore_journal(TENANT, backup)
    sells(firm, 1)
    assert rebuilt(firm).holes == (hole,)
    assert page(firm.ctx, OWNER).items == (mark,), "it had ended long before"
    assert_whole(firm)


def test_lines_that_came_back_with_the_table_of_before_the_purge_go_once_more() -> None:
    """Its mark says that they are gone; so it is opened again, and the daily call carries it out."""
    _, before, firm = a_purged_year()
    firm.store.restore_journal(TENANT, before)
    sells(firm, 1)
    assert len(purged_lines_there(firm)) == page(firm.ctx, OWNER).items[0].lines
    done = rebuilt(firm)
    assert done.writes == (("Purge", YEAR.isoformat()),)
    assert page(firm.ctx, OWNER).items[0].is_open
    assert firm.removes().done_at is not None
    assert_whole(firm)


@pytest.mark.parametrize("write", [None, 1, 3, 4])
def test_both_tables_of_a_moment_within_the_purged_year_get_no_purged_line_back(write: int | None) -> None:
    """The mark is lost with its table; the fact in the archive says what was purged. A crash changes nothing."""
    middle, _, firm = a_purged_year()
    truth, kept = firm.store, len(middle.events(TENANT))
    firm = replace(firm, store=middle.copied())
    firm.store._journal[TENANT] = list(truth.events(TENANT))
    firm.store.restore_journal(TENANT, middle)
    assert len(firm.store.live(TENANT)) == kept
    came_back = purged_lines_there(firm)
    mark = page(_lived()[2].ctx, OWNER).items[0]
    lacks = {event.seq for event in truth.events(TENANT)[kept:] if not mark.covers(event.seq, event.type)}
    shown = plan(firm.ctx, TENANT, firm.whole, SHIPPED)
    assert {seq for hole in shown.holes for seq in range(hole.first, hole.last + 1)} == lacks
    assert shown.missing == len(lacks)
    if write is not None:
        firm.store.fail_next(*[None] * write, Fault.CRASH_AFTER)
        with suppress(Crash):
            rebuild(firm.ctx, TENANT, firm.whole, SHIPPED)
        firm.store.forget_faults()
        assert purged_lines_there(firm) == came_back
    done = rebuild(firm.ctx, TENANT, firm.whole, SHIPPED)
    assert not plan(firm.ctx, TENANT, firm.whole, SHIPPED).is_needed
    assert purged_lines_there(firm) == came_back, "those that the backup has, and not one more"
    assert page(firm.ctx, OWNER).items[0].is_open
    assert write is not None or ("Purge", YEAR.isoformat()) in done.writes
    firm.removes()
    assert_whole(firm)
    assert [event.type for event in firm.store.live(TENANT)].count(REBUILT) == 1


def test_a_closing_that_is_gone_from_a_purged_year_is_put_back_alone() -> None:
    """[K-03] No purge takes a closing."""
    _, _, firm = a_purged_year()
    live = firm.store.live(TENANT)
    closing = next(event for event in live if event.type == CLOSED)
    firm.store.lose(TENANT, closing.seq)
    assert rebuilt(firm).holes == (Hole(closing.seq, closing.seq),)
    assert [event for event in firm.store.live(TENANT) if event.type != REBUILT] == [*live]
    assert_whole(firm)
