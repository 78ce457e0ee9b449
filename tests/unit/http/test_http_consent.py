"""T-01 over HTTP: what a contact agreed to, with its proof, in its own calls; and the story of a customer."""

from datetime import timedelta

import pytest

from local import demo_data
from relance.domain.party import Customer, TrackingConsent
from tests.builders import OTHER_TENANT, TENANT
from tests.doubles.api import Caller, Server, wanted

AGREED = {
    "tracking": "consented",
    "at": "2026-11-02T09:12:00Z",
    "source": "formulaire de contact",
    "text_version": "2026-04",
}
PLAIN = {key: value for key, value in demo_data.CUSTOMERS[0].items() if key != "consent"}


@pytest.fixture
def customer(me: Caller) -> str:
    return str(wanted(me.customers.post("/v1/customers", PLAIN), 201)["id"])


def test_by_default_nobody_agreed_to_anything(me: Caller, customer: str) -> None:
    told = wanted(me.customers.get(f"/v1/customers/{customer}/consent"))
    assert told == {
        "current": {"tracking": "none", "at": None, "source": "", "text_version": ""},
        "past": [],
        "ask_again_from": None,
    }


def test_a_consent_its_withdrawal_and_their_proofs_are_kept(me: Caller, server: Server, customer: str) -> None:
    url = f"/v1/customers/{customer}/consent"
    assert wanted(me.customers.post(url, AGREED))["current"]["tracking"] == "consented"
    server.clock.advance(timedelta(days=1))
    told = wanted(me.customers.post(url, {"tracking": "withdrawn", "source": "téléphone"}))
    assert told["current"] == {
        "tracking": "withdrawn",
        "at": "2026-11-17T09:00:00Z",
        "source": "téléphone",
        "text_version": "2026-04",
    }
    assert told["past"] == [AGREED]
    assert told["ask_again_from"] == "2027-05-17"
    server.clock.advance(timedelta(days=181))
    assert wanted(me.customers.get(url))["ask_again_from"] is None, "six months have passed"


def test_the_same_choice_said_again_is_kept_once(me: Caller, server: Server, customer: str) -> None:
    url = f"/v1/customers/{customer}/consent"
    for _ in range(3):
        server.clock.advance(timedelta(days=1))
        told = wanted(me.customers.post(url, {"tracking": "deliverability"}))
    assert (told["past"], told["current"]["at"]) == ([], "2026-11-17T09:00:00Z")
    stored = server.store.get(TENANT, Customer, customer)
    assert stored is not None
    assert stored.rev == 2


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"tracking": "consented"}, "/at", "missing"),
        ({"tracking": "refused", "at": "2026-11-02T09:12:00Z", "source": "x"}, "/text_version", "missing"),
        ({"tracking": "perhaps"}, "/tracking", "not_allowed"),
        ({"tracking": "withdrawn", "at": "hier"}, "/at", "wrong_type"),
    ],
)
def test_a_choice_without_its_proof_is_refused(
    me: Caller, customer: str, body: dict[str, str], pointer: str, code: str
) -> None:
    answer = me.customers.post(f"/v1/customers/{customer}/consent", body)
    assert answer.status == 422
    assert (pointer, code) in answer.faults


def test_a_customer_put_without_a_word_of_it_keeps_what_he_agreed_to(me: Caller, server: Server, customer: str) -> None:
    """A form that does not know of consents must not withdraw them."""
    wanted(me.customers.post(f"/v1/customers/{customer}/consent", AGREED))
    again = PLAIN | {"name": "Camille Lefèvre-Martin"}
    assert me.customers.put(f"/v1/customers/{customer}", again, if_match='"2"').status == 200
    stored = server.store.get(TENANT, Customer, customer)
    assert stored is not None
    assert (stored.name, stored.consent.tracking) == ("Camille Lefèvre-Martin", TrackingConsent.CONSENTED)


def test_a_customer_put_with_another_choice_keeps_the_proof_of_the_first(me: Caller, customer: str) -> None:
    wanted(me.customers.post(f"/v1/customers/{customer}/consent", AGREED))
    changed = PLAIN | {"consent": {"tracking": "withdrawn", "at": "2026-11-10T08:00:00Z"}}
    view = wanted(me.customers.put(f"/v1/customers/{customer}", changed, if_match='"2"'))
    assert (view["consent"]["tracking"], view["rev"]) == ("withdrawn", 3)
    assert wanted(me.customers.get(f"/v1/customers/{customer}/consent"))["past"] == [AGREED]


def test_the_story_of_a_customer_is_told_in_french(me: Caller, customer: str) -> None:
    wanted(me.customers.post(f"/v1/customers/{customer}/consent", AGREED))
    entries = wanted(me.customers.get(f"/v1/customers/{customer}/timeline"))["entries"]
    assert [entry["text"] for entry in entries] == ["Suivi d’ouverture accepté (formulaire de contact, texte 2026-04)"]
    assert entries[0]["document"] is None


@pytest.mark.parametrize("call", ["consent", "timeline"])
def test_nobody_reads_the_customers_of_another(server: Server, customer: str, call: str) -> None:
    assert server.caller(OTHER_TENANT).customers.get(f"/v1/customers/{customer}/{call}").status == 404
