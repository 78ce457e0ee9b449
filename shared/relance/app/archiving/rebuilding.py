"""After a restore of the tables: journal, head and documents are rebuilt from the archive, never the reverse.

A table that was restored to an earlier moment has lost events that the archive holds, so the archive's head is ahead of
the journal's and its tenant is in quarantine: the next number would be one that was given before, and a draft that was
issued in the lost hour could be issued again. `plan` tells, without writing, what would be written, and refuses when
that is not all: an archive that does not verify, or a journal that went on by itself after the restore.

    mark        that a rebuild is under way                              a crash from here on is known to be one
    doubts      every mail that may have left in the lost time           claimed, so nothing leaves twice
    loads       events + head + the documents as these events left them  one transaction each
    end         `journal.rebuilt`, and the mark is closed                one transaction

The same conditional commits as those of every writer: stopped anywhere it is started again, and a writer that is faster
makes it stop. What is in no archive (drafts, customers, settings that are not fiscal, what was noted beside an answer)
is told in `Plan.documents`, and a document that lacks something waits until a person looked. [AR-02, K-01, N-02, S-07]
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from relance.app.archiving.drain import Archive
from relance.app.archiving.locked import Locked, locked
from relance.app.context import SYSTEM, Caller, Context
from relance.app.journaling import Decision, commit
from relance.app.ports.scenarios import PublishedScenarios
from relance.app.ports.store import Commit, HeadMove
from relance.app.recovery import carry, mails
from relance.app.recovery.desk import ACTOR, Desk, index
from relance.app.recovery.mails import Doubt
from relance.domain.calendar_fr import civil_date, from_ms
from relance.domain.chain.canonical import Json
from relance.domain.chain.event import GENESIS_HASH, Event, Fact, Ref, SealedEvent, parse
from relance.domain.closing import CLOSED
from relance.domain.errors import Conflict, Corrupted, OutcomeUnknown
from relance.domain.history import IMPORTED
from relance.domain.ids import TenantId
from relance.domain.journal import Head, add_totals
from relance.domain.periods import CIVIL_YEAR, OpenPeriods, opened
from relance.domain.rebuild import ID, REBUILT, Rebuild
from relance.resources import verify_archive

BATCH: Final = 90  # writes of one transaction, beside the head and the register: events and documents
MAX_LOAD_BYTES: Final = 1_000_000  # of lines: with what is made of them, well below the 4 MB of a transaction
SKEW: Final = timedelta(minutes=1)  # items of one restored table are of moments less than a second apart
_READ: Final = 500


@dataclass(frozen=True, slots=True)
class Lost:
    """A document that a lost event speaks of. `missing`: what no archive tells of it, in French; it waits for somebody
    to look at it when there is anything."""

    kind: str
    id: str
    number: str
    events: tuple[str, ...]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What a rebuild would do, or did. `archived` events are in the archive, `journal` in the restored table;
    `head_seq` is where the restored head stands. `writes`: the entities (class, id) that it stores, in their order;
    `doubts`: what may have left and is not sent again by itself. `is_under_way`: one was begun and not ended.
    """

    tenant: TenantId
    archived: int
    journal: int
    head_seq: int
    documents: tuple[Lost, ...]
    writes: tuple[tuple[str, str], ...] = ()
    doubts: tuple[Doubt, ...] = ()
    is_restored: bool = False
    is_under_way: bool = False

    @property
    def missing(self) -> int:
        """How many events would be written."""
        return max(0, self.archived - self.journal)

    @property
    def is_older(self) -> bool:
        """Whether the table of head and documents is of an earlier moment than the events."""
        return self.is_restored or self.head_seq < max(self.archived, self.journal)

    @property
    def is_needed(self) -> bool:
        """Whether there is something to do."""
        return self.missing > 0 or self.is_older or self.is_under_way


class CannotRebuild(Conflict):
    """A person must decide: rebuilding would hide something."""

    code = "cannot_rebuild"


def plan(
    ctx: Context, tenant: TenantId, archive: Archive, published: PublishedScenarios, *, is_restored: bool = False
) -> Plan:
    """What would be written. Writes nothing. Raises NotFound without an archive, CannotRebuild, Corrupted.

    `is_restored`: the table of the documents was restored even if no event is missing, so mails are in doubt. Reads
    the whole archive and verifies it first: seconds per 10,000 events.
    """
    kept = _locked(tenant, archive)
    wanted = _compared(ctx, tenant, archive, kept, is_restored=is_restored)
    return _Work(ctx, archive, published, kept, wanted).done(_Dry())


