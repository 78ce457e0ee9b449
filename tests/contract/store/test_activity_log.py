"""What was noticed is kept once per id, read in order, and forgotten when its time is up."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from relance.adapters.dynamo import codec
from relance.adapters.dynamo.activity import DynamoActivityLog
from relance.adapters.dynamo.store import DynamoStore
from relance.adapters.retention_data import load_retention
from relance.app.noticing import noticed
from relance.app.ports.activity import Activity, ActivityKind
from relance.app.ports.retention import ActivityEraser
from relance.domain.errors import Retry
from relance.domain.ids import TenantId
from relance.domain.retention import Retention
from tests.builders import OTHER_TENANT, TENANT
from tests.contract.store.conftest import ON_CLOUD, Place
from tests.doubles.activity import InMemoryActivityLog
from tests.doubles.outside import START, ManualClock
from tests.doubles.store import Fault


@dataclass(frozen=True, slots=True)
class Log:
    """A log with its clock, and a way to make it fail."""

    adapter: InMemoryActivityLog | DynamoActivityLog
    clock: ManualClock
    tenant: TenantId
    other: TenantId
    fail_next: Callable[[Fault], None]

    def an_activity(self, minutes: int = 0, **changes: Any) -> Activity:
        activity = noticed(
            ActivityKind.OPENED,
            START + timedelta(minutes=minutes),
            tenant=self.tenant,
            document_kind="quote",
            document_id="quo_1",
            subject="quo_1#delivery",
            data={"class": "human_probable"},
        )
        return replace(activity, **changes)

    def ends(self, activity: Activity) -> datetime:
        return load_retention().expires_at(activity.kept_by, activity.at)

    def read(self, limit: int = 100) -> tuple[Activity, ...]:
        return self.adapter.of_document(self.tenant, "quote", "quo_1", limit=limit)


@pytest.fixture(params=["memory", "moto", ON_CLOUD])
def log(request: pytest.FixtureRequest) -> Log:
    clock = ManualClock()
    if request.param == "memory":
        kept = InMemoryActivityLog(clock)

        def fail(_: Fault) -> None:
            kept.failures = 1

        return Log(kept, clock, TENANT, OTHER_TENANT, fail)
    return on_dynamo(request.getfixturevalue(f"{request.param}_place"), clock)


def on_dynamo(place: Place, clock: ManualClock) -> Log:
    assert isinstance(place.store, DynamoStore)
    adapter = DynamoActivityLog(place.store.database, clock)
    return Log(adapter, clock, place.tenant, place.other, place.fail_next)


def test_the_latest_records_are_read_oldest_first(log: Log) -> None:
    records = [log.an_activity(minutes) for minutes in (3, 0, 60, 7)]
    assert all(log.adapter.record(record) for record in records)
    in_order = (records[1], records[0], records[3], records[2])
    assert log.read() == in_order
    assert log.read(limit=2) == in_order[2:]


def test_two_hits_of_one_minute_are_one_record(log: Log) -> None:
    first = log.an_activity()
    assert log.adapter.record(first)
    assert not log.adapter.record(replace(first, data={"class": "bot"}))
    assert log.read() == (first,)


def test_what_has_expired_is_not_shown_although_it_is_not_removed_yet(log: Log) -> None:
    record = log.an_activity()
    log.adapter.record(record)
    log.clock.move_to(log.ends(record) - timedelta(seconds=1))
    assert log.read() == (record,)
    log.clock.move_to(log.ends(record))
    assert log.read() == ()


def test_how_long_is_what_the_dated_data_says_on_that_day(log: Log) -> None:
    """[T-06, K-07] Another term from another day on changes what is kept from then on, and no line of the program."""
    t06 = load_retention().rule("T-06", START.date())
    dated = Retention(
        (replace(t06, valid_to=START.date()), replace(t06, months=2, valid_from=START.date() + timedelta(days=1)))
    )
    adapter = log.adapter
    if isinstance(adapter, InMemoryActivityLog):
        adapter.retention = dated
    else:
        adapter = replace(adapter, retention=lambda: dated)
    before, after = log.an_activity(), log.an_activity(24 * 60)
    assert adapter.record(before)
    assert adapter.record(after)
    log.clock.move_to(START + timedelta(days=70))
    assert log.read() == (before,)


def test_what_was_kept_by_a_release_that_knew_the_term_itself_is_still_read() -> None:
    """Its body names the instant; the item has it too, and that is what counts."""
    body = (
        b'{"v":1,"data":{"tenant":"ten_a","document_kind":"quote","document_id":"quo_1","id":"1-viewed","kind":"viewed",'
        b'"at":"2026-11-16T09:00:00Z","expires_at":"2027-12-16T09:00:00Z","data":{"class":"bot"}}}'
    )
    assert codec.decode(Activity, body, 1).data == {"class": "bot"}


def test_activity_stays_with_its_document_and_tenant(log: Log) -> None:
    log.adapter.record(log.an_activity())
    log.adapter.record(log.an_activity(document_id="quo_2"))
    log.adapter.record(log.an_activity(document_kind="invoice"))
    log.adapter.record(log.an_activity(tenant=log.other))
    assert log.read() == (log.an_activity(),)


def test_what_is_replaced_is_one_record_the_one_that_lasts_longest(log: Log) -> None:
    today = log.an_activity(id="last-open", data={"day": "2026-11-16"})
    later = log.an_activity(24 * 60, id="last-open", data={"day": "2026-11-17"})
    assert log.adapter.replace(today)
    assert log.adapter.replace(later)
    assert not log.adapter.replace(later), "said twice"
    assert not log.adapter.replace(today), "told late"
    assert log.read() == (later,)


@pytest.mark.parametrize("fault", [Fault.NOT_STORED, Fault.THROTTLED])
def test_a_record_that_may_not_be_stored_is_asked_for_again(log: Log, fault: Fault) -> None:
    log.fail_next(fault)
    with pytest.raises(Retry):
        log.adapter.record(log.an_activity())
    assert log.adapter.record(log.an_activity())


@pytest.mark.parametrize("where", ["moto", ON_CLOUD])
def test_a_lost_answer_does_not_make_two_records(where: str, request: pytest.FixtureRequest) -> None:
    log = on_dynamo(request.getfixturevalue(f"{where}_place"), ManualClock())
    log.fail_next(Fault.STORED)
    assert not log.adapter.record(log.an_activity())
    assert log.read() == (log.an_activity(),)


def test_what_was_noticed_of_a_document_is_forgotten_expired_or_not(log: Log) -> None:
    """[K-07] ActivityEraser: all of one document, nothing of another, and again without harm."""
    for minutes in (0, 3, 9):
        log.adapter.record(log.an_activity(minutes))
    log.adapter.record(log.an_activity(document_id="quo_2"))
    log.adapter.record(log.an_activity(tenant=log.other))
    log.clock.move_to(log.ends(log.an_activity()))
    eraser: ActivityEraser = log.adapter
    eraser.forget(log.tenant, "quote", "quo_1")
    eraser.forget(log.tenant, "quote", "quo_1")
    log.clock.move_to(START)
    assert log.read() == ()
    assert len(log.adapter.of_document(log.tenant, "quote", "quo_2")) == 1
    assert len(log.adapter.of_document(log.other, "quote", "quo_1")) == 1
