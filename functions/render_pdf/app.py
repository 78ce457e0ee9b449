"""Task `Render` of the lifecycle machine: the PDF of one document, drawn and sealed once.

The API asks too, for what is only looked at (`relance.contracts.drawing`): that is drawn, handed back and forgotten.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import msgspec

from functions.render_pdf.wiring import Parts, wire
from relance.app import rendering
from relance.app.context import SYSTEM, Caller
from relance.app.ports.letters import LetterRenderer
from relance.app.ports.outside import Renderer
from relance.app.ports.sheets import SheetRenderer
from relance.contracts.drawing import Drawing, DrawingTask, LetterTask, is_letter, refused
from relance.contracts.lifecycle import DocumentTask
from relance.contracts.sheets import SheetTask, is_sheet
from relance.domain.errors import Invalid
from relance.domain.ids import TenantId
from relance.domain.reminder.scenario import DocumentKind
from relance.runtime.observability import Log
from relance.runtime.tasks import task

log = Log("render_pdf")
_parts = cache(wire)


def render(parts: Parts, asked: DocumentTask) -> Mapping[str, Any]:
    """The hash of the stored PDF. Raises what `rendering.render` raises."""
    caller = Caller(TenantId(asked.tenant), "lifecycle", SYSTEM)
    pdf_sha256 = rendering.render(
        parts.ctx, caller, DocumentKind(asked.kind), asked.id, renderer=parts.renderer, documents=parts.documents
    )
    log.info("rendered", document_kind=asked.kind, document_id=asked.id, turn=asked.turn)
    return {"pdf_sha256": pdf_sha256}


def draw(renderer: Renderer, asked: DrawingTask) -> Mapping[str, Any]:
    """A PDF to look at, or why there is none; raises what else `Renderer.pdf` raises."""
    return _drawing(lambda: renderer.pdf(asked.content, asked.branding, asked.copy))


def draw_letter(letters: LetterRenderer, asked: LetterTask) -> Mapping[str, Any]:
    """A letter, or why there is none; raises what else `LetterRenderer.letter` raises."""
    return _drawing(lambda: letters.letter(asked.content, asked.branding))


def draw_sheet(sheets: SheetRenderer, asked: SheetTask) -> Mapping[str, Any]:
    """A sheet, or why there is none; raises what else `SheetRenderer.sheet` raises."""
    return _drawing(lambda: sheets.sheet(asked.sheet))


def _drawing(drawn: Callable[[], bytes]) -> Mapping[str, Any]:
    try:
        drawing = Drawing(pdf=drawn())
    except Invalid as error:
        drawing = refused(error)
    log.info("drawn")
    answer: Mapping[str, Any] = msgspec.to_builtins(drawing)
    return answer


_render_task = task(log, DocumentTask, lambda asked: render(_parts(), asked))


def handler(event: dict[str, Any], context: object) -> Mapping[str, Any]:
    """One of the four, told apart by what only a sheet, a letter, or a drawing, has."""
    if is_sheet(event):
        return draw_sheet(_parts().sheets, msgspec.convert(event, SheetTask))
    if is_letter(event):
        return draw_letter(_parts().letters, msgspec.convert(event, LetterTask))
    if "branding" in event:
        return draw(_parts().renderer, msgspec.convert(event, DrawingTask))
    return _render_task(event, context)
