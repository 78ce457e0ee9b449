"""A backup does not bring an erased prospect back: what a restore returns of him goes again, by the archive. [K-07]"""

from contextlib import suppress
from datetime import timedelta
from functools import cache

import pytest

from relance.adapters.scenario_data import PackagedScenarios
from relance.app import erasing
from relance.app.archiving import Archive, drain, verify
from relance.app.archiving.rebuilding import plan, rebuild
from relance.app.context import Context
from relance.app.forgetting import resume
from relance.domain.chain.event import parse
from relance.domain.erasure import Erasure, ErasureState
from relance.domain.errors import OutcomeUnknown, Retry
from tests.builders import TENANT
from tests.doubles.archive import World
from tests.doubles.outside import SeededEntropy
from tests.doubles.prospect import NEEDLES, Life
from tests.doubles.store import Crash, Fault

SHIPPED = PackagedScenarios()
NOWHERE: dict[str, set[str]] = {needle: set() for needle in NEEDLES}


@cache
def a_lost_erasure() -> tuple[Life, Life]:
    """His life with an erasure that was carried out, and the same before it: what a backup has."""
    life = Life().lives()
    backup = life.copied()
    life.office.clock.advance(timedelta(minutes=40))
    life.asks()
    assert life.is_erased().state is ErasureState.DONE
    return life, backup


def restored(seed: int = 8, *, activity: bool = True) -> tuple[Life, Archive]:
    """The tables of the backup beside the buckets of today, and the archive of what was lost.

    `activity`: that table was restored too.
    """
    lost, backup = a_lost_erasure()
    life = backup.copied()
    office = life.office
    office.clock.at = lost.office.clock.at + timedelta(hours=1)
    office.documents.stored = dict(lost.office.documents.stored)
    office.documents.owned = dict(lost.office.documents.owned)
    if not activity:
        office.activity.kept = dict(lost.office.activity.kept)
    office.ctx = Context(office.store, office.clock, SeededEntropy(seed))
    world = World(events={TENANT: list(lost.office.store.events(TENANT))})
    archiver = world.archive()
    drain(TENANT, archiver)
    return life, Archive(office.store, archiver.heads, archiver.store)


def erased(life: Life) -> int:
    return [event.type for event in life.office.store.events(TENANT)].count("prospect.erased")


def is_carried_out(life: Life) -> int:
    """What the function that lets go does, rung or by itself every morning."""
    return resume(life.eraser, TENANT, life.office.store)


@pytest.mark.parametrize("activity", [False, True])
def test_he_is_erased_again_from_every_place_where_a_restore_brought_him_back(*, activity: bool) -> None:
    life, archive = restored(activity=activity)
    store = life.office.store
    assert life.found() != NOWHERE, "the restore brought him back"
    rebuild(life.office.ctx, TENANT, archive, SHIPPED)
    assert erasing.left(life.office.ctx, TENANT) == (life.id,)
    assert is_carried_out(life) == 1
    assert life.found() == NOWHERE
    assert not life.office.executions.alive
    assert erasing.left(life.office.ctx, TENANT) == ()
    assert [parse(one.line).data["quotes"] for one in store.events(TENANT) if one.type == "prospect.erased"] == [3, 3]


def test_a_dry_run_says_whom_and_changes_nothing() -> None:
    life, archive = restored()
    before = life.office.store.items()
    told = plan(life.office.ctx, TENANT, archive, SHIPPED)
    assert ("Erasure", life.id) in told.writes
    (lost,) = [one for one in told.documents if one.kind == "customer"]
    assert (lost.id, lost.events, lost.missing) == (life.id, ("prospect.erased",), ())
    assert life.office.store.items() == before
    assert rebuild(life.office.ctx, TENANT, archive, SHIPPED) == told


def test_done_twice_it_is_done_once() -> None:
    life, archive = restored()
    ctx, store = life.office.ctx, life.office.store
    for _ in range(2):
        rebuild(ctx, TENANT, archive, SHIPPED)
        is_carried_out(life)
    assert erased(life) == 2, "the one that was lost, and the one of today"
    assert not plan(ctx, TENANT, archive, SHIPPED, is_restored=True).writes, "nor when it is looked at once more"
    known = store.get(TENANT, Erasure, life.id)
    assert known is not None
    assert known.state is ErasureState.DONE


@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER, Fault.NOT_STORED])
@pytest.mark.parametrize("after", range(13))
def test_a_crash_at_any_write_of_rebuild_or_erasure_is_gone_on_from(after: int, fault: Fault) -> None:
    life, archive = restored()
    store = life.office.store
    store.fail_next(*[None] * after, fault)
    with suppress(Crash, OutcomeUnknown, Retry):
        rebuild(life.office.ctx, TENANT, archive, SHIPPED)
        is_carried_out(life)
    store.forget_faults()
    rebuild(life.office.ctx, TENANT, archive, SHIPPED)
    is_carried_out(life)
    assert life.found() == NOWHERE
    assert erased(life) == 2


def test_the_chain_with_both_erasures_verifies() -> None:
    """[AR-02] What was lost, the rebuild and the second erasure: one chain."""
    life, archive = restored()
    rebuild(life.office.ctx, TENANT, archive, SHIPPED)
    is_carried_out(life)
    world = World(events={TENANT: list(life.office.store.events(TENANT))})
    assert drain(TENANT, world.archive()).quarantine is None
    assert verify(TENANT, world.archive(), now_ms=1).faults == ()
    assert erased(life) == 2
    assert life.office.store.head(TENANT).seq == len(world.events[TENANT])
