"""The machine that is deployed, run for months: what leaves, when, and what happens when each thing fails."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from relance.app.ports.store import Commit
from relance.domain.calendar_fr import PARIS
from relance.domain.errors import Retry
from relance.domain.quote import QuoteStatus, Withdrawal
from relance.domain.reminder.claim import ClaimState
from relance.domain.reminder.run import MAX_WAKES, Run, RunStatus, wake
from tests.builders import TENANT, a_quote_draft
from tests.doubles.office import Office, a_sent_quote, an_issued_invoice
from tests.doubles.outside import START, MailFate
from tests.doubles.store import Fault, InMemoryStore
from tests.statemachine.asl import START_EXECUTION, NamedError, lifecycle
from tests.statemachine.theatre import RENDER, WORK, Theatre

STATES: Final = lifecycle()["States"]


def calendar(office: Office) -> list[tuple[str, str]]:
    """What left, with the day and the hour on a wall in Paris."""
    return [(f"{mail.date.astimezone(PARIS):%d/%m %H:%M}", mail.subject.split()[0]) for mail in office.mailer.delivered]


# --- months in milliseconds ------------------------------------------------------------------------------------------


def test_a_quote_that_nobody_answers_is_chased_three_times_and_then_left_in_peace() -> None:
    theatre = Theatre()
    quote = theatre.quote()
    theatre.days(0.1)  # the first decision loads the calendar, the first mail the metrics
    started = time.process_time()
    theatre.days(90)
    took = time.process_time() - started
    assert calendar(theatre.office) == [
        ("16/11 10:00", "quote_delivery"),
        ("18/11 09:30", "quote_reminder_unseen"),
        ("23/11 09:30", "quote_reminder"),
        ("14/12 09:30", "quote_expiring"),
    ]
    assert theatre.office.run_of(quote).status is RunStatus.DONE
    assert theatre.executions_of(quote) == [("SUCCEEDED", "")]
    assert took < 1, "ninety days in less than a second"


def test_each_reminder_costs_one_turn_of_the_loop() -> None:
    theatre = Theatre()
    quote = theatre.quote()
    theatre.days(90)
    turn = ["Wait", "Work", "Choose"]
    assert theatre.states(quote) == ["Work", "Choose", "Render", "Work", "Choose", *turn * 3, "Done"]


def test_a_quote_that_was_seen_skips_the_reminder_of_who_has_not_looked() -> None:
    theatre = Theatre()
    quote = theatre.quote()
    theatre.days(1)
    theatre.office.change(quote, first_viewed_at=theatre.office.clock.now())
    theatre.days(89)
    assert [subject for _, subject in calendar(theatre.office)] == [
        "quote_delivery",
        "quote_reminder",
        "quote_expiring",
    ]


def test_acceptance_during_the_wait_stops_the_scenario_and_gives_the_customer_his_copy() -> None:
    theatre = Theatre()
    quote = theatre.quote()
    theatre.days(3)
    theatre.office.accept(theatre.office.again(quote))
    woken = wake(theatre.office.run_of(quote), theatre.office.clock.now())
    theatre.office.put(woken)
    theatre.machine.start(TENANT, "quote", quote.id, woken.turn)
    theatre.days(87)
    assert calendar(theatre.office) == [
        ("16/11 10:00", "quote_delivery"),
        ("18/11 09:30", "quote_reminder_unseen"),
        ("19/11 10:00", "quote_accepted_copy"),
        ("19/11 10:00", "quote_accepted_news"),
    ]
    assert theatre.office.run_of(quote).stop_reason == "accepted"
    assert theatre.executions_of(quote) == [("SUCCEEDED", ""), ("SUCCEEDED", "")]


def test_an_acceptance_that_woke_nobody_is_seen_at_the_next_wake() -> None:
    theatre = Theatre()
    quote = theatre.quote()
    theatre.days(3)
    theatre.office.accept(theatre.office.again(quote))
    theatre.days(87)
    assert [subject for _, subject in calendar(theatre.office)][2:] == ["quote_accepted_copy", "quote_accepted_news"]


def test_a_contract_with_choices_is_drawn_then_both_sides_get_it_Q_04() -> None:
    theatre = Theatre()
    quote = theatre.quote()
    theatre.days(1)
    accepted = theatre.office.accept(theatre.office.again(quote))
    theatre.office.change(accepted, accepted_content=accepted.content)
    theatre.office.put(woken := wake(theatre.office.run_of(quote), theatre.office.clock.now()))
    theatre.machine.start(TENANT, "quote", quote.id, woken.turn)
    theatre.days(1)
    assert [subject for _, subject in calendar(theatre.office)][1:] == ["quote_accepted_copy", "quote_accepted_news"]
    assert theatre.office.again(quote).accepted_pdf_sha256


def test_a_withdrawal_after_acceptance_is_acknowledged_and_ends_the_run_W_05() -> None:
    theatre = Theatre()
    quote = theatre.quote()
    theatre.days(1)
    accepted = theatre.office.accept(theatre.office.again(quote))
    withdrawal = Withdrawal(theatre.office.clock.now(), "C. L.", "c@client.example", "…", "e" * 64)
    theatre.office.change(accepted, status=QuoteStatus.WITHDRAWN, withdrawal=withdrawal)
    theatre.office.put(woken := wake(theatre.office.run_of(quote), theatre.office.clock.now()))
    theatre.machine.start(TENANT, "quote", quote.id, woken.turn)
    theatre.days(89)
    assert [subject for _, subject in calendar(theatre.office)] == [
        "quote_delivery",
        "quote_withdrawal_receipt",
        "quote_withdrawn_news",
    ]
    assert theatre.office.run_of(quote).stop_reason == "withdrawn"


def test_a_refusal_stops_everything() -> None:
    theatre = Theatre()
    quote = theatre.quote()
    theatre.days(1)
    theatre.office.change(quote, status=QuoteStatus.REFUSED)
    theatre.days(89)
    assert [subject for _, subject in calendar(theatre.office)] == ["quote_delivery", "quote_refused_news"]
    assert theatre.office.run_of(quote).stop_reason == "refused"


def test_payment_during_the_wait_stops_the_scenario() -> None:
    theatre = Theatre()
    invoice = theatre.invoice()
    theatre.days(34)
    theatre.office.pay(invoice)
    theatre.days(56)
    assert calendar(theatre.office) == [("16/11 10:00", "invoice_delivery")]
    assert theatre.office.run_of(invoice).stop_reason == "paid"


def test_an_unpaid_invoice_is_recalled_once_after_it_is_due() -> None:
    theatre = Theatre()
    invoice = theatre.invoice()
    theatre.days(90)
    assert calendar(theatre.office) == [("16/11 10:00", "invoice_delivery"), ("21/12 09:30", "invoice_overdue")]
    assert theatre.office.run_of(invoice).status is RunStatus.DONE


# --- every retry -----------------------------------------------------------------------------------------------------

PLACES: Final = {"Work": WORK, "Render": RENDER}


def retries() -> Iterator[Any]:
    for state, place in PLACES.items():
        for retrier in STATES[state]["Retry"]:
            for name in retrier["ErrorEquals"]:
                yield pytest.param(place, name, retrier["MaxAttempts"], id=f"{state}-{name}")


RETRIED: Final = list(retries())


def error(name: str) -> Exception:
    return Retry("try again") if name == "Retry" else NamedError(name)


@pytest.mark.parametrize(("place", "name", "attempts"), RETRIED)
def test_a_task_that_fails_for_a_while_changes_nothing_but_the_hour(place: str, name: str, attempts: int) -> None:
    theatre = Theatre()
    quote = theatre.quote()
    theatre.troubles[place].before = [error(name) for _ in range(attempts)]
    theatre.days(90)
    assert len(theatre.office.mailer.delivered) == 4
    assert theatre.executions_of(quote) == [("SUCCEEDED", "")]


@pytest.mark.parametrize(("place", "name", "attempts"), RETRIED)
def test_a_task_whose_answer_is_lost_is_run_again_without_harm(place: str, name: str, attempts: int) -> None:
    theatre = Theatre()
    quote = theatre.quote()
    theatre.troubles[place].after = [error(name)]
    theatre.days(90)
    theatre.office.mailer.assert_at_most_once()
    assert len(theatre.office.mailer.delivered) == 4
    assert theatre.executions_of(quote) == [("SUCCEEDED", "")]
    assert attempts > 1


@pytest.mark.parametrize(("place", "name", "attempts"), RETRIED)
def test_a_task_that_fails_for_longer_fails_the_execution_and_the_sweep_goes_on(
    place: str, name: str, attempts: int
) -> None:
    theatre = Theatre()
    quote = theatre.quote()
    theatre.troubles[place].before = [error(name) for _ in range(attempts + 1)]
    theatre.days(0.5)
    assert theatre.executions_of(quote) == [("FAILED", name)]
    assert theatre.office.mailer.delivered == []
    assert theatre.sweep().started == 1
    theatre.days(90)
    assert len(theatre.office.mailer.delivered) == 4
    assert theatre.executions_of(quote)[-1] == ("SUCCEEDED", "")


# --- every catch -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", [WORK, RENDER])
def test_a_fault_of_ours_fails_the_execution_at_once_under_its_name(place: str) -> None:
    theatre = Theatre()
    quote = theatre.quote()
    theatre.troubles[place].before = [ValueError("a fault of ours")]
    theatre.days(1)
    assert theatre.executions_of(quote) == [("FAILED", "ValueError")]
    assert theatre.sweep().started == 1
    theatre.days(90)
    assert len(theatre.office.mailer.delivered) == 4


def test_what_a_task_raises_reaches_the_machine_without_the_words_of_a_document() -> None:
    theatre = Theatre()
    quote = theatre.quote()
    theatre.office.put(_with(theatre.office.run_of(quote), scenario_id="Lefèvre@1"))
    theatre.days(1)
    assert theatre.executions_of(quote) == [("FAILED", "TaskFailed")]
    (execution,) = theatre.machine.executions.values()
    assert execution.data["failure"]["Cause"] == "scenario_missing: Corrupted"


def test_a_worn_execution_continues_as_the_next_one() -> None:
    theatre = Theatre()
    quote = theatre.quote()
    theatre.days(1)
    run = theatre.office.run_of(quote)
    theatre.office.put(_with(run, wakes=MAX_WAKES))
    theatre.days(89)
    assert len(theatre.office.mailer.delivered) == 4
    assert theatre.executions_of(quote) == [("SUCCEEDED", ""), ("SUCCEEDED", "")]
    assert theatre.states(quote)[-4:] == ["Work", "Choose", "Continue", "Done"]


def test_a_run_of_more_than_300_days_continues_as_a_new_execution() -> None:
    theatre = Theatre()
    invoice = theatre.office.follow(an_issued_invoice(due_days=400))
    theatre.machine.start(TENANT, "invoice", invoice.id, 1)
    theatre.days(450)
    assert [subject for _, subject in calendar(theatre.office)] == ["invoice_delivery", "invoice_overdue"]
    assert theatre.executions_of(invoice) == [("SUCCEEDED", ""), ("SUCCEEDED", "")]


@pytest.mark.parametrize("name", STATES["Continue"]["Retry"][0]["ErrorEquals"])
def test_the_next_execution_is_asked_for_again_when_the_service_stumbles(name: str) -> None:
    theatre = Theatre()
    quote = theatre.quote()
    theatre.days(1)
    stumbles = [NamedError(name), NamedError(name)]

    def stumbling(_event: dict[str, Any], _context: object) -> dict[str, Any]:
        if stumbles:
            raise stumbles.pop()
        return {}

    theatre.machine.tasks = {**theatre.troubles, START_EXECUTION: stumbling}
    theatre.office.put(_with(theatre.office.run_of(quote), wakes=MAX_WAKES))
    theatre.days(89)
    assert len(theatre.office.mailer.delivered) == 4
    assert theatre.executions_of(quote) == [("SUCCEEDED", ""), ("SUCCEEDED", "")]


def test_a_next_execution_that_exists_already_is_all_that_was_wanted() -> None:
    theatre = Theatre()
    quote = theatre.quote()
    theatre.days(1)
    theatre.office.put(_with(theatre.office.run_of(quote), wakes=MAX_WAKES))
    theatre.until(datetime(2026, 11, 18, 8, 0, tzinfo=UTC))
    theatre.machine.start(TENANT, "quote", quote.id, 2)  # too early: it finds nothing due, and waits
    theatre.days(89)
    assert theatre.executions_of(quote)[0] == ("SUCCEEDED", "")
    theatre.office.mailer.assert_at_most_once()


def test_a_next_execution_that_cannot_be_started_is_started_by_the_sweep() -> None:
    theatre = Theatre()
    quote = theatre.quote()
    theatre.days(1)

    def silent(_event: dict[str, Any], _context: object) -> dict[str, Any]:
        raise NamedError("States.Runtime")

    theatre.machine.tasks = {**theatre.troubles, START_EXECUTION: silent}
    theatre.office.put(_with(theatre.office.run_of(quote), wakes=MAX_WAKES))
    theatre.days(2)
    assert theatre.executions_of(quote) == [("FAILED", "States.Runtime")]
    assert theatre.sweep().started == 1
    theatre.days(87)
    assert len(theatre.office.mailer.delivered) == 4


# --- mail service and store ------------------------------------------------------------------------------------------


def test_a_paused_mail_service_delays_a_mail_by_hours_and_loses_none() -> None:
    theatre = Theatre()
    theatre.office.mailer.next(*[MailFate.THROTTLED] * 8)
    quote = theatre.quote()
    theatre.days(90)
    assert len(theatre.office.mailer.delivered) == 4
    assert theatre.executions_of(quote) == [("SUCCEEDED", "")]


def test_a_reminder_that_was_deferred_into_the_evening_leaves_next_morning() -> None:
    theatre = Theatre()
    theatre.quote()
    theatre.until(datetime(2026, 11, 18, 8, 0, tzinfo=UTC))
    theatre.machine.kill()
    theatre.until(datetime(2026, 11, 18, 17, 20, tzinfo=UTC))  # 18:20 in Paris
    theatre.office.mailer.next(*[MailFate.THROTTLED] * 4)  # 18:20, 18:21, 18:23, 18:27; the next try is at 18:35
    theatre.sweep()
    theatre.days(5)
    assert calendar(theatre.office)[1:2] == [("19/11 08:40", "quote_reminder_unseen")]


@pytest.mark.parametrize("fate", [MailFate.UNKNOWN_DELIVERED, MailFate.UNKNOWN_NOT_DELIVERED, MailFate.CRASH_AFTER])
def test_a_mail_in_doubt_is_never_repeated_and_the_scenario_goes_on(fate: MailFate) -> None:
    theatre = Theatre()
    quote = theatre.quote()
    theatre.days(1)
    theatre.office.mailer.next(fate)
    theatre.days(89)
    theatre.office.mailer.assert_at_most_once()
    assert len(theatre.office.mailer.attempts) == 4
    claim = theatre.office.claim(quote, "unseen")
    assert claim is not None
    assert claim.state in {ClaimState.UNKNOWN, ClaimState.CLAIMED}


def test_a_document_that_could_not_be_delivered_is_not_chased() -> None:
    theatre = Theatre()
    theatre.office.mailer.next(MailFate.REFUSED)
    quote = theatre.quote()
    theatre.days(90)
    assert theatre.office.mailer.delivered == []
    assert theatre.office.run_of(quote).stop_reason == "undelivered"


@pytest.mark.parametrize("fault", list(Fault))
@pytest.mark.parametrize("nth", range(12))
def test_a_fault_at_any_write_loses_no_reminder_and_doubles_none(fault: Fault, nth: int) -> None:
    """One fault at the n-th write of a quote's life; the one loss may be a mail that was claimed and never left."""
    store = NthFault()
    theatre = Theatre(Office(store=store))
    quote = theatre.quote()
    store.arm(nth, fault)
    for _ in range(4 * 90):
        theatre.days(0.25)
        theatre.sweep()
    theatre.office.mailer.assert_at_most_once()
    steps = ("delivery", "unseen", "reminder", "expiring")
    doubtful = [s for s in steps if (c := theatre.office.claim(quote, s)) and c.state is ClaimState.CLAIMED]
    assert len(doubtful) <= 1
    sent = len(theatre.office.mailer.delivered)
    assert sent == 4 if fault in {Fault.NOT_STORED, Fault.STORED, Fault.THROTTLED} else sent >= 4 - len(doubtful)


