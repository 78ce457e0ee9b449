"""Prove one event to somebody who holds nothing but a checkpoint. RFC 6962 § 2.1.1, checked 2026-11. [AR-02, AR-03]"""

from dataclasses import dataclass

from relance.app.archiving import layout
from relance.app.archiving.drain import Archive
from relance.app.archiving.tree import events_of, leaf_of
from relance.domain.chain import note
from relance.domain.chain.merkle import check_inclusion, inclusion_proof
from relance.domain.errors import NotFound


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """Event `seq` is leaf seq - 1 of the tree of `size` leaves whose root `checkpoint` (a signed note) attests.

    `line`: the event itself. `path`: the hashes of RFC 6962, nearest sibling first.
    """

    seq: int
    size: int
    line: bytes
    path: tuple[bytes, ...]
    checkpoint: bytes


def prove(tenant: str, seq: int, archive: Archive) -> InclusionProof:
    """The proof of one event under the last signed checkpoint.

    Built from the journal and checked against the checkpoint before it is given, so a wrong proof never leaves. Raises
    NotFound when there is no such event or it is not signed yet, Corrupted when the journal is not what was archived.
    """
    size = archive.heads.get(tenant).signed_size
    if not 1 <= seq <= size:
        raise NotFound(f"L’événement {seq} n’est pas (encore) dans l’archive, qui en compte {size}.")
    signed = archive.store.get(layout.prefix(tenant) + layout.checkpoint(size))
    checkpoint = note.parse_checkpoint(note.open_note(signed)[0])
    leaves: list[bytes] = []
    line = b""
    for event in events_of(tenant, archive.journal, size):
        leaves.append(leaf_of(event))
        line = event.line if event.seq == seq else line
    path = inclusion_proof(leaves, seq - 1)
    check_inclusion(leaves[seq - 1], seq - 1, checkpoint.size, path, checkpoint.root)
    return InclusionProof(seq, size, line, path, signed)
