"""The nightly log of all archives and its stamp: what a failing authority keeps up, and what it does not. [AR-02]"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import pytest

from functions.archive_stream.app import log_of_all
from functions.archive_stream.wiring import Parts
from relance.app.archiving import drain
from relance.app.archiving.removals import Removals
from relance.app.ports.archive import TimeStamper
from relance.app.ports.open_work import Openable
from relance.domain.chain.stamp import is_stamp_of
from relance.domain.errors import Retry
from relance.domain.ids import TenantId
from tests.doubles.archive import World
from tests.doubles.legal_facts import pdfs_of_sale, sale
from tests.doubles.outside import ManualClock
from tests.doubles.store import InMemoryStore
from tests.doubles.years import Stamper

NOTE, STAMP = "_all/2026-11-16.note", "_all/2026-11-16.tsr"


@dataclass(slots=True)
class Failing:
    """An authority that is away for some requests."""

    times: int
    asked: list[bytes] = field(default_factory=list)

    def stamp(self, sha256: bytes) -> bytes:
        self.asked.append(sha256)
        if len(self.asked) <= self.times:
            raise Retry("L’autorité d’horodatage ne répond pas.", code="stamp_failed")
        return Stamper().stamp(sha256)


class OneCompany:
    """Nothing is open."""

    def tenants(self) -> Iterator[TenantId]:
        return iter([TenantId("ten_a")])

    def open_ids(self, tenant: TenantId, cls: type[Openable]) -> Iterator[str]:
        return iter(())

    def due_ids(self, tenant: TenantId, before: datetime) -> Iterator[str]:
        return iter(())


@pytest.fixture
def world() -> World:
    world = World()
    world.record("ten_a", *sale(1))
    world.pdfs.update(pdfs_of_sale(1))
    drain("ten_a", world.archive())
    return world


def parts(world: World, stamper: TimeStamper | None) -> Parts:
    return Parts(world.archive(), OneCompany(), ManualClock(), lambda: Removals(InMemoryStore()), stamper)


def test_an_authority_that_is_away_leaves_the_log_of_the_day_unstamped_and_says_so(
    world: World, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """The failed invocation rings ArchiveStreamErrorsAlarm; the archives themselves go on."""
    with pytest.raises(Retry):
        log_of_all(parts(world, Failing(times=1)))
    assert NOTE in world.objects
    assert STAMP not in world.objects
    (told,) = [record.__dict__ for record in caplog.records if record.message == "daily log not stamped"]
    assert (told["code"], told["reason"]) == ("stamp_failed", "L’autorité d’horodatage ne répond pas.")
    assert '"StampFailed"' in capsys.readouterr().out

    world.record("ten_a", *sale(2))
    world.pdfs.update(pdfs_of_sale(2))
    assert drain("ten_a", world.archive()).signed_size == 12


def test_the_repetition_stamps_the_very_same_log(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    authority = Failing(times=1)
    with pytest.raises(Retry):
        log_of_all(parts(world, authority))
    (note,) = world.objects[NOTE]
    capsys.readouterr()
    assert log_of_all(parts(world, authority)) == {"size": 1}
    assert world.objects[NOTE] == [note]
    assert authority.asked[0] == authority.asked[1]
    assert is_stamp_of(world.objects[STAMP][0], authority.asked[0])
    assert "StampFailed" not in capsys.readouterr().out


def test_without_an_authority_the_log_is_signed_and_nobody_is_called(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    assert log_of_all(parts(world, None)) == {"size": 1}
    assert STAMP not in world.objects
    assert "StampFailed" not in capsys.readouterr().out
