"""One company with everything that holds it: tables, bucket, documents, keys and exports under one plan of faults.

Each call that leaves the process goes through `World.operate`, whatever it calls: so a fault, a second worker or a
stroke of midnight can be planted at any of them. What is done is done by the real use cases. A bystander lives beside
the company, in the same tables and the same bucket.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

from relance.adapters.legal_data import load_law
from relance.app import exporting, invoicing, rendering
from relance.app.archiving import Archive, Archiver, drain
from relance.app.archiving.whole import WholeJournal
from relance.app.closing import close_due
from relance.app.context import SYSTEM, Caller, Context
from relance.app.ports.archive import Sink
from relance.app.ports.store import Commit, Idem, Store
from relance.app.settings import put_company
from relance.domain.archive_export import ArchiveExport, ExportKind, ExportState
from relance.domain.chain.event import SealedEvent
from relance.domain.errors import RelanceError
from relance.domain.ids import InvoiceId, TenantId
from relance.domain.money import Cents
from relance.domain.reminder.scenario import DocumentKind
from relance.domain.settlement import Transfer
from tests.builders import TENANT, a_company, a_customer, a_line, an_invoice, an_invoice_draft
from tests.doubles.archive import Crash, World
from tests.doubles.exported import Shelf
from tests.doubles.outside import FakeRenderer, ManualClock, RecordingExecutions, SeededEntropy
from tests.doubles.store import InMemoryStore
from tests.doubles.years import Stamper

LAW: Final = load_law()
BYSTANDER: Final = TenantId("ten_bystander")
LAST_AFTERNOON: Final = datetime(2026, 11, 30, 15, tzinfo=UTC)  # of a day, a month and an accounting year
NEXT_MORNING: Final = datetime(2026, 12, 1, 9, tzinfo=UTC)
MAX_EVENTS: Final = 4  # so that one afternoon takes several segments
READS: Final = (
    "store get",
    "store head",
    "store page",
    "store answer",
    "store starting",
    "read",
    "get",
    "sign",
    "list",
)


def is_read(operation: str) -> bool:
    """Whether nothing is stored by it."""
    return operation.startswith(READS)


def invoice_id(n: int) -> str:
    """The id of the company's n-th draft."""
    return f"inv_{n:026d}"


@dataclass
class Operated:
    """A store of which every call is an operation of the world."""

    store: InMemoryStore
    world: World

    def __getattr__(self, name: str) -> Any:
        original = getattr(self.store, name)
        return lambda *args, **parts: self.world.operate(f"store {name}", lambda: original(*args, **parts))


