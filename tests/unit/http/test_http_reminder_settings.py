"""How a company reminds, over HTTP: scenarios, absences, alerts, and a secret that is shown once. [DR-02, DR-04]"""

from base64 import b64decode
from typing import Any

import pytest

from tests.builders import OTHER_TENANT
from tests.doubles.desk import a_desk
from tests.doubles.office import Office

PATH = "/v1/settings/reminders"
HOOK = "https://hooks.example/relance"


@pytest.fixture
def office() -> Office:
    return Office()


def test_a_company_that_chose_nothing_reminds_as_the_product_does(office: Office) -> None:
    answer = a_desk(office).get(PATH)
    assert (answer.etag, answer.json["rev"], answer.json["alerts"]) == ('"0"', 0, True)
    assert answer.json["defaults"]["invoice_consumer"] == "standard.invoice_consumer"
    assert (answer.json["has_webhook_secret"], answer.json["webhook_secret"]) == (False, None)


def test_what_is_chosen_is_kept_at_the_version_that_was_read(office: Office) -> None:
    desk = a_desk(office)
    body: dict[str, Any] = {
        "defaults": {"quote": "standard.quote@1", "deposit": ""},
        "alerts": False,
        "pin_mail": False,
    }
    body["closures"] = [{"first": "2026-12-24", "last": "2027-01-03"}]
    assert desk.put(PATH, body).status == 428
    stored = desk.put(PATH, body, if_match='"0"')
    assert (stored.status, stored.etag) == (200, '"1"')
    told = desk.get(PATH).json
    assert (told["defaults"]["quote"], told["defaults"]["deposit"], told["alerts"]) == ("standard.quote@1", "", False)
    assert told["pin_mail"] is False, "the monthly mail of the checkpoint"
    assert told["closures"] == [{"first": "2026-12-24", "last": "2027-01-03"}]
    assert desk.put(PATH, body, if_match='"0"').status == 412
    assert a_desk(office, OTHER_TENANT).get(PATH).json["rev"] == 0


def test_the_secret_is_shown_once_and_goes_with_the_address(office: Office) -> None:
    desk = a_desk(office)
    first = desk.put(PATH, {"webhook_url": HOOK}, if_match='"0"').json
    assert len(b64decode(first["webhook_secret"].removeprefix("whsec_"))) == 32
    kept = desk.put(PATH, {"webhook_url": HOOK}, if_match='"1"').json
    assert (kept["webhook_secret"], kept["has_webhook_secret"]) == (None, True)
    assert desk.get(PATH).json["webhook_secret"] is None
    renewed = desk.put(PATH, {"webhook_url": HOOK, "renew_webhook_secret": True}, if_match='"2"').json
    assert renewed["webhook_secret"] not in (None, first["webhook_secret"])
    assert desk.put(PATH, {}, if_match='"3"').json["has_webhook_secret"] is False


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({"defaults": {"quote": "nothing"}}, {("/defaults/quote", "scenario")}),
        ({"defaults": {"quote": "standard.invoice"}}, {("/defaults/quote", "scenario")}),
        ({"defaults": {"invoice_consumer": "standard.invoice"}}, {("/defaults/invoice_consumer", "audience")}),
        ({"closures": [{"first": "2026-12-24", "last": "2026-12-23"}]}, {("/closures/0/last", "order")}),
        ({"closures": [{"first": "2026-12-24", "last": "2026-12-24"}] * 51}, {("/closures", "too_many")}),
        ({"webhook_url": "http://hooks.example/"}, {("/webhook_url", "invalid")}),
        ({"webhook_url": "https://me:pw@hooks.example/"}, {("/webhook_url", "invalid")}),
        ({"webhook_url": "https://[::1"}, {("/webhook_url", "invalid")}),
        ({"webhook_url": "https://hooks.example/#a"}, {("/webhook_url", "invalid")}),
        ({"renew_webhook_secret": True}, {("/renew_webhook_secret", "no_url")}),
    ],
)
def test_what_cannot_work_is_refused_with_its_place(office: Office, body: Any, faults: Any) -> None:
    answer = a_desk(office).put(PATH, body, if_match='"0"')
    assert (answer.status, answer.faults) == (422, faults)
