"""What is around the archive is away for a day or more: issuing goes on, the delay is told, and nothing is skipped.

The stream is a doorbell and no more; the sweep of every quarter of an hour is the promise. [AR-04, complaint 1]
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from functions.archive_stream.app import answer
from functions.archive_stream.wiring import Parts
from relance.app.archiving import Health, Status, status, verify
from relance.app.archiving.removals import Removals
from relance.app.relaunching import Sweep, sweep
from relance.contracts.doorbell import encode
from relance.domain.calendar_fr import to_ms
from relance.domain.errors import Retry
from relance.domain.ids import TenantId
from tests.builders import TENANT
from tests.doubles.archive import tamper
from tests.doubles.archive_auditor import is_complete
from tests.doubles.house import BYSTANDER, House
from tests.doubles.invariants import Invariants

QUARTER = timedelta(minutes=15)
HEALTHY = (TenantId("ten_north"), TenantId("ten_south"))


@dataclass(frozen=True, slots=True)
class Invocation:
    """As much time as anybody wants."""

    def get_remaining_time_in_millis(self) -> int:
        return 600_000


@dataclass(slots=True)
class Days:
    """A company whose invoices go on whatever happens; `rings` are the calls of the archiver that failed."""

    house: House = field(default_factory=lambda: House().opens(drafts=40).opens(BYSTANDER, 0))
    issued: int = 0
    failed: int = 0

    def ring(self, tenant: str) -> None:
        """Lambda calls the archiver, which may fail."""
        try:
            parts = Parts(self.house.archiver, self.house.store, self.house.clock, lambda: Removals(self.house.store))
            answer(parts, json.loads(encode(tenant)), Invocation())
        except Retry:
            self.failed += 1

    def dirty(self) -> Iterable[str]:
        """DirtyTenants."""
        heads = self.house.archiver.heads
        for tenant in self.house.store.tenants():
            head = heads.get(tenant)
            if self.house.store.head(tenant).seq != head.size or head.signed_size != head.size:
                yield tenant

    def sweeps(self) -> Sweep:
        """A quarter of an hour goes by."""
        house = self.house
        house.goes_on(QUARTER)
        done = sweep(house.ctx, house.store, house.executions, self, self.ring, lambda *_: None)
        assert done.failed == 0
        return done

    def sells(self) -> str:
        """The next invoice; the seller notices nothing."""
        self.issued += 1
        return self.house.issue(self.issued)

    def lives(self, hours: int, *, sweeping: bool = True) -> list[int]:
        """An invoice every two hours; for each hour, how many minutes the oldest fact waits for its lock."""
        waits: list[int] = []
        for hour in range(hours):
            if hour % 2 == 0:
                assert self.sells() == f"F-{self.house.clock.now().year}-{self.issued:04d}"
            for _ in range(4):
                if sweeping:
                    self.sweeps()
                else:
                    self.house.goes_on(QUARTER)
            waits.append(self.status().waiting_ms // 60_000)
        return waits

    def status(self, tenant: TenantId = TENANT) -> Status:
        house = self.house
        return status(tenant, house.whole, house.ctx.store, now_ms=to_ms(house.clock.now()))

    def assert_all_is_archived(self) -> None:
        """Nothing was skipped, and whoever gets the archive finds it intact."""
        Invariants().hold(self.house)
        assert is_complete(self.house.world, TENANT)
        assert self.status().health is Health.CURRENT
        assert verify(TENANT, self.house.whole, now_ms=to_ms(self.house.clock.now())).faults == ()


def test_with_the_stream_disabled_for_30_hours_the_sweep_alone_keeps_the_promise_AR_04() -> None:
    days = Days()
    waits = days.lives(30)
    assert max(waits) <= 15
    assert days.failed == 0
    days.sweeps()
    days.assert_all_is_archived()


def test_after_30_hours_in_which_nothing_rang_at_all_one_sweep_brings_everything() -> None:
    days = Days()
    waits = days.lives(30, sweeping=False)
    assert waits[-1] >= 29 * 60
    assert days.status().health is Health.LATE
    days.sweeps()
    days.assert_all_is_archived()


@pytest.mark.parametrize(
    "down",
    [("sign",), ("put", "get ten_atelier")],
    ids=["KMS", "S3"],
)
def test_complaint_1_a_day_without_key_or_bucket_stops_no_invoice_tells_the_delay_and_loses_nothing(
    down: tuple[str, ...],
) -> None:
    """Dolibarr#39999: the key of the log could not be read any more, and new records were silently not written."""
    days = Days()
    days.lives(2)
    days.sweeps()
    sealed = days.house.world.stored_heads[TENANT].signed_size
    days.house.world.down = down
    waits = days.lives(24)
    assert days.issued == 13, "issuing goes on"
    assert days.failed >= 90, "each ring fails, which raises the alarm on errors of the archiver"
    assert waits[-1] >= 22 * 60, "the delay is seen"
    assert days.house.world.stored_heads[TENANT].signed_size == sealed
    assert days.status().health is Health.LATE, "also while the bucket itself cannot be asked"
    days.house.world.down = ()
    days.sweeps()
    days.assert_all_is_archived()