@dataclass(frozen=True, slots=True)
class House:
    """Times are the clock's; chance is seeded, so the same steps leave the same bytes."""

    world: World = field(default_factory=World)
    store: InMemoryStore = field(default_factory=InMemoryStore)
    clock: ManualClock = field(default_factory=lambda: ManualClock(LAST_AFTERNOON))
    shelf: Shelf = field(default_factory=Shelf)
    entropy: SeededEntropy = field(default_factory=SeededEntropy)
    executions: RecordingExecutions = field(default_factory=RecordingExecutions)
    lost: set[int] = field(default_factory=set)  # lines that the journal's table lost, until they are back

    def copied(self) -> "House":
        """Another that is like this one now, and goes its own way."""
        world = replace(
            self.world,
            events={},
            stored_heads=dict(self.world.stored_heads),
            objects={key: list(versions) for key, versions in self.world.objects.items()},
            pdfs=dict(self.world.pdfs),
            hidden=set(self.world.hidden),
            operations=[],
            late=[],
        )
        clock, shelf = ManualClock(self.clock.at), Shelf(dict(self.shelf.kept))
        return House(world, self.store.copied(), clock, shelf, SeededEntropy(1), lost=set(self.lost))

    # --- what use cases are given ---------------------------------------------------------------------------------

    @property
    def ctx(self) -> Context:
        return Context(cast(Store, Operated(self.store, self.world)), self.clock, self.entropy)

    @property
    def archiver(self) -> Archiver:
        """What fills the archive: it reads the live journal."""
        return replace(self.world.archive(), journal=self)

    @property
    def whole(self) -> Archive:
        """What readers see: also what was purged."""
        made = self.world.archive()
        return Archive(WholeJournal(self, made.heads, made.store, self.ctx.store), made.heads, made.store)

    def read(self, tenant: str, after_seq: int, limit: int) -> Sequence[SealedEvent]:
        """JournalReader."""

        def visible() -> Sequence[SealedEvent]:
            found = self.store.read(tenant, after_seq, limit)
            return [event for event in found if (tenant, event.seq) not in self.world.hidden]

        return self.world.operate("read journal", visible)

    def remove(self, events: Sequence[SealedEvent]) -> None:
        """JournalEraser."""
        self.world.operate("erase lines", lambda: self.store.remove(events))

    def begin(self, tenant: str, work: str, id: str = "") -> None:
        """RetentionWorker and ExportMaker: somebody is called, and comes later."""
        self.world.operate("ring", lambda: None)

    def stamp(self, sha256: bytes) -> bytes:
        """TimeStamper."""
        return self.world.operate("get stamp", lambda: Stamper().stamp(sha256))

    @contextmanager
    def writing(self, tenant: str, name: str, media_type: str) -> Iterator[Sink]:
        """ExportStore."""
        aside = Shelf()
        with aside.writing(tenant, name, media_type) as sink:
            yield sink
        self.world.operate("put export", lambda: self.shelf.kept.update(aside.kept))

    def link(self, tenant: str, name: str, *, filename: str, valid_s: int) -> str | None:
        """ExportStore."""
        return self.shelf.link(tenant, name, filename=filename, valid_s=valid_s)

    # --- what people and machines do ------------------------------------------------------------------------------

    def opens(self, tenant: TenantId = TENANT, drafts: int = 3) -> "House":
        """A company whose accounting year ends with November, a customer, and drafts that are ready."""
        company = a_company(tenant, fiscal_year_start="12-01")
        lines = (a_line(), a_line("Ponçage", quantity="24.5", unit_price="21.00"))
        ready = [
            an_invoice(tenant, id=InvoiceId(invoice_id(n)), draft=an_invoice_draft(lines=lines))
            for n in range(1, drafts + 1)
        ]
        put_company(self.ctx, owner(tenant), company, expected_rev=None)
        self.store.commit(Commit(tenant, self.entropy.bytes(16).hex(), puts=(a_customer(tenant), *ready)))
        return self

    def issue(self, n: int, tenant: TenantId = TENANT, key: str | None = None) -> str:
        """Draft `n` becomes an invoice; its number."""
        request = Idem(key or f"issue {n}", "0" * 64)
        ctx, caller, law = self.ctx, owner(tenant), LAW
        done = invoicing.issue(ctx, caller, invoice_id(n), idem=request, catalogue=law, executions=self.executions)
        return done.number or ""

    def issue_many(self, *ns: int, tenant: TenantId = TENANT) -> None:
        """Several drafts at once."""
        ids, request = [invoice_id(n) for n in ns], Idem(f"issue {ns}", "0" * 64)
        ctx, caller, law = self.ctx, owner(tenant), LAW
        invoicing.issue_many(ctx, caller, ids, idem=request, catalogue=law, executions=self.executions)

    def seal(self, n: int, tenant: TenantId = TENANT) -> None:
        """The PDF of invoice `n` is drawn, stored and sealed."""
        documents = self.world.archive().documents
        ctx, renderer = self.ctx, FakeRenderer()
        rendering.render(
            ctx, system(tenant), DocumentKind.INVOICE, invoice_id(n), renderer=renderer, documents=documents
        )

    def be_paid(self, n: int, key: str, cents: int = 1_000, tenant: TenantId = TENANT) -> None:
        """Money comes in on invoice `n`; the request has a key, and may come twice."""
        came = Transfer(Cents(cents), self.clock.now().date())
        invoicing.record_payment(self.ctx, owner(tenant), invoice_id(n), came, idem=Idem(key, "0" * 64))

    def close(self, tenant: TenantId = TENANT) -> None:
        """The sweep closes what is over."""
        close_due(self.ctx, tenant)

    def drain(self, tenant: TenantId = TENANT, archiver: Archiver | None = None) -> None:
        """The journal goes into the archive."""
        drain(tenant, archiver or self.archiver, max_events=MAX_EVENTS)

    def export(self, key: str = "export", tenant: TenantId = TENANT) -> ArchiveExport:
        """An export is asked for and made."""
        wanted = ArchiveExport(tenant, "", 0, self.clock.now(), "", state=ExportState.ASKED)
        asked = exporting.ask(self.ctx, owner(tenant), self.whole, self, wanted, idem=Idem(key, "0" * 64))
        writers = {ExportKind.ARCHIVE: exporting.archive_writer(self.whole)}
        return exporting.make(self.ctx, system(tenant), asked.id, writers, self)

    def comes_to_rest(self, tenant: TenantId = TENANT) -> None:
        """What was late arrives, everything becomes visible, and the sweep does what is left, undisturbed."""
        self.world.land()
        self.world.hidden.clear()
        self.close(tenant)
        self.drain(tenant)

    def goes_on(self, by: timedelta) -> None:
        """Time passes."""
        self.clock.advance(by)


def owner(tenant: TenantId) -> Caller:
    return Caller(tenant, "user:louise")


def system(tenant: TenantId) -> Caller:
    return Caller(tenant, "machine", SYSTEM)


def tried(work: Callable[[], object]) -> None:
    """A process that may die, and whose errors its caller sees and forgets."""
    with suppress(RelanceError, Crash):
        work()


def a_house() -> House:
    """The last afternoon of an accounting year: one invoice issued, paid in part, archived; a bystander like it."""
    house = House().opens(drafts=4).opens(BYSTANDER, drafts=1)
    house.issue(1, BYSTANDER)
    house.drain(BYSTANDER)
    house.issue(1)
    house.be_paid(1, "first payment")
    house.drain()
    house.world.operations.clear()
    return house
