"""The handlers of the archive: what they answer to Lambda, and what they tell operators."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from functions.archive_stream.app import answer, log_of_all
from functions.archive_stream.wiring import Parts as StreamParts
from functions.archive_verify.app import walk
from functions.archive_verify.wiring import Watch
from relance.adapters.pin_composer import JinjaPinComposer
from relance.app.archiving import alarms, drain
from relance.app.archiving.removals import Removals
from relance.app.context import Caller
from relance.app.pin_mail import PinPost
from relance.app.pins import last_pin
from relance.app.ports.open_work import Openable
from relance.app.ports.store import Commit
from relance.app.purging import order
from relance.contracts.doorbell import encode, is_daily
from relance.domain.attestation import FiscalVersion
from relance.domain.chain.event import parse
from relance.domain.closing import CLOSED
from relance.domain.errors import Retry
from relance.domain.ids import TenantId
from tests.builders import TENANT, a_company, a_context
from tests.doubles.archive import Bucket, Fault, Plan, Signer, World, a_key, tamper
from tests.doubles.archive_auditor import is_complete
from tests.doubles.exported import world_of
from tests.doubles.legal_facts import payment, pdfs_of_sale, sale
from tests.doubles.outside import MailFate, ManualClock, RecordingMailer
from tests.doubles.store import InMemoryStore
from tests.doubles.years import OWNER, YEAR, a_closed_year


@dataclass(frozen=True, slots=True)
class Invocation:
    """How much time is left, always the same."""

    left_ms: int = 60_000

    def get_remaining_time_in_millis(self) -> int:
        return self.left_ms


def parts_of(world: World, *tenants: str, marks: InMemoryStore | None = None) -> StreamParts:
    return StreamParts(world.archive(), Register(tenants), ManualClock(), lambda: Removals(marks or InMemoryStore()))


def stream(*tenants: str, change: str = "INSERT") -> dict[str, object]:
    return {
        "Records": [
            {
                "eventName": change,
                "dynamodb": {"Keys": {"tenant": {"S": tenant}, "seq": {"N": "1"}}, "SequenceNumber": str(100 + number)},
            }
            for number, tenant in enumerate(tenants)
        ]
    }


def a_world(*tenants: str, sales: int = 1) -> World:
    world = World()
    for tenant in tenants:
        for n in range(1, sales + 1):
            world.record(tenant, *sale(n))
            world.pdfs.update(pdfs_of_sale(n))
    return world


def test_a_batch_drains_every_tenant_that_rang() -> None:
    world = a_world("ten_a", "ten_b")
    assert answer(parts_of(world), stream("ten_a", "ten_b", "ten_a"), Invocation()) == {"batchItemFailures": []}
    assert is_complete(world, "ten_a")
    assert is_complete(world, "ten_b")


def test_a_tenant_that_fails_comes_back_and_holds_up_no_other() -> None:
    world = a_world("ten_a", "ten_b")
    world.plan = Plan(at=0, fault=Fault.THROTTLED)
    assert answer(parts_of(world), stream("ten_a", "ten_b"), Invocation()) == {
        "batchItemFailures": [{"itemIdentifier": "100"}]
    }
    assert is_complete(world, "ten_b")


@pytest.mark.parametrize("change", ["MODIFY", "REMOVE"])
def test_an_event_changed_or_removed_in_the_table_raises_the_alarm_at_once(
    change: str, capsys: pytest.CaptureFixture[str]
) -> None:
    world = a_world("ten_a")
    assert answer(parts_of(world), stream("ten_a", change=change), Invocation()) == {"batchItemFailures": []}
    assert "JournalChanged" in metrics(capsys)
    answer(parts_of(world), stream("ten_a"), Invocation())
    assert "JournalChanged" not in metrics(capsys)


def test_a_line_that_a_purge_covers_goes_in_silence_and_no_other_does(capsys: pytest.CaptureFixture[str]) -> None:
    """[AF-07, AR-02] Only a removal, only between the marks, never a closing, never of another company."""
    firm = a_closed_year()
    purge = order(firm.ctx, OWNER, firm.live, YEAR, firm.worker)

    def rings(seq: int, type: str = "invoice.issued", change: str = "REMOVE", tenant: str = TENANT) -> bool:
        keys = {"tenant": {"S": tenant}, "seq": {"N": str(seq)}}
        record = {"Keys": keys, "SequenceNumber": "1", "OldImage": {"type": {"S": type}} if type else {}}
        answer(
            parts_of(World(), marks=firm.store), {"Records": [{"eventName": change, "dynamodb": record}]}, Invocation()
        )
        return "JournalChanged" in metrics(capsys)

    assert not rings(purge.first_seq)
    assert not rings(purge.last_seq)
    assert rings(purge.last_seq + 1)
    assert rings(purge.first_seq, type=CLOSED)
    assert rings(purge.first_seq, type="")
    assert rings(purge.first_seq, change="MODIFY")
    assert rings(purge.first_seq, tenant="ten_b")


def test_a_direct_ring_that_fails_is_rung_again_by_lambda() -> None:
    world = a_world("ten_a")
    world.plan = Plan(at=0, fault=Fault.THROTTLED)
    with pytest.raises(Retry):
        answer(parts_of(world), json.loads(encode("ten_a")), Invocation())
    assert answer(parts_of(world), json.loads(encode("ten_a")), Invocation()) == {"batchItemFailures": []}
    assert is_complete(world, "ten_a")


def test_once_a_day_the_checkpoints_of_all_companies_are_signed() -> None:
    world = a_world("ten_a", "ten_b")
    answer(parts_of(world), stream("ten_a", "ten_b"), Invocation())
    parts = parts_of(world, "ten_a", "ten_b", "ten_new")
    assert is_daily({"daily": True})
    assert not is_daily(stream("ten_a"))
    assert log_of_all(parts) == {"size": 2}
    assert "_all/2026-11-16.note" in world.objects
    assert log_of_all(parts_of(World())) == {"size": 0}


def test_a_long_journal_is_drained_as_long_as_there_is_time() -> None:
    world = World()
    world.record("ten_a", *[payment(1)] * 2600)
    ring = json.loads(encode("ten_a"))
    with pytest.raises(Retry):
        answer(parts_of(world), ring, Invocation(left_ms=1000))
    assert world.stored_heads["ten_a"].size == 2000
    assert answer(parts_of(world), ring, Invocation()) == {"batchItemFailures": []}
    assert world.stored_heads["ten_a"].signed_size == 2600


def test_a_key_that_signs_no_more_raises_its_own_alarm_and_the_ring_comes_back(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """[AR-04] Everything waits; the log says what to do, the metric calls a person."""
    world = a_world("ten_a", "ten_b")
    world.disabled.add(Signer(world).public_key())
    assert answer(parts_of(world), stream("ten_a", "ten_b"), Invocation()) == {
        "batchItemFailures": [{"itemIdentifier": "100"}]
    }
    assert "SigningKeyUnusable" in metrics(capsys)
    assert {record.__dict__["reason"] for record in caplog.records} == {"La clé est désactivée."}
    assert world.stored_heads["ten_b"].size > world.stored_heads["ten_b"].signed_size == 0
    world.disabled.clear()
    answer(parts_of(world), stream("ten_a", "ten_b"), Invocation())
    assert is_complete(world, "ten_a")
    world.disabled.add(Signer(world).public_key())
    with pytest.raises(Retry):
        log_of_all(parts_of(world, "ten_a"))
    assert "SigningKeyUnusable" in metrics(capsys)


def test_a_change_of_key_is_told_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    world = a_world("ten_a")
    answer(parts_of(world), stream("ten_a"), Invocation())
    world.retired, world.private_key = (world.private_key,), a_key(8)
    world.record("ten_a", payment(1))
    answer(parts_of(world), stream("ten_a"), Invocation())
    (told,) = [record.__dict__ for record in caplog.records if record.message == "another key signs"]
    assert (told["tenant"], told["seq"]) == ("ten_a", 6)


def test_a_quarantine_raises_the_alarm_and_is_not_retried(capsys: pytest.CaptureFixture[str]) -> None:
    world = a_world("ten_a")
    world.events["ten_a"][0] = tamper(world.events["ten_a"][0], hash="0" * 64)
    assert answer(parts_of(world), stream("ten_a"), Invocation()) == {"batchItemFailures": []}
    assert "TenantQuarantined" in metrics(capsys)


@dataclass(frozen=True, slots=True)
class Register:
    """Tenants by name; nothing is open."""

    names: tuple[str, ...]

    def tenants(self) -> Iterator[TenantId]:
        return iter([TenantId(name) for name in self.names])

    def open_ids(self, tenant: TenantId, cls: type[Openable]) -> Iterator[str]:
        return iter(())

    def due_ids(self, tenant: TenantId, before: datetime) -> Iterator[str]:
        return iter(())


def watch_of(world: World, *tenants: str) -> Watch:
    return Watch(world.archive(), Register(tenants), a_context(), a_post(RecordingMailer()), lambda: VERSION)


VERSION = FiscalVersion("a" * 64, "1.0")


def a_post(mailer: RecordingMailer) -> PinPost:
    return PinPost(JinjaPinComposer(), mailer, "envoi.example")


def metrics(capsys: pytest.CaptureFixture[str]) -> set[str]:
    """Names of the metrics written since the last look (EMF lines of the log)."""
    names: set[str] = set()
    for line in capsys.readouterr().out.splitlines():
        try:
            names |= set(json.loads(line)) if "_aws" in line else set()
        except json.JSONDecodeError:
            continue
    return names


def test_intact_archives_are_walked_without_an_alarm(capsys: pytest.CaptureFixture[str]) -> None:
    assert walk(watch_of(world_of(), "ten_a", "ten_b")) == {"walked": 2, "refused": 0}
    assert not metrics(capsys) & {"ArchiveMismatch", "JournalChanged"}


def test_a_forged_object_raises_the_alarm(capsys: pytest.CaptureFixture[str]) -> None:
    world = world_of()
    Bucket(world).overwrite("ten_a/log.json", b"forged")
    assert walk(watch_of(world, "ten_a")) == {"walked": 1, "refused": 1}
    seen = metrics(capsys)
    assert "ArchiveMismatch" in seen
    assert "JournalChanged" not in seen


def test_a_changed_journal_raises_an_alarm_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    world = world_of()
    world.events["ten_a"][2] = tamper(world.events["ten_a"][2], line=b"{}")
    walk(watch_of(world, "ten_a"))
    assert {"ArchiveMismatch", "JournalChanged"} <= metrics(capsys)


@pytest.mark.parametrize("is_forged", [False, True])
def test_in_the_first_days_of_a_month_an_intact_archive_is_mailed_as_a_pin(
    capsys: pytest.CaptureFixture[str],
    *,
    is_forged: bool,
) -> None:
    """Only what was just found intact; what keeps a mail from leaving keeps no walk up. [AR-02]"""
    world, mailer = world_of(), RecordingMailer()
    if is_forged:
        Bucket(world).overwrite("ten_a/log.json", b"forged")
    ctx = a_context(clock=ManualClock(datetime(2026, 12, 1, 2, 30, tzinfo=UTC)))
    ctx.store.commit(Commit(TenantId("ten_a"), "t" * 32, puts=(a_company(TenantId("ten_a")),)))
    watch = Watch(world.archive(), Register(("ten_a",)), ctx, a_post(mailer), lambda: VERSION)
    mailer.next(MailFate.THROTTLED)
    assert walk(watch)["walked"] == 1
    assert ("PinFailed" in metrics(capsys)) is not is_forged
    walk(watch)
    walk(watch)
    assert len(mailer.delivered) == (0 if is_forged else 1)
    pin = last_pin(ctx, TenantId("ten_a"))
    assert (pin is None) is is_forged


def test_another_version_of_the_fiscal_modules_is_a_fact_once(capsys: pytest.CaptureFixture[str]) -> None:
    """[AF-11, AF-08] The first one that is seen is no change; no other is passed over, and none is told twice."""
    world, ctx = world_of(), a_context()
    running = [VERSION]
    watch = Watch(world.archive(), Register(("ten_a",)), ctx, a_post(RecordingMailer()), lambda: running[-1])
    walk(watch)
    assert isinstance(ctx.store, InMemoryStore)
    assert not ctx.store.events("ten_a")
    running.append(FiscalVersion("b" * 64, "1.1"))
    walk(watch)
    walk(watch)
    (event,) = [parse(one.line) for one in ctx.store.events("ten_a")]
    assert (event.type, event.ref.kind, event.actor) == ("software.changed", "software", "archive_verify")
    assert event.data == {
        "from_sha256": "a" * 64, "from_product": "1.0", "sha256": "b" * 64, "product": "1.1",
    }  # fmt: skip
    capsys.readouterr()


def test_the_walk_tells_the_journal_of_another_signing_key_once() -> None:
    """[AF-11] Not the archiver: it writes no line of what it carries."""
    world, ctx = world_of(), a_context()
    world.record("ten_a", *sale(4))
    world.pdfs.update(pdfs_of_sale(4))
    drain("ten_a", world.deployed_with(7, 17))
    watch = Watch(world.archive(), Register(("ten_a",)), ctx, a_post(RecordingMailer()), lambda: VERSION)
    walk(watch)
    walk(watch)
    assert isinstance(ctx.store, InMemoryStore)
    (event,) = [parse(one.line) for one in ctx.store.events("ten_a")]
    assert (event.type, event.data["size"]) == ("key.rotated", 18)


def test_an_integrity_failure_is_a_fact_once_for_the_same_faults() -> None:
    """[AF-11] A technical event of the journal, and shown by the archive's status."""
    world, ctx = world_of(), a_context()
    watch = Watch(world.archive(), Register(("ten_a",)), ctx, a_post(RecordingMailer()), lambda: VERSION)
    walk(watch)
    assert isinstance(ctx.store, InMemoryStore)
    assert not ctx.store.events("ten_a")
    Bucket(world).overwrite("ten_a/log.json", b"forged")
    walk(watch)
    walk(watch)
    (event,) = [parse(one.line) for one in ctx.store.events("ten_a")]
    assert (event.type, event.actor) == ("archive.integrity_failed", "archive_verify")
    assert event.data["count"] == 1
    assert "log.json" in str(event.data["faults"])
    Bucket(world).delete("ten_a/doc/" + next(key for key in world.objects if "/doc/" in key).split("/")[-1])
    walk(watch)
    (latest, first) = alarms.latest(ctx, Caller(TenantId("ten_a"), "user:1"))
    assert (latest.count, first.count) == (2, 1)


