"""Smart queries over HTTP: written, refused with every fault, tried out, switched on and off. [SQ-01…SQ-07]"""

from dataclasses import replace
from typing import Any, Final

import pytest

from relance.domain.ids import QuoteId
from relance.domain.segment.segment import MAX_LISTED
from tests.builders import OTHER_TENANT
from tests.doubles.desk import a_desk
from tests.doubles.gateway import Answer
from tests.doubles.nights import WANTED, Firm
from tests.doubles.office import a_sent_quote

UNANSWERED: Final = {"op": "is", "field": "has_result", "value": False}
BODY: Final[dict[str, Any]] = {
    "name": "Devis sans réponse",
    "kind": "quote",
    "filter": {"op": "all", "of": [UNANSWERED, {"op": "before", "field": "sent_on", "value": "today+1"}]},
    "scenario": WANTED,
}


@pytest.fixture
def firm() -> Firm:
    return Firm()


def made(firm: Firm, **changes: Any) -> Answer:
    answer = a_desk(firm.office).post("/v1/segments", BODY | changes)
    assert answer.status == 201, answer.body
    return answer


def test_a_query_is_written_switched_off_and_read_back_as_it_was(firm: Firm) -> None:
    answer = made(firm)
    assert (answer.json["state"], answer.json["plan"]["reentry"]) == ("inactive", "once_per_document")
    assert answer.headers["Location"] == f"/v1/segments/{answer.json['id']}"
    read = a_desk(firm.office).get(answer.headers["Location"])
    assert read.json == answer.json
    first = read.json["plan"]["filter"]["of"][0]
    assert (first["op"], first["field"], first["value"]) == ("is", "has_result", False)


def test_a_key_makes_one_query(firm: Firm) -> None:
    desk = a_desk(firm.office)
    first = desk.post("/v1/segments", BODY, key="k")
    assert desk.post("/v1/segments", BODY, key="k").json == first.json
    assert len(desk.get("/v1/segments").json["items"]) == 1


def test_sq_07_the_listing_begins_with_the_reference_query_and_the_fields_to_ask(firm: Firm) -> None:
    """KB-09: it can be sent back as it is."""
    desk = a_desk(firm.office)
    listed = desk.get("/v1/segments").json
    (example,) = listed["examples"]
    assert example["name"] == "Relance devis en cours"
    assert desk.post("/v1/segments", example).status == 201
    fields = {field["field"]: field for field in listed["fields"]}
    assert fields["overdue_days"]["kinds"] == ["invoice"]
    assert "consumer" in fields["customer_kind"]["choices"]
    again = desk.get("/v1/segments", limit="1").json
    assert again["cursor"] is None
    made(firm)
    following = desk.get("/v1/segments", cursor=desk.get("/v1/segments", limit="1").json["cursor"]).json
    assert (len(following["items"]), following["examples"], following["fields"]) == (1, [], [])


def test_everything_wrong_is_told_at_once_with_its_place(firm: Firm) -> None:
    wrong = {"op": "all", "of": [{"op": "is", "field": "nothing"}, {"op": "above", "field": "amount", "value": 3}]}
    answer = a_desk(firm.office).post("/v1/segments", BODY | {"filter": wrong, "cap": 0})
    assert answer.status == 422
    assert answer.faults == {("/filter/of/0/field", "field"), ("/filter/of/1/value", "value"), ("/cap", "cap")}


@pytest.mark.parametrize(
    ("scenario", "kind"), [("nothing", "quote"), ("standard.invoice", "quote"), ("standard.quote", "invoice")]
)
def test_a_query_leads_to_a_scenario_for_its_documents(firm: Firm, scenario: str, kind: str) -> None:
    body = BODY | {"scenario": scenario, "kind": kind, "filter": {"op": "above", "field": "amount", "value": "0"}}
    answer = a_desk(firm.office).post("/v1/segments", body)
    assert (answer.status, answer.faults) == (422, {("/scenario", "scenario")})


def test_json_nested_without_end_is_refused_and_breaks_nothing(firm: Firm) -> None:
    for depth, code in ((20, "too_deep"), (400, "too_deep"), (40_000, "not_json")):
        nested = '{"op":"not","of":[' * depth + '{"op":"is"}' + "]}" * depth
        body = f'{{"name":"x","kind":"quote","scenario":"standard.quote","filter":{nested}}}'
        answer = a_desk(firm.office).post("/v1/segments", body)
        assert (answer.status, {code for _, code in answer.faults}) == (422, {code})


