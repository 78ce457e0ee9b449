"""Retention over HTTP: the rules, purges of the journal, erasures of prospects, and who may not. [K-01…K-07]"""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from functions.archive_api import app
from functions.retention import app as worker_app
from functions.retention.wiring import Parts as WorkerParts
from relance.adapters.retention_data import load_retention
from relance.app.forgetting import Eraser
from relance.contracts.retention import RetentionTask, encode
from relance.domain.errors import Retry
from relance.domain.party import Customer
from relance.domain.retention import Work
from tests.builders import TENANT
from tests.doubles.activity import InMemoryActivityLog
from tests.doubles.archive_desk import archive_parts
from tests.doubles.gateway import Gateway, an_event
from tests.doubles.outside import InMemoryDocuments, RecordingExecutions
from tests.doubles.prospect import NEEDLES, Life
from tests.doubles.sweeping import Tenants
from tests.doubles.years import AFTER_IT, Firm, a_closed_year

RETENTION = load_retention()


def archive_api(firm: Firm) -> Gateway:
    parts = archive_parts(firm.ctx, firm.whole, firm.worker)
    return Gateway(app.build(parts), TENANT)


def json_of(answer: Any, status: int = 200) -> dict[str, Any]:
    assert answer.status == status, answer.body
    body: dict[str, Any] = answer.json
    return body


def as_member(gateway: Gateway, method: str, path: str, body: object = None, **headers: str) -> Mapping[str, Any]:
    """The same call by somebody who is no owner."""
    event = an_event(method, path, body, headers=headers, tenant=TENANT)
    event["requestContext"]["authorizer"]["lambda"]["role"] = "member"
    return gateway.handler(event, object())


def test_the_rules_are_shown_with_their_sources_and_the_place_of_storage() -> None:
    """K-01 to K-07, with the moment from which each runs; K-05: where, to be declared."""
    found = json_of(archive_api(Firm()).get("/v1/archive/retention"))
    rules = {rule["id"]: rule for rule in found["rules"]}
    assert (rules["K-01"]["years"], rules["K-01"]["starts"], rules["K-01"]["lock_years"]) == (10, "fiscal_year_end", 11)
    assert (rules["K-02"]["years"], rules["K-07"]["years"], rules["K-06"]["starts"]) == (6, 3, "last_only")
    assert all(rule["source"] and rule["valid_from"] for rule in rules.values())
    assert found["storage"]["text"] == "France (Paris, région eu-west-3)."


def test_a_purge_is_shown_then_ordered_then_carried_out() -> None:
    """[AF-07]"""
    firm = a_closed_year()
    api, year = archive_api(firm), {"fiscal_year_end": "2026-12-31"}
    shown = json_of(api.get("/v1/archive/purges/2026-12-31"))
    assert (shown["state"], shown["lines"], all(one["is_met"] for one in shown["conditions"])) == ("possible", 9, True)
    dry = api.send("POST", "/v1/archive/purges", year, query={"dry_run": "1"})
    assert json_of(dry) == shown
    assert not firm.worker.begun
    ordered = json_of(api.post("/v1/archive/purges", year), 202)
    assert (ordered["state"], ordered["lines"], ordered["by"]) == ("under_way", 9, "user:louise")
    assert json_of(api.get("/v1/archive/purges/2026-12-31"))["state"] == "under_way"
    (task,) = [RetentionTask(*begun) for begun in firm.worker.begun]
    assert worker_app.answer(worker(firm), as_event(task)) == {"state": "done"}
    assert json_of(api.get("/v1/archive/purges"))["items"][0]["state"] == "done"
    assert json_of(api.get("/v1/archive/proofs/2"))["line"] == firm.store.events(TENANT)[1].line.decode()


def as_event(task: RetentionTask) -> dict[str, Any]:
    event: dict[str, Any] = json.loads(encode(task))
    return event


def worker(firm: Firm) -> WorkerParts:
    """`retention` on the firm."""
    activity = InMemoryActivityLog(firm.clock)
    eraser = Eraser(firm.ctx, RETENTION, InMemoryDocuments(), activity, RecordingExecutions(), b"key")
    return WorkerParts(firm.live, firm.store, eraser, activity, firm.store)


def test_what_a_purge_lacks_is_said_in_french_one_by_one() -> None:
    firm = Firm().sells(2).lives_until(date(2027, 1, 4))
    refused = archive_api(firm).post("/v1/archive/purges", {"fiscal_year_end": "2026-12-31"})
    assert refused.status == 409
    assert refused.json["code"] == "purge_refused"
    assert [fault["code"] for fault in refused.json["faults"]] == ["archived", "verified", "stamped"]
    assert {fault["pointer"] for fault in refused.json["faults"]} == {"/fiscal_year_end"}
    assert "attendez le prochain archivage" in refused.json["detail"]
    shown = json_of(archive_api(firm).get("/v1/archive/purges/2026-12-31"))
    assert (shown["state"], shown["lines"]) == ("refused", 2)


@pytest.mark.parametrize("id", ["2026", "2026-13-01", "x", "2026-W44"])
def test_a_year_is_named_by_its_last_day(id: str) -> None:
    assert archive_api(Firm()).get(f"/v1/archive/purges/{id}").status == 404


def test_a_bad_day_is_refused_with_its_place() -> None:
    answer = archive_api(Firm()).post("/v1/archive/purges", {"fiscal_year_end": "hier"})
    assert answer.status == 422
    assert {pointer for pointer, _ in answer.faults} == {"/fiscal_year_end"}