def test_nothing_is_chained_to_a_journal_that_is_behind_its_archive(capsys: pytest.CaptureFixture[str]) -> None:
    """After a restore the next places of the journal are those of archived facts: a rebuild must find them free."""
    world, ctx = world_of(), a_context()
    versions = [VERSION]
    watch = Watch(world.archive(), Register(("ten_a",)), ctx, a_post(RecordingMailer()), lambda: versions[-1])
    walk(watch)
    versions.append(FiscalVersion("b" * 64, "1.1"))
    del world.events["ten_a"][-2:]
    assert walk(watch) == {"walked": 1, "refused": 1}
    assert {"ArchiveMismatch", "JournalChanged"} <= metrics(capsys)
    assert isinstance(ctx.store, InMemoryStore)
    assert not ctx.store.events("ten_a")
    (kept,) = alarms.latest(ctx, Caller(TenantId("ten_a"), "user:1"))
    assert "le journal n’est plus ce qui a été archivé" in str(kept.faults)


def test_an_archive_that_cannot_be_read_does_not_hide_the_next(capsys: pytest.CaptureFixture[str]) -> None:
    world = world_of()
    Bucket(world).overwrite("ten_a/log.json", b"forged")
    world.plan = Plan(at=len(world.operations), fault=Fault.THROTTLED)
    with pytest.raises(Retry):
        walk(watch_of(world, "ten_b", "ten_a"))
    assert "ArchiveMismatch" in metrics(capsys)


def test_the_walk_is_written_down_with_the_instant_of_the_product_clock() -> None:
    world = world_of()
    walk(watch_of(world, "ten_a"))
    verification = world.stored_heads["ten_a"].verification
    assert verification is not None
    assert replace(verification, at_ms=0).faults == 0
    assert verification.at_ms == int(ManualClock().now().timestamp() * 1000)
