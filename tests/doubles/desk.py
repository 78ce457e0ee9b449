"""The seller at his desk: what he sees and decides of reminders over HTTP, on an office."""

from typing import Any

from functions.reminders_api import app
from functions.reminders_api.wiring import Parts
from relance.domain.ids import InvoiceId, QuoteId
from tests.builders import TENANT
from tests.doubles.gateway import Gateway
from tests.doubles.office import Office

A_QUOTE = QuoteId(f"quo_{'0' * 25}1")  # ids as the product makes them: paths take no others
AN_INVOICE = InvoiceId(f"inv_{'0' * 25}1")


def a_desk(office: Office, tenant: Any = TENANT) -> Gateway:
    """`reminders_api` as one tenant calls it."""
    return Gateway(app.build(Parts(office.ctx, office.post.published, office.executions, office.store)), tenant)
