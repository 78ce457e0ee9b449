"""Task `Decide` of the lifecycle machine: what is to be done now about one document."""

from collections.abc import Mapping
from datetime import UTC
from functools import cache
from typing import Any

import msgspec

from functions.reminder_step.wiring import Parts, wire
from relance.app import reminding
from relance.app.context import Caller
from relance.contracts.lifecycle import DocumentTask, Instruction
from relance.domain.ids import TenantId
from relance.domain.reminder.scenario import DocumentKind
from relance.runtime.observability import Log
from relance.runtime.tasks import task

log = Log("reminder_step")
_parts = cache(wire)


def decide(parts: Parts, asked: DocumentTask) -> Mapping[str, Any]:
    """The next state of the machine. Raises what `reminding.decide` raises."""
    caller = Caller(TenantId(asked.tenant), "lifecycle", "system")
    order = reminding.decide(
        parts.ctx, caller, DocumentKind(asked.kind), asked.id, turn=asked.turn, published=parts.published
    )
    log.info("decided", document_id=asked.id, step=order.step, turn=order.turn, reason=order.reason or order.action)
    instruction = Instruction(
        tenant=asked.tenant,
        kind=asked.kind,
        id=asked.id,
        turn=order.turn,
        action=order.action.value,
        until=f"{order.until.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if order.until else "",
        step=order.step,
        execution=order.execution,
        reason=order.reason,
    )
    return msgspec.to_builtins(instruction)  # type: ignore[no-any-return]  # a Struct becomes a dict


handler = task(log, DocumentTask, lambda asked: decide(_parts(), asked))
