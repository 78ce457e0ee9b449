"""What rings the archiver."""

import json

import pytest

from relance.contracts.doorbell import Changed, Ring, changes, encode, rings


def record(tenant: str, sequence_number: str) -> dict[str, object]:
    keys = {"tenant": {"S": tenant}, "seq": {"N": "1"}}
    return {"eventName": "INSERT", "dynamodb": {"Keys": keys, "SequenceNumber": sequence_number}}


def test_each_tenant_of_a_batch_rings_once_with_its_first_record() -> None:
    event = {"Records": [record("ten_a", "1"), record("ten_b", "2"), record("ten_a", "3")]}
    assert rings(event) == (Ring("ten_a", "1"), Ring("ten_b", "2"))


def test_an_empty_batch_rings_for_nobody() -> None:
    assert rings({"Records": []}) == ()


def test_the_sweep_rings_for_one_tenant() -> None:
    assert rings(json.loads(encode("ten_a"))) == (Ring("ten_a"),)


@pytest.mark.parametrize("event", [{}, {"Records": [{}]}, {"Records": [{"dynamodb": {"Keys": {}}}]}])
def test_what_is_no_ring_is_not_taken_for_one(event: dict[str, object]) -> None:
    with pytest.raises(KeyError):
        rings(event)


def test_an_event_that_was_changed_or_removed_in_the_table_is_told() -> None:
    written, modified, removed = record("ten_a", "1"), record("ten_a", "2"), record("ten_b", "3")
    modified["eventName"], removed["eventName"] = "MODIFY", "REMOVE"
    told = changes({"Records": [written, modified, removed]})
    assert told == (Changed("ten_a", 1), Changed("ten_b", 1, is_removal=True))
    gone = removed | {"dynamodb": {**removed["dynamodb"], "OldImage": {"type": {"S": "quote.sent"}}}}  # type: ignore[dict-item]  # a record
    assert changes({"Records": [gone]}) == (Changed("ten_b", 1, is_removal=True, type="quote.sent"),)
    assert changes({"tenant": "ten_a"}) == ()
