"""A firm whose journal table alone is restored to an earlier moment while its writers go on: the journal has a hole."""

from dataclasses import dataclass, field
from functools import cache
from typing import Final

from relance.adapters.scenario_data import PackagedScenarios
from relance.app.archiving import Archive, Archiver, Drained, Walked, drain, verify
from relance.app.archiving.alarms import write_down
from relance.app.archiving.putting_back import BATCH
from relance.app.archiving.rebuilding import Plan, plan, rebuild
from relance.app.archiving.stored import StoredArchive
from relance.app.archiving.whole import WholeJournal
from relance.app.context import Context
from relance.app.journaling import Decision, commit
from relance.app.ports.archive import JournalReader
from relance.domain.calendar_fr import to_ms
from relance.domain.chain.event import Fact, Ref
from relance.domain.party import Company
from relance.domain.rebuild import Hole
from relance.resources import verify_archive
from tests.builders import TENANT
from tests.doubles.archive import World
from tests.doubles.lost_hour import OWNER, Firm
from tests.doubles.outside import ManualClock
from tests.doubles.store import InMemoryStore

SHIPPED: Final = PackagedScenarios()
GOES_ON: Final = ((2, 5), (3, 2), (18, 0), (2, 6))  # a night falls in it, so periods are closed over the hole
OPENING: Final = ((0, 1), (1, 0))  # an invoice is drafted, and issued


@dataclass(slots=True)
class Site:
    """A firm with its archive. What its store was told is never forgotten there: every line is held against it."""

    firm: Firm = field(default_factory=lambda: Firm().opens())
    world: World = field(default_factory=World)

    def __post_init__(self) -> None:
        self.world.pdfs = self.firm.documents.stored

    def copied(self) -> "Site":
        """The same moment in a world of its own."""
        firm = Firm(self.store.copied(), ManualClock(self.firm.clock.at), seed=self.firm.seed + 1)
        firm.documents.stored = dict(self.firm.documents.stored)
        objects = {key: list(versions) for key, versions in self.world.objects.items()}
        return Site(firm, World(objects=objects, stored_heads=dict(self.world.stored_heads)))

    @property
    def store(self) -> InMemoryStore:
        return self.firm.store

    @property
    def ctx(self) -> Context:
        return self.firm.ctx

    @property
    def archiver(self) -> Archiver:
        """What fills the archive: it reads the live journal."""
        made = self.world.archive()
        return Archiver(self.store, made.heads, made.store, made.documents, made.signer)

    @property
    def whole(self) -> Archive:
        """What readers see, and a rebuild."""
        made = self.archiver
        return Archive(WholeJournal(self.store, made.heads, made.store, self.store), made.heads, made.store)

    def lives(self, *choices: tuple[int, int]) -> "Site":
        self.firm.live(choices)
        return self

    def records(self, facts: int) -> "Site":
        """So many small facts in one transaction."""
        company = self.store.get(TENANT, Company, TENANT)
        assert company is not None
        numbers = [{"numbers": {"bank": str(512_000 + n)}} for n in range(facts)]
        told = tuple(Fact("accounts.changed", Ref("accounts", TENANT), OWNER.actor, one) for one in numbers)
        commit(self.ctx, OWNER, None, Company, lambda _head, _at: Decision(company, facts=told))
        return self

    def archives(self) -> Drained:
        """As much as there is; small segments, so that there are several."""
        return drain(TENANT, self.archiver, max_events=20)

    def walks(self) -> Walked:
        """The daily walk, which writes down what it finds."""
        found = verify(TENANT, self.whole, now_ms=to_ms(self.firm.clock.now()))
        write_down(self.ctx, found)
        return found

    def journal_restored(self, backup: InMemoryStore) -> "Site":
        """The journal alone is of that moment; the other table goes on."""
        self.store.restore_journal(TENANT, backup)
        return self

    def plan(self) -> Plan:
        return plan(self.ctx, TENANT, self.whole, SHIPPED)

    def rebuild(self, copy: JournalReader | None = None, ctx: Context | None = None) -> Plan:
        return rebuild(ctx or self.ctx, TENANT, self.whole, SHIPPED, copy=copy)

    @property
    def head_seq(self) -> int:
        return self.store.head(TENANT).seq

    def lacks(self) -> tuple[int, ...]:
        """The places of the table that are empty."""
        there = {event.seq for event in self.store.live(TENANT)}
        return tuple(event.seq for event in self.store.events(TENANT) if event.seq not in there)

    def assert_whole(self) -> None:
        """Nothing lacks, archive and journal say the same, and an independent reader finds no fault in either."""
        assert self.lacks() == ()
        assert not self.plan().is_needed
        drained = self.archives()
        assert (drained.size, drained.signed_size, drained.quarantine) == (self.head_seq, self.head_seq, None)
        assert self.world.stored_heads[TENANT].quarantine is None, "it ended by itself"
        walked = self.walks()
        assert (walked.faults, walked.journal_intact) == ((), True)
        report = verify_archive.verify(StoredArchive.open(TENANT, self.archiver), export=False)
        assert report.ok, [fault.sentence() for fault in report.faults]


def a_hole(*after: tuple[int, int], archived: bool = True) -> tuple[Site, Hole]:
    """A season, an hour that the journal loses (`archived` or not), and what writers do `after` that."""
    site, hole = _hole(after, archived=archived)
    return site.copied(), hole


@cache
def _hole(after: tuple[tuple[int, int], ...], *, archived: bool) -> tuple[Site, Hole]:
    site = Site().lives(*OPENING, (2, 1), (3, 0))
    site.archives()
    backup, first = site.store.copied(), site.head_seq + 1
    site.lives((2, 3), (0, 2), (1, 0), (3, 1), (4, 1), (8, 1), (9, 0))
    if archived:
        site.archives()
    hole = Hole(first, site.head_seq)
    return site.journal_restored(backup).lives(*after), hole


LOADS = 3  # that a large hole takes


def a_large_hole() -> Site:
    """More lines than one transaction holds; somebody wrote since."""
    return _large_hole().copied()


@cache
def _large_hole() -> Site:
    site = Site().lives(*OPENING, (8, 1), (9, 0))
    backup = site.store.copied()
    for _ in range(LOADS):
        site.records(BATCH // 2)
    site.archives()
    return site.journal_restored(backup).lives((2, 2))