def test_a_fact_that_is_locked_but_not_signed_is_late_too() -> None:
    days = Days()
    days.house.world.down = ("sign",)
    days.sells()
    days.sweeps()
    days.sweeps()
    told = days.status()
    assert (told.size, told.signed_size, told.waiting_ms) == (2, 0, 0)
    assert told.health is Health.LATE


def test_a_document_that_cannot_be_stored_is_drawn_later_and_its_number_stands() -> None:
    days = Days()
    days.sells()
    days.house.world.down = ("put",)
    with pytest.raises(Retry):
        days.house.seal(1)
    assert days.sells() == "F-2026-0002"
    days.house.world.down = ()
    days.house.seal(1)
    days.house.seal(2)
    days.sweeps()
    days.assert_all_is_archived()


def test_a_poisoned_company_waits_alone_is_told_and_goes_on_when_it_is_mended(
    capsys: pytest.CaptureFixture[str],
) -> None:
    days = Days()
    for tenant in HEALTHY:
        days.house.opens(tenant, 2)
    for n in (1, 2):
        for tenant in (TENANT, *HEALTHY):
            days.house.issue(n, tenant)
    journal = days.house.store.events(TENANT)
    poisoned = [*journal[:1], tamper(journal[1], line=journal[1].line.replace(b"Lyon", b"Lion")), *journal[2:]]
    head = days.house.store.head(TENANT)
    days.house.store.restore(TENANT, poisoned, head)
    capsys.readouterr()
    for _ in range(3):
        days.sweeps()
    for tenant in HEALTHY:
        assert days.status(tenant).health is Health.CURRENT
        assert days.status(tenant).signed_size == 3
    told = days.status()
    assert told.quarantine is not None
    assert (told.health, told.quarantine.seq, told.quarantine.code) == (
        Health.QUARANTINED,
        2,
        "archive.altered_event",
    )
    assert told.signed_size == 1, "what comes before it is sealed"
    assert capsys.readouterr().out.count('"TenantQuarantined"') >= 3, "each sweep raises the alarm again"
    assert days.failed == 0, "it is no error that Lambda would repeat"

    days.house.store.restore(TENANT, journal, head)
    days.sweeps()
    assert days.status().quarantine is None
    days.assert_all_is_archived()


def test_a_walk_beside_an_archive_in_quarantine_still_finds_what_is_sealed_intact() -> None:
    days = Days()
    days.sells()
    days.sweeps()
    days.sells()
    journal = days.house.store.events(TENANT)
    days.house.store.restore(TENANT, [*journal[:-1], tamper(journal[-1], hash="0" * 64)], days.house.store.head(TENANT))
    days.sweeps()
    assert days.status().health is Health.QUARANTINED
    assert verify(TENANT, days.house.whole, now_ms=1).faults == ()
    assert days.status().health is Health.QUARANTINED, "a good walk does not end it"
