"""Two companies live at random, and so does everything around them; a plain list says what must have come of it.

Clocks that jump and go back, midnights, the nights on which summer time begins and ends, the turn of the year; requests
that come twice, answers that are lost, processes that die; archivers beside each other, some of an older deployment;
events seen late, heads that are lost, keys that change. After each step every invariant holds. [AR-02, AF-05, N-01]

Steps are counted as they are made: at least 1,000 here, 10,000 with WHOLE_CORPUS=1 (`make validate`).
"""

import json
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from relance.app.archiving import drain
from relance.domain.errors import RelanceError
from relance.domain.ids import TenantId
from tests.builders import TENANT
from tests.doubles.archive import Crash, Fault, Plan, a_key
from tests.doubles.archive_auditor import is_complete
from tests.doubles.house import House
from tests.doubles.invariants import Invariants

WHOLE: Final = bool(os.environ.get("WHOLE_CORPUS"))
EXAMPLES: Final = 260 if WHOLE else 26
STEPS_OF_ONE: Final = 50
GOAL: Final = 10_000 if WHOLE else 1_000
OTHER: Final = TenantId("ten_other")
TENANTS: Final = st.sampled_from([TENANT, OTHER])
DRAFTS: Final = 12
EVES: Final = [  # of a day and month, of a year, of summer time, of winter time: UTC, shortly before midnight in Paris
    datetime(2026, 11, 30, 22, 50, tzinfo=UTC),
    datetime(2026, 12, 31, 22, 59, 59, 900_000, tzinfo=UTC),
    datetime(2027, 3, 27, 22, 30, tzinfo=UTC),
    datetime(2027, 10, 30, 21, 30, tzinfo=UTC),
]

Trouble = tuple[Fault | None, int, bool]  # what, at which of the next calls, and whether a second archiver comes in
TROUBLE: Final = st.tuples(st.none() | st.sampled_from(Fault), st.integers(0, 12), st.booleans())
Request = tuple[str, int]  # issue or seal a draft, be paid so many cents
JUMPS: Final = (-180, -1, 1, 90, 24 * 60, 30 * 60)  # minutes
WHAT: Final = (
    *("issue", "be_paid", "seal", "ask_again") * 2,
    *("ring", "ring", "ring", "export", "sweep", "time_jumps"),
    *("an_event_is_seen_late", "all_is_seen", "another_key", "the_head_is_lost"),
)
STEPS: Counter[str] = Counter()


