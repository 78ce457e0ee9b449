"""Proofs as others read them: C2SP's text, and steps that lead from any leaf of any tree to its root."""

from base64 import b64decode
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relance.domain.chain.merkle import inclusion_proof, leaf_hash, root_of
from relance.domain.chain.proof import climbed, steps, tlog_proof


@settings(max_examples=60)
@given(st.data())
def test_the_steps_that_are_printed_lead_to_the_root_for_any_leaf_of_any_tree(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 70))
    index = data.draw(st.integers(0, size - 1))
    leaves = [leaf_hash(sha256(bytes([n])).digest()) for n in range(size)]
    assert climbed(leaves[index], steps(index, size, inclusion_proof(leaves, index))) == root_of(leaves)


@pytest.mark.parametrize(("index", "size"), [(0, 1), (4, 5), (6, 7), (3, 4), (8, 9), (12, 13)])
def test_the_edges_of_a_tree_are_climbed_too(index: int, size: int) -> None:
    leaves = [leaf_hash(bytes([n])) for n in range(size)]
    assert climbed(leaves[index], steps(index, size, inclusion_proof(leaves, index))) == root_of(leaves)


def test_the_text_is_that_of_c2sp_tlog_proof() -> None:
    path = (b"\x01" * 32, b"\x02" * 32)
    lines = tlog_proof(4, path, b"relance/ten_a\n5\n").decode().split("\n")
    assert lines[:2] == ["c2sp.org/tlog-proof@v1", "index 4"]
    assert tuple(b64decode(line) for line in lines[2:4]) == path
    assert lines[4:] == ["", "relance/ten_a", "5", ""]


def test_a_proof_of_a_million_events_takes_less_than_a_kilobyte_beside_its_checkpoint() -> None:
    assert len(tlog_proof(999_999, [bytes(32)] * 20, b"")) < 1024
