"""The frozen content and its JSON: nothing printed is left out, and what differs on paper differs in the hash."""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from relance.domain.chain.canonical import Json, canonical, decode
from relance.domain.content import content_json, content_sha256
from relance.domain.lines import Line
from tests.builders import a_quote_content, an_invoice_content
from tests.property.strategies import documents, words


@given(documents, words, st.booleans())
def test_every_field_at_every_depth_can_be_read_back_AR_05(lines: tuple[Line, ...], text: str, quote: bool) -> None:
    content = a_quote_content(lines=lines, message=text) if quote else an_invoice_content(lines=lines, subject=text)
    _same(content, decode(canonical(content_json(content))))


@given(documents, documents)
def test_two_contents_have_one_hash_only_when_they_print_the_same(
    one: tuple[Line, ...], other: tuple[Line, ...]
) -> None:
    first, second = a_quote_content(lines=one), a_quote_content(lines=other)
    assert (content_sha256(first) == content_sha256(second)) == (first == second)


@given(words)
def test_the_salt_hides_what_was_hashed(text: str) -> None:
    content = a_quote_content(message=text)
    assert content_sha256(content) != content_sha256(replace(content, salt="ff" * 16))


def _same(value: Any, read: Json) -> None:
    """An independent reading of the rule: each field under its own name, each scalar in its one spelling."""
    if is_dataclass(value):
        assert isinstance(read, Mapping)
        extra = {"net"} if isinstance(value, Line) else set()
        left_out = {f.name for f in fields(value)} - set(read)
        assert set(read) <= {f.name for f in fields(value)} | extra
        for f in fields(value):
            if f.name in left_out:
                assert f.default is not MISSING
                assert getattr(value, f.name) in ("", None, (), False)
            else:
                _same(getattr(value, f.name), read[f.name])
    elif isinstance(value, tuple):
        assert isinstance(read, Sequence)
        assert len(read) == len(value)
        for item, item_read in zip(value, read, strict=True):
            _same(item, item_read)
    elif isinstance(value, Decimal):
        assert isinstance(read, str)
        assert Decimal(read) == value
        assert "E" not in read
    elif isinstance(value, date):
        assert read == value.isoformat()
    elif isinstance(value, Enum):
        assert read == value.value
    else:
        assert read == value
