"""Closing through the real writer, on a store that fails: what is in the transaction, what a crash leaves. [AF-05]"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from relance.app import closing
from relance.app.journaling import Decision, commit, due_closings, store_closings
from relance.app.settings import put_company
from relance.domain.chain.event import Event, Fact, Ref, parse
from relance.domain.closing import CLOSED, Closing
from relance.domain.errors import OutcomeUnknown, Retry
from relance.domain.journal import Head
from relance.domain.party import Company, Customer
from relance.domain.periods import PeriodKind
from tests.builders import OTHER_TENANT, TENANT, a_caller, a_company, a_context, a_customer
from tests.doubles.bookkeeper import utc
from tests.doubles.commits import a_commit, a_move, issue
from tests.doubles.outside import ManualClock
from tests.doubles.store import Crash, Fault, InMemoryStore

NOON = utc("2026-11-20T11:00")


class Desk:
    """One company at a clock that the test moves."""

    def __init__(self) -> None:
        self.store, self.clock = InMemoryStore(), ManualClock(NOON)
        self.ctx = a_context(store=self.store, clock=self.clock)

    def issues(self) -> None:
        issue(self.ctx, TENANT)

    def next_day(self, days: int = 1) -> None:
        self.clock.advance(timedelta(days=days))

    @property
    def events(self) -> list[Event]:
        return [parse(event.line) for event in self.store.events(TENANT)]

    @property
    def types(self) -> list[str]:
        return [event.type for event in self.events]

    def closings(self, kind: PeriodKind | None = None) -> list[Closing]:
        return list(closing.closings(self.ctx, a_caller(), kind=kind, limit=1000).items)


@pytest.fixture
def desk() -> Desk:
    """Nothing happened yet."""
    return Desk()


def test_the_closing_is_in_the_transaction_of_the_first_event_of_the_next_day_AF_05(desk: Desk) -> None:
    desk.issues()
    desk.next_day()
    before = desk.store.commits
    desk.issues()
    assert desk.store.commits == before + 1
    assert desk.types == ["invoice.issued", CLOSED, "invoice.issued"]
    (closed,) = desk.closings()
    assert (closed.label, closed.totals["invoiced_gross"], closed.seq) == ("2026-11-20", 12_000, 2)
    assert closed.hash == desk.events[1].hash


def test_what_is_not_a_legal_fact_closes_nothing(desk: Desk) -> None:
    desk.issues()
    desk.next_day()
    commit(desk.ctx, a_caller(), None, Customer, lambda _head, _at: Decision(a_customer(), puts=(a_customer(),)))
    assert desk.types == ["invoice.issued"]


def test_the_sweep_closes_days_that_saw_no_event_and_does_it_once_AF_05(desk: Desk) -> None:
    assert closing.close_due(desk.ctx, TENANT) == 0, "no journal, nothing to close"
    desk.issues()
    assert closing.close_due(desk.ctx, TENANT) == 0
    desk.next_day(3)
    assert closing.close_due(desk.ctx, TENANT) == 3
    assert closing.close_due(desk.ctx, TENANT) == 0
    assert [c.label for c in desk.closings()] == ["2026-11-22", "2026-11-21", "2026-11-20"]
    assert desk.store.events(OTHER_TENANT) == ()


def test_complaint_6_months_and_years_are_closed_automatically_and_listed_apart_AF_05(desk: Desk) -> None:
    """Dolibarr#24450, #9331."""
    desk.issues()
    desk.next_day(45)
    desk.issues()
    assert [c.label for c in desk.closings(PeriodKind.MONTH)] == ["2026-12", "2026-11"]
    assert [c.label for c in desk.closings(PeriodKind.YEAR)] == ["2026-12-31"]
    assert len(desk.closings(PeriodKind.DAY)) == 45
    assert desk.closings(PeriodKind.YEAR)[0].totals["invoiced_gross"] == 12_000


def test_a_long_silence_goes_in_loads_before_the_event_that_ends_it(desk: Desk) -> None:
    desk.issues()
    desk.next_day(100)
    before = desk.store.commits
    desk.issues()
    assert desk.store.commits == before + 4
    assert desk.types[-1] == "invoice.issued"
    assert desk.types.count(CLOSED) == 100 + 3 + 1


@pytest.mark.parametrize("pause", [0, 1, 2, 30])
def test_closings_of_a_load_belong_to_the_day_they_were_written_on_AF_05(desk: Desk, pause: int) -> None:
    """The first load of a long silence is written, the rest days later: both count them in the day of the writing.

    The store's own check reads every closing with the verifier, which must see it the same way.
    """
    desk.issues()
    desk.next_day(43)
    store_closings(desk.ctx, TENANT, due_closings(desk.ctx, TENANT))
    written = len(desk.events)
    desk.next_day(pause)
    desk.issues()
    desk.next_day()
    desk.issues()
    day = next(c for c in desk.closings(PeriodKind.DAY) if c.first_seq <= written <= c.last_seq)
    assert day.first == NOON.date() + timedelta(days=43)


