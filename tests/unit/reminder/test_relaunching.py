"""The sweep finds what died, starts it once, and lets no document hold up another."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from relance.app.relaunching import Sweep, relaunch, sweep
from relance.domain.calendar_fr import PARIS
from relance.domain.errors import Retry
from relance.domain.ids import TenantId
from relance.domain.reminder.run import RunStatus
from tests.builders import TENANT
from tests.doubles.commits import issue
from tests.doubles.office import Office, a_sent_quote
from tests.doubles.store import Crash, Fault
from tests.doubles.sweeping import Tenants


@dataclass
class Told:
    """A witness, and a bell."""

    failures: list[tuple[str, str, str]] = field(default_factory=list)
    rung: list[str] = field(default_factory=list)
    deaf: str = ""

    def __call__(self, tenant: str, document_id: str, error: Exception) -> None:
        self.failures.append((tenant, document_id, type(error).__name__))

    def ring(self, tenant: str) -> None:
        if tenant == self.deaf:
            raise Retry("no answer")
        self.rung.append(tenant)


def sweep_once(office: Office, told: Told | None = None, tenants: Tenants | None = None) -> Sweep:
    told, tenants = told or Told(), tenants or Tenants(office)
    return sweep(office.ctx, tenants, office.executions, tenants, told.ring, told)


def started(office: Office) -> list[tuple[str, int]]:
    return [(run.document_id, run.turn) for run in office.executions.started]


def test_a_run_whose_execution_was_never_started_is_started_under_its_next_turn() -> None:
    office = Office()
    quote = office.quote()
    assert sweep_once(office) == Sweep(looked_at=1, started=1)
    assert started(office) == [(quote.id, 2)]
    assert (office.run_of(quote).turn, office.run_of(quote).restarts) == (2, 1)


def test_a_run_that_lives_is_left_alone() -> None:
    office = Office()
    quote = office.quote()
    office.executions.start(TENANT, "quote", quote.id, 1)
    assert sweep_once(office) == Sweep(looked_at=1, started=0)
    assert office.run_of(quote).turn == 1


def test_a_run_that_waits_for_weeks_costs_no_call() -> None:
    office = Office()
    quote = office.quote()
    run = office.run_of(quote)
    office.put(replace(run, rev=2, next_at=run.next_at + timedelta(days=20)))
    assert not relaunch(office.ctx, office.executions, office.run_of(quote))
    assert started(office) == []


def test_a_run_that_ended_is_not_even_looked_at() -> None:
    office = Office()
    quote = office.quote()
    office.put(replace(office.run_of(quote), rev=2, status=RunStatus.DONE))
    assert sweep_once(office) == Sweep()


def test_a_run_that_dies_again_and_again_is_tried_less_and_less() -> None:
    office = Office()
    quote = office.quote()
    starts = []
    for minute in range(0, 24 * 60, 15):
        if sweep_once(office).started:
            starts.append(minute)
            office.executions.end(quote.id)
        office.clock.advance(timedelta(minutes=15))
    assert starts == [0, 15, 45, 105, 225, 465, 945]


@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER])
def test_a_sweep_that_crashes_leaves_everything_to_the_next(fault: Fault) -> None:
    office = Office()
    quote = office.quote()
    office.store.fail_next(fault)
    with pytest.raises(Crash):
        sweep_once(office)
    office.clock.advance(timedelta(minutes=15))
    assert sweep_once(office).started == 1
    assert len(started(office)) == 1
    assert office.run_of(quote).turn == started(office)[0][1]


def test_a_service_that_does_not_start_leaves_the_run_to_the_next_sweep() -> None:
    office = Office()
    quote = office.quote()
    office.executions.failures = 1
    told = Told()
    assert sweep_once(office, told) == Sweep(looked_at=1, started=0, failed=1)
    assert told.failures == [(TENANT, quote.id, "Retry")]
    office.clock.advance(timedelta(minutes=15))
    assert sweep_once(office).started == 1


def test_two_sweeps_at_once_start_one_execution() -> None:
    office = Office()
    quote = office.quote()

    class Rival:
        """Looks, and is overtaken before it writes."""

        def is_alive(self, *_: object) -> bool:
            assert relaunch(office.ctx, office.executions, office.run_of(quote))
            return False

        def start(self, *_: object) -> None:
            raise AssertionError("the other one started it")

    assert not relaunch(office.ctx, Rival(), office.run_of(quote))
    assert started(office) == [(quote.id, 2)]


def test_one_document_s_error_does_not_stop_another_s_relaunch() -> None:
    office = Office()
    quotes = [office.follow(a_sent_quote(id=f"quo_{i:026d}")) for i in range(3)]

    class Moody:
        def is_alive(self, _tenant: str, _kind: str, document_id: str, _turn: int) -> bool:
            if document_id == quotes[1].id:
                raise ValueError("a fault of ours")
            return False

        def start(self, tenant: TenantId, kind: str, document_id: str, turn: int) -> None:
            office.executions.start(tenant, kind, document_id, turn)

    told = Told()
    tenants = Tenants(office)
    done = sweep(office.ctx, tenants, Moody(), tenants, told.ring, told)
    assert done == Sweep(looked_at=3, started=2, failed=1)
    assert told.failures == [(TENANT, quotes[1].id, "ValueError")]


def test_archivers_are_rung_even_when_no_tenant_can_be_listed() -> None:
    office = Office()
    told = Told(deaf="ten_c")
    tenants = Tenants(office, unarchived=("ten_b", "ten_c", "ten_d"), silent=True)
    assert sweep_once(office, told, tenants) == Sweep(rung=2, failed=2)
    assert told.rung == ["ten_b", "ten_d"]
    assert told.failures == [("", "", "Retry"), ("ten_c", "", "Retry")]


@pytest.mark.parametrize(("at", "looked_at"), [("02:59", 0), ("03:00", 1), ("03:14", 1), ("03:15", 0), ("12:00", 0)])
def test_a_sweep_costs_what_is_due_and_once_a_night_all_that_is_open_is_looked_at(at: str, looked_at: int) -> None:
    office = Office()
    run = office.run_of(office.quote())
    office.put(replace(run, rev=2, next_at=run.next_at + timedelta(days=20)))
    office.clock.move_to(datetime.fromisoformat(f"2026-11-18T{at}:00").replace(tzinfo=PARIS).astimezone(UTC))
    assert sweep_once(office) == Sweep(looked_at=looked_at)


def test_a_sweep_closes_the_days_that_are_over_before_archivers_are_rung_AF_05() -> None:
    office = Office()
    issue(office.ctx, TENANT)
    office.clock.advance(timedelta(days=3))
    told = Told()
    assert sweep_once(office, told).closed == 3
    assert sweep_once(office, told).closed == 0
    assert told.failures == []


def test_a_journal_that_cannot_be_closed_holds_up_neither_relaunches_nor_other_companies() -> None:
    office = Office()
    quote = office.quote()
    issue(office.ctx, TENANT)
    office.clock.advance(timedelta(days=1))
    office.store.fail_next(Fault.THROTTLED)
    told = Told()
    done = sweep_once(office, told)
    assert (done.closed, done.failed, done.started) == (0, 1, 1)
    assert told.failures == [(TENANT, "", "Retry")]
    assert started(office) == [(quote.id, 2)]
    assert sweep_once(office, told).closed == 1
