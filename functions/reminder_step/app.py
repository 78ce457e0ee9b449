"""Task `Work` of the lifecycle machine: whatever is due about one document is done, and what to wait for is told."""

from collections.abc import Mapping
from datetime import UTC
from functools import cache
from typing import Any

import msgspec

from functions.reminder_step.wiring import Parts, wire
from relance.app.context import SYSTEM, Caller
from relance.app.following import follow
from relance.app.sending import MailDeferred
from relance.contracts.lifecycle import DocumentTask, Instruction
from relance.domain.ids import TenantId
from relance.domain.reminder.scenario import DocumentKind
from relance.runtime.observability import Log, metric
from relance.runtime.tasks import task

log = Log("reminder_step")
_parts = cache(wire)


def work(parts: Parts, asked: DocumentTask) -> Mapping[str, Any]:
    """The next state of the machine. Raises what `following.follow` raises."""
    caller = Caller(TenantId(asked.tenant), "lifecycle", SYSTEM)
    order = follow(parts.ctx, caller, DocumentKind(asked.kind), asked.id, turn=asked.turn, post=parts.post)
    for step, outcome in order.done:
        log.info("carried out", document_id=asked.id, step=step, turn=order.turn, reason=outcome)
        metric("Step", 1, outcome=outcome)
    log.info("decided", document_id=asked.id, turn=order.turn, reason=order.reason or order.action)
    instruction = Instruction(
        tenant=asked.tenant,
        kind=asked.kind,
        id=asked.id,
        turn=order.turn,
        action=order.action.value,
        until=f"{order.until.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if order.until else "",
        execution=order.execution,
        reason=order.reason,
    )
    return msgspec.to_builtins(instruction)  # type: ignore[no-any-return]  # a Struct becomes a dict


handler = task(log, DocumentTask, lambda asked: work(_parts(), asked), own=(MailDeferred,))
