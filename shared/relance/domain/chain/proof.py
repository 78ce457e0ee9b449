"""A proof as others read it: the text format of C2SP, and the steps that a person can take with sha256sum.

https://c2sp.org/tlog-proof (v1), checked 2026-11: index, hashes nearest first, then the checkpoint. A leaf's data
is the 32-byte hash of its event.
"""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from relance.domain.chain.merkle import node_hash

VERSION: Final = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """Event `seq` is leaf seq - 1 of the tree of `size` leaves whose root `checkpoint` (a signed note) attests.

    `line`: the event itself. `path`: the hashes of RFC 6962, nearest sibling first. `public_key`: Ed25519, raw,
    the key of this log from the size `key_from` on, at least until `size`; `key_notes` lead to it from the log's first.
    """

    seq: int
    size: int
    line: bytes
    path: tuple[bytes, ...]
    checkpoint: bytes
    public_key: bytes = b""
    key_from: int = 1
    key_notes: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class ConsistencyProof:
    """The archive that `checkpoint` attests begins with the one that `old_checkpoint` attested.

    The keys (vkeys) are those that signed the two: another one may have taken over in between.
    """

    old_size: int
    size: int
    path: tuple[bytes, ...]
    old_checkpoint: bytes
    checkpoint: bytes
    old_verifier_key: str = ""
    verifier_key: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """Hash `sibling` with what one has: it stands to the `side` of it. RFC 6962 § 2.1: SHA-256(0x01 ‖ left ‖ right)."""

    side: Literal["left", "right"]
    sibling: bytes


def tlog_proof(index: int, path: Sequence[bytes], checkpoint: bytes) -> bytes:
    """The file `.tlog-proof` that tools of transparency logs take; `checkpoint` is a signed note."""
    hashes = "".join(f"{b64encode(node).decode()}\n" for node in path)
    return f"{VERSION}\nindex {index}\n{hashes}\n".encode() + checkpoint


def steps(index: int, size: int, path: Sequence[bytes]) -> tuple[Step, ...]:
    """How `path` leads from leaf `index` (from 0) to the root of `size` leaves, one step for each hash."""
    found: list[Step] = []
    position, last = index, size - 1
    for sibling in path:
        if position & 1 or position == last:
            found.append(Step("left", sibling))
            while not position & 1 and position:
                position >>= 1
                last >>= 1
        else:
            found.append(Step("right", sibling))
        position >>= 1
        last >>= 1
    return tuple(found)


def climbed(leaf: bytes, way: Sequence[Step]) -> bytes:
    """The root that these steps lead to, as a person computes it."""
    node = leaf
    for step in way:
        node = node_hash(step.sibling, node) if step.side == "left" else node_hash(node, step.sibling)
    return node
