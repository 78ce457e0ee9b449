"""What would be issued today, and what still keeps it from that: shown before a number is taken. [I-01, KX-02]"""

from collections.abc import Sequence
from dataclasses import replace

from relance.app.context import Caller, Context
from relance.app.invoicing.freezing import frozen, issue_faults
from relance.app.invoicing.naming import resolve
from relance.app.invoicing.reading import get
from relance.app.quoting import MentionCatalogue, require_customer
from relance.app.settings import get_company
from relance.domain.calendar_fr import civil_date
from relance.domain.content import InvoiceContent
from relance.domain.errors import Fault

_UNNUMBERED = "brouillon"


def preview(
    ctx: Context, caller: Caller, id: str, catalogue: MentionCatalogue
) -> tuple[InvoiceContent, Sequence[Fault]]:
    """The content as issuing would freeze it, and its faults; an issued invoice shows what was issued.

    Nothing is written. Raises NotFound, and Conflict or Invalid when the documents that it names do not allow it.
    """
    invoice = get(ctx, caller, id)
    if invoice.content is not None:
        return invoice.content, []
    at = ctx.clock.now()
    today = civil_date(at)
    company = get_company(ctx, caller)
    customer = require_customer(ctx, caller, invoice.customer_id)
    invoice = replace(invoice, draft=catalogue.dated(invoice.draft, today))
    found = resolve(ctx, caller, invoice, _UNNUMBERED, at)
    content = frozen(invoice, found, company, customer, number=_UNNUMBERED, today=today)
    content = catalogue.worded(content, today)
    return content, issue_faults(content, company, catalogue, today)
