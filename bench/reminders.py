"""What following documents costs: decisions, sweeps, requests, state transitions, and what AWS asks for them.

`decisions_per_s`: facts of a live document and the decision on them, one core, no store. `sweep_10k_s` and `_mb`: one
night's thorough sweep of 10,000 open documents, 300 of them due and dead, with what the services take left out;
`sweep_growth` is the time for one document at 100,000 over that at 1,000 (1 is linear). `requests_per_reminder` counts
the calls of the real DynamoDB adapter, `transitions_per_reminder` the states that the deployed machine goes through.

`cost_month_<companies>_usd` is computed from such counts and from prices.toml for companies that each send ten quotes
and twenty invoices a month, followed on the shipped scenarios for 15 and 45 days without an answer, and for the sweeps
of every quarter of an hour. Not counted: storage, logs, what is done by people, the archive.
"""

from __future__ import annotations

import gc
import json
import logging
import time
import tomllib
import tracemalloc
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from io import StringIO
from math import ceil
from pathlib import Path
from statistics import median
from typing import Any

import boto3
from moto import mock_aws

from relance.adapters.dynamo import codec
from relance.adapters.scenario_data import PackagedScenarios
from relance.app.ports.open_work import Openable
from relance.app.ports.store import Commit, E, Ref
from relance.app.relaunching import sweep
from relance.domain.ids import TenantId
from relance.domain.invoice import Invoice
from relance.domain.journal import Head
from relance.domain.quote import Quote
from relance.domain.reminder.decide import decide
from relance.domain.reminder.facts import facts_of
from relance.domain.reminder.run import Run, new_run
from relance.domain.reminder.scenario import DELIVERY
from tests.builders import TENANT, a_context
from tests.doubles.counted import counted
from tests.doubles.dynamo import botocore_session, create_tables
from tests.doubles.office import Office, a_claim, a_sent_quote, an_issued_invoice
from tests.doubles.outside import START
from tests.doubles.store import InMemoryStore
from tests.statemachine.theatre import Theatre

DECISIONS = 4_000
ROUNDS = 5
DUE = 300
COMPANIES = (10, 10_000, 1_000_000)
QUOTES, INVOICES = 10, 20  # of one company in one month
SWEEPS = 30 * 24 * 4
STEP_S, STEP_GB = 0.35, 0.5  # a warm wake that sends: assumed, not measured on AWS
PDF_BYTES = 45_000
EVENTS = 2  # that the mail service tells of one mail: taken, delivered
SWEEP_UNITS = 3.5  # for a tenant with nothing due: its entry in the register, its index, its head and its archive's


def measure() -> dict[str, float]:
    """All of it, without a word of what the functions log meanwhile."""
    logging.disable(logging.CRITICAL)
    with redirect_stdout(StringIO()):
        figures = _measured()
    logging.disable(logging.NOTSET)
    return figures


def _measured() -> dict[str, float]:
    small, middle, large = (_swept(n, rounds=r) for n, r in ((1_000, 9), (10_000, 3), (100_000, 1)))
    requests = _requests()
    used = _lived()
    figures = {
        "decisions_per_s": _decisions(),
        "sweep_10k_s": middle.seconds,
        "sweep_10k_mb": _peak(10_000),
        "sweep_10k_requests": float(middle.requests),
        "sweep_growth": (large.seconds / 100_000) / (small.seconds / 1_000),
        "requests_per_reminder": requests,
        "transitions_per_reminder": used.transitions_per_reminder,
    }
    for companies in COMPANIES:
        figures[f"cost_month_{companies}_usd"] = companies * used.month_usd
    return figures


# --- decisions --------------------------------------------------------------------------------------------------------


def _decisions() -> float:
    """A second's worth: quotes and invoices on the shipped scenarios, at different points of their lives."""
    published = PackagedScenarios()
    quote, invoice = a_sent_quote(pdf_sha256="a" * 64), an_issued_invoice(due_days=0, pdf_sha256="a" * 64)
    cases = []
    for document, name in ((quote, "standard.quote@2"), (invoice, "standard.invoice@2")):
        scenario = published.get(TENANT, name)
        assert scenario is not None
        claims = {DELIVERY: a_claim(DELIVERY, START, document.id)}
        cases += [(document, scenario, claims, START + timedelta(days=day, hours=1)) for day in (1, 3, 9, 16, 31)]
    decide(facts_of(quote, START), cases[0][1], cases[0][2], START)  # the calendar of the year is read once

    def once() -> float:
        started = time.process_time()
        for i in range(DECISIONS):
            document, scenario, claims, now = cases[i % len(cases)]
            decide(facts_of(document, now), scenario, claims, now)
        return DECISIONS / (time.process_time() - started)

    return median(once() for _ in range(ROUNDS))


