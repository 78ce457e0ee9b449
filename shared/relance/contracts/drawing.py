"""What is handed to the function that draws, and what it hands back: one document or letter to see now, stored nowhere.

For previews of drafts, duplicates and letters, whose bytes somebody waits for; originals are drawn by the lifecycle
machine.
"""

from collections.abc import Mapping

import msgspec

from relance.domain.content import DocumentContent, InvoiceContent, QuoteContent
from relance.domain.copies import Copy
from relance.domain.errors import Fault, Invalid
from relance.domain.letters import FormalNoticeContent, LetterContent
from relance.domain.party import Branding
from relance.domain.statement import StatementContent


class DrawingTask(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A document as it is to be printed (one of the two), in which look, as which copy."""

    branding: Branding
    copy: Copy
    quote: QuoteContent | None = None
    invoice: InvoiceContent | None = None

    @property
    def content(self) -> DocumentContent:
        """Whichever it is. Raises ValueError when nothing was given."""
        content = self.quote or self.invoice
        if content is None:
            raise ValueError("nothing to draw")
        return content


class LetterTask(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A letter as it is to be printed (one of the two), in which look."""

    branding: Branding
    formal_notice: FormalNoticeContent | None = None
    statement: StatementContent | None = None

    @property
    def content(self) -> LetterContent:
        """Whichever it is. Raises ValueError when nothing was given."""
        content = self.formal_notice or self.statement
        if content is None:
            raise ValueError("nothing to draw")
        return content


class Drawing(msgspec.Struct, frozen=True, omit_defaults=True):
    """The PDF, or why the document cannot be printed: the fault is its author's, so he is told every place."""

    pdf: bytes = b""
    refusal: str = ""
    code: str = ""
    faults: tuple[Fault, ...] = ()


def drawing_task(content: DocumentContent, branding: Branding, copy: Copy) -> DrawingTask:
    """The task of drawing that copy."""
    if isinstance(content, QuoteContent):
        return DrawingTask(branding=branding, copy=copy, quote=content)
    return DrawingTask(branding=branding, copy=copy, invoice=content)


def letter_task(content: LetterContent, branding: Branding) -> LetterTask:
    """The task of drawing that letter."""
    if isinstance(content, FormalNoticeContent):
        return LetterTask(branding=branding, formal_notice=content)
    return LetterTask(branding=branding, statement=content)


def is_letter(task: Mapping[str, object]) -> bool:
    """Whether what came is a letter to draw: told apart by what only a letter has."""
    return "formal_notice" in task or "statement" in task


def refused(error: Invalid) -> Drawing:
    """A document that cannot be printed, as an answer."""
    return Drawing(refusal=error.message, code=error.code, faults=error.faults)


def drawn(drawing: Drawing) -> bytes:
    """The PDF. Raises Invalid as the renderer did."""
    if drawing.refusal:
        raise Invalid(drawing.refusal, code=drawing.code, faults=drawing.faults)
    return drawing.pdf
