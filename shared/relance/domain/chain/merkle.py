"""Merkle trees of RFC 6962 § 2.1 (same shape and hashes as RFC 9162, checked 2026-11).

The data of leaf i is the 32-byte hash of event i + 1. A `Frontier` is the compact range [0, size): the roots of the
perfect subtrees that the bits of `size` name. It is all one must keep to append and to know the root: 20 hashes for a
million events, nothing is read again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from relance.domain.chain.errors import BadProof

HASH_BYTES: Final = 32


def leaf_hash(data: bytes) -> bytes:
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """Roots of the perfect subtrees of the first `size` leaves, the largest (leftmost) first."""

    size: int = 0
    nodes: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.nodes) != self.size.bit_count() or any(len(n) != HASH_BYTES for n in self.nodes):
            raise BadProof(f"{len(self.nodes)} nœuds pour {self.size} feuilles")

    def extend(self, leaves: Iterable[bytes]) -> "Frontier":
        """The frontier after appending leaf *hashes*; amortised one node hash each."""
        size, nodes = self.size, list(self.nodes)
        for leaf in leaves:
            node, carry = leaf, size
            while carry & 1:  # each trailing 1 bit of size is a perfect subtree that the new node completes
                node = node_hash(nodes.pop(), node)
                carry >>= 1
            nodes.append(node)
            size += 1
        return Frontier(size, tuple(nodes))

    def root(self) -> bytes:
        """MTH of RFC 6962; the empty tree has SHA-256 of nothing."""
        if not self.nodes:
            return sha256(b"").digest()
        root = self.nodes[-1]
        for node in reversed(self.nodes[:-1]):
            root = node_hash(node, root)
        return root


EMPTY: Final = Frontier()


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Root over leaf hashes."""
    return Frontier().extend(leaves).root()


def inclusion_proof(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """PATH(index, leaves) of RFC 6962 § 2.1.1, nearest sibling first: what leads from leaf `index` to the root."""
    if not 0 <= index < len(leaves):
        raise BadProof(f"pas de feuille {index} dans un arbre de {len(leaves)}")
    path: list[bytes] = []
    low, high = 0, len(leaves)
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(root_of(leaves[middle:high]))
            high = middle
        else:
            path.append(root_of(leaves[low:middle]))
            low = middle
    return tuple(reversed(path))


def check_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Raise BadProof unless `proof` leads from leaf hash `index` to the root of `size` leaves (RFC 9162 § 2.1.3.2)."""
    if not 0 <= index < size:
        raise BadProof(f"pas de feuille {index} dans un arbre de {size}")
    node, position, last = leaf, index, size - 1
    for sibling in proof:
        if last == 0:
            raise BadProof("trop longue")
        if position & 1 or position == last:
            node = node_hash(sibling, node)
            while not position & 1 and position:
                position >>= 1
                last >>= 1
        else:
            node = node_hash(node, sibling)
        position >>= 1
        last >>= 1
    if last or node != root:
        raise BadProof("elle ne mène pas à la racine")


def consistency_proof(leaves: Sequence[bytes], old_size: int) -> tuple[bytes, ...]:
    """PROOF(old_size, leaves) of RFC 6962 § 2.1.2: shows that the first `old_size` leaves are a prefix of all of
    them.
    """
    if not 0 < old_size <= len(leaves):
        raise BadProof(f"tailles {old_size} et {len(leaves)}")
    path: list[bytes] = []
    low, high, whole = 0, len(leaves), True  # whole: the old tree is exactly [0, old_size), its root need not be given
    while high > old_size:
        middle = low + _split(high - low)
        if old_size <= middle:
            path.append(root_of(leaves[middle:high]))
            high = middle
        else:
            path.append(root_of(leaves[low:middle]))
            low, whole = middle, False
    if not whole:
        path.append(root_of(leaves[low:high]))
    return tuple(reversed(path))


def check_consistency(old_size: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]) -> None:
    """Raise BadProof unless the tree (`size`, `root`) extends (`old_size`, `old_root`) (RFC 9162 § 2.1.4.2)."""
    if not 0 < old_size <= size:
        raise BadProof(f"tailles {old_size} et {size}")
    if old_size == size:
        if proof or old_root != root:
            raise BadProof("deux racines pour une taille")
        return
    nodes = list(proof)
    if old_size & (old_size - 1) == 0:
        nodes.insert(0, old_root)
    if not nodes:
        raise BadProof("vide")
    position, last = old_size - 1, size - 1
    while position & 1:
        position >>= 1
        last >>= 1
    old = new = nodes[0]
    for node in nodes[1:]:
        if last == 0:
            raise BadProof("trop longue")
        if position & 1 or position == last:
            old, new = node_hash(node, old), node_hash(node, new)
            while not position & 1 and position:
                position >>= 1
                last >>= 1
        else:
            new = node_hash(new, node)
        position >>= 1
        last >>= 1
    if last or old != old_root or new != root:
        raise BadProof("le nouvel arbre ne prolonge pas l’ancien")


def _split(width: int) -> int:
    """The largest power of two smaller than `width` (width > 1)."""
    return 1 << ((width - 1).bit_length() - 1)