def rebuild(
    ctx: Context, tenant: TenantId, archive: Archive, published: PublishedScenarios, *, is_restored: bool = False
) -> Plan:
    """Write what is missing; returns the plan that was carried out. Doing it twice is doing it once.

    Raises like `plan`, and HeadMoved or EntityMoved when somebody else wrote meanwhile: nothing of that load was
    written, call again.
    """
    kept = _locked(tenant, archive)
    wanted = _compared(ctx, tenant, archive, kept, is_restored=is_restored)
    if not wanted.is_needed:
        return wanted
    _begin(ctx, wanted)
    done = _Work(ctx, archive, published, kept, wanted).done(_Wet(ctx, tenant))
    _end(ctx, done)
    return done


def _compared(ctx: Context, tenant: TenantId, archive: Archive, kept: Locked, *, is_restored: bool) -> Plan:
    """Where archive, journal and head stand."""
    seq = _agreement(tenant, archive, kept)
    mark = ctx.store.get(tenant, Rebuild, ID)
    under_way = mark is not None and mark.is_under_way
    head_seq = ctx.store.head(tenant).seq
    return Plan(tenant, kept.size, seq, head_seq, (), is_restored=is_restored, is_under_way=under_way)


class _Dry:
    """A rebuild that is only shown."""

    def store(self, desk: Desk, move: HeadMove | None) -> None:
        """Nothing is stored: what follows goes on as if it were."""
        desk.overlook()


class _Wet:
    """A rebuild that writes."""

    def __init__(self, ctx: Context, tenant: TenantId) -> None:
        self._ctx, self._tenant = ctx, tenant

    def store(self, desk: Desk, move: HeadMove | None) -> None:
        """One load, all or nothing; the documents of a load that is too large for one transaction go before it.

        If we crash in between, they say already what their events say, and the next call finds nothing to change.
        """
        puts = desk.take()
        while len(puts) + (len(move.events) if move else 0) > BATCH:
            self._commit(Commit(self._tenant, self._token(), puts=puts[:BATCH]))
            puts = puts[BATCH:]
        if puts or move is not None:
            self._commit(Commit(self._tenant, self._token(), puts=puts, move=move))

    def _commit(self, wanted: Commit) -> None:
        self._ctx.store.commit(wanted)

    def _token(self) -> str:
        return self._ctx.entropy.bytes(16).hex()


@dataclass(slots=True)
class _Work:
    """One tenant's events, carried into head and documents load by load."""

    ctx: Context
    archive: Archive
    published: PublishedScenarios
    kept: Locked
    wanted: Plan
    writes: dict[tuple[str, str], None] = field(default_factory=dict)  # in order, each once
    lost: dict[tuple[str, str], Lost] = field(default_factory=dict)

    def done(self, pen: _Dry | _Wet) -> Plan:
        """The plan with all that it comes to, stored by that pen."""
        wanted = self.wanted
        if not wanted.is_needed:
            return wanted
        desk = Desk(self.ctx, wanted.tenant)
        is_older = wanted.is_older or wanted.is_under_way
        doubts = self._doubts(desk, pen) if is_older else ()
        self._loads(desk, pen, _may_be_older(self.ctx.store.head(wanted.tenant)) if is_older else None)
        missing = {key: loss.missing for key, loss in desk.losses.items()}
        documents = tuple(replace(one, missing=missing.get(key, ())) for key, one in self.lost.items())
        return replace(wanted, documents=documents, writes=tuple(self.writes), doubts=doubts)

    def _doubts(self, desk: Desk, pen: _Dry | _Wet) -> tuple[Doubt, ...]:
        found: list[Doubt] = []
        for run in mails.every_run(self.ctx, self.wanted.tenant):
            found += mails.doubts_of(desk, run, self.published)
            self._store(desk, pen, None)
        return tuple(found)

    def _loads(self, desk: Desk, pen: _Dry | _Wet, since: datetime | None) -> None:
        """Events that the journal lacks, and (`since` the restored head, or a little before) what they changed."""
        wanted, fold = self.wanted, HeadFold()
        at, fresh, size = wanted.head_seq, list[SealedEvent](), 0
        for event in self._whole():
            fold.take(event)
            index(desk, event)
            if since is not None and from_ms(event.at_ms) >= since:
                carry(desk, event)
            if event.seq > min(wanted.journal, wanted.head_seq):
                self._note(event)
            if event.seq > wanted.journal:
                fresh.append(SealedEvent(wanted.tenant, event.seq, event.at_ms, event.type, event.hash, event.line))
                size += len(event.line)
            is_full = len(fresh) + len(desk.changes) >= BATCH // 2 or size >= MAX_LOAD_BYTES
            if is_full or event.seq in (wanted.journal, max(wanted.archived, wanted.journal)):
                move = HeadMove(at, fold.head, tuple(fresh)) if event.seq > at else None
                self._store(desk, pen, move)
                at, fresh, size = max(at, event.seq), [], 0

    def _whole(self) -> Iterator[Event]:
        """Every event there is: those of the archive, then what the journal alone holds."""
        yield from self.kept.events()
        yield from _journal(self.wanted.tenant, self.archive, after=self.kept.size)

    def _store(self, desk: Desk, pen: _Dry | _Wet, move: HeadMove | None) -> None:
        self.writes.update(dict.fromkeys(desk.changes))
        pen.store(desk, move)

    def _note(self, event: Event) -> None:
        if event.type != CLOSED:
            ref = event.ref
            known = self.lost.get((ref.kind, ref.id), Lost(ref.kind, ref.id, "", ()))
            self.lost[ref.kind, ref.id] = replace(
                known, number=ref.number or known.number, events=(*known.events, event.type)
            )


