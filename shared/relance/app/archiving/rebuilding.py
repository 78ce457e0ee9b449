"""After a restore of the tables: journal, head and documents are rebuilt from the archive, never the reverse.

A table that was restored to an earlier moment has lost events that the archive holds, so the archive's head is ahead of
the journal's and its tenant is in quarantine: the next number would be one that was given before, and a draft that was
issued in the lost hour could be issued again. If the journal alone was restored, writers who go on leave a hole in it:
their events follow those that are gone. `plan` tells, without writing, what would be written, and refuses when that is
not all: an archive that does not verify, a journal that went on by itself after the restore, a line that is nowhere.

    mark        that a rebuild is under way                              a crash from here on is known to be one
    doubts      every mail that may have left in the lost time           claimed, so nothing leaves twice
    loads       lines below the head, under a head that stays            one transaction each
                events + head + the documents as these events left them  one transaction each
    end         `journal.rebuilt`, and the mark is closed                one transaction

The same conditional commits as those of every writer: stopped anywhere it is started again, and a writer that is faster
makes it stop. What is in no archive (drafts, customers, settings that are not fiscal, what was noted beside an answer)
is told in `Plan.documents`, and a document that lacks something waits until a person looked. [AR-02, K-01, N-02, S-07]
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from relance.app.archiving.agreement import Agreement, CannotRebuild, agree
from relance.app.archiving.drain import Archive
from relance.app.archiving.locked import Locked, locked
from relance.app.archiving.putting_back import Dry, Lost, Wet, Work
from relance.app.archiving.sources import Sources
from relance.app.archiving.whole import purged_to
from relance.app.context import SYSTEM, Caller, Context
from relance.app.journaling import Decision, commit
from relance.app.ports.archive import JournalReader
from relance.app.ports.scenarios import PublishedScenarios
from relance.app.ports.store import Commit, HeadMoved
from relance.app.recovery.desk import ACTOR
from relance.app.recovery.mails import Doubt
from relance.domain.chain.canonical import Json
from relance.domain.chain.event import Fact, Ref
from relance.domain.errors import Corrupted, OutcomeUnknown
from relance.domain.ids import TenantId
from relance.domain.journal import Head
from relance.domain.rebuild import ID, REBUILT, Hole, Rebuild

_TOLD_HOLES: Final = 100  # in the fact: a restore leaves one or two


@dataclass(frozen=True, slots=True)
class Plan:
    """What a rebuild would do, or did. `archived` events are in the archive, `journal` is the last one of the table,
    which lacks `holes` (`copied` of their lines are in the other table alone); `head_seq` is where the head stands.
    `writes`: the entities (class, id) that it stores, in their order; `doubts`: what may have left and is not sent
    again by itself. `is_under_way`: one was begun and not ended; `was_older`: it found an older table of documents.
    """

    tenant: TenantId
    archived: int
    journal: int
    head_seq: int
    documents: tuple[Lost, ...]
    holes: tuple[Hole, ...] = ()
    copied: int = 0
    writes: tuple[tuple[str, str], ...] = ()
    doubts: tuple[Doubt, ...] = ()
    is_restored: bool = False
    is_under_way: bool = False
    was_older: bool = False

    @property
    def missing(self) -> int:
        """How many lines would be written."""
        return sum(hole.lines for hole in self.holes)

    @property
    def is_older(self) -> bool:
        """Whether the table of head and documents is of an earlier moment than the events."""
        return self.is_restored or self.was_older or self.head_seq < max(self.archived, self.journal)

    @property
    def is_needed(self) -> bool:
        """Whether there is something to do."""
        return self.missing > 0 or self.is_older or self.is_under_way


def plan(
    ctx: Context,
    tenant: TenantId,
    archive: Archive,
    published: PublishedScenarios,
    *,
    is_restored: bool = False,
    copy: JournalReader | None = None,
) -> Plan:
    """What would be written. Writes nothing. Raises NotFound without an archive, CannotRebuild, Corrupted, HeadMoved
    when somebody writes at the same time.

    `is_restored`: the table of the documents was restored even if no event is missing, so mails are in doubt. `copy`:
    the journal as it was at a later moment, for lines that are in no archive. Reads the whole archive and verifies it
    first: seconds per 10,000 events.
    """
    sources = Sources(tenant, _locked(tenant, archive), archive.journal, copy)
    wanted, found = _compared(ctx, sources, is_restored=is_restored)
    return _done(Work(ctx, published, sources, found), wanted, Dry())


def rebuild(
    ctx: Context,
    tenant: TenantId,
    archive: Archive,
    published: PublishedScenarios,
    *,
    is_restored: bool = False,
    copy: JournalReader | None = None,
) -> Plan:
    """Write what is missing; returns the plan that was carried out. Doing it twice is doing it once.

    Raises like `plan`, and HeadMoved or EntityMoved when somebody else wrote meanwhile: nothing of that load was
    written, call again.
    """
    sources = Sources(tenant, _locked(tenant, archive), archive.journal, copy)
    wanted, found = _compared(ctx, sources, is_restored=is_restored)
    if not wanted.is_needed:
        return wanted
    _begin(ctx, wanted)
    done = _done(Work(ctx, published, sources, found), wanted, Wet(ctx, tenant))
    _end(ctx, done)
    return done


def _compared(ctx: Context, sources: Sources, *, is_restored: bool) -> tuple[Plan, Agreement]:
    """Where archive, journal and head stand. The head is read on both sides: else a line that somebody writes
    meanwhile is taken for one that is lost.
    """
    tenant = sources.tenant
    head = ctx.store.head(tenant)
    try:
        found = agree(sources, head, purged_to(ctx.store, tenant))
    except CannotRebuild:
        _require_quiet(ctx, tenant, head)
        raise
    _require_quiet(ctx, tenant, head)
    mark = ctx.store.get(tenant, Rebuild, ID)
    under_way = mark is not None and mark.is_under_way
    wanted = Plan(
        tenant=tenant,
        archived=sources.kept.size,
        journal=found.journal,
        head_seq=head.seq,
        documents=(),
        holes=found.holes,
        copied=found.copied,
        is_restored=is_restored,
        is_under_way=under_way,
        was_older=mark is not None and under_way and mark.is_older,
    )
    return wanted, found


def _require_quiet(ctx: Context, tenant: TenantId, head: Head) -> None:
    if ctx.store.head(tenant).seq != head.seq:
        raise HeadMoved("Quelqu’un écrit en ce moment pour cette entreprise : arrêtez les fonctions, puis recommencez.")


def _done(work: Work, wanted: Plan, pen: Dry | Wet) -> Plan:
    """The plan with all that it comes to, stored by that pen."""
    if not wanted.is_needed:
        return wanted
    work.carry_out(pen, is_older=wanted.is_older)
    return replace(wanted, documents=work.documents(), writes=tuple(work.writes), doubts=tuple(work.doubts))


def _begin(ctx: Context, wanted: Plan) -> None:
    """The mark, unless one is there that was never ended and knows of all this."""
    known = ctx.store.get(wanted.tenant, Rebuild, ID)
    if known is not None and known.is_under_way:
        mark = known.widened(wanted.holes, is_older=wanted.is_older)
    else:
        rev, now = (known.rev + 1 if known else 1), ctx.clock.now()
        numbers = (wanted.archived, wanted.journal, wanted.head_seq)
        mark = Rebuild(wanted.tenant, rev, now, *numbers, holes=wanted.holes, is_older=wanted.is_older)
    if mark is not known:
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
        holes: list[Json] = [[hole.first, hole.last] for hole in mark.holes[:_TOLD_HOLES]]
        data: dict[str, Json] = {
            "archived": mark.archived,
            "journal": mark.journal,
            "head_seq": mark.head_seq,
            "lines": sum(hole.lines for hole in mark.holes),
            "holes": holes,
            "documents": len(done.documents),
            "to_review": sum(bool(one.missing) for one in done.documents),
            "in_doubt": len(done.doubts),
        }
        ended = replace(mark, rev=mark.rev + 1, ended_at=at)
        return Decision(answer=ended, puts=(ended,), facts=(Fact(REBUILT, Ref("journal", done.tenant), ACTOR, data),))

    commit(ctx, Caller(done.tenant, ACTOR, SYSTEM), None, Rebuild, decide)


def _locked(tenant: TenantId, archive: Archive) -> Locked:
    """What is archived, verified. Raises CannotRebuild when it is not intact."""
    try:
        return locked(tenant, archive)
    except Corrupted as fault:
        raise CannotRebuild(
            f"L’archive elle-même n’est pas intacte, rien n’en est repris : {fault.message}."
        ) from fault
