"""Events: what a line holds, and what makes it the next one."""

import json
from hashlib import sha256

import pytest

from relance.domain.chain.canonical import Json, canonical
from relance.domain.chain.errors import BrokenChain, ChainError, MalformedEvent, NotCanonical, UnknownVersion
from relance.domain.chain.event import GENESIS_HASH, Event, Fact, Ref, content_hash, event_hash, follow, parse, seal

FACT = Fact("invoice.issued", Ref("invoice", "inv_1", "F-1"), "user:usr_1", {"number": "F-1", "total_cents": 12000})


def chain(count: int) -> list[Event]:
    events: list[Event] = []
    for seq in range(1, count + 1):
        prev = events[-1].hash if events else GENESIS_HASH
        events.append(parse(seal(FACT, tenant="ten_1", seq=seq, at_ms=seq * 10, prev=prev).line))
    return events


def line(**changes: Json) -> bytes:
    event = json.loads(seal(FACT, tenant="ten_1", seq=1, at_ms=5, prev=GENESIS_HASH).line)
    return canonical({**event, **changes})


def test_a_line_is_the_canonical_envelope_and_its_hash_has_a_prefix_of_its_own() -> None:
    sealed = seal(FACT, tenant="ten_1", seq=1, at_ms=5, prev=GENESIS_HASH)
    assert sealed.line == (
        b'{"actor":"user:usr_1","at":5,"data":{"number":"F-1","total_cents":12000},"prev":"' + b"0" * 64 + b'",'
        b'"ref":{"id":"inv_1","kind":"invoice","number":"F-1"},"seq":1,"tenant":"ten_1","type":"invoice.issued","v":2}'
    )
    assert sealed.hash == sha256(b"relance.event.v1\x00" + sealed.line).hexdigest() == event_hash(sealed.line)


def test_a_line_read_back_says_the_same() -> None:
    sealed = seal(FACT, tenant="ten_1", seq=3, at_ms=5, prev="a" * 64)
    event = parse(sealed.line)
    assert (event.tenant, event.seq, event.at_ms, event.type) == (sealed.tenant, sealed.seq, sealed.at_ms, sealed.type)
    assert (event.ref, event.actor, event.data) == (FACT.ref, FACT.actor, FACT.data)
    assert (event.prev, event.hash, event.line) == ("a" * 64, sealed.hash, sealed.line)


def test_a_fact_outside_the_profile_is_refused_when_it_is_made() -> None:
    with pytest.raises(NotCanonical, match="flottant"):
        Fact("a", Ref("b", "c"), "d", {"rate": 0.2})  # type: ignore[dict-item] # the mistake that this guards against


def test_a_content_hash_is_over_the_canonical_bytes_alone() -> None:
    assert content_hash({"b": 1, "a": "é"}) == sha256('{"a":"é","b":1}'.encode()).hexdigest()


@pytest.mark.parametrize("version", [0, 3, "1", True, None])
def test_an_unknown_version_is_not_guessed(version: Json) -> None:
    with pytest.raises(UnknownVersion):
        parse(line(v=version))


@pytest.mark.parametrize(
    "changes",
    [
        {"more": 1},
        {"ref": None},
        {"ref": {"id": "a", "kind": "b"}},
        {"ref": {"id": "", "kind": "b", "number": None}},
        {"ref": {"id": "a", "kind": "b", "number": ""}},
        {"data": []},
        {"tenant": ""},
        {"type": 3},
        {"actor": None},
        {"seq": 0},
        {"seq": True},
        {"seq": "1"},
        {"at": -1},
        {"prev": "0" * 63},
        {"prev": "A" * 64},
        {"prev": None},
    ],
)
def test_a_malformed_envelope_is_refused(changes: dict[str, Json]) -> None:
    with pytest.raises(MalformedEvent):
        parse(line(**changes))


@pytest.mark.parametrize("text", [b"[]", b"1", b'"x"'])
def test_a_line_that_is_no_object_is_refused(text: bytes) -> None:
    with pytest.raises(ChainError):
        parse(text)


def test_a_document_without_a_number_is_allowed() -> None:
    fact = Fact("archive.exported", Ref("export", "exp_1"), "user:usr_1", {})
    assert parse(seal(fact, tenant="t", seq=1, at_ms=1, prev=GENESIS_HASH).line).ref.number is None


def test_a_chain_follows_itself_from_any_point() -> None:
    events = chain(4)
    follow(events, tenant="ten_1", seq=0, prev=GENESIS_HASH, at_ms=0)
    follow(events[2:], tenant="ten_1", seq=2, prev=events[1].hash, at_ms=events[1].at_ms)


@pytest.mark.parametrize(
    ("tenant", "seq", "prev", "at_ms", "says"),
    [
        ("ten_2", 0, GENESIS_HASH, 0, "appartient"),
        ("ten_1", 1, GENESIS_HASH, 0, "manquant"),
        ("ten_1", 0, "f" * 64, 0, "empreinte"),
        ("ten_1", 0, GENESIS_HASH, 10, "postérieur"),
    ],
)
def test_what_does_not_follow_is_said(tenant: str, seq: int, prev: str, at_ms: int, says: str) -> None:
    with pytest.raises(BrokenChain, match=says):
        follow(chain(1), tenant=tenant, seq=seq, prev=prev, at_ms=at_ms)
