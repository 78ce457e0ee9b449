"""What could not be printed is refused before it takes a number: a frozen document can always be drawn."""

import pytest

from relance.app import invoicing, quoting
from relance.domain.errors import Invalid
from relance.domain.law import Law
from relance.domain.mentions import MentionCatalogue
from tests.builders import (
    TENANT,
    a_caller,
    a_company,
    a_context,
    a_customer,
    a_quote,
    a_quote_draft,
    an_invoice,
    an_invoice_draft,
)
from tests.doubles.commits import a_commit
from tests.doubles.outside import RecordingExecutions
from tests.doubles.store import InMemoryStore

NO_LAW = Law(MentionCatalogue(()))  # a country without mandatory mentions


def test_a_quote_or_an_invoice_that_no_font_draws_takes_no_number() -> None:
    store = InMemoryStore()
    ctx = a_context(store=store)
    quote = a_quote(draft=a_quote_draft(message="Bonjour 😀"))
    invoice = an_invoice(draft=an_invoice_draft(subject="世界"))
    store.commit(a_commit(TENANT, a_company(), a_customer(), quote, invoice))
    with pytest.raises(Invalid) as refused:
        quoting.send(ctx, a_caller(), quote.id, catalogue=NO_LAW, executions=RecordingExecutions())
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [("/message", "unprintable")]
    with pytest.raises(Invalid) as refused:
        invoicing.issue(ctx, a_caller(), invoice.id, catalogue=NO_LAW, executions=RecordingExecutions())
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [("/subject", "unprintable")]
    assert store.events(TENANT) == ()
