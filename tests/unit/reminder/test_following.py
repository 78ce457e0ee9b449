"""One turn of the loop: what the machine is told, and what the run remembers of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from relance.app.following import Move, Order, follow
from relance.app.ports.store import Commit, EntityMoved
from relance.domain.errors import Contention, Corrupted, NotFound
from relance.domain.invoice import Invoice
from relance.domain.quote import Quote, QuoteStatus
from relance.domain.reminder.run import MAX_AGE, MAX_WAKES, Run, RunStatus, execution_name, wake
from relance.domain.reminder.scenario import DELIVERY, Scenario
from tests.builders import TENANT
from tests.doubles.office import MACHINE, Office, a_claim, a_sent_quote, kind_of
from tests.doubles.outside import START
from tests.doubles.store import InMemoryStore


def ask(office: Office, document: Quote | Invoice, turn: int = 1) -> Order:
    return follow(office.ctx, MACHINE, kind_of(document), document.id, turn=turn, post=office.post)


def test_a_new_document_is_drawn_then_sent_then_waited_for() -> None:
    office = Office()
    quote = office.quote(pdf_sha256="")
    assert ask(office, quote) == Order(Move.RENDER, 1)
    office.change(quote, pdf_sha256=office.drawn())
    order = ask(office, quote)
    assert (order.action, order.done) == (Move.WAIT, ((DELIVERY, "sent"),))
    run = office.run_of(quote)
    assert run.next_at == order.until
    assert run.wakes == 2


def test_the_machine_waits_on_its_own_clock_and_the_run_remembers_ours() -> None:
    class ShiftedClock:
        def __init__(self, office: Office) -> None:
            self._clock = office.clock

        def now(self) -> "object":
            return self._clock.now()

        def to_real(self, instant: "object") -> "object":
            return instant - timedelta(days=1)  # type: ignore[operator]

    office = Office()
    quote = office.quote()
    office.put(a_claim(DELIVERY, START, quote.id, rev=1))
    ctx = replace(office.ctx, clock=ShiftedClock(office))  # type: ignore[arg-type]  # a clock that lies on purpose
    order = follow(ctx, MACHINE, kind_of(quote), quote.id, turn=1, post=office.post)
    assert order.until is not None
    assert order.until + timedelta(days=1) == office.run_of(quote).next_at


def test_a_run_that_ends_remembers_why() -> None:
    office = Office()
    quote = office.quote()
    office.put(a_claim(DELIVERY, START, quote.id, rev=1))
    office.change(quote, status=QuoteStatus.CANCELLED)
    assert ask(office, quote) == Order(Move.DONE, 1, reason="cancelled")
    run = office.run_of(quote)
    assert (run.status, run.stop_reason, run.is_open) == (RunStatus.STOPPED, "cancelled", False)
    assert ask(office, quote) == Order(Move.DONE, 1, reason="cancelled"), "asked again, it says the same"


def test_a_run_with_no_step_left_is_done() -> None:
    office = Office()
    quote = office.quote()
    office.put(a_claim(DELIVERY, START, quote.id, rev=1), a_claim("expiring", START, quote.id, rev=1))
    assert ask(office, quote) == Order(Move.DONE, 1, reason="done")
    assert office.run_of(quote).status is RunStatus.DONE
    assert ask(office, quote) == Order(Move.DONE, 1, reason="done")


def test_an_execution_that_was_succeeded_ends_without_a_trace() -> None:
    office = Office()
    quote = office.quote()
    woken = wake(office.run_of(quote), START)
    office.put(woken)
    assert ask(office, quote, turn=1) == Order(Move.DONE, 2, reason="succeeded")
    assert office.run_of(quote) == woken
    assert ask(office, quote, turn=2).done == ((DELIVERY, "sent"),)


@pytest.mark.parametrize(
    "worn", [lambda run: replace(run, wakes=MAX_WAKES), lambda run: replace(run, turn_started_at=START - MAX_AGE)]
)
def test_a_worn_execution_hands_over_to_the_next_turn(worn: "object") -> None:
    office = Office()
    quote = office.quote()
    office.put(replace(worn(office.run_of(quote)), rev=2))  # type: ignore[operator]
    name = execution_name(TENANT, quote.id, 2)
    assert ask(office, quote) == Order(Move.CONTINUE, 2, execution=name)
    run = office.run_of(quote)
    assert (run.turn, run.wakes, run.turn_started_at, run.status) == (2, 0, START, RunStatus.ACTIVE)
    assert ask(office, quote, turn=2).done == ((DELIVERY, "sent"),)


def test_a_run_that_got_as_far_as_waiting_has_recovered() -> None:
    office = Office()
    quote = office.quote()
    office.put(replace(office.run_of(quote), rev=2, restarts=4))
    assert ask(office, quote).action is Move.WAIT
    assert office.run_of(quote).restarts == 0


def test_a_scenario_edited_in_flight_keeps_its_version_and_a_lost_one_is_not_guessed() -> None:
    office = Office()
    published = office.post.published.get(TENANT, "standard.quote@1")
    assert published is not None
    mine: Scenario = replace(published, name="mine", steps=published.steps[1:2])
    office.put(mine)
    quote = office.follow(a_sent_quote(pdf_sha256=office.drawn()), scenario_id="mine@1")
    office.put(replace(mine, version=2, steps=published.steps))
    office.put(a_claim(DELIVERY, START, quote.id, rev=1))
    order = ask(office, quote)
    assert order.until is not None
    assert (order.until - START).days >= 6, "J+7, the one step of version 1"
    office.put(replace(office.run_of(quote), rev=office.run_of(quote).rev + 1, scenario_id="gone@1"))
    with pytest.raises(Corrupted):
        ask(office, quote)


def test_a_document_without_run_is_not_found() -> None:
    office = Office()
    with pytest.raises(NotFound):
        ask(office, a_sent_quote())


def test_a_run_without_document_is_not_found() -> None:
    office = Office()
    quote = office.quote()
    office.store.commit(Commit(TENANT, "gone", deletes=(office.again(quote),)))
    with pytest.raises(NotFound):
        ask(office, quote)


class RestlessStore(InMemoryStore):
    """Another writer moves every run between reading and writing."""

    def commit(self, commit: Commit) -> None:
        if any(isinstance(entity, Run) for entity in commit.puts) and self.commits >= 3:
            raise EntityMoved("moved")
        super().commit(commit)


def test_a_run_that_never_rests_is_left_for_later() -> None:
    office = Office(store=RestlessStore())
    quote = office.quote()
    with pytest.raises(Contention):
        ask(office, quote)
