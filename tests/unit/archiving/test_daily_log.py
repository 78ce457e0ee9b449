"""The log of all companies' checkpoints: one signed note a day, finished by whoever comes next. [AR-02]"""

import gzip
import json
from base64 import b64decode
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256

import pytest
from sigstore._internal.rekor.checkpoint import SignedCheckpoint

from relance.app.archiving import drain
from relance.app.archiving.daily_log import stamp, write_daily_log
from relance.domain.errors import Corrupted, OutcomeUnknown
from tests.doubles.archive import Bucket, Crash, Fault, Plan, World
from tests.doubles.archive_auditor import merkle
from tests.doubles.legal_facts import payment

DAY = date(2026, 11, 22)
TENANTS = ["ten_c", "ten_a", "ten_b", "ten_new"]


def a_world() -> World:
    world = World()
    for n, tenant in enumerate(("ten_a", "ten_b", "ten_c"), 1):
        world.record(tenant, *[payment(1)] * n)
        drain(tenant, world.archive())
    return world


def test_the_note_signs_the_last_checkpoint_of_every_company() -> None:
    world = a_world()
    made = write_daily_log(TENANTS, world.archive(), DAY)
    assert made is not None
    stored = world.objects["_all/2026-11-22.jsonl.gz"][0]
    lines = gzip.decompress(stored).splitlines()
    told = [json.loads(line) for line in lines]
    assert [(line["tenant"], line["size"]) for line in sorted(told, key=lambda one: one["tenant"])] == [
        ("ten_a", 1),
        ("ten_b", 2),
        ("ten_c", 3),
    ]
    for line in told:
        kept = world.objects[f"{line['tenant']}/ckpt/{line['size']:012d}.note"][0]
        assert line["note_sha256"] == sha256(kept).hexdigest()
    signed = SignedCheckpoint.from_text(made.note.decode())
    assert (signed.checkpoint.origin, signed.checkpoint.log_size) == ("relance/_all", 3)
    assert bytes.fromhex(signed.checkpoint.log_hash) == merkle([sha256(b"\0" + line).digest() for line in lines])
    assert signed.checkpoint.other_content == ["day 2026-11-22", f"list {sha256(stored).hexdigest()}"]
    (signature,) = signed.signed_note.signatures
    world.private_key.public_key().verify(b64decode(signature.signature), signed.signed_note.note.encode())


def test_a_second_run_of_the_day_changes_nothing_and_the_next_day_has_its_own() -> None:
    world = a_world()
    first = write_daily_log(TENANTS, world.archive(), DAY)
    world.record("ten_a", payment(2))
    drain("ten_a", world.archive())
    assert write_daily_log(TENANTS, world.archive(), DAY) == first, "the list of the day is written once"
    next_day = write_daily_log(TENANTS, world.archive(), date(2026, 11, 23))
    assert next_day is not None
    assert first is not None
    assert next_day.note != first.note


def test_without_a_checkpoint_there_is_nothing_to_sign() -> None:
    world = World()
    assert write_daily_log(TENANTS, world.archive(), DAY) is None
    assert not world.objects


@pytest.mark.parametrize(
    "fault", [Fault.FAILED_NOT_STORED, Fault.FAILED_BUT_STORED, Fault.CRASH_BEFORE, Fault.CRASH_AFTER]
)
@pytest.mark.parametrize("at", range(11))
def test_whatever_died_the_next_run_finishes_it(at: int, fault: Fault) -> None:
    expected = write_daily_log(TENANTS, a_world().archive(), DAY)
    world = a_world()
    world.plan = Plan(at=len(world.operations) + at, fault=fault)
    try:
        write_daily_log(TENANTS, world.archive(), DAY)
    except (Crash, OutcomeUnknown):
        assert write_daily_log(TENANTS, world.archive(), DAY) == expected
    assert all(len(versions) == 1 for versions in world.objects.values())


@dataclass(slots=True)
class Stamper:
    """Stamps with a counter, so that a second stamp would differ."""

    asked: list[bytes] = field(default_factory=list)

    def stamp(self, sha256: bytes) -> bytes:
        self.asked.append(sha256)
        return b"stamp %d" % len(self.asked)


def test_the_note_of_a_day_is_stamped_once() -> None:
    world, stamper = a_world(), Stamper()
    made = write_daily_log(TENANTS, world.archive(), DAY)
    assert made is not None
    assert stamp(world.archive(), made, stamper) == stamp(world.archive(), made, stamper) == b"stamp 1"
    assert stamper.asked == [sha256(made.note).digest()]
    assert world.objects["_all/2026-11-22.tsr"] == [b"stamp 1"]


def test_a_foreign_note_in_its_place_is_told() -> None:
    world = a_world()
    Bucket(world).put_new("_all/2026-11-22.note", b"forged", "text/plain")
    with pytest.raises(Corrupted):
        write_daily_log(TENANTS, world.archive(), DAY)