def _may_be_older(head: Head) -> datetime:
    """From when on documents may be older than the events: a little before the restored head, for the items of
    one restored table are not all of one instant (DynamoDB developer guide, "Backups": checked 2026-11).
    """
    return from_ms(head.last_at_ms) - SKEW


def _begin(ctx: Context, wanted: Plan) -> None:
    """The mark, unless one is there that was never ended."""
    known = ctx.store.get(wanted.tenant, Rebuild, ID)
    if known is not None and known.is_under_way:
        return
    rev = known.rev + 1 if known else 1
    now = ctx.clock.now()
    mark = Rebuild(wanted.tenant, rev, now, wanted.archived, wanted.journal, wanted.head_seq)
    _store_again(ctx, Commit(wanted.tenant, ctx.entropy.bytes(16).hex(), puts=(mark,)))


def _store_again(ctx: Context, wanted: Commit) -> None:
    """Commit; when no answer comes, the very same once more: its token makes that harmless."""
    try:
        ctx.store.commit(wanted)
    except OutcomeUnknown:
        ctx.store.commit(wanted)


def _end(ctx: Context, done: Plan) -> None:
    """`journal.rebuilt`, once: where it began, what it came to. [AF-11]"""

    def decide(_head: Head, at: datetime) -> Decision:
        mark = ctx.store.get(done.tenant, Rebuild, ID)
        assert mark is not None, "it was begun"
        data: dict[str, Json] = {
            "archived": mark.archived,
            "journal": mark.journal,
            "head_seq": mark.head_seq,
            "documents": len(done.documents),
            "to_review": sum(bool(one.missing) for one in done.documents),
            "in_doubt": len(done.doubts),
        }
        ended = replace(mark, rev=mark.rev + 1, ended_at=at)
        return Decision(answer=ended, puts=(ended,), facts=(Fact(REBUILT, Ref("journal", done.tenant), ACTOR, data),))

    commit(ctx, Caller(done.tenant, ACTOR, SYSTEM), None, Rebuild, decide)


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


def _locked(tenant: TenantId, archive: Archive) -> Locked:
    """What is archived, verified. Raises CannotRebuild when it is not intact."""
    try:
        return locked(tenant, archive)
    except Corrupted as fault:
        raise CannotRebuild(
            f"L’archive elle-même n’est pas intacte, rien n’en est repris : {fault.message}."
        ) from fault


def _agreement(tenant: TenantId, archive: Archive, kept: Locked) -> int:
    """How many events the journal holds; all of them are those of the archive. Raises CannotRebuild where it is not so.

    What the journal has beyond the archive is no fault: it is chained to it, and will be archived.
    """
    seq, hash = 0, GENESIS_HASH
    known = kept.events()
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


def _journal(tenant: TenantId, archive: Archive, *, after: int = 0) -> Iterator[Event]:
    """The events of the journal after that one, a page in memory at a time."""
    while rows := archive.journal.read(tenant, after, _READ):
        for row in rows:
            yield parse(row.line)
        after = rows[-1].seq
