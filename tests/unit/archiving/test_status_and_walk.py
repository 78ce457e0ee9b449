"""How far an archive is, and what the daily walk finds."""

import json
from dataclasses import replace
from hashlib import sha256

import pytest

from relance.app.archiving import Health, Status, drain, status, verify
from relance.app.ports.archive import ArchiveMoved, Verification
from relance.app.ports.store import Store
from relance.domain.ids import TenantId
from relance.domain.journal import Head
from tests.doubles.archive import Bucket, Fault, Heads, Plan, World, tamper
from tests.doubles.exported import TENANT, world_of
from tests.doubles.legal_facts import payment, pdf_of, pdfs_of_sale, sale

NOW = 1_780_000_000_000


class OnlyHeads:
    """As much of the store as the status reads."""

    def __init__(self, world: World) -> None:
        self.world = world

    def head(self, tenant: TenantId) -> Head:
        return Head(seq=len(self.world.events.get(tenant, [])))


def status_of(world: World, now_ms: int = NOW) -> Status:
    store: Store = OnlyHeads(world)  # type: ignore[assignment] # the rest of it is never asked
    return status(TenantId(TENANT), world.archive(), store, now_ms=now_ms)


def test_a_company_that_did_nothing_yet_is_current() -> None:
    found = status_of(World())
    assert (found.health, found.journal_size, found.size, found.signed_size) == (Health.CURRENT, 0, 0, 0)
    assert (found.checkpoint, found.verifier_key, found.waiting_ms) == (b"", "", 0)


def test_a_drained_archive_shows_its_checkpoint_and_key() -> None:
    found = status_of(world_of())
    assert (found.health, found.journal_size, found.size, found.signed_size) == (Health.CURRENT, 18, 18, 18)
    assert found.checkpoint.startswith(b"relance/ten_a\n18\n")
    assert found.verifier_key.startswith("relance/ten_a+")


@pytest.mark.parametrize(("minutes", "health"), [(0, Health.CURRENT), (15, Health.CURRENT), (16, Health.LATE)])
def test_an_event_that_waits_longer_than_promised_makes_it_late(minutes: int, health: Health) -> None:
    world = world_of()
    world.record(TENANT, payment(1), at_ms=NOW)
    waiting = world.events[TENANT][-1].at_ms
    found = status_of(world, now_ms=waiting + minutes * 60_000)
    assert (found.health, found.waiting_ms) == (health, minutes * 60_000)


def test_a_clock_that_went_back_does_not_make_the_wait_negative() -> None:
    world = world_of()
    world.record(TENANT, payment(1), at_ms=NOW)
    assert status_of(world, now_ms=0).waiting_ms == 0


def test_a_quarantine_is_shown_with_its_reason() -> None:
    world = world_of()
    world.record(TENANT, payment(1))
    world.events[TENANT][-1] = tamper(world.events[TENANT][-1], hash="0" * 64)
    drain(TENANT, world.archive())
    found = status_of(world)
    assert found.health is Health.QUARANTINED
    assert found.quarantine is not None
    assert found.quarantine.seq == 19


def test_an_intact_archive_is_walked_without_a_word_and_the_walk_remembered() -> None:
    world = world_of()
    walked = verify(TENANT, world.archive(), now_ms=NOW)
    assert (walked.size, walked.faults, walked.journal_intact) == (18, (), True)
    assert Heads(world).get(TENANT).verification == Verification(NOW, 18, 0)
    assert status_of(world).health is Health.CURRENT


def test_an_archive_that_is_not_begun_is_intact() -> None:
    assert verify(TENANT, World().archive(), now_ms=NOW).faults == ()


def test_orphans_are_normal() -> None:
    world = world_of()
    world.objects[f"{TENANT}/seg/000000000019.jsonl.gz"] = [b"left by a crash"]
    world.objects[f"{TENANT}/doc/{'0' * 64}.pdf"] = [b"left by a crash"]
    assert verify(TENANT, world.archive(), now_ms=NOW).faults == ()


@pytest.mark.parametrize("kind", ["seg/", "ckpt/", "doc/", "log.json"])
def test_a_second_version_of_an_object_is_told_although_the_first_is_intact(kind: str) -> None:
    world = world_of()
    key = next(key for key in sorted(world.objects) if key.startswith(f"{TENANT}/{kind}"))
    Bucket(world).overwrite(key, b"forged")
    (fault,) = verify(TENANT, world.archive(), now_ms=NOW).faults
    assert key.removeprefix(f"{TENANT}/") in fault
    assert status_of(world).health is Health.REFUSED


