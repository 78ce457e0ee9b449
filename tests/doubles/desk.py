"""The seller at his desk: what he sees and decides of reminders over HTTP, on an office."""

from typing import Any

from functions.reminders_api import app
from functions.reminders_api.wiring import Parts
from functions.scenarios_api import app as scenarios_app
from functions.scenarios_api.wiring import Parts as ScenariosParts
from functions.scenarios_api.wiring import Pen
from relance.adapters.mail_composer import JinjaMailComposer
from relance.app.foreseeing import Desk
from relance.domain.ids import InvoiceId, QuoteId
from tests.builders import TENANT
from tests.doubles.gateway import Gateway
from tests.doubles.office import Office

A_QUOTE = QuoteId(f"quo_{'0' * 25}1")  # ids as the product makes them: paths take no others
AN_INVOICE = InvoiceId(f"inv_{'0' * 25}1")


def a_desk(office: Office, tenant: Any = TENANT) -> Gateway:
    """`reminders_api` as one tenant calls it."""
    return Gateway(app.build(Parts(office.ctx, office.post.published, office.executions, office.store)), tenant)


def a_library(office: Office, tenant: Any = TENANT) -> Gateway:
    """`scenarios_api`, with the product's own mails."""
    pen = Pen(JinjaMailComposer(), office.post.mark, office.post.law)
    parts = ScenariosParts(office.ctx, Desk(office.post.published, office.store, pen))
    return Gateway(scenarios_app.build(parts), tenant)
