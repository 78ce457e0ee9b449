"""Properties of the chain over generated values: the canonical form, the tree, the journal carried into the archive."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from relance.domain.chain import segment
from relance.domain.chain.canonical import MAX_INTEGER, Json, canonical, decode
from relance.domain.chain.event import GENESIS_HASH, Fact, Ref, parse, seal
from relance.domain.chain.merkle import (
    EMPTY,
    check_consistency,
    check_inclusion,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root_of,
)
from relance.resources import verify_archive
from tests.doubles.archive_auditor import merkle

KEYS = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-MAX_INTEGER, MAX_INTEGER)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=20
)
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=5)


@settings(max_examples=60, deadline=None)
@given(VALUES)
def test_a_value_has_one_spelling_and_that_spelling_has_one_value(value: Json) -> None:
    data = canonical(value)
    assert decode(data) == value
    assert data == json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


@settings(max_examples=40, deadline=None)
@given(OBJECTS, st.randoms(use_true_random=False))
def test_the_order_in_which_fields_were_written_does_not_matter(value: dict[str, Json], random: "object") -> None:
    items = list(value.items())
    random.shuffle(items)  # type: ignore[attr-defined] # hypothesis gives a random.Random
    assert canonical(dict(items)) == canonical(value)


@settings(max_examples=60, deadline=None)
@given(OBJECTS)
def test_the_verifier_that_shares_no_code_reads_every_event_the_same_way(data: dict[str, Json]) -> None:
    data.pop("content", None)
    line = seal(Fact("t", Ref("k", "i"), "a", data), tenant="t", seq=1, at_ms=1, prev=GENESIS_HASH).line
    assert verify_archive.parse_line(line)["data"] == json.loads(canonical(data))
    assert verify_archive.event_hash(line) == parse(line).hash


@given(st.binary(max_size=60))
def test_whatever_bytes_the_two_readers_get_they_agree(line: bytes) -> None:
    try:
        parse(line)
        ours = True
    except Exception:
        ours = False
    try:
        verify_archive.parse_line(line)
        theirs = True
    except (ValueError, verify_archive.UnknownVersion, RecursionError):
        theirs = False
    assert ours == theirs


@given(st.lists(st.binary(min_size=1, max_size=50).filter(lambda b: b"\n" not in b), min_size=1, max_size=20))
def test_lines_come_out_of_a_segment_as_they_went_in(lines: list[bytes]) -> None:
    assert segment.unpack(segment.pack(lines)) == tuple(lines)
    assert verify_archive.unpack_segment(segment.pack(lines)) == lines


@given(st.integers(1, 300), st.data())
@settings(max_examples=60, deadline=None)
def test_proofs_hold_in_trees_of_any_size(size: int, data: st.DataObject) -> None:
    leaves = [leaf_hash(number.to_bytes(4, "big")) for number in range(size)]
    root = root_of(leaves)
    assert root == merkle(leaves)
    index = data.draw(st.integers(0, size - 1))
    check_inclusion(leaves[index], index, size, inclusion_proof(leaves, index), root)
    old = data.draw(st.integers(1, size))
    check_consistency(old, EMPTY.extend(leaves[:old]).root(), size, root, consistency_proof(leaves, old))
