"""`retention`: carries out what was decided, the purge of closed years and the erasure of prospects; nobody else may
remove anything. Once a day it goes on with what is left, and looks for prospects whose time is over. [K-01, K-07]
"""

from functools import cache, partial
from typing import Any

import msgspec

from functions.retention.wiring import Parts, wire
from relance.app import erasing, forgetting, removing
from relance.contracts.doorbell import is_daily
from relance.contracts.retention import RetentionTask
from relance.domain.errors import RelanceError, Retry
from relance.domain.ids import TenantId
from relance.domain.retention import Work
from relance.runtime.observability import Log, metric

log = Log("retention")
_parts = cache(wire)


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """One task, or the call of the schedule."""
    return every_day(_parts()) if is_daily(event) else answer(_parts(), event)


def answer(parts: Parts, event: dict[str, Any]) -> dict[str, str]:
    """How one task ended. Whatever it raises, Lambda repeats it, and the next day goes on."""
    task = msgspec.convert(event, RetentionTask)
    tenant = TenantId(task.tenant)
    if task.work is Work.PURGE:
        purge = removing.carry_out(parts.ctx, tenant, task.id, parts.archive, parts.lines)
        log.info("purged", tenant=tenant, seq=purge.last_seq, count=purge.lines)
        return {"state": "under_way" if purge.is_open else "done"}
    erasure = forgetting.erase(parts.eraser, tenant, task.id)
    log.info("erased", tenant=tenant, code=erasure.state.value, count=erasure.quotes)
    return {"state": erasure.state.value}


def every_day(parts: Parts) -> dict[str, int]:
    """Every tenant has its turn. Raises Retry at the end when one failed, never before."""
    done = {"purges": 0, "proposed": 0, "erasures": 0, "failed": 0}
    for tenant in parts.open_work.tenants():
        steps = {
            "purges": partial(removing.resume, parts.ctx, tenant, parts.archive, parts.lines, parts.open_work),
            "proposed": partial(_night, parts, tenant),
            "erasures": partial(forgetting.resume, parts.eraser, tenant, parts.open_work),
        }
        for name, step in steps.items():
            try:
                done[name] += step()
            except Exception as error:  # one company that fails holds up no other, nor its own other work
                code = error.code if isinstance(error, RelanceError) else "unexpected"
                log.failure("retention failed", error, tenant=tenant, code=code)
                done["failed"] += 1
    metric("RetentionFailed", done["failed"])
    if done["failed"]:
        raise Retry(f"{done['failed']} reprises ont échoué.")
    return done


def _night(parts: Parts, tenant: TenantId) -> int:
    return len(erasing.night(parts.ctx, tenant, parts.eraser.retention, parts.activity))
