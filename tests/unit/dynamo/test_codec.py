"""What is stored can be read back, by this release only as it was written, and never half."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.adapters.dynamo import codec
from relance.adapters.dynamo.keys import KINDS, Key, entity_key, global_key, listing_key
from relance.domain.errors import Corrupted, Invalid
from relance.domain.links import Link
from relance.domain.party import Company, Customer
from relance.domain.quote import Quote
from tests.builders import a_company, a_line, a_quote, a_quote_draft
from tests.doubles.outside import START


def test_a_body_is_readable_json_with_its_version() -> None:
    stored = json.loads(codec.encode(a_quote()))
    assert stored["v"] == 1
    assert stored["data"]["created_at"] == "2026-11-16T09:00:00Z"
    assert stored["data"]["draft"]["lines"][0]["unit_price"] == "48.90"


@given(
    st.decimals(min_value=0, max_value=10**9, places=6),
    st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.text(st.characters(exclude_categories=["Cs"]), max_size=50),
)
def test_what_is_read_equals_what_was_written(price: Decimal, at: datetime, text: str) -> None:
    line = replace(a_line(text), unit_price=price)
    quote = a_quote(created_at=at, draft=a_quote_draft(lines=(line,), message=text))
    assert codec.decode(Quote, codec.encode(quote)) == quote


def test_the_same_entity_has_the_same_bytes() -> None:
    """A commit that is sent again with its token must be the same request to the byte."""
    assert codec.encode(a_company()) == codec.encode(a_company())
    large = b"x" * 100_000
    assert codec.pack(large) == codec.pack(bytes(large))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b'{"v":1}',
        b'{"v":1,"data":{}}',
        b'{"v":1,"data":[]}',
        b'{"v":"1","data":{}}',
        codec.encode(a_company()).replace(b'"company"', b'"guild"'),
        codec.encode(a_company())[:-2],
    ],
)
def test_a_body_that_is_not_one_is_said_to_be_corrupted(body: bytes) -> None:
    with pytest.raises(Corrupted):
        codec.decode(Company, body)


def test_what_a_later_release_wrote_is_refused_and_not_half_read() -> None:
    body = codec.encode(a_company()).replace(b'{"v":1', b'{"v":2', 1)
    with pytest.raises(Corrupted) as refused:
        codec.decode(Company, body)
    assert refused.value.code == "unknown_version"


def test_a_large_body_is_deflated_and_comes_back() -> None:
    body = b"bonjour " * 20_000
    packed = codec.pack(body)
    assert packed
    assert len(packed) < codec.PACK_ABOVE
    assert codec.unpack(packed) == body
    assert codec.pack(b"x" * codec.PACK_ABOVE) is None
    with pytest.raises(Corrupted):
        codec.unpack(packed[:-1])


def test_the_limit_of_an_item_is_told_with_its_size() -> None:
    codec.require_fits(codec.MAX_BODY)
    with pytest.raises(Invalid, match="390 Ko"):
        codec.require_fits(codec.MAX_BODY + 1)


def test_keys_keep_to_their_tenant() -> None:
    assert entity_key("ten_a", Quote, "quo_1") == Key("ten_a", "quote#quo_1")
    assert entity_key("ten_a", Company, "ten_a") == Key("ten_a", "company")
    assert entity_key("ten_a", Link, "ff") == global_key(Link, "ff") == Key("link#ff", "-")
    assert listing_key("ten_a", Customer) == Key("ten_a", "customer#")
    assert len({kind.prefix for kind in KINDS.values()}) == len(KINDS)
    for tenant in ("", "tenants", "apikey#1", "ten_a#quote"):
        with pytest.raises(ValueError, match="tenant"):
            entity_key(tenant, Quote, "quo_1")
    with pytest.raises(ValueError, match="id"):
        entity_key("ten_a", Quote, "")
    with pytest.raises(TypeError):
        global_key(Quote, "quo_1")


def test_a_class_that_is_not_meant_to_be_stored_is_refused() -> None:
    with pytest.raises(TypeError, match="KINDS"):
        codec.encode(timedelta(1))


def test_dates_without_offset_never_come_from_the_store() -> None:
    assert codec.decode(Company, codec.encode(a_company())).updated_at.utcoffset() == START.utcoffset()
