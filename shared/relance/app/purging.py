"""Letting closed accounting years go from the live journal: what would go, what is missing for it, and the order.

    plan    reads alone: which lines, and each condition with what mends it
    order   the fact `journal.purged` and the mark, in one transaction; then the call of who removes (`removing`)

In that order: if we crash after the transaction, the mark is open and the next daily call removes; before it, nothing
happened. What remains of a purged year on line: its closings with their totals, and the head's perpetual ones.
BOI-TVA-DECLA-30-10-30 §§ 220-260 (archive before any purge), checked 2026-11. [AF-07, K-01, K-03, KX-20]
"""

from dataclasses import replace
from datetime import date, datetime

from relance.app.archiving import layout
from relance.app.archiving.drain import Archive
from relance.app.archiving.stamps import Stamped, first_stamp
from relance.app.archiving.stored import StoredArchive
from relance.app.archiving.whole import latest_purge
from relance.app.context import Caller, Context
from relance.app.every import every
from relance.app.journaling import Decision, commit
from relance.app.ports.archive import ArchiveHead
from relance.app.ports.retention import RetentionWorker
from relance.app.ports.store import Check, Page
from relance.app.rights import require_owner
from relance.domain.chain import segment
from relance.domain.chain.event import parse
from relance.domain.closing import Closing, closing_id
from relance.domain.errors import Conflict, Fault, NotFound
from relance.domain.journal import Head
from relance.domain.periods import PeriodKind
from relance.domain.purge import Condition, Purge, PurgePlan, purged_fact
from relance.domain.retention import Work


class PurgeRefused(Conflict):
    """Something that a purge wants is missing; `faults` say what, one by one."""

    code = "purge_refused"


def plan(ctx: Context, caller: Caller, archive: Archive, fiscal_year_end: date) -> PurgePlan:
    """What a purge up to that day would do. Writes nothing. Raises Retry, Corrupted."""
    tenant, label = caller.tenant, fiscal_year_end.isoformat()
    year = ctx.store.get(tenant, Closing, closing_id(PeriodKind.YEAR, label))
    latest = latest_purge(ctx.store, tenant)
    first_seq = latest.last_seq + 1 if latest else 1
    closed = _closed(year, first_seq, fiscal_year_end)
    if year is None or not closed.is_met:
        return PurgePlan(fiscal_year_end, first_seq, first_seq - 1, 0, 0, (closed,))
    kept = sum(first_seq <= closing.seq <= year.last_seq for closing in every(ctx, caller.tenant, Closing))
    lines = year.last_seq - first_seq + 1 - kept
    head = archive.heads.get(tenant)
    # The closing of the year must be covered too: so the line that the archiver reads next to is never among these.
    archived, verified = _archived(head, year), _verified(head, year, archive, tenant)
    stamped = first_stamp(tenant, year.seq, archive) if archived.is_met else None
    conditions = (closed, archived, verified, _stamped(stamped))
    found = PurgePlan(fiscal_year_end, first_seq, year.last_seq, lines, kept, conditions)
    if stamped is None or not all(condition.is_met for condition in conditions):
        return found
    last_hash = _hash_of(year.last_seq, StoredArchive.open(tenant, archive))
    purge = Purge(
        tenant=tenant,
        id=label,
        rev=1,
        fiscal_year_end=fiscal_year_end,
        first_seq=first_seq,
        last_seq=year.last_seq,
        last_hash=last_hash,
        lines=lines,
        checkpoint_size=stamped.size,
        checkpoint_sha256=stamped.note_sha256,
        stamp_sha256=stamped.token_sha256,
        stamped_on=stamped.day,
        at=ctx.clock.now(),
        by=caller.actor,
    )
    return replace(found, purge=purge)


def order(ctx: Context, caller: Caller, archive: Archive, fiscal_year_end: date, worker: RetentionWorker) -> Purge:
    """Purge up to that day: the fact and the mark are durable once this returns, the lines go in the background.

    The same order again is the same purge, and calls who removes once more. Raises Forbidden, PurgeRefused with each
    condition that is not met, Retry.
    """
    require_owner(caller)
    known = ctx.store.get(caller.tenant, Purge, fiscal_year_end.isoformat())
    if known is None:
        known = _ordered(ctx, caller, plan(ctx, caller, archive, fiscal_year_end))
    if known.is_open:
        worker.begin(caller.tenant, Work.PURGE, known.id)
    return known


def get(ctx: Context, caller: Caller, fiscal_year_end: date) -> Purge | None:
    """The purge of that year, None when there was none."""
    return ctx.store.get(caller.tenant, Purge, fiscal_year_end.isoformat())


def page(ctx: Context, caller: Caller, *, limit: int = 50, cursor: str | None = None) -> Page[Purge]:
    """Purges, the latest year first. Raises Invalid on a cursor that is not of this list."""
    return ctx.store.page(caller.tenant, Purge, limit=limit, cursor=cursor)


