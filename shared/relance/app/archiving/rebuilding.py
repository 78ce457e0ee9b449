"""After a restore of the tables: the journal is rebuilt from the archive, never the reverse.

A table that was restored to an earlier moment has lost events that the archive holds, so the archive's head is ahead of
the journal's and its tenant is in quarantine: the next number would be one that was given before. `plan` tells, without
writing, what is missing, and refuses when that is not all: an archive that does not verify, or a journal that went on
by itself after the restore. `rebuild` then writes the missing events and the head that follows from them, by the same
conditional commits as every writer: stopped half-way it is started again, and a writer that is faster makes it stop.

What it does not bring back is told in `Plan.documents`: drafts, customers and the other entities are in no archive.
[AR-02, K-01]
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from relance.app.archiving import layout
from relance.app.archiving.drain import Archive
from relance.app.archiving.stored import StoredArchive
from relance.app.context import Context
from relance.app.ports.store import Commit, HeadMove
from relance.domain.calendar_fr import civil_date, from_ms
from relance.domain.chain import segment
from relance.domain.chain.canonical import Json
from relance.domain.chain.event import GENESIS_HASH, Event, SealedEvent, parse
from relance.domain.closing import CLOSED
from relance.domain.errors import Conflict
from relance.domain.history import IMPORTED
from relance.domain.ids import TenantId
from relance.domain.journal import Head, add_totals
from relance.domain.periods import CIVIL_YEAR, OpenPeriods, opened
from relance.resources import verify_archive

BATCH: Final = 90  # events of one transaction, beside the head and the register
_READ: Final = 500


@dataclass(frozen=True, slots=True)
class Lost:
    """A document that a missing event speaks of: its state in the restored tables is older than its archive."""

    kind: str
    id: str
    number: str
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a rebuild would do: `archived` events are in the archive, `journal` in the restored table; `head_seq` is
    where the restored head stands. `documents` must be looked at by a person afterwards."""

    tenant: TenantId
    archived: int
    journal: int
    head_seq: int
    documents: tuple[Lost, ...]

    @property
    def missing(self) -> int:
        """How many events would be written."""
        return max(0, self.archived - self.journal)

    @property
    def is_needed(self) -> bool:
        """Whether the journal or its head is behind the archive."""
        return self.missing > 0 or self.head_seq < max(self.archived, self.journal)


class CannotRebuild(Conflict):
    """A person must decide: rebuilding would hide something."""

    code = "cannot_rebuild"


def plan(ctx: Context, tenant: TenantId, archive: Archive) -> Plan:
    """What is missing. Writes nothing. Raises NotFound without an archive, CannotRebuild, Corrupted.

    Reads the whole archive and verifies it first: seconds per 10,000 events.
    """
    stored = _sound(tenant, archive)
    seq = _agreement(tenant, archive, stored)
    lost: dict[tuple[str, str], Lost] = {}
    for event in _archived(stored, after=seq):
        if event.type != CLOSED:
            ref = event.ref
            known = lost.get((ref.kind, ref.id), Lost(ref.kind, ref.id, "", ()))
            lost[ref.kind, ref.id] = replace(
                known, number=ref.number or known.number, events=(*known.events, event.type)
            )
    return Plan(tenant, stored.size, seq, ctx.store.head(tenant).seq, tuple(lost.values()))


def rebuild(ctx: Context, tenant: TenantId, archive: Archive) -> Plan:
    """Write what is missing; returns the plan that was carried out. Doing it twice is doing it once.

    Raises like `plan`, and HeadMoved when somebody else wrote to the journal meanwhile: nothing of that load was
    written, call again.
    """
    wanted = plan(ctx, tenant, archive)
    if not wanted.is_needed:
        return wanted
    at, fold = wanted.head_seq, HeadFold()
    fresh: list[SealedEvent] = []
    for event in _whole(tenant, archive, wanted):
        fold.take(event)
        if event.seq > wanted.journal:
            fresh.append(SealedEvent(tenant, event.seq, event.at_ms, event.type, event.hash, event.line))
        is_load = len(fresh) == BATCH or event.seq in (wanted.journal, wanted.archived)
        if is_load and event.seq > at:
            move = HeadMove(at, fold.head, tuple(fresh))
            ctx.store.commit(Commit(tenant, ctx.entropy.bytes(16).hex(), move=move))
            at, fresh = event.seq, []
    return wanted


