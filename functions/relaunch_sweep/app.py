"""The sweep, every 15 minutes: starts dead executions again and rings the archiver for what the stream missed."""

from functools import cache

from functions.relaunch_sweep.wiring import Parts, wire
from relance.app.relaunching import sweep
from relance.domain.errors import RelanceError
from relance.runtime.observability import Log, metric

log = Log("relaunch_sweep")
_parts = cache(wire)


class SweepIncomplete(Exception):
    """Some work could not be done; all the rest was. Raised so that Lambda tries again and an alarm sees it."""


def handler(_event: object, _context: object) -> dict[str, int]:
    """One sweep on the schedule."""
    return answer(_parts())


def answer(parts: Parts) -> dict[str, int]:
    """Sweep; log each failure with its document. Raises SweepIncomplete at the end, never in the middle."""
    done = sweep(parts.ctx, parts.open_work, parts.executions, parts.dirty, parts.ring, _witness)
    metric("SweepStarted", done.started)
    metric("SweepClosed", done.closed)
    metric("SweepRung", done.rung)
    metric("SweepFailed", done.failed)
    if done.failed:
        raise SweepIncomplete(f"{done.failed} failed; {done.looked_at} runs looked at, {done.rung} archivers rung")
    return {"looked_at": done.looked_at, "started": done.started, "rung": done.rung}


def _witness(tenant: str, document_id: str, error: Exception) -> None:
    code = error.code if isinstance(error, RelanceError) else "unexpected"
    log.failure("not swept", error, tenant=tenant, document_id=document_id, code=code)
