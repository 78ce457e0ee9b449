"""Task `Send` of the lifecycle machine: one mail, at most once."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from functions.send_mail.wiring import Parts, wire
from relance.app import sending
from relance.app.context import Caller
from relance.contracts.lifecycle import SendTask
from relance.domain.ids import TenantId
from relance.domain.reminder.scenario import DocumentKind
from relance.runtime.observability import Log, metric
from relance.runtime.tasks import task

log = Log("send_mail")
_parts = cache(wire)


def send(parts: Parts, asked: SendTask) -> Mapping[str, Any]:
    """What became of the mail. Raises MailDeferred and what else `sending.send` raises."""
    caller = Caller(TenantId(asked.tenant), "lifecycle", "system")
    outcome = sending.send(parts.ctx, caller, DocumentKind(asked.kind), asked.id, asked.step, post=parts.post)
    log.info("mail", document_id=asked.id, step=asked.step, turn=asked.turn, reason=outcome.value)
    metric("Mail", 1, outcome=outcome.value)
    return {"outcome": outcome.value}


handler = task(log, SendTask, lambda asked: send(_parts(), asked), own=(sending.MailDeferred,))