# --- killed and started again ----------------------------------------------------------------------------------------


def test_killed_in_the_middle_of_many_runs_every_document_gets_the_mails_it_would_have_got() -> None:
    def live(kills: tuple[int, ...]) -> list[tuple[str, str]]:
        theatre = Theatre()
        for i in range(20):
            whose = a_quote_draft(customer_id=f"cus_{i:026d}")  # one customer each: nobody waits for anybody
            quote = theatre.office.follow(a_sent_quote(START, 20 + i, id=f"quo_{i:026d}", draft=whose))
            theatre.machine.start(TENANT, "quote", quote.id, 1)
        for hour in range(0, 24 * 50, 4):
            theatre.days(4 / 24)
            if hour in kills:
                theatre.machine.kill()
                if hour % 8:
                    theatre.days(2)  # an outage of two days before somebody starts it again
            theatre.sweep()
        theatre.office.mailer.assert_at_most_once()
        return sorted((mail.claim_id, mail.subject) for mail in theatre.office.mailer.delivered)

    assert live((40, 48, 200, 512, 1000)) == live(())


def test_an_execution_started_twice_for_one_turn_is_one() -> None:
    theatre = Theatre()
    quote = theatre.quote()
    theatre.machine.start(TENANT, "quote", quote.id, 1)
    theatre.days(90)
    assert theatre.executions_of(quote) == [("SUCCEEDED", "")]
    assert len(theatre.office.mailer.delivered) == 4


