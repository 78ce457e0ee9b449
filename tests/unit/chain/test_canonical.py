"""The canonical form: one value, one sequence of bytes, and a pointer to whatever has none."""

import json

import pytest

from relance.domain.chain.canonical import MAX_INTEGER, Json, canonical, decode, encode, splice
from relance.domain.chain.errors import NotCanonical

VALUES: list[Json] = [
    None,
    True,
    0,
    -MAX_INTEGER,
    MAX_INTEGER,
    "",
    'été « 100 % » \\ "x" \b\t\n\f\r\x00\x1f\x7f 🧾 \u2028',
    [],
    {},
    {"b": [1, {"z": None, "a": "é"}], "a": {"a_b": True, "a1": False, "a": []}},
]


@pytest.mark.parametrize("value", VALUES)
def test_the_bytes_are_those_of_the_standard_library_with_sorted_keys(value: Json) -> None:
    expected = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    assert canonical(value) == expected
    assert decode(expected) == value


def test_rfc_8785_escapes_only_what_it_must() -> None:
    assert canonical("\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/") == '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'.encode()


def test_a_tuple_is_a_list() -> None:
    assert canonical((1, ("a",))) == b'[1,["a"]]'


@pytest.mark.parametrize(
    ("value", "pointer"),
    [
        (1.0, ""),
        ({"z": None, "a": [0, {"b": float("nan")}]}, "/a/1/b"),
        ([2**53], "/0"),
        ([-(2**53)], "/0"),
        ([2**70], "/0"),
        ({"a": {"Majuscule": 1}}, "/a"),
        ({"été": 1}, ""),
        ({"a-b": 1}, ""),
        ({"1a": 1}, ""),
        ({"": 1}, ""),
        ({"a": {3: 1}}, "/a"),
        (["ok", "\ud800"], "/1"),
        ([b"bytes"], "/0"),
        ({"a": {"b": {1}}}, "/a/b"),
    ],
)
def test_what_is_outside_the_profile_is_refused_with_its_place(value: Json, pointer: str) -> None:
    with pytest.raises(NotCanonical) as refused:
        canonical(value)
    assert refused.value.pointer == pointer


def test_a_known_key_does_not_open_the_door_to_another() -> None:
    canonical({"known": 1})
    with pytest.raises(NotCanonical):
        canonical({"known": 1, "Unknown": 1})


def test_keys_are_remembered_up_to_a_limit_and_still_accepted_beyond() -> None:
    for start in range(0, 6000, 1000):
        canonical({f"key_{number}": number for number in range(start, start + 1000)})
    assert canonical({"never_seen_before": 1}) == b'{"never_seen_before":1}'


def test_encode_alone_still_refuses_what_orjson_cannot_write() -> None:
    with pytest.raises(NotCanonical):
        encode({"a": 2**60})
    with pytest.raises(NotCanonical, match="refusée"):
        encode({"a": _deep(300)})


def _deep(levels: int) -> Json:
    value: Json = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    "line",
    [
        b'{"a":1, "b":2}',
        b'{"b":2,"a":1}',
        b'{"a":1,"a":1}',
        b'{"a":1.0}',
        b'{"a":-0}',
        b'{"a":1e2}',
        b'{"a":"\\u0041"}',
        b'{"a":"\\/"}',
        b'{"a":1}\n',
        b"\xef\xbb\xbf{}",
        b'{"a":"\xff"}',
        b"{",
        b"",
    ],
)
def test_any_other_spelling_of_a_value_is_refused(line: bytes) -> None:
    with pytest.raises(NotCanonical):
        decode(line)


def test_what_was_written_once_stands_inside_another_value_with_the_same_bytes() -> None:
    inner: dict[str, Json] = {"b": [1, "é"], "a": None}
    assert canonical({"z": 1, "inner": splice(canonical(inner))}) == canonical({"z": 1, "inner": inner})
