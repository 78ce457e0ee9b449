"""The bodies of invoices' drafts, completed from the catalogue."""

import msgspec

from relance.app.context import Context
from relance.contracts import forms
from relance.contracts.invoices import InvoiceBody
from relance.contracts.parse import parse
from relance.runtime.call import Call
from relance.runtime.pricing import priced


def invoice_body(ctx: Context, call: Call) -> InvoiceBody:
    """The body of an invoice's draft. Raises Invalid, pointing at each line whose item is unknown."""
    form = forms.read_form(call.raw_body)
    if form is None:
        return call.body(InvoiceBody)
    return parse(msgspec.json.encode(priced(ctx, call.caller, form, costs=False)), InvoiceBody)
