"""Merkle trees against the definitions of RFC 6962, and proofs that lie."""

from hashlib import sha256

import pytest

from relance.domain.chain.errors import BadProof
from relance.domain.chain.merkle import (
    EMPTY,
    Frontier,
    check_consistency,
    check_inclusion,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root_of,
)
from tests.doubles.archive_auditor import merkle

SIZES = range(1, 34)
LEAVES = [leaf_hash(bytes([i])) for i in range(max(SIZES))]

# The test vectors of certificate-transparency-go (RFC 6962): leaf data, and the root of each prefix.
CT_DATA = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
CT_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def test_the_published_vectors_of_certificate_transparency() -> None:
    leaves = [leaf_hash(data) for data in CT_DATA]
    assert [root_of(leaves[:n]).hex() for n in range(1, 9)] == CT_ROOTS
    assert EMPTY.root() == sha256(b"").digest()


@pytest.mark.parametrize("size", SIZES)
def test_appending_gives_the_root_of_the_definition_wherever_one_stops(size: int) -> None:
    for stop in range(size + 1):
        assert EMPTY.extend(LEAVES[:stop]).extend(LEAVES[stop:size]).root() == merkle(LEAVES[:size])


@pytest.mark.parametrize("size", SIZES)
def test_every_leaf_is_proved_and_no_other_leaf_passes_for_it(size: int) -> None:
    root = root_of(LEAVES[:size])
    for index in range(size):
        proof = inclusion_proof(LEAVES[:size], index)
        assert len(proof) <= (size - 1).bit_length()
        check_inclusion(LEAVES[index], index, size, proof, root)
        with pytest.raises(BadProof):
            check_inclusion(leaf_hash(b"other"), index, size, proof, root)
        for other in set(range(size)) - {index}:
            with pytest.raises(BadProof):
                check_inclusion(LEAVES[index], other, size, proof, root)


@pytest.mark.parametrize("size", SIZES)
def test_every_prefix_is_proved_consistent_and_no_other_root_passes_for_it(size: int) -> None:
    root = root_of(LEAVES[:size])
    for old in range(1, size + 1):
        proof = consistency_proof(LEAVES[:size], old)
        old_root = root_of(LEAVES[:old])
        check_consistency(old, old_root, size, root, proof)
        for wrong_old, wrong_new in ((leaf_hash(b"x"), root), (old_root, leaf_hash(b"x"))):
            with pytest.raises(BadProof):
                check_consistency(old, wrong_old, size, wrong_new, proof)
        with pytest.raises(BadProof):
            check_consistency(old, old_root, size, root, [*proof, LEAVES[0]])
        if len(proof) > 1:
            with pytest.raises(BadProof):
                check_consistency(old, old_root, size, root, proof[:-1])


def test_a_proof_that_is_too_long_or_too_short_is_refused() -> None:
    proof, root = inclusion_proof(LEAVES[:7], 3), root_of(LEAVES[:7])
    for wrong in (proof[:-1], (*proof, LEAVES[0]), ()):
        with pytest.raises(BadProof):
            check_inclusion(LEAVES[3], 3, 7, wrong, root)
    with pytest.raises(BadProof, match="vide"):
        check_consistency(3, root_of(LEAVES[:3]), 7, root, ())


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_there_is_no_proof_outside_the_tree(index: int, size: int) -> None:
    with pytest.raises(BadProof):
        inclusion_proof(LEAVES[:size], index)
    with pytest.raises(BadProof):
        check_inclusion(LEAVES[0], index, size, (), LEAVES[0])


@pytest.mark.parametrize(("old", "size"), [(0, 3), (4, 3)])
def test_there_is_no_consistency_with_nothing_or_with_the_future(old: int, size: int) -> None:
    with pytest.raises(BadProof):
        consistency_proof(LEAVES[:size], old)
    with pytest.raises(BadProof):
        check_consistency(old, LEAVES[0], size, LEAVES[0], ())


@pytest.mark.parametrize("broken", [(-1, ()), (1, ()), (2, (LEAVES[0], LEAVES[1])), (1, (b"short",))])
def test_a_frontier_that_cannot_be_is_refused(broken: tuple[int, tuple[bytes, ...]]) -> None:
    with pytest.raises(BadProof):
        Frontier(*broken)
