"""Carrying out a purge: line by line, only what the locked archive holds with the very same bytes.

The mark was stored with its fact before this begins (`purging`). If we crash anywhere, the next call finds the lines
that are left and goes on: a line that is gone is no fault, and the mark is settled last. [AF-07, KX-20]
"""

from relance.app.archiving.drain import Archive
from relance.app.archiving.whole import ArchivedLines
from relance.app.context import Context
from relance.app.ports.archive import JournalReader
from relance.app.ports.open_work import OpenWork
from relance.app.ports.retention import MOST_LINES, JournalEraser
from relance.app.ports.store import Commit, EntityMoved
from relance.domain.chain.event import SealedEvent
from relance.domain.errors import Corrupted, NotFound
from relance.domain.ids import TenantId
from relance.domain.purge import Purge, done


def carry_out(ctx: Context, tenant: TenantId, id: str, archive: Archive, eraser: JournalEraser) -> Purge:
    """Remove the lines of a purge that was ordered; `archive.journal` is the live journal. Doing it twice is doing it
    once.

    Raises NotFound for no such purge, Corrupted when a live line is not what is archived (it and all after it stay),
    Retry, OutcomeUnknown: call again.
    """
    purge = ctx.store.get(tenant, Purge, id)
    if purge is None:
        raise NotFound("Aucune purge de cet exercice n’a été décidée.")
    if not purge.is_open:
        return purge
    lines = ArchivedLines(archive)
    after = purge.first_seq - 1
    while rows := _rows(archive.journal, tenant, after, purge.last_seq):
        after = rows[-1].seq
        archived = {event.seq: event for event in lines.of(tenant, {row.seq for row in rows})}
        if any(row.seq not in archived or row.line != archived[row.seq].line for row in rows):
            message = "Une ligne du journal n’est pas celle qui est archivée : la purge s’arrête devant elle."
            raise Corrupted(message, code="purge.line_changed")
        # What the archive says of a line decides whether it may go, not what the table says of it.
        if gone := [row for row in rows if purge.covers(row.seq, archived[row.seq].type)]:
            eraser.remove(gone)
    return _settled(ctx, tenant, id)


def resume(ctx: Context, tenant: TenantId, archive: Archive, eraser: JournalEraser, open_work: OpenWork) -> int:
    """Go on with every purge that was begun and not ended; how many were. Raises as `carry_out`."""
    ids = list(open_work.open_ids(tenant, Purge))
    for id in ids:
        carry_out(ctx, tenant, id, archive, eraser)
    return len(ids)


def _rows(live: JournalReader, tenant: str, after: int, last_seq: int) -> tuple[SealedEvent, ...]:
    """The next live lines up to `last_seq`, as many as go in one call."""
    return tuple(row for row in live.read(tenant, after, MOST_LINES) if row.seq <= last_seq)


def _settled(ctx: Context, tenant: TenantId, id: str) -> Purge:
    purge = ctx.store.get(tenant, Purge, id)
    assert purge is not None, "nobody removes a mark"
    if not purge.is_open:
        return purge
    after = done(purge, ctx.clock.now())
    try:
        ctx.store.commit(Commit(tenant, ctx.entropy.bytes(16).hex(), puts=(after,)))
    except EntityMoved:  # somebody else came to the end at the same time
        return _settled(ctx, tenant, id)
    return after
