"""The night: who entered since the last good one is enrolled, once, whatever crashes. [SQ-02…SQ-06, SQ-08]"""

from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from relance.app.nightly import Nights, every_night, one_night
from relance.app.segments import activate, deactivate, try_out
from relance.domain.errors import Retry
from relance.domain.ids import TenantId
from relance.domain.quote import Quote, QuoteStatus
from relance.domain.reminder.policy import Source
from relance.domain.reminder.run import RunStatus
from relance.domain.segment.filter import Filter, Op, all_of, where
from relance.domain.segment.segment import Existing, Reentry, Segment
from tests.builders import TENANT
from tests.doubles.nights import LOUISE, WANTED, Firm
from tests.doubles.store import Crash, Fault
from tests.doubles.sweeping import Tenants

UNANSWERED = where("has_result", Op.IS, False)  # who answers leaves, and who takes it back returns
EVERY: dict[str, Any] = {"filter": UNANSWERED}


@pytest.fixture
def firm() -> Firm:
    return Firm()


def test_kb_07_every_night_only_what_is_new_fires(firm: Firm) -> None:
    """SQ-02, SQ-03: what matched when the query was switched on is left alone; what comes later enters, once."""
    firm.quote(1)
    firm.office.clock.advance(timedelta(days=1))
    firm.query()
    firm.quote(2)
    assert firm.night() == Nights(segments=1, entered=1)
    assert firm.entered() == [2]
    run = firm.run_of(2)
    assert (run.scenario_id, run.source, run.status) == (WANTED, Source.SEGMENT, RunStatus.ACTIVE)
    assert firm.office.executions.started[-1].turn == run.turn
    assert firm.night() == Nights(segments=1)
    assert firm.turns() == {2: 1}


def test_kb_09_the_reference_query_waits_for_the_day_after_the_sending(firm: Firm) -> None:
    """Sent before today: what is sent today enters tomorrow night, at 02:00 of the day after."""
    firm.query()
    firm.office.clock.move_to(datetime(2026, 11, 17, 0, 30, tzinfo=UTC))  # 01:30 in Paris
    firm.quote(1)
    assert firm.night().entered == 0
    assert firm.night().entered == 1


def test_kb_06_a_scenario_is_launched_on_those_there_already_when_their_author_wants_it(firm: Firm) -> None:
    """KB-06, SQ-03, the other choice: and they enter by night, not when the query is switched on."""
    for n in (1, 2, 3):
        firm.quote(n)
    firm.query(Existing.ENROL, **EVERY)
    assert firm.entered() == []
    assert firm.night().entered == 3


def test_a_cap_holds_for_the_night_and_the_rest_enters_the_next(firm: Firm) -> None:
    """SQ-06: the oldest first."""
    for n in range(1, 6):
        firm.quote(n)
    segment = firm.query(Existing.ENROL, cap=2, **EVERY)
    assert firm.night() == Nights(segments=1, entered=2, waiting=3)
    assert firm.entered() == [1, 2]
    assert (firm.night().entered, firm.night().entered) == (2, 1)
    assert firm.turns() == dict.fromkeys(range(1, 6), 1)
    assert firm.stored_night(segment).waiting == 0


@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER])
@pytest.mark.parametrize("at", range(7))
def test_sq_08_a_night_that_crashes_between_any_two_writes_is_replayed_without_double_entry(
    firm: Firm, fault: Fault, at: int
) -> None:
    """Seven writes: the night, five entries (one waits for the cap), the end. Each may be the last one before a crash;
    03:00 goes on, with the same cap."""
    for n in range(1, 7):
        firm.quote(n)
    segment = firm.query(Existing.ENROL, cap=5, **EVERY)
    firm.office.clock.move_to(firm.two_o_clock())
    firm.office.store.fail_next(*[None] * at, fault)  # no fault for the writes before
    with pytest.raises(Crash):
        firm.call()
    firm.office.clock.advance(timedelta(hours=1))
    firm.call()
    assert firm.entered() == [1, 2, 3, 4, 5]
    assert firm.turns() == dict.fromkeys(range(1, 6), 1)
    night = firm.stored_night(segment)
    assert (night.entered, night.waiting, night.good) == (5, 1, night.on)
    assert firm.night().entered == 1


@pytest.mark.parametrize("fault", [Fault.NOT_STORED, Fault.STORED])
@pytest.mark.parametrize("at", range(4))
def test_an_answer_that_is_lost_neither_loses_nor_doubles_an_entry(firm: Firm, fault: Fault, at: int) -> None:
    for n in (1, 2):
        firm.quote(n)
    firm.query(Existing.ENROL, **EVERY)
    firm.office.clock.move_to(firm.two_o_clock())
    firm.office.store.fail_next(*[None] * at, fault)
    assert firm.call() == Nights(segments=1, entered=2)
    assert firm.turns() == {1: 1, 2: 1}