# --- the definition itself -------------------------------------------------------------------------------------------


def test_the_machine_is_small_and_every_state_can_be_reached() -> None:
    reached, todo = set(), [lifecycle()["StartAt"]]
    while todo:
        name = todo.pop()
        if name not in reached:
            reached.add(name)
            todo += list(_nexts(STATES[name]))
    assert reached == set(STATES)
    assert len(STATES) <= 10


def test_every_task_names_the_errors_it_retries_and_catches_all_the_others() -> None:
    for name, state in STATES.items():
        if state["Type"] != "Task":
            continue
        named = [error for retrier in state["Retry"] for error in retrier["ErrorEquals"]]
        assert named, name
        assert not any(error.startswith("States.") for error in named), f"{name} retries everything"
        assert state["Catch"][-1] == {"ErrorEquals": ["States.ALL"], "ResultPath": "$.failure", "Next": "Failed"}


def test_no_duration_of_a_scenario_is_written_in_the_machine() -> None:
    waits = [state for state in STATES.values() if state["Type"] == "Wait"]
    assert [set(state) for state in waits] == [{"Type", "TimestampPath", "Next"}]


def test_a_task_is_given_ids_and_nothing_else() -> None:
    ids = {"tenant.$", "kind.$", "id.$", "turn.$", "step.$"}
    for state in STATES.values():
        if state["Type"] == "Task" and state["Resource"] != START_EXECUTION:
            assert set(state["Parameters"]) <= ids


def _nexts(state: dict[str, Any]) -> Iterator[str]:
    for key in ("Next", "Default"):
        if key in state:
            yield state[key]
    for branch in (*state.get("Choices", []), *state.get("Catch", [])):
        yield branch["Next"]


def _with(run: Run, **changes: Any) -> Run:
    return replace(run, rev=run.rev + 1, **changes)


class NthFault(InMemoryStore):
    """One commit, the n-th from when it is armed, meets a fault."""

    left, fault = -1, Fault.NOT_STORED

    def arm(self, nth: int, fault: Fault) -> None:
        self.left, self.fault = nth, fault

    def commit(self, commit: Commit) -> None:
        if self.left == 0:
            self.fail_next(self.fault)
        self.left -= 1
        super().commit(commit)
