"""Scenarios and mails over HTTP, each tenant seeing its own."""

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


def test_the_published_scenarios_are_listed_and_the_defaults_are_told(office: Office) -> None:
    answer = api(office).get("/v1/scenarios")
    assert answer.status == 200
    found = {item["id"]: item for item in answer.json["items"]}
    assert {id for id, item in found.items() if item["is_default"]} == {"standard.quote@1", "standard.invoice@1"}
    unseen = found["standard.quote@1"]["steps"][0]
    assert (unseen["anchor"], unseen["offset_days"], unseen["hour"]) == ("sent", 2, "09:30:00")


def test_one_version_of_a_scenario_is_shown_by_its_id(office: Office) -> None:
    assert api(office).get("/v1/scenarios/standard.invoice@1").json["title"].startswith("Facture")
    answer = api(office).get("/v1/scenarios/standard.invoice@9")
    assert (answer.status, answer.json["code"]) == (404, "not_found")


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
    assert api(office, OTHER_TENANT).get("/v1/reminders").json == {"items": [], "cursor": None}
    assert api(office, None).get("/v1/reminders").status == 401
