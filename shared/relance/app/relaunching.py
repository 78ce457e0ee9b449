"""The sweep: whatever died, was never started or was never rung is set going again. It is the promise, no trigger is.

A quote that was sent and an invoice that was issued have their run from the same transaction, so none is ever without.
What may be missing is the execution that carries the run: the process that should have started it died, the service
lost it, or it failed. Then the run takes its next turn and an execution is started for that one; names cannot be used
twice. If we crash between the two, the next sweep finds a turn without execution and takes another: turns may be
skipped, mails cannot be doubled, because every send is a claim. The archiver of a tenant whose events are not all
archived is rung in the same way, after the days that are over were closed for whoever wrote nothing since. [DR-17,
AF-05]
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import Final, Protocol

from relance.app.closing import close_due
from relance.app.context import Context
from relance.app.ports.archive import DirtyTenants
from relance.app.ports.open_work import OpenWork
from relance.app.ports.outside import Executions
from relance.app.ports.store import Commit, EntityMoved
from relance.domain.calendar_fr import PARIS
from relance.domain.ids import TenantId
from relance.domain.reminder.run import LOOK_AHEAD, SWEEP_INTERVAL, Run, needs_attention, succeed

THOROUGH_HOUR: Final = 3
AT_ONCE: Final = 100  # runs that are read in one request


class Witness(Protocol):
    """Hears of each failure, with its tenant and the document's id ("" when it is larger than one)."""

    def __call__(self, tenant: str, document_id: str, error: Exception) -> None: ...


@dataclass(slots=True)
class Sweep:
    """What one sweep did: periods closed, runs looked at, executions started, archivers rung, how many failed."""

    closed: int = 0
    looked_at: int = 0
    started: int = 0
    rung: int = 0
    failed: int = 0


def sweep(
    ctx: Context,
    open_work: OpenWork,
    executions: Executions,
    dirty: DirtyTenants,
    ring: Callable[[str], None],
    witness: Witness,
) -> Sweep:
    """Go through every tenant's open runs, then through the tenants with something to archive.

    What is due, or soon is, is looked at: a sweep costs what is to be done, not what waits. Once a night all that is
    open is, so that nothing hangs on an index. Whatever fails is told to `witness` and counted, and the next one has
    its turn: one document never holds up another.
    """
    done, now = Sweep(), ctx.clock.now()
    soon, is_thorough = now + LOOK_AHEAD, _is_thorough(now)

    def attempt(tenant: str, document_id: str, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:
            done.failed += 1
            witness(tenant, document_id, error)

    def close(tenant: TenantId) -> None:
        done.closed += close_due(ctx, tenant)

    def relaunch_one(run: Run) -> None:
        done.looked_at += 1
        done.started += relaunch(ctx, executions, run)

    def relaunch_all(tenant: TenantId) -> None:
        ids = open_work.open_ids(tenant, Run) if is_thorough else open_work.due_ids(tenant, soon)
        while some := list(islice(ids, AT_ONCE)):
            for run in ctx.store.get_many(tenant, Run, some).values():
                attempt(tenant, run.id, partial(relaunch_one, run))

    def ring_one(tenant: str) -> None:
        ring(tenant)
        done.rung += 1

    def every_tenant() -> None:
        for tenant in open_work.tenants():
            attempt(tenant, "", partial(close, tenant))
            attempt(tenant, "", partial(relaunch_all, tenant))

    def every_archive() -> None:
        for tenant in dirty.dirty():
            attempt(tenant, "", partial(ring_one, tenant))

    attempt("", "", every_tenant)
    attempt("", "", every_archive)
    return done


def _is_thorough(now: datetime) -> bool:
    """Whether it is the sweep of the quarter after three at night in Paris."""
    at = now.astimezone(PARIS)
    return at.hour == THOROUGH_HOUR and at.minute < SWEEP_INTERVAL // timedelta(minutes=1)


def relaunch(ctx: Context, executions: Executions, run: Run) -> bool:
    """Start an execution for this run if it needs one now and has none alive; whether one was started.

    Raises Retry when a service does not answer.
    """
    now = ctx.clock.now()
    if not needs_attention(run, now):
        return False
    if executions.is_alive(run.tenant, run.document_kind.value, run.id, run.turn):
        return False
    after = succeed(run, now, restarted=True)
    try:
        ctx.store.commit(Commit(run.tenant, ctx.entropy.bytes(16).hex(), puts=(after,)))
    except EntityMoved:
        return False  # it moved, so something carries it
    executions.start(run.tenant, run.document_kind.value, run.id, after.turn)
    return True