def test_a_deleted_object_is_told_although_its_bytes_are_still_there() -> None:
    world = world_of()
    Bucket(world).delete(f"{TENANT}/seg/000000000007.jsonl.gz")
    (fault,) = verify(TENANT, world.archive(), now_ms=NOW).faults
    assert "seg/000000000007" in fault


def test_an_altered_object_is_told() -> None:
    world = world_of()
    digest = sha256(pdf_of("F-2026-0002")).hexdigest()
    world.objects[f"{TENANT}/doc/{digest}.pdf"] = [b"forged"]
    (fault,) = verify(TENANT, world.archive(), now_ms=NOW).faults
    assert "F-2026-0002" in fault


def test_a_removed_tail_is_told_by_the_head() -> None:
    world = world_of()
    for key in (f"{TENANT}/seg/000000000013.jsonl.gz", f"{TENANT}/ckpt/000000000018.note"):
        del world.objects[key]
    faults = verify(TENANT, world.archive(), now_ms=NOW).faults
    assert any("tronqué" in fault for fault in faults)


@pytest.mark.parametrize("kept", [0, 6, 12])
def test_a_table_of_an_earlier_moment_is_told_by_the_bucket(kept: int) -> None:
    """Head and journal are as old as each other, so nothing else tells that numbers would be given twice."""
    world = World()
    heads = {0: dict(world.stored_heads)}
    for n in (1, 2, 3):
        world.record(TENANT, *sale(n))
        world.pdfs.update(pdfs_of_sale(n))
        drain(TENANT, world.archive())
        heads[6 * n] = dict(world.stored_heads)
    world.stored_heads = heads[kept]
    del world.events[TENANT][kept:]
    walked = verify(TENANT, world.archive(), now_ms=NOW)
    assert any(f"ne connaît que {kept} événements archivés, le coffre en atteste 18" in one for one in walked.faults)
    assert (walked.size, walked.journal_behind) == (18, True)
    assert status_of(world).health is Health.REFUSED


def test_a_walk_beside_an_archiver_at_work_finds_nothing() -> None:
    """At each operation of a walk the archiver locks and signs a segment more."""
    for at in range(60):
        world = world_of([1])
        world.record(TENANT, *sale(2))
        world.pdfs.update(pdfs_of_sale(2))
        archiver = world.archive()
        world.operations.clear()
        world.plan = Plan(at, Fault.OTHER_BEFORE, lambda world=world: drain(TENANT, world.archive()))  # type: ignore[misc]
        walked = verify(TENANT, archiver, now_ms=NOW)
        assert (walked.faults, walked.journal_behind) == ((), False), at
        if at >= len(world.operations):
            return
    raise AssertionError("a walk takes fewer operations")


def test_the_archive_of_somebody_else_in_its_place_is_told() -> None:
    world, other = world_of(), world_of(tenant="ten_b")
    for key in list(world.objects):
        del world.objects[key]
    world.objects.update({key.replace("ten_b/", "ten_a/"): body for key, body in other.objects.items()})
    assert any("ten_b" in fault for fault in verify(TENANT, world.archive(), now_ms=NOW).faults)


@pytest.mark.parametrize("seq", [1, 9, 18])
def test_a_journal_changed_after_archiving_is_told(seq: int) -> None:
    world = world_of()
    event = world.events[TENANT][seq - 1]
    world.events[TENANT][seq - 1] = tamper(event, line=event.line.replace(b"ten_a", b"ten_x"))
    walked = verify(TENANT, world.archive(), now_ms=NOW)
    assert not walked.journal_intact
    assert len(walked.faults) == 1, "the archive itself is intact"


@pytest.mark.parametrize("seq", [1, 9, 18])
def test_an_event_removed_from_the_journal_after_archiving_is_told(seq: int) -> None:
    world = world_of()
    del world.events[TENANT][seq - 1]
    assert not verify(TENANT, world.archive(), now_ms=NOW).journal_intact


def test_a_walk_that_cannot_be_written_down_still_answers() -> None:
    world = world_of()

    class AlwaysFirst(Heads):
        def compare_and_swap(self, *_: object) -> None:
            raise ArchiveMoved("somebody else was faster")

    assert verify(TENANT, replace(world.archive(), heads=AlwaysFirst(world)), now_ms=NOW).faults == ()


def test_what_is_printed_in_the_journal_is_readable_by_anybody() -> None:
    line = world_of().events[TENANT][3].line.decode()
    assert json.loads(line)["data"]["content"]["seller"]["name"] == "Maçonnerie Dupont & Fils"
    assert "Maçonnerie" in line, "no escapes that a person could not read"
