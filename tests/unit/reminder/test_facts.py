"""Why nobody is reminded of an invoice any more: nothing is owed, or nothing may be asked for. [C-02, C-03, DR-01]"""

from dataclasses import replace

import pytest

from relance.domain.ids import InvoiceId
from relance.domain.invoice import Credit, Invoice
from relance.domain.platform_status import Source, StatusCode, StatusEntry
from relance.domain.reminder.facts import invoice_facts
from relance.domain.reminder.scenario import Condition
from tests.builders import an_invoice_content, an_issued_invoice
from tests.doubles.office import a_payment
from tests.doubles.outside import START

OPEN = an_issued_invoice()
REFUSED = StatusEntry("sta_1", StatusCode.REFUSED, START, START, Source.PLATFORM, "Montant")


@pytest.mark.parametrize(
    ("invoice", "closed"),
    [
        (OPEN, ""),
        (an_issued_invoice(an_invoice_content(type_code="381")), "credit_note"),
        (replace(OPEN, replaced_by=InvoiceId("inv_corrective")), "replaced"),
        (replace(OPEN, statuses=(REFUSED,)), "refused"),
        (replace(OPEN, payments=(a_payment(OPEN.due, START),)), "paid"),
        (replace(OPEN, credits=(Credit(InvoiceId("inv_credit"), "A-1", START, OPEN.left),)), "credited"),
    ],
)
def test_what_ended_is_named_and_no_reminder_of_it_leaves_C_02_C_03_DR_01(invoice: Invoice, closed: str) -> None:
    facts = invoice_facts(invoice, START)
    assert facts.closed == closed
    assert facts.allows(Condition.UNPAID) is (not closed)
