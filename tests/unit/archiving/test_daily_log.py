"""The log of all companies' checkpoints: one signed note a day, finished by whoever comes next. [AR-02]"""

import gzip
import json
from base64 import b64decode
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256

import pytest
from sigstore._internal.rekor.checkpoint import SignedCheckpoint

from relance.app.archiving import drain
from relance.app.archiving.daily_log import ORIGIN, stamp, write_daily_log
from relance.app.ports.archive import KeyUnusable
from relance.domain.chain.note import key_id, open_note, sign_note, verifier_key
from relance.domain.errors import Corrupted, OutcomeUnknown
from tests.doubles.archive import Bucket, Crash, Fault, Plan, World, a_key
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
@pytest.mark.parametrize("at", range(19))
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


OLD, NEW, NEWER = 7, 8, 9
TOMORROW = date(2026, 11, 23)


def public(n: int) -> bytes:
    return a_key(n).public_key().public_bytes_raw()


def signed_by(stored: bytes) -> tuple[str, list[bytes]]:
    """The text, and the key ids on it."""
    text, signatures = open_note(stored)
    return text, [signature.key_id for signature in signatures]


def note_of(world: World, day: date, *keys: int) -> bytes:
    made = write_daily_log(TENANTS, world.deployed_with(*keys), day)
    assert made is not None
    return made.note


def test_the_first_note_of_another_key_is_signed_by_the_key_before_it_too_and_the_next_is_not() -> None:
    world = a_world()
    note_of(world, DAY, OLD)
    text, ids = signed_by(handing_over := note_of(world, TOMORROW, OLD, NEW))
    assert ids == [key_id(ORIGIN, public(OLD)), key_id(ORIGIN, public(NEW))]
    assert text.splitlines()[-1] == f"next {verifier_key(ORIGIN, public(NEW))}"
    for signature, n in zip(open_note(handing_over)[1], (OLD, NEW), strict=True):
        a_key(n).public_key().verify(signature.signature, text.encode())
    assert SignedCheckpoint.from_text(handing_over.decode()).checkpoint.origin == ORIGIN
    text, ids = signed_by(note_of(world, date(2026, 11, 24), OLD, NEW))
    assert ids == [key_id(ORIGIN, public(NEW))]
    assert "next" not in text


def test_a_note_stored_before_the_key_changed_that_day_stays() -> None:
    world = a_world()
    first = note_of(world, DAY, OLD)
    assert note_of(world, DAY, OLD, NEW) == first
    handing_over = note_of(world, TOMORROW, OLD, NEW)
    assert note_of(world, TOMORROW, OLD, NEW, NEWER) == handing_over
    assert all(len(versions) == 1 for versions in world.objects.values())


@pytest.mark.parametrize(("days", "count"), [(7, 2), (8, 1)])
def test_a_silence_of_a_week_is_bridged_and_a_longer_one_begins_anew(days: int, count: int) -> None:
    world = a_world()
    note_of(world, DAY, OLD)
    _, ids = signed_by(note_of(world, DAY + timedelta(days), OLD, NEW))
    assert len(ids) == count


def test_a_note_before_by_a_key_that_is_not_at_hand_stops_the_log_until_it_is() -> None:
    world = a_world()
    note_of(world, DAY, OLD)
    with pytest.raises(Corrupted, match="remettez-la") as caught:
        note_of(world, TOMORROW, NEW)
    assert caught.value.code == "archive.key_changed"
    assert len(signed_by(note_of(world, TOMORROW, OLD, NEW))[1]) == 2


def test_a_retired_key_that_signs_no_more_makes_the_log_wait() -> None:
    world = a_world()
    note_of(world, DAY, OLD)
    world.disabled.add(public(OLD))
    with pytest.raises(KeyUnusable):
        note_of(world, TOMORROW, OLD, NEW)
    world.disabled.clear()
    assert len(signed_by(note_of(world, TOMORROW, OLD, NEW))[1]) == 2


def test_a_note_of_another_text_or_signature_in_its_place_is_told() -> None:
    genuine = note_of(a_world(), DAY, OLD)
    text, (signature,) = open_note(genuine)
    more = f"{text}more\n"
    for forged in (
        sign_note(text, ORIGIN, public(OLD), bytes(64)),
        sign_note(text, ORIGIN, public(NEW), signature.signature),
        sign_note(more, ORIGIN, public(OLD), a_key(OLD).sign(more.encode())),
        note_of(a_world(), TOMORROW, OLD),
    ):
        world = a_world()
        world.objects["_all/2026-11-22.note"] = [forged]
        with pytest.raises(Corrupted) as caught:
            note_of(world, DAY, OLD)
        assert caught.value.code == "archive.foreign_object"
