"""Sign what is locked: the checkpoint of each segment, by the one key that may sign it.

Which key that is, the head says: `rotation` tells how it came there. A checkpoint is a function of the head, and
Ed25519 signatures are deterministic, so an attempt that died is repeated with the same bytes. [AR-02]
"""

from dataclasses import dataclass, replace

from relance.app.archiving import layout
from relance.app.archiving.rotation import Keyring, cross_signed, next_key
from relance.app.archiving.vault import CannotArchive, Vault, foreign
from relance.app.ports.archive import ArchiveHead, CheckpointSigner, ObjectMissing
from relance.domain.chain import note
from relance.domain.chain.errors import BadNote


@dataclass(frozen=True, slots=True)
class Pen:
    """Signs one tenant's archive."""

    vault: Vault
    keyring: Keyring

    def sign(self, head: ArchiveHead) -> None:
        """Store the checkpoint of the last segment, after the note of another key where one took over; then say so in
        the head. Raises CannotArchive, KeyUnusable, ArchiveMoved.
        """
        signer = self._holder(head, head.public_key) if head.public_key else self._first_signer(head)
        origin = layout.origin(self.vault.tenant)
        if head.handover is not None:
            old = self._holder(head, head.handover.public_key)
            both = cross_signed(origin, head, old, signer)
            self.vault.store_same(layout.key_note(head.signed_size), both, head.size)
        text, key = checkpoint_of(origin, head).text(), signer.public_key()
        signed = note.sign_note(text, origin, key, signer.sign(text.encode()))
        self.vault.store_same(layout.checkpoint(head.size), signed, head.size)
        self.vault.swap(head, replace(head, signed_size=head.size, public_key=key.hex(), handover=None))

    def next_key(self, head: ArchiveHead, *, is_ours: bool) -> str:
        """The key (hex) of the checkpoints beyond `head`, which is settled: size = signed_size.

        The active key takes over only with a segment that was not stored before this call: no head can have named that
        segment, so nobody has signed beyond `head`. With one that was found there, somebody may have, and what is
        stored decides: after a restore of the heads, an archive takes its own way again.
        """
        if is_ours or not head.public_key:
            return self.keyring.successor(head.public_key)
        name = layout.key_note(head.size)
        try:
            stored = self.vault.get(name)
        except ObjectMissing:
            return head.public_key
        try:
            return next_key(stored, layout.origin(self.vault.tenant), head)
        except BadNote as fault:
            raise foreign(name, head.size + 1) from fault

    def _holder(self, head: ArchiveHead, public_key: str) -> CheckpointSigner:
        """Who signs with this key. Raises CannotArchive when nobody at hand does."""
        signer = self.keyring.holder(public_key)
        if signer is None:
            raise CannotArchive(
                head.size,
                "archive.key_changed",
                f"La clé de cette archive ({public_key[:16]}…) n’est ni la clé active ni l’une des clés retirées : "
                "remettez-la parmi les clés retirées.",
            )
        return signer

    def _first_signer(self, head: ArchiveHead) -> CheckpointSigner:
        """Who begins this log: whoever wrote `log.json` first, were it with a key that has been retired since."""
        tenant, keyring = self.vault.tenant, self.keyring
        body = layout.log_json(tenant, keyring.active.public_key())
        if self.vault.put_new(layout.LOG, body) or (stored := self.vault.get(layout.LOG)) == body:
            return keyring.active
        for signer in keyring.retired:
            if layout.log_json(tenant, signer.public_key()) == stored:
                return signer
        raise foreign(layout.LOG, head.size)


def checkpoint_of(origin: str, head: ArchiveHead) -> note.Checkpoint:
    """The statement that the signature of this head covers."""
    return note.Checkpoint(
        origin=origin,
        size=head.size,
        root=head.frontier.root(),
        chain=head.chain,
        first_seq=head.segment_first_seq,
        segment_sha256=head.segment_sha256,
    )
