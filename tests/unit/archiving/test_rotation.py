"""An archive goes over to another key: both keys say so, from a size on, whoever else is at work and whatever crashes.

The auditor knows nothing of the archiver: it takes the keys from log.json and the key notes, and holds every checkpoint
against the one key that may have signed it. Decision 0024. [AR-02, AR-04]
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import product

import pytest

from relance.app.archiving import Archiver, Drained, drain, layout
from relance.app.archiving.rotation import cross_signed, handed_over
from relance.app.ports.archive import AlreadyStored, ArchiveHead, KeyUnusable
from relance.domain.chain.note import open_key_note, open_note, verifier_key
from relance.domain.errors import Corrupted, RelanceError, Retry
from tests.doubles.archive import Bucket, Crash, Fault, Heads, Plan, World, a_key
from tests.doubles.archive_auditor import audit, is_complete
from tests.doubles.legal_facts import payment

TENANT = "ten_a"
OLD, NEW, NEWER = 7, 8, 9
MAX_EVENTS = 2  # so that what waits takes two segments


def public(n: int) -> bytes:
    return a_key(n).public_key().public_bytes_raw()


def a_world() -> World:
    """Two events archived under the old key, three waiting."""
    world = World()
    world.record(TENANT, payment(1), payment(1))
    drain(TENANT, world.deployed_with(OLD), max_events=MAX_EVENTS)
    world.record(TENANT, payment(1), payment(1), payment(1))
    world.operations.clear()
    return world


def run(world: World, *keys: int) -> Drained:
    return drain(TENANT, world.deployed_with(*keys), max_events=MAX_EVENTS)


def ring(archive: Archiver) -> None:
    with suppress(RelanceError, Crash):
        drain(TENANT, archive, max_events=MAX_EVENTS)


def head_of(world: World) -> ArchiveHead:
    return world.stored_heads[TENANT]


def key_notes(world: World) -> list[str]:
    return sorted(key for key in world.objects if "/key/" in key)


def signer_of(world: World, size: int) -> bytes:
    """The key id on the checkpoint of that size."""
    _, (signature,) = open_note(world.objects[f"{TENANT}/{layout.checkpoint(size)}"][0])
    return signature.key_id


def key_id(n: int) -> bytes:
    return bytes.fromhex(verifier_key(layout.origin(TENANT), public(n)).split("+")[1])


def test_the_first_segment_under_another_active_key_hands_the_archive_over() -> None:
    world = a_world()
    drained = run(world, OLD, NEW)
    assert (drained.size, drained.signed_size, drained.rotated_at, drained.quarantine) == (5, 5, 2, None)
    assert key_notes(world) == [f"{TENANT}/key/000000000002.note"]
    key_note, old, new = open_key_note(world.objects[key_notes(world)[0]][0])
    assert (key_note.size, key_note.next_key) == (2, public(NEW))
    assert (old.key_id, new.key_id) == (key_id(OLD), key_id(NEW))
    assert [signer_of(world, size) for size in (2, 4, 5)] == [key_id(OLD), key_id(NEW), key_id(NEW)]
    assert (head_of(world).public_key, head_of(world).handover) == (public(NEW).hex(), None)
    assert is_complete(world, TENANT)


def test_the_head_moves_before_the_key_note_and_the_key_note_is_stored_before_the_checkpoint() -> None:
    world = a_world()
    run(world, OLD, NEW)
    writes = [name for name in world.operations if name.startswith(("put", "swap", "sign"))]
    assert writes[:8] == [
        f"put {TENANT}/seg/000000000003.jsonl.gz",
        "swap head",
        "sign",
        "sign",
        f"put {TENANT}/key/000000000002.note",
        "sign",
        f"put {TENANT}/ckpt/000000000004.note",
        "swap head",
    ]


def test_an_idle_archive_keeps_its_key_until_it_signs_again() -> None:
    world = World()
    world.record(TENANT, payment(1))
    run(world, OLD)
    before = world.writes()
    assert run(world, OLD, NEW).rotated_at is None
    assert world.writes() == before
    world.record(TENANT, payment(1))
    assert run(world, OLD, NEW).rotated_at == 1


def test_several_rotations_chain_and_an_archive_may_skip_a_key() -> None:
    world = a_world()
    run(world, OLD, NEW)
    world.record(TENANT, payment(1))
    assert run(world, OLD, NEW, NEWER).rotated_at == 5
    assert [signer_of(world, size) for size in (2, 4, 5, 6)] == [key_id(n) for n in (OLD, NEW, NEW, NEWER)]
    audit(world, TENANT)
    skipping = a_world()
    run(skipping, OLD, NEW, NEWER)
    assert signer_of(skipping, 5) == key_id(NEWER)
    assert is_complete(skipping, TENANT)


def test_a_change_of_mind_goes_back_by_another_note() -> None:
    """The new deployment is withdrawn: the old key is the active one again, the new one retired."""
    world = a_world()
    run(world, OLD, NEW)
    world.record(TENANT, payment(1))
    assert run(world, NEW, OLD).rotated_at == 5
    assert signer_of(world, 6) == key_id(OLD)
    assert is_complete(world, TENANT)


def test_a_segment_that_waits_for_its_signature_gets_that_of_its_own_time() -> None:
    """The old deployment died between head and checkpoint: nobody can know whether it signed."""
    world = a_world()
    world.plan = Plan(next(n for n, name in enumerate(rehearse(OLD)) if name == "sign"), Fault.CRASH_BEFORE)
    ring(world.deployed_with(OLD))
    assert (head_of(world).signed_size, head_of(world).size) == (2, 4)
    drained = run(world, OLD, NEW)
    assert drained.rotated_at == 4
    assert [signer_of(world, size) for size in (4, 5)] == [key_id(OLD), key_id(NEW)]
    assert is_complete(world, TENANT)


def test_a_log_that_another_key_began_is_gone_on_with_by_that_key() -> None:
    """The old deployment died after log.json, before its first checkpoint."""
    world = World()
    world.record(TENANT, payment(1))
    first = World()
    first.record(TENANT, payment(1))
    run(first, OLD)
    number = next(n for n, name in enumerate(first.operations) if name.endswith("log.json"))
    world.plan = Plan(number, Fault.CRASH_AFTER)
    ring(world.deployed_with(OLD))
    assert run(world, OLD, NEW).quarantine is None
    assert signer_of(world, 1) == key_id(OLD)
    world.record(TENANT, payment(1))
    assert run(world, OLD, NEW).rotated_at == 1
    assert is_complete(world, TENANT)


def test_a_log_that_an_unknown_key_began_is_foreign() -> None:
    world = World()
    world.record(TENANT, payment(1))
    world.objects[f"{TENANT}/log.json"] = [layout.log_json(TENANT, public(99))]
    found = run(world, OLD, NEW)
    assert found.quarantine is not None
    assert found.quarantine.code == "archive.foreign_object"


# Keys that are not there


def test_an_unknown_key_puts_this_archive_in_quarantine_until_it_is_among_the_retired() -> None:
    world = a_world()
    found = run(world, NEW)
    assert found.quarantine is not None
    assert (found.quarantine.code, found.size, found.signed_size) == ("archive.key_changed", 4, 2)
    assert "clés retirées" in found.quarantine.reason
    assert key_notes(world) == []
    mended = run(world, OLD, NEW)
    assert (mended.quarantine, mended.rotated_at) == (None, 4)
    assert is_complete(world, TENANT)
    assert head_of(world).quarantine is None


def test_a_key_taken_from_the_list_in_the_middle_of_a_handover_is_asked_for_again() -> None:
    world = a_world()
    world.plan = Plan(rehearse(OLD, NEW).index("sign"), Fault.CRASH_BEFORE)
    ring(world.deployed_with(OLD, NEW))
    assert head_of(world).handover is not None
    found = run(world, NEW)
    assert found.quarantine is not None
    assert found.quarantine.code == "archive.key_changed"
    assert run(world, OLD, NEW).quarantine is None
    assert is_complete(world, TENANT)


def test_a_retired_key_that_signs_no_more_makes_the_archive_wait_and_loses_nothing() -> None:
    world = a_world()
    world.disabled.add(public(OLD))
    with pytest.raises(KeyUnusable):
        run(world, OLD, NEW)
    assert (head_of(world).size, head_of(world).signed_size) == (4, 2), "locked, and waiting for its signature"
    assert key_notes(world) == []
    audit(world, TENANT)
    world.disabled.clear()
    assert run(world, OLD, NEW).rotated_at == 2
    assert is_complete(world, TENANT)


def test_a_retired_key_that_cannot_say_its_name_is_not_taken_for_an_unknown_one() -> None:
    """GetPublicKey of a disabled key fails in KMS: whether it is the one of this archive cannot be known."""

    class Mute:
        def public_key(self) -> bytes:
            raise KeyUnusable("désactivée")

        def sign(self, message: bytes) -> bytes:
            raise AssertionError(message)

    world = a_world()
    archive = replace(world.deployed_with(NEW), retired=(Mute(),))
    with pytest.raises(KeyUnusable):
        drain(TENANT, archive, max_events=MAX_EVENTS)
    assert head_of(world).quarantine is None
    assert head_of(world).size == 4, "locked all the same"
    assert run(world, OLD, NEW).rotated_at == 4
    assert is_complete(world, TENANT)


def test_keys_that_nobody_can_ask_for_now_do_not_hinder_locking() -> None:
    """[AR-04] KMS is away for a day: what is recorded is locked, and signed when it is back."""

    class Away:
        def public_key(self) -> bytes:
            raise Retry("KMS ne répond pas")

        def sign(self, message: bytes) -> bytes:
            raise AssertionError(message)

    world = a_world()
    with pytest.raises(Retry):
        drain(TENANT, replace(world.deployed_with(OLD), signer=Away()), max_events=MAX_EVENTS)
    assert (head_of(world).size, head_of(world).quarantine) == (4, None)
    assert run(world, OLD, NEW).rotated_at == 4
    assert is_complete(world, TENANT)


def test_a_mute_retired_key_does_not_trouble_an_archive_that_is_already_on_the_active_one() -> None:
    world = a_world()
    run(world, OLD, NEW)
    world.disabled.add(public(OLD))
    world.record(TENANT, payment(1))
    run(world, OLD, NEW)
    assert is_complete(world, TENANT)


# Crashes, and other archivers at the same time


def rehearse(*keys: int) -> list[str]:
    world = a_world()
    run(world, *keys)
    return world.operations


def cases() -> Iterator[tuple[int, Fault, tuple[int, ...]]]:
    """Every operation of a rotation × every fault; the other archiver of the old deployment, this one or the next."""
    for number, operation in enumerate(rehearse(OLD, NEW)):
        for fault in Fault:
            if fault is Fault.FAILED_BUT_STORED and operation.startswith(("read", "get", "sign")):
                continue
            others = ((OLD,), (OLD, NEW), (OLD, NEW, NEWER)) if fault.name.startswith("OTHER") else ((OLD, NEW),)
            for other in others:
                yield number, fault, other


CASES = list(cases())


@pytest.mark.parametrize(("number", "fault", "other"), CASES)
def test_an_archive_is_handed_over_once_whatever_fails_wherever(
    number: int, fault: Fault, other: tuple[int, ...]
) -> None:
    world = a_world()
    world.plan = Plan(number, fault, other=lambda: ring(world.deployed_with(*other)))
    ring(world.deployed_with(OLD, NEW))
    audit(world, TENANT)
    newest = (OLD, NEW, NEWER) if NEWER in other else (OLD, NEW)
    ring(world.deployed_with(*newest))
    assert is_complete(world, TENANT), "a drain without faults must finish the work"
    world.record(TENANT, payment(1))
    ring(world.deployed_with(*newest))
    assert is_complete(world, TENANT)
    assert head_of(world).public_key == public(newest[-1]).hex()
    assert head_of(world).quarantine is None
    writes = world.writes()
    ring(world.deployed_with(*newest))
    assert world.writes() == writes


def interrupted() -> Iterator[tuple[int, Fault]]:
    for number in range(len(rehearse(OLD))):
        yield number, Fault.OTHER_BEFORE
        yield number, Fault.OTHER_AFTER


@pytest.mark.parametrize(("number", "fault"), list(interrupted()))
def test_an_archiver_of_the_old_deployment_never_signs_beyond_the_key_note(number: int, fault: Fault) -> None:
    """At each of its operations the old deployment falls asleep while the new one hands the archive over and goes on;
    then it wakes up, with what it read before."""
    world = a_world()

    def new_deployment() -> None:
        ring(world.deployed_with(OLD, NEW))
        world.record(TENANT, payment(1))
        ring(world.deployed_with(OLD, NEW))

    world.plan = Plan(number, fault, other=new_deployment)
    ring(world.deployed_with(OLD))
    audit(world, TENANT)
    for _ in range(2):
        ring(world.deployed_with(OLD))  # it is rung again before it is gone
        audit(world, TENANT)
    world.record(TENANT, payment(1))
    ring(world.deployed_with(OLD, NEW))
    assert is_complete(world, TENANT)
    assert len(key_notes(world)) == 1
    assert head_of(world).quarantine is None


def writes_of(*keys: int) -> list[int]:
    return [n for n, name in enumerate(rehearse(*keys)) if name.startswith(("put", "swap", "sign"))]


def put_to_sleep(world: World, at: int, dies_at: int) -> None:
    """The old deployment falls asleep at operation `at`; the new one dies at its own operation `dies_at`; the old one
    wakes up and ends."""

    def new_deployment() -> None:
        world.plan = Plan(len(world.operations) + dies_at, Fault.CRASH_BEFORE)
        ring(world.deployed_with(OLD, NEW))

    world.plan = Plan(at, Fault.OTHER_BEFORE, other=new_deployment)
    ring(world.deployed_with(OLD))
    world.plan = Plan()


def test_a_rotation_that_died_half_way_beside_an_old_deployment_is_finished_by_the_next() -> None:
    for at, dies_at in product(writes_of(OLD), writes_of(OLD, NEW)):
        world = a_world()
        put_to_sleep(world, at, dies_at)
        audit(world, TENANT)
        ring(world.deployed_with(OLD, NEW))
        world.record(TENANT, payment(1))
        ring(world.deployed_with(OLD, NEW))
        assert is_complete(world, TENANT), (at, dies_at)
        assert head_of(world).public_key == public(NEW).hex()
        assert (len(key_notes(world)), head_of(world).quarantine) == (1, None)


def test_the_matrix_meets_every_write_of_a_rotation() -> None:
    puts = {name.split("/")[1] for name in rehearse(OLD, NEW) if name.startswith("put")}
    assert puts == {"seg", "key", "ckpt"}
    assert len(CASES) >= 200


# Heads restored to an earlier moment


def test_heads_restored_to_any_moment_take_the_way_that_is_stored() -> None:
    """A restore of the tables gives back a head from before a rotation: what is locked decides, nothing is signed
    twice by two keys."""
    world = World()
    seen: list[ArchiveHead] = []

    class Recorded(Heads):
        def compare_and_swap(self, tenant: str, expected: ArchiveHead, new: ArchiveHead) -> None:
            super().compare_and_swap(tenant, expected, new)
            seen.append(new)

    for keys in ((OLD,), (OLD, NEW), (OLD, NEW), (OLD, NEW, NEWER), (OLD, NEW, NEWER)):
        world.record(TENANT, *[payment(1)] * 3)
        archive = replace(world.deployed_with(*keys), heads=Recorded(world))
        drain(TENANT, archive, max_events=MAX_EVENTS)
    stored = dict(world.objects)
    assert len(key_notes(world)) == 2
    for head in [ArchiveHead(), *seen]:
        world.stored_heads[TENANT] = head
        assert run(world, OLD, NEW, NEWER).quarantine is None
        assert world.objects == stored
        assert is_complete(world, TENANT)
        assert head_of(world).public_key == public(NEWER).hex()


@pytest.mark.parametrize("body", [b"not a note", None])
def test_a_foreign_key_note_in_the_way_of_a_restored_head_stops_it(body: bytes | None) -> None:
    world = a_world()
    before = head_of(world)
    run(world, OLD, NEW)
    other = World()
    other.record(TENANT, payment(2), payment(2))
    run(other, OLD)
    other.record(TENANT, payment(2))
    run(other, OLD, NEW)
    name = f"{TENANT}/key/000000000002.note"
    world.objects[name] = [body or other.objects[name][0]]
    world.stored_heads[TENANT] = before
    found = run(world, OLD, NEW)
    assert found.quarantine is not None
    assert (found.quarantine.code, found.quarantine.seq) == ("archive.foreign_object", 3)


# What must fail when a rule is missing


def test_a_key_note_before_the_head_is_caught() -> None:
    """Control: were the note stored first, an archiver of the old deployment could still win the head and sign."""
    world = a_world()
    archive, head = world.deployed_with(OLD, NEW), head_of(world)
    owing = handed_over(head, head, public(NEW).hex())
    both = cross_signed(layout.origin(TENANT), owing, archive.retired[0], archive.signer)
    archive.store.put_new(f"{TENANT}/{layout.key_note(2)}", both, "text/plain")
    audit(world, TENANT)
    ring(world.deployed_with(OLD))
    with pytest.raises(AssertionError, match="signed by another key"):
        audit(world, TENANT)


def test_a_store_that_hides_what_was_there_is_caught() -> None:
    """Control: did an archiver take a found segment for its own, a restored head would be handed over too early."""

    class Forgetful(Bucket):
        def put_new(self, key: str, body: bytes, media_type: str) -> None:
            with suppress(AlreadyStored):
                super().put_new(key, body, media_type)

    world = a_world()
    run(world, OLD)
    restored = head_of(world)
    world.record(TENANT, payment(1))
    run(world, OLD)
    world.record(TENANT, payment(1))
    run(world, OLD, NEW)
    world.stored_heads[TENANT] = restored
    with suppress(Corrupted):
        drain(TENANT, replace(world.deployed_with(OLD, NEW), store=Forgetful(world)), max_events=MAX_EVENTS)
    with pytest.raises(AssertionError):
        audit(world, TENANT)
