"""The night, at 02:00 in Paris and twice more: smart queries enrol the documents that entered them. [SQ-02, SQ-08]

02:00 does not exist on the last Sunday of March, and the scheduler then calls nobody: the calls of 03:00 and 04:00 find
a night that nobody worked through. On other nights they find it good and do nothing, or go on with what failed.
"""

from functools import cache

from functions.nightly.wiring import Parts, wire
from relance.app.nightly import Desk, every_night
from relance.app.prescription_alerts import every_week
from relance.domain.errors import RelanceError
from relance.runtime.observability import Log, metric

log = Log("nightly")
_parts = cache(wire)


class NightIncomplete(Exception):
    """Something could not be looked at; all the rest was. Raised so that Lambda tries again and an alarm sees it."""


def handler(_event: object, _context: object) -> dict[str, int]:
    """One call of the schedule."""
    return answer(_parts())


def answer(parts: Parts) -> dict[str, int]:
    """Work through the night; log each failure with its document. Raises NightIncomplete at the end, never before."""
    desk = Desk(parts.ctx, parts.published, parts.executions, _witness)
    done = every_night(desk, parts.open_work)
    weekly = every_week(parts.ctx, parts.open_work, parts.law, lambda tenant, error: _witness(tenant, "", "", error))
    done.failed += weekly.failed
    metric("NightEntered", done.entered)
    metric("NightFailed", done.failed)
    if done.failed:
        raise NightIncomplete(f"{done.failed} failed; {done.segments} queries worked through, {done.entered} entered")
    return {"segments": done.segments, "entered": done.entered, "left": done.left, "waiting": done.waiting}


def _witness(tenant: str, segment: str, document_id: str, error: Exception) -> None:
    code = error.code if isinstance(error, RelanceError) else "unexpected"
    log.failure("not looked at", error, tenant=tenant, segment=segment, document_id=document_id, code=code)