# --- sweeps -----------------------------------------------------------------------------------------------------------


@dataclass
class Night:
    """One tenant's open runs as the real index and store would give them, page by page, decoded by the real codec.

    The first of them are due and dead, the others wait for weeks. Nothing is kept, so what is measured is the sweep.
    """

    n: int
    requests: int = 0
    bodies: tuple[bytes, bytes] = field(init=False)

    def __post_init__(self) -> None:
        run = new_run(TENANT, "quote", "quo_0", "standard.quote@2", START, customer_id="cus_0")
        self.bodies = codec.encode(run), codec.encode(replace(run, next_at=START + timedelta(days=20)))

    @property
    def due(self) -> int:
        return DUE * self.n // 10_000

    def tenants(self) -> Iterator[TenantId]:
        return iter([TENANT])

    def open_ids(self, _tenant: TenantId, _cls: type[Openable]) -> Iterator[str]:
        self.requests += ceil(self.n * 150 / 1_000_000)  # a page of an index is 1 MB
        return (f"quo_{i:026d}" for i in range(self.n))

    def due_ids(self, tenant: TenantId, _before: datetime) -> Iterator[str]:
        return self.open_ids(tenant, Run)  # the thorough sweep of the night

    def dirty(self) -> Iterator[str]:
        return iter(())

    def get(self, tenant: TenantId, cls: type[E], id: str) -> E | None:
        return None

    def head(self, _tenant: TenantId) -> Head:
        return Head()

    def get_many(self, _tenant: TenantId, _cls: type[E], ids: Collection[str]) -> Mapping[str, Run]:
        self.requests += 1
        bodies = (self.bodies[int(id[4:]) >= self.due] for id in ids)
        return {id: replace(codec.decode(Run, body), id=id) for id, body in zip(ids, bodies, strict=True)}

    def commit(self, commit: Commit) -> None:
        self.requests += 1
        assert [codec.encode(one) for one in commit.puts]


@dataclass(frozen=True)
class Swept:
    """What one sweep took."""

    seconds: float
    requests: int


def _swept(n: int, *, rounds: int) -> Swept:
    """Processor seconds (median of so many sweeps), and requests."""
    took, night = [], Night(n)
    for _ in range(rounds):
        night = Night(n)
        gc.collect()
        gc.disable()
        started = time.process_time()
        _sweep(night)
        took.append(time.process_time() - started)
        gc.enable()
    return Swept(median(took), night.requests)


def _peak(n: int) -> float:
    """Megabytes; by a sweep of its own, which is slower for being watched."""
    night = Night(n)
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    _sweep(night)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return (peak - before) / 1_000_000


def _sweep(night: Night) -> None:
    context = replace(a_context(), store=night)  # type: ignore[arg-type]  # what a sweep asks of a store
    done = sweep(context, night, Starting(), night, lambda _: None, _fail)
    assert (done.looked_at, done.started, done.failed) == (night.n, night.due, 0), done


class Starting:
    """Nothing is alive, everything can be started."""

    def is_alive(self, *_: object) -> bool:
        return False

    def start(self, *_: object) -> None:
        return


def _fail(tenant: str, document_id: str, error: Exception) -> None:
    raise AssertionError((tenant, document_id)) from error


# --- requests ---------------------------------------------------------------------------------------------------------


def _requests() -> float:
    """Of a reminder of an overdue invoice, the dearest sort, on the real adapter."""
    with mock_aws():
        client = boto3.Session(botocore_session=botocore_session()).client("dynamodb", region_name="eu-west-3")
        tables = create_tables(client, "bench-")
        office = Office()
        invoice = office.owing(1, "standard.invoice@1", days_late=3)
        place = counted(office, region="eu-west-3", **tables)
        assert place.wake(invoice).done == (("overdue", "sent"),)
        return float(len(place.requests))


# --- transitions and money --------------------------------------------------------------------------------------------


