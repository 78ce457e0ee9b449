"""Credit notes of one invoice: a draft that can be read again, or issued at once. [C-01, C-04, KX-12, CY-08]"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from relance.app.context import Caller, Context
from relance.app.invoicing.drafting import new_draft, storable
from relance.app.invoicing.issuing import issued
from relance.app.invoicing.reading import get
from relance.app.journaling import Decision, commit
from relance.app.launching import launch
from relance.app.ports.outside import Executions
from relance.app.ports.store import Idem
from relance.app.quoting import MentionCatalogue
from relance.domain.credit_note import require_creditable
from relance.domain.invoice import Invoice, InvoiceDraft
from relance.domain.journal import Head

Draw = Callable[[Invoice], InvoiceDraft]
"""What to give back of an invoice: `credit_note.whole`, `by_lines` or `by_amounts`, with their arguments."""


def credit(
    ctx: Context,
    caller: Caller,
    id: str,
    draw: Draw,
    *,
    issue: bool,
    idem: Idem | None = None,
    catalogue: MentionCatalogue,
    executions: Executions,
) -> Invoice:
    """A credit note of an issued invoice, as a draft or (`issue`) with its number at once, in one transaction.

    It is internal, kept from the customer, when the invoice was refused or rejected by a platform. Raises NotFound,
    Conflict (nothing left, credit note, replaced), Invalid on more than what is left. [C-03, C-04]
    """

    def decide(head: Head, at: datetime) -> Decision:
        original = get(ctx, caller, id)
        require_creditable(original)
        draft = storable(ctx, caller, replace(draw(original), is_internal=original.is_refused))
        note = new_draft(ctx, caller, draft, at)
        if not issue:
            return Decision(answer=note, puts=(note,))
        return issued(ctx, caller, replace(note, rev=0), head, at, catalogue)

    note = commit(ctx, caller, idem, Invoice, decide)
    if issue:
        launch(caller, executions, "invoice", note.id)
    return note