@pytest.mark.parametrize(("fails", "entries"), [(True, 0), (False, 1)])
def test_what_left_and_came_back_while_nights_failed_was_never_gone(firm: Firm, fails: bool, entries: int) -> None:
    """SQ-08: from the last good snapshot; a leaving of a night that never ended does not count, any other does.

    To see an entry again the document was taken off the scenario meanwhile.
    """
    firm.quote(1)
    segment = firm.query(Existing.ENROL, reentry=Reentry.AGAIN_AFTER, again_after_days=1, **EVERY)
    assert firm.night().entered == 1
    run = firm.run_of(1)
    firm.office.put(replace(run, rev=run.rev + 1, scenario_id="standard.quote@1", source=Source.COMPANY))
    firm.answers(1)
    firm.office.clock.move_to(firm.two_o_clock())
    firm.office.store.fail_next(None, None, Fault.CRASH_BEFORE if fails else None)  # after the leaving
    with pytest.raises(Crash) if fails else nullcontext():
        firm.call()
    assert (firm.stored_night(segment).good == firm.stored_night(segment).on) is not fails
    firm.answers(1, QuoteStatus.SENT)
    assert firm.night().entered == entries


@pytest.mark.parametrize(
    ("rule", "days", "expected"),
    [
        (Reentry.ONCE_PER_DOCUMENT, 0, [1, 0, 0, 0]),
        (Reentry.AGAIN_AFTER, 2, [1, 1, 1, 1]),  # two nights pass between two returns
        (Reentry.AGAIN_AFTER, 3, [1, 0, 1, 0]),
        (Reentry.ONCE_EVER, 0, [1, 0, 0, 0]),
    ],
)
def test_sq_05_a_document_enters_again_as_its_rule_allows(
    firm: Firm, rule: Reentry, days: int, expected: list[int]
) -> None:
    """A document that leaves and returns; to see an entry again it was taken off the scenario meanwhile."""
    firm.quote(1)
    firm.query(Existing.ENROL, reentry=rule, again_after_days=days, **EVERY)
    entries = []
    for _ in range(4):
        entries.append(firm.night().entered)
        run = firm.run_of(1)
        firm.office.put(replace(run, rev=run.rev + 1, scenario_id="standard.quote@1", source=Source.COMPANY))
        firm.answers(1)
        firm.night()
        firm.answers(1, QuoteStatus.SENT)
    assert entries == expected


def test_sq_05_a_customer_may_enter_but_once_with_whichever_document(firm: Firm) -> None:
    firm.quote(1, customer=7)
    firm.quote(2, customer=7)
    firm.quote(3, customer=8)
    firm.query(Existing.ENROL, reentry=Reentry.ONCE_EVER, **EVERY)
    assert firm.night().entered == 2
    assert firm.entered() == [1, 3]
    firm.quote(4, customer=7)
    assert firm.night().entered == 0


def test_sq_04_leaving_fires_nothing_and_suspends_only_when_it_is_wanted(firm: Firm) -> None:
    tagged = all_of(UNANSWERED, where("is_viewed", Op.IS, False))
    firm.quote(1)
    firm.query(Existing.ENROL, filter=tagged, stop_when_leaves=True, name="Devis non vus")
    firm.night()
    quote = firm.office.again(firm.office.change(_quote(firm, 1), first_viewed_at=firm.office.clock.now()))
    assert firm.night() == Nights(segments=1, left=1)
    (hold,) = firm.run_of(1).holds
    assert (hold.kind, hold.ended_at, "Devis non vus" in hold.note) == ("manual", None, True)
    assert firm.night() == Nights(segments=1)
    firm.office.change(quote, first_viewed_at=None)
    firm.night()
    assert len(firm.run_of(1).holds) == 1  # it came back, and once a document is enough


def test_what_enters_again_goes_on_where_its_leaving_suspended_it(firm: Firm) -> None:
    seen = all_of(where("is_viewed", Op.IS, False))
    firm.quote(1)
    firm.query(Existing.ENROL, filter=seen, stop_when_leaves=True, reentry=Reentry.AGAIN_AFTER, again_after_days=1)
    firm.night()
    quote = firm.office.change(_quote(firm, 1), first_viewed_at=firm.office.clock.now())
    firm.night()
    firm.office.change(quote, first_viewed_at=None)
    assert firm.night().entered == 1
    (hold,) = firm.run_of(1).holds
    assert hold.outcome == "entered_again"


def test_leaving_suspends_nothing_that_the_query_did_not_enrol(firm: Firm) -> None:
    firm.quote(1)
    firm.query(stop_when_leaves=True, **EVERY)  # it was there already
    firm.answers(1)
    assert firm.night() == Nights(segments=1, left=1)
    assert firm.run_of(1).holds == ()