class HeadFold:
    """The head as its events make it: what the writer of each left. The stored head is nothing but this fold."""

    def __init__(self) -> None:
        self.head = Head()
        self._fiscal_year_start = CIVIL_YEAR

    def take(self, event: Event) -> None:
        """One more event, the next."""
        head, data = self.head, event.data
        periods = head.periods
        raw = verify_archive.parse_line(event.line)
        is_settings = event.type == "settings.changed"
        if is_settings:
            self._fiscal_year_start = str(data.get("fiscal_year_start", self._fiscal_year_start))
        if periods is None and raw["v"] > 1:
            periods = opened(civil_date(from_ms(event.at_ms)), self._fiscal_year_start, event.seq)
        if periods is not None and event.type == CLOSED:
            periods = _closed(periods, data)
        elif periods is not None and is_settings:
            periods = periods.with_fiscal_year_start(self._fiscal_year_start)
        counters, dates = dict(head.counters), dict(head.last_dates)
        series, rank = data.get("series"), data.get("rank")
        # A later version of a quote keeps its number: it takes none.
        if isinstance(series, str) and isinstance(rank, int) and rank > counters.get(series, 0):
            counters[series], dates[series] = rank, civil_date(from_ms(event.at_ms)).isoformat()
        for start in raw["data"]["series"] if event.type == IMPORTED else ():
            counters[start["series"]] = start["rank"]
            dates[start["series"]] = civil_date(from_ms(event.at_ms)).isoformat()
        after = replace(
            head,
            seq=event.seq,
            last_hash=event.hash,
            last_at_ms=event.at_ms,
            counters=counters,
            last_dates=dates,
            periods=periods,
        )
        self.head = add_totals(after, verify_archive.counted(raw))


def _closed(periods: OpenPeriods, data: Mapping[str, Json]) -> OpenPeriods:
    """After a closing: the next day begins with the last of those that end with this one."""
    if data["kind"] != periods.ending()[-1].kind:
        return periods
    last_seq = data["last_seq"]
    assert isinstance(last_seq, int), "the archive was verified"
    return periods.next_day(last_seq + 1)


def _sound(tenant: TenantId, archive: Archive) -> StoredArchive:
    """The archive, verified. Raises CannotRebuild when it is not intact."""
    stored = StoredArchive.open(tenant, archive)
    report = verify_archive.verify(stored, export=False)
    if not report.ok or report.events != stored.size:
        told = report.faults[0].sentence() if report.faults else "il est incomplet"
        raise CannotRebuild(f"L’archive elle-même n’est pas intacte, rien n’en est repris : {told}.")
    return stored


def _agreement(tenant: TenantId, archive: Archive, stored: StoredArchive) -> int:
    """How many events the journal holds; all of them are those of the archive. Raises CannotRebuild where it is not so.

    What the journal has beyond the archive is no fault: it is chained to it, and will be archived.
    """
    seq, hash = 0, GENESIS_HASH
    known = _archived(stored, after=0)
    for event in _journal(tenant, archive):
        archived = next(known, None)
        if event.seq != seq + 1 or (archived is None and event.prev != hash):
            raise CannotRebuild(f"Le journal est troué ou rompu avant l’événement {event.seq}.")
        if archived is not None and archived.hash != event.hash:
            raise CannotRebuild(
                f"Depuis la restauration, le journal a continué sans l’archive : son événement {event.seq} "
                f"({event.type}, {event.ref.number or event.ref.id}) n’est pas celui qui est archivé. "
                "Relevez ces écritures, retirez-les de la table restaurée, puis recommencez."
            )
        seq, hash = event.seq, event.hash
    return seq


def _whole(tenant: TenantId, archive: Archive, wanted: Plan) -> Iterator[Event]:
    """Every event there is: those of the archive, then what the journal alone holds."""
    stored = StoredArchive.open(tenant, archive)
    yield from _archived(stored, after=0)
    yield from _journal(tenant, archive, after=stored.size)


def _archived(stored: StoredArchive, *, after: int) -> Iterator[Event]:
    """The events of the archive after that one, a segment in memory at a time."""
    firsts = stored.segments()
    for first, following in zip(firsts, [*firsts[1:], stored.size + 1], strict=True):
        if following > after + 1:
            for line in segment.unpack(stored.read(layout.segment(first))):
                event = parse(line)
                if event.seq > after:
                    yield event


def _journal(tenant: TenantId, archive: Archive, *, after: int = 0) -> Iterator[Event]:
    """The events of the journal after that one, a page in memory at a time."""
    while rows := archive.journal.read(tenant, after, _READ):
        for row in rows:
            yield parse(row.line)
        after = rows[-1].seq
