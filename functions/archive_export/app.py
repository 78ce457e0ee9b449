"""`archive_export`: makes the exports that the API was asked for, one by one, streamed to their bucket."""

from functools import cache
from typing import Any

import msgspec

from functions.archive_export.wiring import Parts, wire
from relance.app import exporting
from relance.app.context import SYSTEM, Caller
from relance.contracts.exports import ExportTask
from relance.domain.errors import Corrupted
from relance.domain.ids import TenantId
from relance.runtime.observability import Log, metric

_log = Log("archive_export")


@cache
def _parts() -> Parts:
    return wire()


def handler(event: dict[str, Any], context: object) -> dict[str, str]:
    """Entry point of the Lambda."""
    return answer(_parts(), event)


def answer(parts: Parts, event: dict[str, Any]) -> dict[str, str]:
    """How it ended; raises the alarm when the archive does not read. Raises Retry for Lambda to repeat it."""
    task = msgspec.convert(event, ExportTask)
    caller = Caller(TenantId(task.tenant), "archive_export", SYSTEM)
    try:
        made = exporting.make(parts.ctx, caller, task.export_id, parts.writers, parts.exports)
    except Corrupted as error:
        metric("ArchiveMismatch")
        _log.failure("export refused", error, tenant=task.tenant, code=error.code)
        return {"state": "failed"}
    _log.info("export settled", tenant=task.tenant, code=made.state.value, count=made.files)
    return {"state": made.state.value}
