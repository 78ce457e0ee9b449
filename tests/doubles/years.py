"""A firm whose accounting years go by: invoices, nights that close what is over, an archive walked and stamped by day.

The archive's own journal is the store's, so what is purged of the one is gone from the other.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from relance.app.archiving import Archive, Archiver, drain, verify
from relance.app.archiving.daily_log import stamp, write_daily_log
from relance.app.archiving.whole import WholeJournal
from relance.app.closing import close_due
from relance.app.context import Caller, Context
from relance.app.removing import carry_out
from relance.app.settings import put_company
from relance.domain.calendar_fr import civil_date, to_ms
from relance.domain.purge import Purge
from tests.builders import TENANT, a_company
from tests.doubles.archive import World
from tests.doubles.commits import issue
from tests.doubles.outside import ManualClock, SeededEntropy
from tests.doubles.store import InMemoryStore
from tests.doubles.worker import Worker

YEAR: date = date(2026, 12, 31)
NEXT_YEAR: date = date(2027, 1, 15)  # a short one: the firm moves its accounting year
AFTER_IT: date = date(2027, 1, 17)
OWNER = Caller(TENANT, "user:louise")


class Stamper:
    """An authority of the shortest DER that says: granted, this digest."""

    def stamp(self, sha256: bytes) -> bytes:
        imprint = bytes.fromhex("3031300d060960864801650304020105000420") + sha256
        body = bytes.fromhex("3003020100") + imprint
        return b"\x30" + bytes([len(body)]) + body


@dataclass(slots=True)
class Firm:
    """One tenant; each method is a night, or a person's act."""

    store: InMemoryStore = field(default_factory=InMemoryStore)
    clock: ManualClock = field(default_factory=lambda: ManualClock(datetime(2026, 12, 20, 9, tzinfo=UTC)))
    world: World = field(default_factory=World)
    worker: Worker = field(default_factory=Worker)
    entropy: SeededEntropy = field(default_factory=SeededEntropy)

    @property
    def ctx(self) -> Context:
        return Context(self.store, self.clock, self.entropy)

    @property
    def archiver(self) -> Archiver:
        """What fills the archive: it reads the live journal."""
        made = self.world.archive()
        return Archiver(self.store, made.heads, made.store, made.documents, made.signer)

    @property
    def live(self) -> Archive:
        """What purges see."""
        made = self.archiver
        return Archive(self.store, made.heads, made.store)

    @property
    def whole(self) -> Archive:
        """What readers see."""
        made = self.archiver
        return Archive(WholeJournal(self.store, made.heads, made.store, self.store), made.heads, made.store)

    def sells(self, times: int = 1) -> "Firm":
        """Invoices, some hours apart."""
        for _ in range(times):
            issue(self.ctx, TENANT)
            self.clock.advance(timedelta(hours=5))
        return self

    def moves_its_year(self) -> "Firm":
        """The open accounting year ends with 15 January: two years to purge, and few days to close."""
        put_company(self.ctx, OWNER, replace(a_company(), fiscal_year_start="01-16"), expected_rev=None)
        return self

    def lives_until(self, day: date) -> "Firm":
        """Nights that close what is over."""
        self.clock.move_to(datetime(day.year, day.month, day.day, 9, tzinfo=UTC))
        while close_due(self.ctx, TENANT):
            pass
        return self

    def archives(self) -> "Firm":
        drain(TENANT, self.archiver, max_events=10)
        return self

    def verifies(self) -> "Firm":
        verify(TENANT, self.whole, now_ms=to_ms(self.clock.now()))
        return self

    def stamps(self) -> "Firm":
        """The daily log, and its stamp."""
        made = write_daily_log([TENANT], self.archiver, civil_date(self.clock.now()))
        assert made is not None
        stamp(self.archiver, made, Stamper())
        return self

    def removes(self, year: date = YEAR) -> Purge:
        """What the background does of a purge that was ordered."""
        return carry_out(self.ctx, TENANT, year.isoformat(), self.live, self.store)


def a_closed_year() -> Firm:
    """2026 is over, with nine invoices; everything that a purge wants is there."""
    firm = Firm().sells(9).lives_until(date(2027, 1, 4)).sells(2)
    return firm.archives().verifies().stamps()