def test_sq_06_a_query_is_tried_out_before_it_is_switched_on_and_nothing_is_written(firm: Firm) -> None:
    """The count, the newest twenty, and how many would enter in one night."""
    for n in range(1, 26):
        firm.quote(n)
    commits = firm.office.store.commits
    trial = a_desk(firm.office).post("/v1/segments/preview", BODY | {"cap": 10}).json
    assert (trial["count"], len(trial["samples"]), trial["entering"]) == (25, 20, 10)
    assert trial["samples"][0]["document_id"] == f"quo_{25:026d}"
    assert trial["samples"][0]["amount"] == "2215.35"
    assert firm.office.store.commits == commits


def test_a_stored_query_tells_who_would_enter_tonight(firm: Firm) -> None:
    firm.quote(1)
    id = made(firm).json["id"]
    desk = a_desk(firm.office)
    assert desk.post(f"/v1/segments/{id}/preview").json["entering"] == 1
    desk.post(f"/v1/segments/{id}/activate")
    firm.quote(2)
    trial = desk.post(f"/v1/segments/{id}/preview").json
    assert (trial["count"], trial["entering"]) == (2, 1)
    assert firm.night().entered == 1


def test_an_active_query_is_not_changed_and_says_how_its_night_went(firm: Firm) -> None:
    answer = made(firm)
    desk, path = a_desk(firm.office), answer.headers["Location"]
    on = desk.post(f"{path}/activate")
    assert (on.status, on.json["state"]) == (200, "active")
    twice = desk.post(f"{path}/activate")
    assert (twice.status, twice.json["code"]) == (409, "segment_active")
    refused = desk.put(path, BODY, if_match=on.etag)
    assert (refused.status, refused.json["code"]) == (409, "segment_active")
    firm.quote(1)
    firm.night()
    night = desk.get(path).json["night"]
    assert (night["on"], night["good"], night["entered"]) == ("2026-11-17", "2026-11-17", 1)
    off = desk.post(f"{path}/deactivate")
    assert off.json["state"] == "inactive"
    changed = desk.put(path, BODY | {"name": "Autre nom"}, if_match=off.etag)
    assert (changed.status, changed.json["plan"]["name"]) == (200, "Autre nom")
    assert desk.put(path, BODY, if_match=off.etag).status == 412
    other = BODY | {"kind": "invoice", "scenario": "standard.invoice", "filter": UNANSWERED | {"field": "is_held"}}
    assert desk.put(path, other, if_match=changed.etag).faults == {("/kind", "kind")}


def test_switching_on_with_a_key_is_done_once(firm: Firm) -> None:
    desk, path = a_desk(firm.office), made(firm).headers["Location"]
    first = desk.post(f"{path}/activate", {"existing": "enrol"}, key="k")
    assert first.status == 200
    assert desk.post(f"{path}/activate", {"existing": "enrol"}, key="k").json == first.json


def test_kb_05_a_list_is_frozen_when_it_is_saved(firm: Firm) -> None:
    """SQ-01: static."""
    firm.quote(1)
    answer = made(firm, static=True)
    firm.quote(2)
    assert answer.json["documents"] == 1
    desk, path = a_desk(firm.office), answer.headers["Location"]
    assert desk.post(f"{path}/preview").json["count"] == 1
    assert desk.post(f"{path}/activate").faults == {("/existing", "existing")}
    assert desk.post(f"{path}/activate", {"existing": "enrol"}).status == 200


def test_a_frozen_list_has_an_end(firm: Firm) -> None:
    sent = a_sent_quote(firm.office.clock.now(), rev=1)
    many = [replace(sent, id=QuoteId(f"quo_{n:026d}")) for n in range(MAX_LISTED + 1)]
    for start in range(0, len(many), 100):
        firm.office.put(*many[start : start + 100])
    assert a_desk(firm.office).post("/v1/segments", BODY | {"static": True}).faults == {("/filter", "too_many")}


def test_nobody_sees_or_switches_on_the_queries_of_another_tenant(firm: Firm) -> None:
    path = made(firm).headers["Location"]
    neighbour = a_desk(firm.office, OTHER_TENANT)
    assert neighbour.get("/v1/segments").json["items"] == []
    verbs = [neighbour.post(f"{path}/{verb}").status for verb in ("preview", "activate", "deactivate")]
    assert [neighbour.get(path).status, *verbs] == [404] * 4
    assert neighbour.post("/v1/segments/preview", BODY).json["count"] == 0