@dataclass
class Meter:
    """A store that adds up what it would be charged: units of DynamoDB, by the sizes of what is really stored.

    A consistent read costs one unit for each 4 KB of an item, one of a transaction's writes two for each KB, a changed
    entry of an index one. (DynamoDB developer guide, "Read and write request units", checked 2026-11.)
    """

    store: InMemoryStore
    used: Counter[str] = field(default_factory=Counter)

    def _reads(self, *entities: Any) -> None:
        for entity in entities:
            self.used["read_unit"] += 1 if entity is None else ceil(len(codec.encode(entity)) / 4_096)

    def get(self, tenant: TenantId, cls: type[E], id: str) -> E | None:
        found = self.store.get(tenant, cls, id)
        self._reads(found)
        return found

    def get_mixed(self, tenant: TenantId, refs: Collection[Ref]) -> Mapping[Ref, Any]:
        found = self.store.get_mixed(tenant, refs)
        self._reads(*(found.get(ref) for ref in refs))
        return found

    def get_many(self, tenant: TenantId, cls: type[E], ids: Collection[str]) -> Mapping[str, E]:
        found = self.store.get_many(tenant, cls, ids)
        self._reads(*(found.get(id) for id in ids))
        return found

    def starting_with(self, tenant: TenantId, cls: type[E], prefix: str, **parts: Any) -> Any:
        page = self.store.starting_with(tenant, cls, prefix, **parts)
        self.used["read_unit"] += ceil(sum(len(codec.encode(one)) for one in page.items) / 4_096) or 1
        return page

    def head(self, tenant: TenantId) -> Any:
        self.used["read_unit"] += 1
        return self.store.head(tenant)

    def commit(self, commit: Commit) -> None:
        written = [*commit.puts, *commit.deletes, *(check.entity for check in commit.checks)]
        self.used["write_unit"] += sum(2 * ceil(len(codec.encode(one)) / 1_024) for one in written)
        self.used["write_unit"] += 2 * sum(isinstance(one, Run) for one in commit.puts)  # it moves in the index `due`
        if commit.move:
            self.used["write_unit"] += 4 + sum(2 * ceil(len(event.line) / 1_024) for event in commit.move.events)
        self.store.commit(commit)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)


@dataclass(frozen=True)
class Lived:
    """What one company's month uses."""

    transitions_per_reminder: float
    month_usd: float


def _lived() -> Lived:
    used: dict[str, float] = defaultdict(float)
    for kind, n in (("quote", QUOTES), ("invoice", INVOICES)):
        for what, count in _life(kind).items():
            used[what] += count * n
    used["read_unit"] += SWEEPS * SWEEP_UNITS
    used["gb_second"] = used["invocation"] * STEP_S * STEP_GB
    prices = tomllib.loads((Path(__file__).parent / "prices.toml").read_text("utf-8"))
    del prices["checked"]
    month = sum(used[what] * price["usd"] / price["per"] for what, price in prices.items())
    return Lived(_transitions(), month)


def _life(kind: str) -> dict[str, float]:
    """A document that nobody answers, until half its days are over: how often each thing was used that is charged.

    What waits for somebody's approval is never sent here: nobody gives it.
    """
    office = Office()
    meter = Meter(office.store)
    office.ctx = replace(office.ctx, store=meter)
    theatre = Theatre(office)
    document: Quote | Invoice
    if kind == "quote":
        document = office.follow(a_sent_quote(START), "standard.quote@2")
    else:
        document = office.follow(an_issued_invoice(START), "standard.invoice@2")
    meter.used.clear()
    theatre.machine.start(TENANT, kind, document.id, 1)
    theatre.days(15 if kind == "quote" else 45)
    states, mails = theatre.states(document), len(office.mailer.delivered)
    return {
        **meter.used,
        "state_transition": len(states) + 1,
        "mail": mails,
        "mail_gb": mails * PDF_BYTES * 4 / 3 / 1e9,  # base64
        "object_read": mails,
        "invocation": states.count("Work") + states.count("Render") + EVENTS * mails,
    }


def _transitions() -> float:
    """States between one reminder and the next, as the deployed machine goes through them."""
    theatre = Theatre()
    quote = theatre.quote()
    theatre.days(90)
    states, sent = theatre.states(quote), len(theatre.office.mailer.delivered)
    first = states.index("Wait")
    return (len(states) - first - 1) / (sent - 1)


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