def test_whoever_counts_for_more_keeps_his_scenario(firm: Firm) -> None:
    """DR-04: the customer's file counts for more than a query, and the query notes it without a word."""
    firm.quote(1)
    run = firm.run_of(1)
    firm.office.put(replace(run, rev=run.rev + 1, source=Source.CUSTOMER))
    firm.query(Existing.ENROL, **EVERY)
    assert firm.night() == Nights(segments=1)
    assert firm.run_of(1).source is Source.CUSTOMER


def test_a_closed_document_is_noted_and_left_alone(firm: Firm) -> None:
    firm.quote(1)
    firm.query(Existing.ENROL, filter=where("is_viewed", Op.IS, False))
    firm.answers(1)
    assert firm.night() == Nights(segments=1)
    assert firm.turns() == {}


def test_one_document_that_fails_holds_up_no_other_and_the_night_is_tried_again(firm: Firm) -> None:
    """DR-17: told, counted, not good; the call of 03:00 takes what failed and nothing else."""
    for n in (1, 2, 3):
        firm.quote(n)
    segment = firm.query(Existing.ENROL, **EVERY)
    firm.office.clock.move_to(firm.two_o_clock())
    firm.office.store.fail_next(None, None, Fault.THROTTLED)  # the second entry
    done = firm.call()
    assert (done.entered, done.failed) == (2, 1)
    assert firm.told == [(TENANT, segment.id, f"quo_{2:026d}", "Retry")]
    assert firm.stored_night(segment).good != firm.stored_night(segment).on
    firm.office.clock.advance(timedelta(hours=1))
    assert firm.call() == Nights(segments=1, entered=3)
    assert firm.turns() == {1: 1, 2: 1, 3: 1}


def test_one_query_that_fails_holds_up_no_other_and_neither_does_a_tenant(firm: Firm) -> None:
    firm.quote(1)
    broken = firm.query(Existing.ENROL, **EVERY)
    sound = firm.query(Existing.ENROL, **EVERY)
    stored = firm.office.store.get(TENANT, Segment, broken.id)
    assert stored is not None
    gone = replace(stored, rev=stored.rev + 1, plan=replace(stored.plan, scenario="retired"))
    firm.office.put(gone)
    firm.tenants = (TenantId("ten_aucun"), TENANT)
    done = firm.night()
    assert (done.segments, done.entered, done.failed) == (1, 1, 1)
    assert [(segment, error) for _, segment, _, error in firm.told] == [(broken.id, "NotFound")]
    assert firm.stored_night(sound).entered == 1


def test_a_store_that_does_not_answer_is_told_of(firm: Firm) -> None:
    class Silent:
        def tenants(self) -> Any:
            raise Retry("no answer")

        def open_ids(self, *_: object) -> Any:
            raise AssertionError

        due_ids = open_ids

    assert every_night(firm.desk(), Silent()).failed == 1
    assert firm.told == [("", "", "", "Retry")]


def test_what_is_switched_off_is_not_asked(firm: Firm) -> None:
    segment = firm.query(**EVERY)
    firm.quote(1)
    deactivate(firm.office.ctx, LOUISE, segment.id)
    assert firm.night() == Nights()
    assert one_night(firm.desk(), TENANT, segment.id) is None
    assert one_night(firm.desk(), TENANT, "seg_none") is None


def test_what_came_while_it_was_off_is_there_already_when_it_is_on_again(firm: Firm) -> None:
    segment = firm.query(**EVERY)
    firm.quote(1)
    firm.quote(2)
    firm.night()
    deactivate(firm.office.ctx, LOUISE, segment.id)
    firm.quote(3)
    firm.answers(1)
    activate(firm.office.ctx, LOUISE, segment.id, Existing.IGNORE, firm.office.post.published)
    firm.answers(1, QuoteStatus.SENT)
    firm.quote(4)
    assert firm.night().entered == 1
    assert firm.entered() == [1, 2, 4]


def test_what_was_ignored_enters_when_it_is_switched_on_again_for_those_too(firm: Firm) -> None:
    firm.quote(1)
    segment = firm.query(**EVERY)
    firm.night()
    deactivate(firm.office.ctx, LOUISE, segment.id)
    activate(firm.office.ctx, LOUISE, segment.id, Existing.ENROL, firm.office.post.published)
    assert try_out(firm.office.ctx, LOUISE, segment.id).entering == 1
    assert firm.night().entered == 1


