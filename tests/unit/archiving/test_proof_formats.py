"""Our checkpoints and proofs before readers that we did not write: sigstore's note parser and RFC 6962 verifier.

And before a person: the steps that the printed proof tells, taken one by one.
"""

from types import SimpleNamespace

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sigstore._internal.merkle import verify_merkle_inclusion
from sigstore._internal.rekor.checkpoint import SignedCheckpoint
from sigstore.errors import VerificationError

from relance.app.archiving import prove
from relance.app.archiving.proofs import prove_consistency
from relance.domain.chain.event import event_hash
from relance.domain.chain.merkle import check_consistency
from relance.domain.chain.note import key_id
from relance.domain.chain.proof import InclusionProof
from relance.domain.errors import NotFound
from tests.doubles.exported import TENANT, world_of

WORLD = world_of(range(1, 8))  # 42 events, seven checkpoints


def proof_of(seq: int) -> InclusionProof:
    return prove(TENANT, seq, WORLD.archive())


class Keyring:
    """What sigstore asks of one: Ed25519 by the key of log.json."""

    def verify(self, *, key_id: bytes, signature: bytes, data: bytes) -> None:
        try:
            Ed25519PublicKey.from_public_bytes(proof_of(1).public_key).verify(signature, data)
        except InvalidSignature as error:
            raise VerificationError("signature") from error


def sigstore_accepts(seq: int, proof: InclusionProof, root: bytes) -> None:
    """Raises VerificationError unless sigstore's own verifier takes it."""
    inclusion = SimpleNamespace(log_index=seq - 1, tree_size=proof.size, hashes=list(proof.path), root_hash=root)
    leaf = bytes.fromhex(event_hash(proof.line))
    entry = SimpleNamespace(_inner=SimpleNamespace(inclusion_proof=inclusion, canonicalized_body=leaf))
    verify_merkle_inclusion(entry)  # type: ignore[arg-type]  # reads these fields and nothing else


def test_the_note_parser_of_sigstore_reads_our_checkpoint_and_checks_its_signature() -> None:
    proof = proof_of(5)
    signed = SignedCheckpoint.from_text(proof.checkpoint.decode())
    assert (signed.checkpoint.origin, signed.checkpoint.log_size) == (f"relance/{TENANT}", 42)
    assert [line.split(" ")[0] for line in signed.checkpoint.other_content] == ["chain", "segment"]
    signed.signed_note.verify(Keyring(), key_id(f"relance/{TENANT}", proof.public_key))  # type: ignore[arg-type]
    forged = SignedCheckpoint.from_text(proof.checkpoint.decode().replace("\n42\n", "\n43\n"))
    with pytest.raises(VerificationError):
        forged.signed_note.verify(Keyring(), key_id(f"relance/{TENANT}", proof.public_key))  # type: ignore[arg-type]


@pytest.mark.parametrize("seq", [1, 2, 31, 32, 33, 41, 42])
def test_the_verifier_of_sigstore_accepts_our_proofs_and_refuses_them_for_another_event(seq: int) -> None:
    proof = proof_of(seq)
    root = bytes.fromhex(SignedCheckpoint.from_text(proof.checkpoint.decode()).checkpoint.log_hash)
    sigstore_accepts(seq, proof, root)
    with pytest.raises(VerificationError):
        sigstore_accepts(seq % 42 + 1, proof, root)
    with pytest.raises(VerificationError):
        sigstore_accepts(seq, proof, bytes(32))


@pytest.mark.parametrize(("old", "new"), [(6, None), (6, 12), (42, 42), (24, 42), (18, 36)])
def test_two_checkpoints_are_shown_to_be_of_one_archive(old: int, new: int | None) -> None:
    proof = prove_consistency(TENANT, old, new, WORLD.archive())
    first, second = (
        SignedCheckpoint.from_text(text.decode()).checkpoint for text in (proof.old_checkpoint, proof.checkpoint)
    )
    assert (first.log_size, second.log_size) == (old, new or 42)
    check_consistency(old, bytes.fromhex(first.log_hash), second.log_size, bytes.fromhex(second.log_hash), proof.path)


@pytest.mark.parametrize(("old", "new"), [(0, 6), (7, 12), (6, 13), (12, 6), (6, 43), (-6, 6)])
def test_sizes_without_a_checkpoint_are_not_found(old: int, new: int) -> None:
    with pytest.raises(NotFound):
        prove_consistency(TENANT, old, new, WORLD.archive())
