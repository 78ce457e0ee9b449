"""Another key signs an archive from a size on, and both keys say so in a note of their own (decision 0024).

Each archive changes its key by itself, with the first segment that it locks once another key is active; a day without
facts has its closing, so the last has done so the night after. Three writes, in this order:

    head    the swap that moves it over that segment gives it the new key too (`handed_over`): from there on no archiver
            that knows the old key alone can sign beyond the size of before, for it must have read a head that says so
    note    `key/{size}.note`, of that size and both keys: a function of the head, so it can be written again
    ckpt    the checkpoint of the segment, by the new key; then the head forgets the handover

A crash after any of them leaves a head from which the next drain goes on. C2SP signed-note, checked 2026-11. [AR-02]
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from relance.app.ports.archive import ArchiveHead, CheckpointSigner, Handover, KeyUnusable
from relance.domain.chain import note
from relance.domain.chain.errors import BadNote
from relance.domain.errors import Retry


@dataclass(frozen=True, slots=True)
class Keyring:
    """The key that signs, and those that signed before it. Keys are named by their public half (hex)."""

    active: CheckpointSigner
    retired: tuple[CheckpointSigner, ...] = ()

    def holder(self, public_key: str) -> CheckpointSigner | None:
        """Who signs with this key; None when nobody here does.

        A retired key is asked for its name only when it may be the one. Raises KeyUnusable when one that cannot even
        say its name may be.
        """
        return self._who(lambda key: key.hex() == public_key)

    def holder_of(self, name: str, key_id: bytes) -> CheckpointSigner | None:
        """Who signs notes with a key of this name and id; like `holder`."""
        return self._who(lambda key: note.key_id(name, key) == key_id)

    def successor(self, public_key: str) -> str:
        """The active key, when it is to take over from this one; else the same: "" and unknown keys stay.

        Where a key does not say its name now, everything stays as it is: locking goes on, signing will tell.
        """
        with suppress(Retry):
            active = self.active.public_key().hex()
            if public_key and self.holder(public_key) is not None:
                return active
        return public_key

    def _who(self, has: Callable[[bytes], bool]) -> CheckpointSigner | None:
        if has(self.active.public_key()):
            return self.active
        silent: KeyUnusable | None = None
        for signer in self.retired:
            try:
                if has(signer.public_key()):
                    return signer
            except KeyUnusable as error:
                silent = error
        if silent is not None:
            raise silent
        return None


def handed_over(head: ArchiveHead, new: ArchiveHead, public_key: str) -> ArchiveHead:
    """`new`, the head that follows the settled `head`, whose checkpoint `public_key` is to sign."""
    if public_key == head.public_key:
        return new
    return replace(
        new, public_key=public_key, handover=Handover(head.public_key, head.frontier.root().hex(), head.chain)
    )


def cross_signed(origin: str, head: ArchiveHead, old: CheckpointSigner, new: CheckpointSigner) -> bytes:
    """The key note that this head owes, signed by the key that goes and then by the one that comes."""
    assert head.handover is not None, "this head owes a key note"
    root = bytes.fromhex(head.handover.root)
    text = note.KeyNote(origin, head.signed_size, root, head.handover.chain, new.public_key()).text()
    signed = note.sign_note(text, origin, old.public_key(), old.sign(text.encode()))
    return note.add_signature(signed, origin, new.public_key(), new.sign(text.encode()))


def next_key(stored: bytes, origin: str, head: ArchiveHead) -> str:
    """The key (hex) that took over at this settled head, as the note stored there says. Raises BadNote unless it is a
    note about this very head and its key; its signatures are compared when it is written again.
    """
    found, old, _ = note.open_key_note(stored)
    expected = note.KeyNote(origin, head.size, head.frontier.root(), head.chain, found.next_key)
    if found != expected or old.key_id != note.key_id(origin, bytes.fromhex(head.public_key)):
        raise BadNote("ce changement de clé est d’une autre archive")
    return found.next_key.hex()