def test_a_transaction_that_would_be_too_large_lets_its_closings_go_first(desk: Desk) -> None:
    desk.issues()
    desk.next_day(10)
    facts = tuple(Fact("document.sent", Ref("invoice", "inv_1"), "system", {}) for _ in range(80))
    commit(desk.ctx, a_caller(), None, Customer, lambda _h, _at: Decision(a_customer(), (a_customer(),), facts=facts))
    assert desk.types == ["invoice.issued", *[CLOSED] * 10, *["document.sent"] * 80]
    assert len(desk.closings()) == 10


@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("at", [0, 1, 2, 3, 4])
def test_a_crash_between_two_writes_loses_no_closing_and_makes_none_twice_AF_05(
    desk: Desk, fault: Fault, at: int
) -> None:
    """A hundred days take three loads and the event's own transaction; each of them meets the fault, before or after.

    `InMemoryStore` holds every closing against the events after each commit, by the verifier's own sums.
    """
    desk.issues()
    desk.next_day(100)
    store = desk.store
    write, count = store.commit, 0

    def failing(wanted: Any) -> None:
        nonlocal count
        if count == at:
            store.fail_next(fault)
        count += 1
        write(wanted)

    desk.ctx = replace(desk.ctx, store=_Through(store, failing))
    for _ in range(3):
        try:
            desk.issues()
        except (Crash, OutcomeUnknown, Retry):
            continue
        break
    days = [c.label for c in reversed(desk.closings(PeriodKind.DAY))]
    first = NOON.date()
    assert days == [(first + timedelta(days=n)).isoformat() for n in range(100)]
    assert len([e for e in desk.events if e.type == CLOSED]) == len(desk.closings())


class _Through:
    """The store, with its pen passed through a function."""

    def __init__(self, store: InMemoryStore, commit: Any) -> None:
        self._store, self.commit = store, commit

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def test_two_sweeps_and_a_writer_at_once_close_each_period_once_AF_05(desk: Desk) -> None:
    desk.issues()
    desk.next_day(2)
    store, write = desk.store, desk.store.commit

    def overtaken(wanted: Any) -> None:
        desk.ctx = replace(desk.ctx, store=store)
        closing.close_due(desk.ctx, TENANT)
        write(wanted)

    desk.ctx = replace(desk.ctx, store=_Through(store, overtaken))
    assert closing.close_due(desk.ctx, TENANT) == 0, "somebody else was faster"
    assert [c.label for c in desk.closings()] == ["2026-11-21", "2026-11-20"]


def test_the_accounting_year_of_the_company_is_the_one_that_is_closed_CY_01(desk: Desk) -> None:
    company = a_company(fiscal_year_start="12-01")
    put_company(desk.ctx, a_caller(), company, expected_rev=None)
    desk.issues()
    desk.next_day(11)
    closing.close_due(desk.ctx, TENANT)
    (year,) = desk.closings(PeriodKind.YEAR)
    assert (year.label, year.first.isoformat(), year.totals["invoiced_gross"]) == ("2026-11-30", "2025-12-01", 12_000)
    put_company(desk.ctx, a_caller(), replace(company, fiscal_year_start="01-01"), expected_rev=1)
    desk.next_day(31)
    closing.close_due(desk.ctx, TENANT)
    assert [c.label for c in desk.closings(PeriodKind.YEAR)] == ["2026-12-31", "2026-11-30"]
    assert desk.closings(PeriodKind.YEAR)[0].first.isoformat() == "2026-12-01"


def test_a_journal_of_before_closings_takes_its_accounting_year_from_the_company(desk: Desk) -> None:
    desk.store.commit(a_commit(TENANT, a_company(fiscal_year_start="12-01")))
    desk.store.commit(a_commit(TENANT, move=a_move(TENANT, Head(), events=2, at=NOON)))
    assert desk.store.head(TENANT).periods is None
    desk.issues()
    periods = desk.store.head(TENANT).periods
    assert periods is not None
    assert (periods.fiscal_year_start, periods.day.first_seq) == ("12-01", 3)
    assert desk.store.get(TENANT, Company, TENANT) is not None


def test_the_outlook_says_what_was_closed_last_and_what_comes_next(desk: Desk) -> None:
    assert closing.outlook(desk.ctx, TENANT) == closing.Outlook(None, None)
    desk.issues()
    desk.next_day()
    desk.issues()
    found = closing.outlook(desk.ctx, TENANT)
    assert found.last is not None
    assert (found.last.label, found.next_at) == ("2026-11-20", utc("2026-11-21T23:00"))