def _ordered(ctx: Context, caller: Caller, found: PurgePlan) -> Purge:
    missing = [condition for condition in found.conditions if not condition.is_met]
    if found.purge is None:
        faults = [Fault("/fiscal_year_end", condition.text, condition.name) for condition in missing]
        raise PurgeRefused(" ".join(("Rien n’est purgé.", *(fault.message for fault in faults))), faults=faults)
    wanted = found.purge

    def decide(_: Head, at: datetime) -> Decision:
        known = ctx.store.get(caller.tenant, Purge, wanted.id)
        if known is not None:
            return Decision(answer=known, checks=(Check(known),))
        latest = latest_purge(ctx.store, caller.tenant)
        if (latest.last_seq + 1 if latest else 1) != wanted.first_seq:
            raise PurgeRefused("Une autre purge vient d’être décidée : relisez ce qui resterait à purger.")
        purge = replace(wanted, at=at)
        return Decision(answer=purge, puts=(purge,), facts=(purged_fact(purge),))

    return commit(ctx, caller, None, Purge, decide)


def _closed(year: Closing | None, first_seq: int, end: date) -> Condition:
    if year is None:
        text = (
            f"Aucun exercice clôturé ne finit le {end:%d/%m/%Y} : un exercice se clôture de lui-même la nuit qui suit "
            "son dernier jour ; voyez la liste des clôtures annuelles."
        )
        return Condition("closed", False, text)
    if year.last_seq < first_seq:
        text = f"Les lignes de l’exercice clos le {end:%d/%m/%Y} sont déjà purgées, ou il n’en avait aucune."
        return Condition("closed", False, text)
    return Condition("closed", True, f"L’exercice clos le {end:%d/%m/%Y} est clôturé (événement {year.seq}).")


def _archived(head: ArchiveHead, year: Closing) -> Condition:
    if head.quarantine is not None:
        text = f"L’archive est en quarantaine : {head.quarantine.reason} Levez-la d’abord."
        return Condition("archived", False, text)
    if head.signed_size < year.seq:
        text = (
            f"L’archive signée s’arrête à l’événement {head.signed_size}, la clôture de l’exercice est le {year.seq} : "
            "attendez le prochain archivage (15 minutes au plus)."
        )
        return Condition("archived", False, text)
    return Condition("archived", True, f"L’exercice est archivé et signé jusqu’à l’événement {head.signed_size}.")


def _verified(head: ArchiveHead, year: Closing, archive: Archive, tenant: str) -> Condition:
    """The last walk over the locked objects covers the year and found nothing; they are still there as first stored."""
    walk = head.verification
    if walk is None or walk.size < year.seq:
        text = "L’archive n’a pas encore été relue jusqu’à cette clôture : attendez la vérification de cette nuit."
        return Condition("verified", False, text)
    if walk.faults:
        found = f"{walk.faults} défaut{'s' if walk.faults > 1 else ''}"
        text = (
            f"La dernière vérification a trouvé {found} dans l’archive : voyez les alertes, faites examiner "
            "ce qu’elles disent, puis attendez une vérification sans défaut."
        )
        return Condition("verified", False, text)
    missing = _missing(StoredArchive.open(tenant, archive), year.seq)
    if missing:
        text = f"L’objet {missing} de l’archive manque ou a été récrit depuis la vérification : faites-le examiner."
        return Condition("verified", False, text)
    return Condition("verified", True, f"L’archive a été relue sans défaut jusqu’à l’événement {walk.size}.")


def _stamped(stamped: Stamped | None) -> Condition:
    if stamped is None:
        text = (
            "Aucun jeton d’horodatage (RFC 3161) ne date encore l’archive de cet exercice : indiquez une autorité si "
            "la pile n’en a pas (paramètre TimestampAuthorityUrl), puis attendez le journal quotidien, à 4 h 15."
        )
        return Condition("stamped", False, text)
    text = f"L’archive de {stamped.size} événements a été horodatée le {stamped.day:%d/%m/%Y}."
    return Condition("stamped", True, text)


def _missing(stored: StoredArchive, seq: int) -> str:
    """The first object up to that event that is not there as it was first stored; "" when all are."""
    if layout.LOG not in stored.first_versions:
        return layout.LOG
    firsts = stored.segments()
    for first, following in zip(firsts, [*firsts[1:], stored.size + 1], strict=True):
        for name in (layout.segment(first), layout.checkpoint(following - 1)):
            if first <= seq and (name in stored.rewritten or name not in stored.first_versions):
                return name
    return "" if firsts[:1] == [1] else layout.segment(1)


def _hash_of(seq: int, stored: StoredArchive) -> str:
    """The hash of an archived event. Raises NotFound when no segment holds it."""
    for first in reversed(stored.segments()):
        if first <= seq:
            for line in segment.unpack(stored.read(layout.segment(first))):
                event = parse(line)
                if event.seq == seq:
                    return event.hash
            break
    raise NotFound(f"L’événement {seq} n’est dans aucun segment de l’archive.")
