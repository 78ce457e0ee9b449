"""Task `Render` of the lifecycle machine: the PDF of one document, drawn and sealed once."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from functions.render_pdf.wiring import Parts, wire
from relance.app import rendering
from relance.app.context import Caller
from relance.contracts.lifecycle import DocumentTask
from relance.domain.ids import TenantId
from relance.domain.reminder.scenario import DocumentKind
from relance.runtime.observability import Log
from relance.runtime.tasks import task

log = Log("render_pdf")
_parts = cache(wire)


def render(parts: Parts, asked: DocumentTask) -> Mapping[str, Any]:
    """The hash of the stored PDF. Raises what `rendering.render` raises."""
    caller = Caller(TenantId(asked.tenant), "lifecycle", "system")
    pdf_sha256 = rendering.render(
        parts.ctx, caller, DocumentKind(asked.kind), asked.id, renderer=parts.renderer, documents=parts.documents
    )
    log.info("rendered", document_kind=asked.kind, document_id=asked.id, turn=asked.turn)
    return {"pdf_sha256": pdf_sha256}


handler = task(log, DocumentTask, lambda asked: render(_parts(), asked))