@pytest.mark.parametrize(
    ("fault", "at"), [(Fault.CRASH_BEFORE, 1), (Fault.CRASH_AFTER, 0), (Fault.CRASH_BEFORE, 2), (Fault.CRASH_AFTER, 2)]
)
def test_switching_on_goes_on_where_it_crashed(firm: Firm, fault: Fault, at: int) -> None:
    """Sixty documents are noted in two batches, then the query is on: off until then, and none is noted twice."""
    for n in range(1, 61):
        firm.quote(n)
    segment = firm.query(**EVERY)
    deactivate(firm.office.ctx, LOUISE, segment.id)
    fresh = replace(firm.office.store.get(TENANT, Segment, segment.id) or segment, id="seg_fresh", rev=1)
    firm.office.put(fresh)
    firm.office.store.fail_next(*[None] * at, fault)
    with pytest.raises(Crash):
        activate(firm.office.ctx, LOUISE, fresh.id, Existing.IGNORE, firm.office.post.published)
    stored = firm.office.store.get(TENANT, Segment, fresh.id)
    assert stored is not None
    if not stored.is_open:
        activate(firm.office.ctx, LOUISE, fresh.id, Existing.IGNORE, firm.office.post.published)
    assert firm.night().entered == 0


# --- two at once, and the calendar ------------------------------------------------------------------------------------


@dataclass
class Meanwhile:
    """Executions between whose second start and the next entry somebody else works through the same night."""

    firm: Firm
    started: int = 0
    calls: list[Nights] = field(default_factory=list)

    def start(self, tenant: TenantId, document_kind: str, document_id: str, turn: int) -> None:
        self.started += 1
        if self.started == 2:
            self.calls.append(self.firm.call())

    def is_alive(self, *_: object) -> bool:
        return False


def test_two_calls_at_once_enrol_each_document_once_and_keep_the_cap(firm: Firm) -> None:
    """The scheduler calls at least once: the second is at work while the first is in the middle of its night."""
    for n in range(1, 7):
        firm.quote(n)
    segment = firm.query(Existing.ENROL, cap=4, **EVERY)
    firm.office.clock.move_to(firm.two_o_clock())
    meanwhile = Meanwhile(firm)
    every_night(replace(firm.desk(), executions=meanwhile), Tenants(firm.office))
    assert meanwhile.calls == [Nights(segments=1, entered=4, waiting=2)]
    assert firm.entered() == [1, 2, 3, 4]
    assert firm.turns() == dict.fromkeys(range(1, 5), 1)
    assert firm.stored_night(segment).entered == 4


@pytest.mark.parametrize(
    ("evening", "calls"),
    [
        (datetime(2027, 3, 27, 20, tzinfo=UTC), ["2027-03-28T01:00Z", "2027-03-28T02:00Z"]),  # no 02:00: 03:00, 04:00
        (datetime(2026, 10, 24, 20, tzinfo=UTC), ["2026-10-25T00:00Z", "2026-10-25T01:00Z", "2026-10-25T02:00Z"]),
    ],
)
def test_nights_of_23_and_25_hours_are_worked_through_once(firm: Firm, evening: datetime, calls: list[str]) -> None:
    firm.office.clock.move_to(evening)
    firm.query(**EVERY)
    firm.quote(1)
    entered = []
    for call in calls:
        firm.office.clock.move_to(datetime.fromisoformat(call))
        entered.append(firm.call().entered)
    assert entered == [1] + [0] * (len(calls) - 1)
    firm.quote(2)
    assert firm.night().entered == 1


def test_a_query_switched_on_before_two_o_clock_is_asked_that_very_night(firm: Firm) -> None:
    firm.office.clock.move_to(datetime(2026, 11, 17, 0, 30, tzinfo=UTC))  # 01:30 in Paris
    firm.query(**EVERY)
    firm.quote(1)
    assert firm.night().entered == 1


# --- frozen lists -----------------------------------------------------------------------------------------------------


def test_kb_05_a_frozen_list_enrols_what_was_in_it_and_nothing_that_comes_later(firm: Firm) -> None:
    """SQ-01: static. What answered meanwhile is closed, and left alone."""
    for n in (1, 2):
        firm.quote(n)
    firm.query(Existing.ENROL, is_static=True, **EVERY)
    firm.quote(3)
    firm.answers(2)
    assert firm.night().entered == 1
    assert firm.entered() == [1]


def test_more_documents_than_a_page_are_gone_through_in_order(firm: Firm) -> None:
    """Bounded memory: two pages of a hundred at a time, merged like sorted lists."""
    for n in range(1, 112):
        firm.quote(n)
    firm.query(Existing.ENROL, cap=1000, filter=Filter(Op.NOT, (where("customer", Op.IS, "Personne"),)))
    assert firm.night().entered == 111
    assert firm.night() == Nights(segments=1)


def _quote(firm: Firm, n: int) -> Any:
    return firm.office.store.get(TENANT, Quote, f"quo_{n:026d}")
