"""Another signing key is told by the journal, once, after the fact, and nothing turns in a circle. [AF-11]"""

from contextlib import suppress

import pytest

from relance.app.archiving import Walked, drain, layout, verify
from relance.app.archiving.key_changes import note_key_changes
from relance.app.archiving.verification import SignedFrom
from relance.app.context import Context
from relance.domain.chain import note
from relance.domain.chain.event import Event, Fact, Ref, parse
from relance.domain.errors import OutcomeUnknown, Retry
from relance.domain.key_change import ID, ToldKey
from relance.resources import verify_archive
from tests.builders import TENANT, a_context
from tests.doubles.archive import Bucket, World, a_key
from tests.doubles.exported import faults_of, files_of
from tests.doubles.legal_facts import payment, pdfs_of_sale, sale
from tests.doubles.outside import ManualClock, SeededEntropy
from tests.doubles.racing import LettingIn
from tests.doubles.store import Crash, Fault, InMemoryStore

KEYS = (7, 17, 27)


def vkey(n: int) -> str:
    return note.verifier_key(layout.origin(TENANT), a_key(n).public_key().public_bytes_raw())


def a_world(keys: int) -> World:
    """A sale under each key, the first `keys` of them: sizes 6, 12 and 18."""
    world = World()
    for n in range(1, keys + 1):
        world.record(TENANT, *sale(n))
        world.pdfs.update(pdfs_of_sale(n))
        drain(TENANT, world.deployed_with(*KEYS[:n]))
    return world


def walked(world: World) -> Walked:
    return verify(TENANT, world.archive(), now_ms=1)


def told(ctx: Context) -> list[Event]:
    assert isinstance(ctx.store, InMemoryStore)
    return [parse(one.line) for one in ctx.store.events(TENANT)]


def test_an_archive_of_one_key_has_nothing_to_tell() -> None:
    ctx = a_context()
    assert not note_key_changes(ctx, walked(a_world(1)))
    assert not note_key_changes(ctx, Walked(TENANT, 0, ()))
    assert told(ctx) == []
    assert ctx.store.get(TENANT, ToldKey, ID) is None


def test_each_change_is_a_fact_once_with_the_keys_and_the_note_that_shows_it() -> None:
    """[AF-11] Also those of before this release: the key notes are all there."""
    ctx = a_context()
    assert note_key_changes(ctx, walked(a_world(2)))
    assert not note_key_changes(ctx, walked(a_world(2)))
    assert note_key_changes(ctx, walked(a_world(3)))
    assert not note_key_changes(ctx, walked(a_world(3)))
    assert not note_key_changes(ctx, walked(a_world(2))), "an archive's head that came from a backup"
    first, second = told(ctx)
    assert (first.type, first.ref, first.actor) == (
        "key.rotated", Ref("key", "key/000000000006.note"), "archive_verify",
    )  # fmt: skip
    assert first.data == {"size": 6, "from_key": vkey(7), "key": vkey(17)}
    assert second.data == {"size": 12, "from_key": vkey(17), "key": vkey(27)}
    late = a_context()
    assert note_key_changes(late, walked(a_world(3)))
    assert [one.data for one in told(late)] == [first.data, second.data]


def test_telling_it_changes_no_key_and_no_total_and_verifies() -> None:
    """The line is carried like any other, under the new key; the next walk has nothing to tell. [AR-02, AF-05]"""
    world, ctx = a_world(2), a_context()
    note_key_changes(ctx, walked(world))
    (event,) = told(ctx)
    world.record(TENANT, Fact(event.type, event.ref, event.actor, event.data), payment(3))
    before = world.stored_heads[TENANT].tally
    drain(TENANT, world.deployed_with(*KEYS[:2]))
    assert [key.from_size for key in walked(world).keys] == [1, 7]
    assert walked(world).faults == ()
    assert not note_key_changes(ctx, walked(world))
    assert faults_of(files_of(world, TENANT)) == []
    assert verify_archive.counted(verify_archive.parse_line(event.line)) == {}
    assert world.stored_heads[TENANT].tally.size == before.size + 2


def test_a_note_that_only_one_key_signed_tells_nothing() -> None:
    """Who could write into the bucket cannot make the journal say that another key took over."""
    world, ctx = a_world(2), a_context()
    name = f"{TENANT}/{layout.key_note(6)}"
    world.objects[name][0] = world.objects[name][0].rsplit("— ".encode(), 1)[0]
    found = walked(world)
    assert found.faults
    assert found.keys == (SignedFrom(1, vkey(7)),)
    assert not note_key_changes(ctx, found)


def test_a_change_is_told_though_something_else_is_altered() -> None:
    world = a_world(2)
    Bucket(world).overwrite(f"{TENANT}/{layout.segment(1)}", b"forged")
    found = walked(world)
    assert found.faults
    assert note_key_changes(a_context(), found)


@pytest.mark.parametrize("n", range(1, 6))
def test_two_walks_at_once_tell_it_once(n: int) -> None:
    """Whichever call of the one the other comes before."""
    store, found = InMemoryStore(), walked(a_world(3))
    racing = LettingIn(store, n, lambda: note_key_changes(a_context(store=store, seed=1), found))
    note_key_changes(Context(racing, ManualClock(), SeededEntropy(2)), found)
    note_key_changes(a_context(store=store, seed=3), found)
    assert racing.calls >= n, "the other one did come in"
    assert [one.type for one in told(a_context(store=store))] == ["key.rotated"] * 2


@pytest.mark.parametrize("fault", Fault)
def test_whatever_becomes_of_the_write_the_next_walk_has_told_it_once(fault: Fault) -> None:
    store, found = InMemoryStore(), walked(a_world(3))
    store.fail_next(fault)
    with suppress(Retry, OutcomeUnknown, Crash):
        note_key_changes(a_context(store=store, seed=1), found)
    note_key_changes(a_context(store=store, seed=2), found)
    assert [one.data["size"] for one in told(a_context(store=store))] == [6, 12]
