"""A firm with many quotes, and the nights that ask its queries: what entered, counted by another path than theirs."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import Any

from relance.app.context import Caller
from relance.app.nightly import Desk, Nights, every_night
from relance.app.segments import activate, create
from relance.domain.calendar_fr import at_paris, civil_date
from relance.domain.ids import CustomerId, QuoteId, TenantId
from relance.domain.quote import Quote, QuoteStatus
from relance.domain.reminder.policy import Source
from relance.domain.reminder.run import Run
from relance.domain.segment.membership import Night
from relance.domain.segment.segment import PENDING_QUOTES, Existing, Plan, Segment
from tests.builders import TENANT, a_customer
from tests.doubles.office import Office, a_sent_quote
from tests.doubles.sweeping import Tenants

LOUISE = Caller(TENANT, "user:louise")
WANTED = "standard.quote@2"  # the scenario of the queries: documents start on another one


@dataclass(slots=True)
class Firm:
    """An office, its quotes by number, and the calendar of its nights."""

    office: Office = field(default_factory=Office)
    tenants: tuple[TenantId, ...] = (TENANT,)
    told: list[tuple[str, str, str, str]] = field(default_factory=list)

    def quote(self, n: int, *, customer: int | None = None, **changes: Any) -> Quote:
        """Quote `n`, sent now to a customer of its own (or to that one), followed by the short scenario."""
        customer_id = CustomerId(f"cus_{n if customer is None else customer:026d}")
        if self.office.store.get(TENANT, type(a_customer()), customer_id) is None:
            self.office.put(a_customer(id=customer_id))
        sent = a_sent_quote(self.office.clock.now(), pdf_sha256=self.office.drawn(), id=QuoteId(f"quo_{n:026d}"))
        return self.office.follow(replace(sent, draft=replace(sent.draft, customer_id=customer_id), **changes))

    def query(self, existing: Existing = Existing.IGNORE, **changes: Any) -> Segment:
        """An active query: the reference one unless told otherwise."""
        plan: Plan = replace(PENDING_QUOTES, **({"scenario": WANTED} | changes))
        made = create(self.office.ctx, LOUISE, plan, self.office.post.published)
        return activate(self.office.ctx, LOUISE, made.id, existing, self.office.post.published)

    def desk(self) -> Desk:
        return Desk(self.office.ctx, self.office.post.published, self.office.executions, self.witness)

    def witness(self, tenant: str, segment: str, document_id: str, error: Exception) -> None:
        self.told.append((tenant, segment, document_id, type(error).__name__))

    def call(self) -> Nights:
        """The scheduler calls, now."""
        return every_night(self.desk(), Tenants(self.office, self.tenants))

    def night(self) -> Nights:
        """Two o'clock of the next night in Paris comes, and the scheduler calls."""
        self.office.clock.move_to(self.two_o_clock())
        return self.call()

    def two_o_clock(self) -> datetime:
        now = self.office.clock.now()
        tonight = at_paris(civil_date(now), time(2))
        return tonight if tonight > now else at_paris(civil_date(now) + timedelta(days=1), time(2))

    def entered(self) -> list[int]:
        """The numbers of the quotes that follow the scenario of a query."""
        runs = [self.office.store.get(TENANT, Run, id) for id in self._ids()]
        return [int(run.id[4:]) for run in runs if run and run.source is Source.SEGMENT and run.scenario_id == WANTED]

    def turns(self) -> Counter[int]:
        """How often the run of each quote was handed to another turn: each entry does it once."""
        runs = [self.office.store.get(TENANT, Run, id) for id in self._ids()]
        return Counter({int(run.id[4:]): run.turn - 1 for run in runs if run and run.turn > 1})

    def stored_night(self, segment: Segment) -> Night:
        found = self.office.store.get(TENANT, Night, segment.id)
        assert found is not None
        return found

    def run_of(self, n: int) -> Run:
        found = self.office.store.get(TENANT, Run, f"quo_{n:026d}")
        assert found is not None
        return found

    def answers(self, n: int, status: QuoteStatus = QuoteStatus.REFUSED) -> None:
        """The customer answers, or the answer is taken back: what changes whether a quote matches."""
        stored = self.office.store.get(TENANT, Quote, f"quo_{n:026d}")
        assert stored is not None
        self.office.put(replace(stored, rev=stored.rev + 1, status=status))

    def _ids(self) -> list[str]:
        return [quote.id for quote in self.office.store.starting_with(TENANT, Quote, "", limit=1000).items]
