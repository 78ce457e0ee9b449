"""Heads of archives move by compare-and-swap, and the sweep finds every archive that is behind."""

from dataclasses import dataclass, replace

import pytest

from relance.adapters.dynamo.archive_heads import DynamoArchiveHeads
from relance.adapters.dynamo.items import Database
from relance.adapters.dynamo.store import DynamoStore
from relance.app.ports.archive import ArchiveHead, ArchiveHeads, ArchiveMoved, DirtyTenants, Quarantine, Verification
from relance.app.ports.store import Store
from relance.domain.chain.merkle import EMPTY
from relance.domain.errors import OutcomeUnknown, Retry
from relance.domain.ids import TenantId
from tests.contract.store.conftest import ON_CLOUD, Place
from tests.doubles.archive import Heads, World
from tests.doubles.commits import a_commit, a_move
from tests.doubles.store import Fault


@dataclass(frozen=True, slots=True)
class Archives:
    heads: ArchiveHeads
    tenant: TenantId
    other: TenantId


@pytest.fixture(params=["memory", "moto", ON_CLOUD])
def archives(request: pytest.FixtureRequest) -> Archives:
    if request.param == "memory":
        return Archives(Heads(World()), TenantId("ten_a"), TenantId("ten_b"))
    place: Place = request.getfixturevalue(f"{request.param}_place")
    return Archives(DynamoArchiveHeads(database(place)), place.tenant, place.other)


def database(place: Place) -> Database:
    assert isinstance(place.store, DynamoStore)
    return place.store.database


def a_head(size: int, version: int) -> ArchiveHead:
    return ArchiveHead(
        size=size,
        signed_size=size - 1,
        chain="ab" * 32,
        at_ms=1_794_819_600_000,
        frontier=EMPTY.extend(bytes([n]) * 32 for n in range(size)),
        segment_first_seq=1,
        segment_sha256="cd" * 32,
        public_key="ef" * 32,
        quarantine=Quarantine(size + 1, "chain.broken", "« rompu »"),
        verification=Verification(1_794_819_600_001, size, 0),
        version=version,
    )


def test_an_archive_without_head_has_the_empty_one(archives: Archives) -> None:
    assert archives.heads.get(archives.tenant) == ArchiveHead()


def test_a_head_is_read_back_as_it_was_swapped_in(archives: Archives) -> None:
    first, second = a_head(3, 1), a_head(5, 2)
    archives.heads.compare_and_swap(archives.tenant, ArchiveHead(), first)
    assert archives.heads.get(archives.tenant) == first
    archives.heads.compare_and_swap(archives.tenant, first, second)
    assert archives.heads.get(archives.tenant) == second
    assert archives.heads.get(archives.other) == ArchiveHead()


def test_who_comes_second_is_told_and_changes_nothing(archives: Archives) -> None:
    first = a_head(3, 1)
    archives.heads.compare_and_swap(archives.tenant, ArchiveHead(), first)
    with pytest.raises(ArchiveMoved):
        archives.heads.compare_and_swap(archives.tenant, ArchiveHead(), a_head(9, 1))
    with pytest.raises(ArchiveMoved):
        archives.heads.compare_and_swap(archives.tenant, a_head(8, 2), a_head(9, 3))
    assert archives.heads.get(archives.tenant) == first


@pytest.fixture(params=["moto", ON_CLOUD])
def place(request: pytest.FixtureRequest) -> Place:
    found: Place = request.getfixturevalue(f"{request.param}_place")
    return found


def test_a_lost_answer_leaves_a_head_that_can_be_read(place: Place) -> None:
    heads, first = DynamoArchiveHeads(database(place)), a_head(3, 1)
    place.fail_next(Fault.NOT_STORED)
    with pytest.raises(OutcomeUnknown):
        heads.compare_and_swap(place.tenant, ArchiveHead(), first)
    assert heads.get(place.tenant) == ArchiveHead()
    place.fail_next(Fault.THROTTLED)
    with pytest.raises(Retry):
        heads.compare_and_swap(place.tenant, ArchiveHead(), first)
    place.fail_next(Fault.STORED)
    with pytest.raises(ArchiveMoved):  # its own attempt was first: the reader sees which
        heads.compare_and_swap(place.tenant, ArchiveHead(), first)
    assert heads.get(place.tenant) == first


def test_exactly_the_tenants_whose_archive_is_behind_are_dirty(place: Place) -> None:
    heads = DynamoArchiveHeads(database(place))
    sweep: DirtyTenants = heads
    store: Store = place.store
    tenants = [TenantId(f"{place.tenant}{n}") for n in range(5)]  # two events each
    for tenant in tenants:
        store.commit(a_commit(tenant, move=a_move(tenant, store.head(tenant), events=2)))
    never, behind, unsigned, clean, ahead = tenants
    for tenant, size, signed in ((behind, 1, 1), (unsigned, 2, 1), (clean, 2, 2), (ahead, 3, 3)):
        heads.compare_and_swap(tenant, ArchiveHead(), replace(a_head(size, 1), signed_size=signed))
    assert set(sweep.dirty()) & set(tenants) == {never, behind, unsigned, ahead}


def test_more_tenants_than_one_call_can_ask_for_are_all_found(place: Place) -> None:
    store = place.store
    tenants = {TenantId(f"{place.tenant}{n:03d}") for n in range(120)}
    for tenant in tenants:
        store.commit(a_commit(tenant, move=a_move(tenant, store.head(tenant))))
    assert set(DynamoArchiveHeads(database(place)).dirty()) >= tenants