class ArchiveMachine(RuleBasedStateMachine):
    """`answered` is the model: what each company was told that it did, in order. `asked` may have happened, or not."""

    def __init__(self) -> None:
        super().__init__()
        self.house = House()
        self.law = Invariants()
        self.answered: dict[TenantId, list[Request]] = {TENANT: [], OTHER: []}
        self.asked: dict[TenantId, list[Request]] = {TENANT: [], OTHER: []}
        self.paid_on: dict[tuple[TenantId, int], int] = {}
        self.keys = 1

    @initialize(eve=st.sampled_from(EVES))
    def open(self, eve: datetime) -> None:
        self.house.clock.move_to(eve)
        for tenant in self.answered:
            self.house.opens(tenant, DRAFTS)

    # --- what happens ---------------------------------------------------------------------------------------------

    @rule(tenant=TENANTS, what=st.sampled_from(WHAT), n=st.integers(0, 50), trouble=TROUBLE)
    def something_happens(self, tenant: TenantId, what: str, n: int, trouble: Trouble) -> None:
        """One rule for all, so that no run leaves one out: Hypothesis switches rules off at random."""
        STEPS[what] += 1
        fault, ahead, let_in = trouble
        self.house.world.plan = Plan(
            len(self.house.world.operations) + ahead if fault else -1,
            fault,
            other=lambda: self.somebody_else(tenant),
            slow=lambda: self.house.goes_on(timedelta(hours=1 + ahead)),
            let_in=let_in and fault not in (Fault.OTHER_BEFORE, Fault.OTHER_AFTER),
        )
        getattr(self, what)(tenant, n)

    def issue(self, tenant: TenantId, n: int) -> None:
        wanted = 1 + sum(kind == "issue" for kind, _ in self.asked[tenant])
        self.ask(tenant, ("issue", min(wanted, DRAFTS)))

    def be_paid(self, tenant: TenantId, n: int) -> None:
        if issued := self.issued(tenant):
            cents = 100 + len(self.asked[tenant])
            self.paid_on[tenant, cents] = issued[n % len(issued)]
            self.ask(tenant, ("pay", cents))

    def seal(self, tenant: TenantId, n: int) -> None:
        if issued := self.issued(tenant):
            self.ask(tenant, ("seal", issued[n % len(issued)]))

    def ask_again(self, tenant: TenantId, n: int) -> None:
        """The same request comes a second time, whether the first was answered or not."""
        if asked := self.asked[tenant]:
            self.ask(tenant, asked[n % len(asked)])

    def ring(self, tenant: TenantId, n: int) -> None:
        self.tries(lambda: drain(tenant, self.house.archiver, max_segments=1 + n % 3, max_events=1 + n % 9))

    def export(self, tenant: TenantId, n: int) -> None:
        self.tries(lambda: self.house.export(f"export {n}", tenant))

    def sweep(self, tenant: TenantId, n: int) -> None:
        self.tries(lambda: self.house.close(tenant))

    def time_jumps(self, tenant: TenantId, n: int) -> None:
        self.house.goes_on(timedelta(minutes=JUMPS[n % len(JUMPS)]))

    def an_event_is_seen_late(self, tenant: TenantId, n: int) -> None:
        """One of the last of the journal, beyond the archive; until everything is seen."""
        head, seq = self.house.world.stored_heads.get(tenant), self.house.store.head(tenant).seq - n % 3
        if seq > (head.size if head else 0):
            self.house.world.hidden.add((tenant, seq))

    def all_is_seen(self, tenant: TenantId, n: int) -> None:
        self.house.world.hidden.clear()
        self.house.world.land()

    def another_key(self, tenant: TenantId, n: int) -> None:
        world = self.house.world
        if self.keys < 4:
            world.retired = (*world.retired, world.private_key)
            world.private_key = a_key(100 + self.keys)
            self.keys += 1

    def the_head_is_lost(self, tenant: TenantId, n: int) -> None:
        world = self.house.world
        if not world.hidden and world.stored_heads.pop(tenant, None) is not None:
            world.late.clear()  # nothing of before a restore arrives after it
            world.lost_heads.add(tenant)

    # --- what must be so ------------------------------------------------------------------------------------------

    @invariant()
    def all_invariants_hold(self) -> None:
        for tenant in self.answered:
            self.law.hold(self.house, tenant, verified=False)

    @invariant()
    def the_journal_is_the_list(self) -> None:
        """What was answered has happened, what happened was asked for, and nothing happened twice."""
        for tenant in self.answered:
            happened = Counter(self.happened(tenant))
            assert set(happened.values()) <= {1}, f"twice: {happened}"
            assert set(self.answered[tenant]) <= set(happened), "an answer, and no fact"
            assert set(happened) <= set(self.asked[tenant]), "a fact that nobody asked for"
            received = sum(cents for kind, cents in happened if kind == "pay")
            assert self.house.store.head(tenant).totals.get("received", 0) == received

    def teardown(self) -> None:
        """Everybody asks again until he is answered, and the sweep ends the work."""
        self.house.world.plan = Plan()
        for tenant, asked in self.asked.items():
            self.house.comes_to_rest(tenant)
            for request in asked:
                self.ask(tenant, request)
            assert set(self.answered[tenant]) == set(asked) == set(self.happened(tenant))
            self.house.goes_on(timedelta(days=1, hours=1))
            self.house.comes_to_rest(tenant)
            self.house.world.lost_heads.clear()
            self.law.hold(self.house, tenant)
            assert is_complete(self.house.world, tenant)
            head = self.house.world.stored_heads.get(tenant)
            assert head is None or head.quarantine is None, "honest data is never quarantined"

    # --- how ------------------------------------------------------------------------------------------------------

    def ask(self, tenant: TenantId, request: Request) -> None:
        kind, n = request
        if request not in self.asked[tenant]:
            self.asked[tenant].append(request)
        work: dict[str, Callable[[], object]] = {
            "issue": lambda: self.house.issue(n, tenant),
            "seal": lambda: self.house.seal(n, tenant),
            "pay": lambda: self.house.be_paid(self.paid_on[tenant, n], f"pay {n}", n, tenant),
        }
        if self.tries(work[kind]) and request not in self.answered[tenant]:
            self.answered[tenant].append(request)

    def tries(self, work: Callable[[], object]) -> bool:
        """Whether an answer came."""
        try:
            work()
        except (RelanceError, Crash):
            return False
        return True

    def somebody_else(self, tenant: TenantId) -> None:
        """Money comes in on the last invoice, and an archiver of the deployment before this one is at work: it knows of
        no newer key.
        """
        self.be_paid(tenant, -1)
        keys = [7, *range(101, 100 + self.keys)]
        older = replace(self.house.world.deployed_with(*keys[: max(1, len(keys) - 1)]), journal=self.house)
        for each in self.answered:
            self.tries(partial(self.house.drain, each, older))

    def issued(self, tenant: TenantId) -> list[int]:
        return [n for kind, n in self.answered[tenant] if kind == "issue"]

    def happened(self, tenant: TenantId) -> list[Request]:
        """The journal as the model says it."""
        found: list[Request] = []
        for event in self.house.store.events(tenant):
            fact = json.loads(event.line)
            match fact["type"]:
                case "invoice.issued":
                    found.append(("issue", int(fact["ref"]["id"][4:])))
                case "document.sealed":
                    found.append(("seal", int(fact["ref"]["id"][4:])))
                case "payment.recorded":
                    found.append(("pay", fact["data"]["amount"]))
        return found


def test_two_companies_live_at_random_and_every_invariant_holds_after_each_step() -> None:
    STEPS.clear()
    profile = settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS_OF_ONE,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    run_state_machine_as_test(ArchiveMachine, settings=profile)
    assert sum(STEPS.values()) >= GOAL, STEPS
    assert min(STEPS[what] for what in WHAT) >= GOAL // 50, STEPS
