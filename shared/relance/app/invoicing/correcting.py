"""Corrective invoices (factures rectificatives, 384): a draft like the invoice that it will replace. [C-01, C-02]"""

from dataclasses import replace
from datetime import datetime

from relance.app.context import Caller, Context
from relance.app.invoicing.drafting import new_draft, storable
from relance.app.invoicing.reading import get, quotes_of
from relance.app.journaling import Decision, commit
from relance.app.ports.store import Idem
from relance.domain.calendar_fr import civil_date
from relance.domain.content import InvoiceType
from relance.domain.credit_note import require_creditable
from relance.domain.invoice import Invoice
from relance.domain.journal import Head


def correct(ctx: Context, caller: Caller, id: str, reason: str, *, idem: Idem | None = None) -> Invoice:
    """A draft of what should have been issued, to be rewritten and issued; the original stays as it is until then.

    Raises NotFound, Conflict when the original was credited, replaced, or is a credit note.
    """

    def decide(_head: Head, at: datetime) -> Decision:
        original = get(ctx, caller, id)
        content = require_creditable(original)
        due = content.due_date if content.due_date >= civil_date(at) else None
        draft = replace(
            original.draft,
            type=InvoiceType.CORRECTIVE,
            refers_to=(original.id,),
            reason=reason,
            due_date=due,
            supply_date=content.supply_date,
        )
        corrective = new_draft(ctx, caller, storable(ctx, caller, draft), at)
        knowing = tuple(
            replace(quote, rev=quote.rev + 1, invoice_ids=(*quote.invoice_ids, corrective.id), updated_at=at)
            for quote in quotes_of(ctx, caller, draft.quote_ids)
        )
        return Decision(answer=corrective, puts=(corrective, *knowing))

    return commit(ctx, caller, idem, Invoice, decide)
