"""The archiver on a good day, and on the bad days that are not crashes."""

from dataclasses import replace
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from relance.app.archiving import Drained, drain
from relance.app.archiving.drain import MAX_LOST_RACES
from relance.app.ports.archive import ArchiveMoved
from relance.domain.chain import segment
from relance.domain.errors import Invalid
from tests.doubles.archive import Bucket, Fault, Heads, Plan, World, tamper
from tests.doubles.archive_auditor import audit, is_complete
from tests.doubles.legal_facts import document_sealed, payment, pdf_of, pdfs_of_sale, quote_sent, sale

TENANT = "ten_a"


def a_world(sales: int = 1, tenant: str = TENANT) -> World:
    world = World()
    for n in range(1, sales + 1):
        world.record(tenant, *sale(n))
        world.pdfs.update(pdfs_of_sale(n))
    return world


def run(world: World, tenant: str = TENANT, **limits: int) -> Drained:
    return drain(tenant, world.archive(), **limits)


def test_every_event_is_locked_signed_and_its_documents_with_it() -> None:
    world = a_world(3)
    assert run(world) == Drained(size=18, signed_size=18, segments=1)
    assert is_complete(world, TENANT)
    assert sum(key.startswith(f"{TENANT}/doc/") for key in world.objects) == 6


def test_a_second_ring_of_the_doorbell_writes_nothing() -> None:
    world = a_world()
    run(world)
    writes = world.writes()
    assert run(world).segments == 0
    assert world.writes() == writes


def test_an_empty_journal_leaves_no_trace() -> None:
    world = World()
    assert run(world) == Drained(0, 0, 0)
    assert not world.objects
    assert world.writes() == 0


def test_new_events_make_a_new_segment_with_a_checkpoint_of_its_own() -> None:
    world = a_world()
    run(world)
    world.record(TENANT, payment(1), payment(1))
    run(world)
    world.record(TENANT, payment(1))
    run(world)
    assert is_complete(world, TENANT)
    assert [key for key in sorted(world.objects) if "/seg/" in key or "/ckpt/" in key] == [
        f"{TENANT}/ckpt/000000000006.note",
        f"{TENANT}/ckpt/000000000008.note",
        f"{TENANT}/ckpt/000000000009.note",
        f"{TENANT}/seg/000000000001.jsonl.gz",
        f"{TENANT}/seg/000000000007.jsonl.gz",
        f"{TENANT}/seg/000000000009.jsonl.gz",
    ]


def test_a_long_journal_is_cut_into_segments_and_a_budget_stops_between_two() -> None:
    world = a_world(3)
    first = run(world, max_events=5, max_segments=2)
    assert first == Drained(size=10, signed_size=10, segments=2, more=True)
    assert run(world, max_events=5) == Drained(size=18, signed_size=18, segments=2)
    assert is_complete(world, TENANT)


def test_the_document_of_an_unaccepted_quote_never_enters_the_locked_archive() -> None:
    world = World()
    world.record(TENANT, quote_sent(1), document_sealed("quote", 1))
    run(world)
    assert is_complete(world, TENANT)
    assert not [key for key in world.objects if "/doc/" in key]


def test_an_event_that_is_not_visible_yet_stops_the_archiver_just_before_it() -> None:
    world = a_world()
    world.hidden.add((TENANT, 4))
    assert run(world).size == 3
    assert run(world).size == 3
    world.hidden.clear()
    run(world)
    assert is_complete(world, TENANT)


