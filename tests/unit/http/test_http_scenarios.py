"""Scenarios, mail texts and what they will send, over HTTP; each tenant seeing its own."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest

from functions.scenarios_api import app
from functions.scenarios_api.wiring import Parts, Pen
from relance.adapters.mail_composer import JinjaMailComposer
from relance.app.foreseeing import Desk
from relance.app.writing import Postmark
from relance.domain.ids import QuoteId
from relance.domain.late_payment import LateRate, LateRates
from relance.domain.late_terms import LateTerms
from relance.domain.reminder.policy import Defaults
from relance.domain.reminder.run import RunStatus
from relance.domain.reminder.scenario import SHIPPED
from relance.domain.reminder.settings import ReminderSettings
from tests.builders import OTHER_TENANT, TENANT
from tests.doubles.desk import a_desk
from tests.doubles.gateway import Answer, Gateway
from tests.doubles.office import Office, a_sent_quote

STEP = {
    "id": "first",
    "anchor": "due",
    "offset_days": 5,
    "condition": "unpaid",
    "template": "invoice_overdue",
    "level": 1,
}
BODY: dict[str, Any] = {"name": "doux", "kind": "invoice", "title": "Tout doux", "steps": [STEP]}
TEXT = {
    "kind": "invoice",
    "name": "Mot du patron",
    "subject": "Facture {{numero}}",
    "body": "Bonjour {{contact}},\n\nil reste {{reste_du}} depuis le {{echeance}}.",
}


@dataclass
class World:
    """An office and its API."""

    office: Office

    def api(self, tenant: Any = TENANT) -> Gateway:
        office = self.office
        pen = Pen(JinjaMailComposer(), Postmark("", "https://apercu.invalid", b""), office.post.law)
        return Gateway(app.build(Parts(office.ctx, Desk(office.post.published, office.store, pen))), tenant)


@pytest.fixture
def world() -> World:
    return World(Office())


@pytest.fixture
def office(world: World) -> Office:
    return world.office


@pytest.fixture
def api(world: World) -> Gateway:
    return world.api()


# --- scenarios -------------------------------------------------------------------------------------------------------


def test_the_shipped_scenarios_are_listed_and_those_of_a_new_company_are_told(api: Gateway) -> None:
    found = {item["id"]: item for item in api.get("/v1/scenarios").json["items"]}
    assert {id for id, item in found.items() if item["is_default"]} == {f"{n}@{v}" for n, v in SHIPPED.items()}
    assert all(item["is_shipped"] for item in found.values())
    unseen = found["standard.quote@2"]["steps"][0]
    assert (unseen["anchor"], unseen["offset_days"], unseen["hour"]) == ("sent", 2, "10:00:00")


def test_one_version_is_shown_by_its_id_and_the_newest_by_its_name(api: Gateway) -> None:
    assert api.get("/v1/scenarios/standard.invoice@1").json["version"] == 1
    assert api.get("/v1/scenarios/standard.invoice").json["version"] == 2
    for unknown in ("standard.invoice@9", "doux", "doux@1"):
        assert (api.get(f"/v1/scenarios/{unknown}").status, unknown) == (404, unknown)


def test_a_scenario_is_published_version_by_version_and_none_ever_changes(api: Gateway, world: World) -> None:
    first = api.post("/v1/scenarios", BODY)
    assert (first.status, first.json["id"], first.headers["Location"]) == (201, "doux@1", "/v1/scenarios/doux@1")
    assert first.json["guards"] == {
        "gap_days": 3, "max_mails": 6, "tolerance": "1.00", "is_grouped": True, "approval_days": 14,
    }  # fmt: skip
    assert first.json["steps"][0]["hour"] == "09:30:00"
    again = api.post("/v1/scenarios", BODY)
    assert again.json["id"] == "doux@1", "the very same is not published twice"
    second = api.post("/v1/scenarios", {**BODY, "title": "Encore plus doux"})
    assert second.json["id"] == "doux@2"
    assert api.get("/v1/scenarios/doux").json["title"] == "Encore plus doux"
    assert api.get("/v1/scenarios/doux@1").json["title"] == "Tout doux"
    assert world.api(OTHER_TENANT).get("/v1/scenarios/doux@1").status == 404


def test_the_newest_of_more_than_nine_versions_is_the_newest(api: Gateway) -> None:
    for n in range(1, 12):
        api.post("/v1/scenarios", {**BODY, "title": f"Version {n}"})
    assert api.get("/v1/scenarios/doux").json["version"] == 11


def test_a_request_that_comes_twice_is_answered_once(api: Gateway) -> None:
    one = api.post("/v1/scenarios", BODY, key="k1")
    assert api.post("/v1/scenarios", BODY, key="k1").json == one.json


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"steps": []}, ("/steps", "too_few")),
        ({"steps": [{**STEP, "offset_days": 400}]}, ("/steps/0/offset_days", "out_of_range")),
        ({"steps": [{**STEP, "hour": "25:00"}]}, ("/steps/0/hour", "invalid")),
        ({"steps": [{**STEP, "anchor": "expiry"}]}, ("/steps/0/anchor", "anchor")),
        ({"steps": [{**STEP, "anchor": "lundi"}]}, ("/steps/0/anchor", "not_allowed")),
        ({"steps": [{**STEP, "template": "invoice_overdu"}]}, ("/steps/0/template", "template")),
        ({"steps": [{**STEP, "template": "invoice_delivery"}]}, ("/steps/0/template", "template")),
        ({"steps": [{**STEP, "template": "text:txt_1@1"}]}, ("/steps/0/template", "template")),
        ({"steps": [{**STEP, "level": 4}]}, ("/steps/0/approval", "formal")),
        ({"audience": "consumer", "steps": [{**STEP, "template": "invoice_firm"}]}, ("/steps/0/template", "template")),
        ({"name": "standard.mien"}, ("/name", "name_reserved")),
        ({"guards": {"gap_days": 0}}, ("/guards/gap_days", "out_of_range")),
        ({"stop_on": ["lundi"]}, ("/stop_on", "stop_on")),
        ({"segment": "seg_1"}, ("/segment", "segment")),
        ({"couleur": "rose"}, ("/couleur", "unknown_field")),
    ],
)
def test_what_is_wrong_with_a_scenario_is_said_where_it_is_and_in_french(
    api: Gateway, change: dict[str, Any], fault: tuple[str, str]
) -> None:
    answer = api.post("/v1/scenarios", {**BODY, **change})
    assert (answer.status, answer.faults) == (422, {fault})
    assert all(len(one["message"]) > 10 for one in answer.json["faults"])


def test_a_scenario_keeps_its_sort_of_document(api: Gateway) -> None:
    api.post("/v1/scenarios", BODY)
    quote = {**STEP, "anchor": "sent", "condition": "unanswered", "template": "quote_reminder"}
    answer = api.post("/v1/scenarios", {**BODY, "kind": "quote", "steps": [quote]})
    assert answer.faults == {("/kind", "kind")}


def test_a_scenario_names_no_query_but_one_that_enrols_into_it(api: Gateway, office: Office) -> None:
    """Its first version comes before its query, which names it; the next one may say which."""
    api.post("/v1/scenarios", BODY)
    desk = a_desk(office)
    plan = {"name": "Grosses", "kind": "invoice", "filter": {"op": "above", "field": "amount", "value": "1000.00"}}
    own = desk.post("/v1/segments", plan | {"scenario": "doux@1"}).json["id"]
    foreign = desk.post("/v1/segments", plan | {"scenario": "standard.invoice"}).json["id"]
    assert api.post("/v1/scenarios", BODY | {"segment": own}).json["segment"] == own
    refused = api.post("/v1/scenarios", BODY | {"segment": foreign})
    assert (refused.status, refused.faults) == (422, {("/segment", "segment")})
    assert "standard.invoice" in refused.json["faults"][0]["message"]


def test_what_the_settings_name_is_told_as_the_default(api: Gateway, office: Office) -> None:
    api.post("/v1/scenarios", BODY)
    office.put(ReminderSettings(TENANT, 1, defaults=Defaults(quote="", invoice="doux", invoice_consumer="doux@1")))
    told = {item["id"] for item in api.get("/v1/scenarios").json["items"] if item["is_default"]}
    assert told == {"doux@1", "standard.deposit@1", "standard.deposit_consumer@1"}


# --- mail texts ------------------------------------------------------------------------------------------------------


def test_a_text_is_written_changed_and_removed_and_its_versions_stay_KB_24(api: Gateway) -> None:
    made = api.post("/v1/mail-texts", TEXT)
    assert made.status == 201
    where = made.headers["Location"]
    assert made.json["template"].endswith("@1")
    changed = api.put(where, {**TEXT, "subject": "Rappel {{numero}}"}, if_match=made.etag)
    assert changed.json["template"].endswith("@2")
    assert api.put(where, TEXT, if_match=made.etag).status == 412
    assert [item["id"] for item in api.get("/v1/mail-texts").json["items"]] == [made.json["id"]]
    assert api.get(where).json["subject"] == "Rappel {{numero}}"
    assert api.delete(where, if_match=changed.etag).status == 204
    assert api.get(where).status == 404
    for template in (made.json["template"], changed.json["template"]):
        assert api.post("/v1/scenarios", {**BODY, "steps": [{**STEP, "template": template}]}).status == 201


def test_a_text_for_quotes_serves_no_invoice(api: Gateway) -> None:
    text = {**TEXT, "kind": "quote", "body": "Notre devis {{numero}} court jusqu’au {{validite}}."}
    template = api.post("/v1/mail-texts", text).json["template"]
    answer = api.post("/v1/scenarios", {**BODY, "steps": [{**STEP, "template": template}]})
    assert answer.faults == {("/steps/0/template", "template")}


@pytest.mark.parametrize(
    ("words", "pointer", "said"),
    [
        ({"subject": "Facture {{numro}}"}, "/subject", "{{numero}}"),
        ({"body": "Jusqu’au {{validite}}"}, "/body", "n’existe que dans un courriel sur un devis"),
        ({"body": "Bonjour {{contact"}, "/body", "n’est pas fermé"),
        ({"body": "{% if x %}"}, "/body", "n’est pas fermé"),
    ],
)
def test_a_mistake_in_a_text_is_told_when_it_is_saved_or_tried_DR_13(
    api: Gateway, words: dict[str, str], pointer: str, said: str
) -> None:
    tried = {key: value for key, value in {**TEXT, **words}.items() if key != "name"}
    for path, body in (("/v1/mail-texts", {**TEXT, **words}), ("/v1/mail-texts/preview", tried)):
        answer = api.post(path, body)
        assert (answer.status, answer.faults) == (422, {(pointer, "shortcode")})
        assert said in answer.json["faults"][0]["message"]


def tried(api: Gateway, **changes: str) -> Answer:
    return api.post("/v1/mail-texts/preview", {key: v for key, v in {**TEXT, **changes}.items() if key != "name"})


def test_a_text_is_tried_on_an_example_or_on_a_document(api: Gateway, office: Office) -> None:
    example = tried(api).json
    assert example["subject"] == "Facture F-EXEMPLE"
    assert "Bonjour Dominique Exemple," in example["text"]
    assert "1\u202f200,00\u00a0€" in example["body"]
    assert "<!DOCTYPE html>" in example["html"]
    invoice = office.invoice()
    assert tried(api, document_id=invoice.id).json["subject"] == "Facture F-2026-0001"
    assert tried(api, document_id="inv_unknown").status == 404
    assert tried(api, kind="quote", body="Devis {{validite}}", subject="Devis", document_id=invoice.id).status == 404
    quote = tried(api, kind="quote", body="Jusqu’au {{validite}}", subject="Devis")
    assert "16\u00a0décembre\u00a02026" in quote.json["body"]


def test_penalties_are_tried_with_the_rate_of_the_company_and_never_with_a_guess_P_02(
    api: Gateway, office: Office
) -> None:
    missing = tried(api, body="{{penalites}}")
    assert (missing.status, missing.json["code"]) == (422, "mail_incomplete")
    assert "40,00" in tried(api, body="{{indemnite}}").json["body"]
    office.put(LateTerms(TENANT, 1, rates=LateRates((LateRate(date(2026, 7, 1), 1215, "Banque de France"),))))
    # 1,200.00 at 12.15 % for 8 days: 3.1956
    assert tried(api, body="{{penalites}} puis {{penalites_par_jour}}").json["body"] == "3,20\u00a0€ puis 0,40\u00a0€"
    late = office.owing(7, "standard.invoice@1", days_late=3)
    assert tried(api, body="{{total_a_regler}}", document_id=late.id).status == 200
    not_due = office.owing(8, "standard.invoice@1")
    assert tried(api, body="{{indemnite}}", document_id=not_due.id).json["code"] == "mail_incomplete"


def test_the_shortcodes_are_listed_with_their_meaning(api: Gateway, world: World) -> None:
    told = api.get("/v1/shortcodes").json
    assert {"code": "{{reste_du}}", "meaning": "ce qui reste à régler, toutes factures échues comprises"} in told[
        "invoice"
    ]
    assert "{{validite}}" in [one["code"] for one in told["quote"]]
    assert world.api(None).get("/v1/shortcodes").status == 401


# --- what will be sent -----------------------------------------------------------------------------------------------


def test_a_document_says_what_will_happen_next_and_why_DR_11(api: Gateway, office: Office) -> None:
    sent = a_sent_quote(office.clock.now(), 30, office.drawn(), id=QuoteId(f"quo_{1:026}"))
    quote = office.follow(sent, "standard.quote@2")
    told = api.get(f"/v1/quotes/{quote.id}/reminders").json
    assert (told["number"], told["scenario_id"], told["over"]) == ("D-2026-0001", "standard.quote@2", "expired")
    steps = [one["step"] for one in told["foreseen"]]
    assert steps == ["delivery", "unseen", "reminder", "call", "expiring", "extend"]
    unseen = told["foreseen"][1]
    assert (unseen["day"], unseen["said"]) == ("2026-11-18", "Courriel le 18/11/2026 à 10:00")
    assert "Avez-vous bien reçu" in unseen["subject"]
    assert "https://apercu.invalid/q/apercu" in unseen["text"]
    assert told["foreseen"][3]["title"].startswith("Appeler le client")
    assert told["said"].startswith("Le devis aura expiré")
    assert api.get(f"/v1/invoices/{quote.id}/reminders").status == 404


def test_a_document_that_is_over_says_so(api: Gateway, office: Office) -> None:
    invoice = office.pay(office.owing(1, "standard.invoice@1"))
    run = office.run_of(invoice)
    office.put(replace(run, rev=run.rev + 1, status=RunStatus.STOPPED, stop_reason="paid"))
    told = api.get(f"/v1/invoices/{invoice.id}/reminders").json
    assert (told["over"], told["said"], told["foreseen"]) == ("paid", "Facture réglée : plus rien ne partira.", [])


def test_a_scenario_is_previewed_over_the_open_documents_with_the_text_of_each_mail_DR_11(
    api: Gateway, office: Office
) -> None:
    late, later = office.owing(1, "standard.invoice@1", days_late=1), office.owing(2, "standard.invoice@1")
    office.quote()
    api.post("/v1/scenarios", BODY)
    told = api.post("/v1/scenarios/doux/preview", {}).json
    assert told["scenario_id"] == "doux@1"
    assert [item["document_id"] for item in told["items"]] == [late.id, later.id]
    (first, *_) = told["items"][0]["foreseen"]  # its own day, the 20th, is two days after a reminder of the quote
    assert (first["day"], first["step"], first["template"]) == ("2026-11-23", "first", "invoice_overdue")
    assert "F-2026-0001" in first["text"]
    assert (told["left_out"], told["cursor"]) == ([], None)
    assert office.run_of(late).scenario_id == "standard.invoice@1", "nothing follows it by being looked at"
    elsewhere = api.post("/v1/scenarios/doux/preview", {"in_place_of": "standard.deposit"}).json
    assert elsewhere["items"] == []
    assert api.post("/v1/scenarios/standard.invoice@2/preview").json["items"] == [], "its audience is businesses"
    assert api.post("/v1/scenarios/nope/preview").status == 404


def test_a_preview_goes_on_customer_by_customer_and_leaves_out_what_cannot_be_read_DR_17(
    api: Gateway, office: Office
) -> None:
    for n in (1, 2):
        invoice = office.owing(n, "standard.invoice@1", days_late=n)
        run = office.run_of(invoice)
        office.put(replace(run, rev=run.rev + 1, customer_id=f"cus_{n}"))
    broken = office.owing(3, "vanished@1")
    api.post("/v1/scenarios", BODY)
    first = api.post("/v1/scenarios/doux/preview", {"limit": 1}).json
    assert len(first["items"]) == 1
    rest = api.post("/v1/scenarios/doux/preview", {"limit": 1, "cursor": first["cursor"]}).json
    seen = {item["document_id"] for page in (first, rest) for item in page["items"]}
    left = {*first["left_out"], *rest["left_out"]}
    while rest["cursor"]:
        rest = api.post("/v1/scenarios/doux/preview", {"limit": 1, "cursor": rest["cursor"]}).json
        seen |= {item["document_id"] for item in rest["items"]}
        left |= set(rest["left_out"])
    assert len(seen) == 2
    assert left == {broken.id}
