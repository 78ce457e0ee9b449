"""Invoices, from draft to paid: written freely, numbered at issue, then settled, credited or replaced; never edited.

The number exists only with the frozen document, its chained event, its dunning run and what it changes of the documents
that it names (deposits deducted, an invoice credited or replaced): one transaction, so a crash leaves either all of it
or nothing, and no series has a gap or a double. [C-01, I-01, N-01, N-02, N-03, KX-11, KX-12, KX-16]
"""

from relance.app.invoicing.advancing import receive_deposit
from relance.app.invoicing.correcting import correct
from relance.app.invoicing.crediting import credit
from relance.app.invoicing.drafting import create, delete, update
from relance.app.invoicing.from_quotes import create_from_quote, create_from_quotes
from relance.app.invoicing.issuing import issue
from relance.app.invoicing.issuing_many import MAX_TOGETHER, issue_many
from relance.app.invoicing.paying import pay_several, record_payment, refund, spend_credit
from relance.app.invoicing.previewing import preview
from relance.app.invoicing.reading import get, page
from relance.app.invoicing.transmitting import collect, receiver, record_status, tell_own, transmit

__all__ = [
    "MAX_TOGETHER",
    "collect",
    "correct",
    "create",
    "create_from_quote",
    "create_from_quotes",
    "credit",
    "delete",
    "get",
    "issue",
    "issue_many",
    "page",
    "pay_several",
    "preview",
    "receive_deposit",
    "receiver",
    "record_payment",
    "record_status",
    "refund",
    "spend_credit",
    "tell_own",
    "transmit",
    "update",
]
