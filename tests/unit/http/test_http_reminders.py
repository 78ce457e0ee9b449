"""Mails over HTTP, each tenant seeing its own."""

from typing import Any

import pytest

from functions.reminders_api import app
from functions.reminders_api.wiring import Parts
from relance.domain.reminder.scenario import DELIVERY
from tests.builders import OTHER_TENANT, TENANT
from tests.doubles.gateway import Gateway
from tests.doubles.office import Office
from tests.doubles.outside import MailFate


@pytest.fixture
def office() -> Office:
    return Office()


def api(office: Office, tenant: Any = TENANT) -> Gateway:
    return Gateway(app.build(Parts(office.ctx, office.post.published, office.executions, office.store)), tenant)


def test_a_mail_in_doubt_is_shown_with_what_is_known_of_it(office: Office) -> None:
    quote = office.quote()
    office.mailer.next(MailFate.UNKNOWN_DELIVERED)
    office.wake(quote)
    (shown,) = api(office).get("/v1/reminders").json["items"]
    assert (shown["document_id"], shown["step"], shown["state"]) == (quote.id, DELIVERY, "unknown")
    assert (shown["reason"], shown["recipient"]) == ("ReadTimeout", "camille.lefevre@client.example")


def test_nobody_sees_the_mails_of_another_tenant(office: Office) -> None:
    quote = office.quote()
    office.wake(quote)
    assert api(office, OTHER_TENANT).get("/v1/reminders").json == {"queue": [], "items": [], "cursor": None}
    assert api(office, None).get("/v1/reminders").status == 401
