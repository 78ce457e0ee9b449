"""Prove one event, or that nothing was rewritten, to somebody who holds nothing but a checkpoint.

RFC 6962 §§ 2.1.1 and 2.1.2, checked 2026-11. [AR-02, AR-03]
"""

from relance.app.archiving import layout
from relance.app.archiving.drain import Archive
from relance.app.archiving.keys import keys_of
from relance.app.archiving.tree import events_of, leaf_of
from relance.app.ports.archive import ObjectMissing
from relance.domain.chain import note
from relance.domain.chain.merkle import check_consistency, check_inclusion, consistency_proof, inclusion_proof
from relance.domain.chain.proof import ConsistencyProof, InclusionProof
from relance.domain.errors import NotFound


def prove(tenant: str, seq: int, archive: Archive) -> InclusionProof:
    """The proof of one event under the last signed checkpoint.

    Built from the journal and checked against the checkpoint before it is given, so a wrong proof never leaves. Raises
    NotFound when there is no such event or it is not signed yet, Corrupted when the journal is not what was archived.
    """
    size = archive.heads.get(tenant).signed_size
    if not 1 <= seq <= size:
        raise NotFound(f"L’événement {seq} n’est pas (encore) dans l’archive, qui en compte {size}.")
    signed, checkpoint = _checkpoint(tenant, size, archive)
    leaves: list[bytes] = []
    line = b""
    for event in events_of(tenant, archive.journal, size):
        leaves.append(leaf_of(event))
        line = event.line if event.seq == seq else line
    path = inclusion_proof(leaves, seq - 1)
    check_inclusion(leaves[seq - 1], seq - 1, checkpoint.size, path, checkpoint.root)
    keys = keys_of(tenant, size, archive.store).until(size)
    notes = tuple(key.note for key in keys[1:])
    return InclusionProof(seq, size, line, path, signed, keys[-1].public_key, keys[-1].from_size, notes)


def prove_consistency(tenant: str, old_size: int, size: int | None, archive: Archive) -> ConsistencyProof:
    """That the archive of `size` events (the last checkpoint when None) only added to the one of `old_size`.

    Checked against both checkpoints before it is given. Raises NotFound when one of the two sizes has no checkpoint,
    Corrupted when the journal is not what was archived.
    """
    signed_size = archive.heads.get(tenant).signed_size
    size = signed_size if size is None else size
    if not 1 <= old_size <= size <= signed_size:
        message = f"Deux points de contrôle, l’ancien d’abord, parmi les {signed_size} premiers événements."
        raise NotFound(message)
    old_signed, old = _checkpoint(tenant, old_size, archive)
    signed, new = _checkpoint(tenant, size, archive)
    leaves = [leaf_of(event) for event in events_of(tenant, archive.journal, size)]
    path = consistency_proof(leaves, old_size)
    check_consistency(old_size, old.root, size, new.root, path)
    keys = keys_of(tenant, size, archive.store)
    old_key, key = (keys.verifier_key(keys.at(one)) for one in (old_size, size))
    return ConsistencyProof(old_size, size, path, old_signed, signed, old_key, key)


def _checkpoint(tenant: str, size: int, archive: Archive) -> tuple[bytes, note.Checkpoint]:
    try:
        signed = archive.store.get(layout.prefix(tenant) + layout.checkpoint(size))
    except ObjectMissing as error:
        message = f"Aucun point de contrôle n’atteste exactement {size} événements."
        raise NotFound(message) from error
    return signed, note.parse_checkpoint(note.open_note(signed)[0])