def test_whoever_is_no_owner_may_look_and_not_order() -> None:
    firm, life = a_closed_year(), Life().lives()
    told = as_member(archive_api(firm), "POST", "/v1/archive/purges", {"fiscal_year_end": "2026-12-31"})
    assert told["statusCode"] == 403
    assert as_member(archive_api(firm), "GET", "/v1/archive/purges/2026-12-31")["statusCode"] == 200
    api = life.me.customers
    assert as_member(api, "POST", f"/v1/customers/{life.id}/erase")["statusCode"] == 403
    chosen = as_member(api, "PUT", "/v1/settings/retention", {"prospects": "carry_out"}, **{"if-match": '"0"'})
    assert chosen["statusCode"] == 403
    assert as_member(api, "GET", f"/v1/customers/{life.id}/erasure")["statusCode"] == 200


def test_a_prospect_is_looked_at_then_erased() -> None:
    """[K-07, Q-10]"""
    life = Life().lives()
    api, path = life.me.customers, f"/v1/customers/{life.id}"
    before = json_of(api.get(f"{path}/erasure"))
    assert (before["is_erasable"], before["kept"], before["erasure"]) == (True, [], None)
    assert before["due_on"] == f"{int(before['last_contact_on'][:4]) + 3}{before['last_contact_on'][4:]}"
    asked = json_of(api.post(f"{path}/erase"), 202)
    assert (asked["state"], asked["customer_id"]) == ("asked", life.id)
    task = RetentionTask(TENANT, Work.ERASE, life.id)
    parts = WorkerParts(Firm().live, life.office.store, life.eraser, life.office.activity, life.office.store)
    assert worker_app.answer(parts, as_event(task)) == {"state": "done"}
    assert life.found() == {needle: set() for needle in NEEDLES}
    after = json_of(api.get(f"{path}/erasure"))
    assert (after["is_erasable"], after["erasure"]["state"], after["erasure"]["quotes"]) == (False, "done", 3)
    assert api.get(path).status == 404
    assert json_of(api.get("/v1/erasures"))["items"] == [after["erasure"]]


def test_a_document_that_must_be_kept_forbids_it_and_is_named() -> None:
    """[K-01, K-04]"""
    from tests.unit.retention.test_erasing import accepts  # noqa: PLC0415

    life = Life().lives()
    accepts(life, life.quotes[1])
    refused = life.me.customers.post(f"/v1/customers/{life.id}/erase")
    assert (refused.status, refused.json["code"]) == (409, "duty_to_keep")
    assert "Devis accepté" in refused.json["detail"]
    looked = json_of(life.me.customers.get(f"/v1/customers/{life.id}/erasure"))
    assert (looked["is_erasable"], looked["due_on"], len(looked["kept"])) == (False, None, 1)


def test_the_company_chooses_what_the_night_does() -> None:
    api = Life().me.customers
    first = api.get("/v1/settings/retention")
    assert (first.json["prospects"], first.headers["ETag"]) == ("propose", '"0"')
    assert api.put("/v1/settings/retention", {"prospects": "carry_out"}).status == 428
    assert api.put("/v1/settings/retention", {"prospects": "at_once"}, if_match='"0"').status == 422
    chosen = json_of(api.put("/v1/settings/retention", {"prospects": "carry_out"}, if_match='"0"'))
    assert chosen["text"] == (
        "Un prospect se conserve 3 ans après le dernier contact venu du prospect. "
        "Chaque nuit, ceux dont le délai est écoulé sont effacés."
    )


def test_the_settings_show_what_nobody_chooses_how_long_and_where() -> None:
    """[K-05, K-07] The very rule and place that the archive shows: dated data, and where the deployment is."""
    told = json_of(Life().me.customers.get("/v1/settings/retention"))
    shown = json_of(archive_api(Firm()).get("/v1/archive/retention"))
    assert told["prospects_rule"] in shown["rules"]
    assert (told["prospects_rule"]["id"], told["prospects_rule"]["years"]) == ("K-07", 3)
    assert told["storage"] == shown["storage"]
    assert "est proposé" in told["text"]


def test_the_daily_call_goes_on_with_what_is_left_and_tells_what_failed() -> None:
    """One company's failure holds up nothing else."""
    firm = a_closed_year()
    json_of(archive_api(firm).post("/v1/archive/purges", {"fiscal_year_end": "2026-12-31"}), 202)
    assert worker_app.every_day(worker(firm)) == {"purges": 1, "proposed": 0, "erasures": 0, "failed": 0}
    assert worker_app.every_day(worker(firm))["purges"] == 0
    firm.moves_its_year().sells().lives_until(AFTER_IT).archives().verifies().stamps()
    json_of(archive_api(firm).post("/v1/archive/purges", {"fiscal_year_end": "2027-01-15"}), 202)
    journal = firm.store._journal[TENANT]
    victim = next(event for event in firm.store.live(TENANT) if event.type == "invoice.issued")
    journal[victim.seq - 1] = victim._replace(line=b"{}")
    with pytest.raises(Retry, match="1 reprises"):
        worker_app.every_day(worker(firm))


def test_the_daily_call_proposes_and_erases() -> None:
    """[K-07] From a proposal to nothing left, as the company chose."""
    life = Life(id="cus_0000000000000000000000001")
    life.quotes = [life.office.quote().id]
    json_of(life.me.customers.put("/v1/settings/retention", {"prospects": "carry_out"}, if_match='"0"'))
    life.office.clock.advance(date(2029, 11, 17) - date(2026, 11, 16))
    store = life.office.store
    parts = WorkerParts(Firm().live, store, life.eraser, life.office.activity, Tenants(life.office))
    assert worker_app.every_day(parts) == {"purges": 0, "proposed": 1, "erasures": 1, "failed": 0}
    assert store.get(TENANT, Customer, life.id) is None