@pytest.mark.parametrize(
    ("seq", "changes", "code"),
    [
        (4, {"line": b'{"v":1}'}, "chain.malformed_event"),
        (4, {"line": b'{"v":3}'}, "chain.unknown_version"),
        (4, {"line": b"{} "}, "chain.not_canonical"),
        (4, {"hash": "0" * 64}, "archive.altered_event"),
        (1, {"hash": "0" * 64}, "archive.altered_event"),
    ],
)
def test_a_journal_that_does_not_check_stops_its_tenant_alone(seq: int, changes: dict[str, object], code: str) -> None:
    world = a_world(2)
    world.record("ten_b", payment(1))
    whole = world.events[TENANT][seq - 1]
    world.events[TENANT][seq - 1] = tamper(whole, **changes)
    drained = run(world)
    assert drained.quarantine is not None
    assert (drained.quarantine.seq, drained.quarantine.code) == (seq, code)
    assert drained.size == drained.signed_size == seq - 1, "what comes before the fault is archived and signed"
    assert Heads(world).get(TENANT).quarantine == drained.quarantine
    writes = world.writes()
    assert run(world).quarantine == drained.quarantine
    assert world.writes() == writes, "a known fault is not written again"
    assert run(world, "ten_b").quarantine is None
    assert is_complete(world, "ten_b")

    world.events[TENANT][seq - 1] = whole
    assert run(world).quarantine is None
    assert Heads(world).get(TENANT).quarantine is None
    assert is_complete(world, TENANT)


def test_an_event_of_another_tenant_is_not_archived() -> None:
    world = a_world()
    world.record("ten_b", payment(1))
    world.events[TENANT][3] = world.events["ten_b"][0]._replace(seq=4)
    drained = run(world)
    assert drained.quarantine is not None
    assert drained.quarantine.code == "chain.broken"


def test_a_fork_of_the_journal_is_not_archived() -> None:
    world = a_world()
    run(world, max_events=3, max_segments=1)
    other = World()
    other.record(TENANT, *sale(1), at_ms=1_790_000_000_000)
    world.events[TENANT][3:] = other.events[TENANT][3:]
    drained = run(world)
    assert drained.quarantine is not None
    assert (drained.size, drained.quarantine.seq, drained.quarantine.code) == (3, 4, "chain.broken")


def test_a_missing_document_holds_the_archive_until_it_is_there() -> None:
    world = a_world()
    digest = sha256(pdf_of("F-2026-0001")).hexdigest()
    body = world.pdfs.pop(digest)
    drained = run(world)
    assert drained.quarantine is not None
    assert (drained.size, drained.quarantine.seq, drained.quarantine.code) == (4, 5, "archive.document_missing")
    world.pdfs[digest] = body
    assert run(world).quarantine is None
    assert is_complete(world, TENANT)


def test_a_journal_restored_to_an_earlier_time_is_fatal_for_its_archive() -> None:
    world = a_world(2)
    run(world)
    lost = world.events[TENANT][8:]
    del world.events[TENANT][8:]
    drained = run(world)
    assert drained.quarantine is not None
    assert drained.quarantine.code == "archive.ahead_of_journal"
    world.events[TENANT] += lost  # rebuilt from the archive
    assert run(world).quarantine is None
    assert is_complete(world, TENANT)


def test_a_journal_changed_after_archiving_is_seen_at_its_last_event() -> None:
    world = a_world()
    run(world)
    world.events[TENANT][-1] = tamper(world.events[TENANT][-1], line=b"{}")
    drained = run(world)
    assert drained.quarantine is not None
    assert drained.quarantine.code == "archive.ahead_of_journal"


def test_a_lost_head_is_found_again_from_the_stored_objects() -> None:
    world = a_world(2)
    run(world, max_events=5)
    before = dict(world.objects)
    head = world.stored_heads.pop(TENANT)
    run(world, max_events=3)
    assert world.objects == before
    assert replace(world.stored_heads[TENANT], version=0) == replace(head, version=0)
    assert is_complete(world, TENANT)


@pytest.mark.parametrize("length", [1, 4, 12])
def test_an_orphan_segment_is_adopted_whatever_its_length(length: int) -> None:
    world = a_world(2)
    orphan = segment.pack(event.line for event in world.events[TENANT][:length])
    for n in (1, 2):
        for digest, body in pdfs_of_sale(n).items():
            world.objects[f"{TENANT}/doc/{digest}.pdf"] = [body]
    world.objects[f"{TENANT}/seg/000000000001.jsonl.gz"] = [orphan]
    run(world, max_events=5)
    assert world.objects[f"{TENANT}/seg/000000000001.jsonl.gz"] == [orphan]
    assert is_complete(world, TENANT)


