"""Every operation of the archiver × every fault × every way the doorbell rings, all generated.

After each case: the invariants hold (an auditor that shares no code with the archiver), a drain finishes the work, and
one more drain writes nothing. Broken variants must fail here: a matrix that cannot fail proves nothing.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace

import pytest

from relance.app.archiving import Archiver, drain
from relance.domain.errors import RelanceError
from tests.doubles.archive import Bucket, Crash, Fault, Journal, Plan, World
from tests.doubles.archive_auditor import audit, is_complete
from tests.doubles.legal_facts import payment, pdfs_of_sale, sale

TENANT = "ten_a"
MAX_EVENTS = 4  # so that one sale takes two segments
RINGS = ("one ring", "two rings", "a ring after more events")


def a_world() -> World:
    """One event archived long ago, one sale waiting."""
    world = World()
    world.record(TENANT, payment(1))
    drain(TENANT, world.archive(), max_events=MAX_EVENTS)
    world.record(TENANT, *sale(1))
    world.pdfs.update(pdfs_of_sale(1))
    world.operations.clear()
    return world


def rehearse() -> list[str]:
    world = a_world()
    drain(TENANT, world.archive(), max_events=MAX_EVENTS)
    return world.operations


def cases() -> Iterator[tuple[int, Fault, str]]:
    for number, operation in enumerate(rehearse()):
        for fault in Fault:
            for ring in RINGS:
                if fault is Fault.FAILED_BUT_STORED and operation.startswith(("read", "get", "sign")):
                    continue  # nothing is stored by them
                yield number, fault, ring


CASES = list(cases())


def ring_the_doorbell(archive: Archiver) -> None:
    with suppress(RelanceError, Crash):
        drain(TENANT, archive, max_events=MAX_EVENTS)


def run_case(number: int, fault: Fault, ring: str, archive: Callable[[World], Archiver] = World.archive) -> None:
    world = a_world()
    world.plan = Plan(number, fault, other=lambda: ring_the_doorbell(archive(world)))
    ring_the_doorbell(archive(world))
    audit(world, TENANT)
    if ring == "two rings":
        ring_the_doorbell(archive(world))
    elif ring == "a ring after more events":
        world.record(TENANT, payment(1), payment(1))
        ring_the_doorbell(archive(world))
    audit(world, TENANT)
    ring_the_doorbell(archive(world))
    assert is_complete(world, TENANT), "a drain without faults must finish the work"
    writes = world.writes()
    ring_the_doorbell(archive(world))
    assert world.writes() == writes, "and the next must have nothing to do"


@pytest.mark.parametrize(("number", "fault", "ring"), CASES)
def test_nothing_is_lost_doubled_or_forged_whatever_fails_wherever(number: int, fault: Fault, ring: str) -> None:
    run_case(number, fault, ring)


def test_the_matrix_covers_every_write_of_the_archiver() -> None:
    operations = rehearse()
    assert {"swap head", "sign", "read journal", "get head", "get pdf"} <= set(operations)
    assert {name.split("/")[1] for name in operations if name.startswith("put")} == {"doc", "seg", "ckpt"}
    assert len(CASES) >= 250


def broken_variants() -> dict[str, Callable[[World], Archiver]]:
    class Overwriting(Bucket):
        def put_new(self, key: str, body: bytes, media_type: str) -> None:
            def put() -> None:
                self.world.objects.setdefault(key, []).append(body)

            self.world.operate(f"put {key}", put)

    class BlindHead(Journal):
        """Reads on from what the caller says, hiding holes: gives what it finds, renumbered."""

        def read(self, tenant: str, after_seq: int, limit: int):  # type: ignore[no-untyped-def] # as the port
            events = Journal.read(self, tenant, after_seq, limit)
            return [event._replace(seq=after_seq + 1 + i) for i, event in enumerate(events)]

    return {
        "a put that overwrites": lambda world: replace(world.archive(), store=Overwriting(world)),
        "a reader that closes holes": lambda world: replace(world.archive(), journal=BlindHead(world)),
    }


def test_an_archiver_that_overwrites_is_caught_by_the_matrix() -> None:
    variant = broken_variants()["a put that overwrites"]
    number = next(n for n, operation in enumerate(rehearse()) if "/seg/" in operation)
    with pytest.raises(AssertionError, match="overwritten"):
        run_case(number, Fault.OTHER_BEFORE, "one ring", variant)


def test_a_reader_that_closes_holes_is_caught_by_the_checks_of_the_chain() -> None:
    world = a_world()
    world.hidden.add((TENANT, 3))
    drained = drain(TENANT, broken_variants()["a reader that closes holes"](world), max_events=MAX_EVENTS)
    assert drained.quarantine is not None
    assert drained.size == 2