@pytest.mark.parametrize("body", [segment.pack([b'{"v":1}']), b"not gzip", b""])
def test_a_segment_that_does_not_come_from_the_journal_is_not_adopted(body: bytes) -> None:
    world = a_world()
    world.objects[f"{TENANT}/seg/000000000001.jsonl.gz"] = [body]
    drained = run(world)
    assert drained.quarantine is not None
    assert (drained.size, drained.quarantine.code) == (0, "archive.foreign_segment")


@pytest.mark.parametrize("name", ["log.json", "ckpt/000000000006.note"])
def test_a_foreign_object_in_the_place_of_ours_is_not_accepted(name: str) -> None:
    world = a_world()
    world.objects[f"{TENANT}/{name}"] = [b"somebody else's"]
    drained = run(world)
    assert drained.quarantine is not None
    assert (drained.signed_size, drained.quarantine.code) == (0, "archive.foreign_object")


def test_a_foreign_document_in_the_place_of_ours_is_not_accepted() -> None:
    world = a_world()
    digest = sha256(pdf_of("D-2026-0001")).hexdigest()
    world.objects[f"{TENANT}/doc/{digest}.pdf"] = [b"another"]
    drained = run(world)
    assert drained.quarantine is not None
    assert (drained.size, drained.quarantine.seq, drained.quarantine.code) == (2, 3, "archive.foreign_object")


def test_another_key_does_not_sign_an_archive_that_has_one() -> None:
    world = a_world()
    run(world)
    world.record(TENANT, payment(1))
    ours, world.private_key = world.private_key, Ed25519PrivateKey.generate()
    drained = run(world)
    assert drained.quarantine is not None
    assert drained.quarantine.code == "archive.key_changed"
    assert (drained.size, drained.signed_size) == (7, 6), "the event is locked all the same"
    world.private_key = ours
    assert run(world).quarantine is None
    assert Heads(world).get(TENANT).quarantine is None
    assert is_complete(world, TENANT)


def test_a_key_that_is_away_does_not_keep_events_out_of_the_lock() -> None:
    world = a_world()
    world.plan = Plan(at=_operation(world, "sign"), fault=Fault.FAILED_NOT_STORED)
    with pytest.raises(Exception, match="planted"):
        run(world)
    assert audit(world, TENANT) == 6
    run(world)
    assert is_complete(world, TENANT)


def test_losing_every_race_ends_in_an_error_and_not_in_a_loop() -> None:
    world = a_world()

    class AlwaysFirst(Heads):
        def compare_and_swap(self, *_: object) -> None:
            raise ArchiveMoved("somebody else was faster")

    with pytest.raises(ArchiveMoved):
        drain(TENANT, replace(world.archive(), heads=AlwaysFirst(world)))
    assert len(world.operations) < 20 * MAX_LOST_RACES


@pytest.mark.parametrize("tenant", ["", "a/b", "../x", "é", "x" * 65])
def test_a_tenant_id_cannot_leave_its_folder(tenant: str) -> None:
    world = World()
    world.record(tenant, payment(1))
    with pytest.raises(Invalid):
        run(world, tenant)


def test_the_sweep_is_told_whom_to_drain() -> None:
    world = a_world()
    world.record("ten_b", payment(1))
    assert set(Heads(world).dirty()) == {TENANT, "ten_b"}
    run(world)
    assert list(Heads(world).dirty()) == ["ten_b"]
    world.stored_heads[TENANT] = replace(world.stored_heads[TENANT], signed_size=0)
    assert set(Heads(world).dirty()) == {TENANT, "ten_b"}


def test_no_object_of_one_tenant_holds_a_byte_of_another() -> None:
    world = a_world()
    world.record("ten_b", payment(1))
    run(world)
    before = {key for key in world.objects if key.startswith(TENANT)}
    run(world, "ten_b")
    assert {key for key in world.objects if key.startswith(TENANT)} == before
    assert all(b"ten_b" not in body[0] for key, body in world.objects.items() if key in before)
    assert list(Bucket(world).versions("ten_b/"))


def _operation(world: World, name: str) -> int:
    """The number that this operation will have in a run without faults."""
    rehearsal = World(events=world.events, pdfs=world.pdfs)
    run(rehearsal)
    return rehearsal.operations.index(name)
