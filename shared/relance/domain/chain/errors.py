"""What can be wrong with a chain. All of these mean *stop*: the caller recovers or quarantines, it never retries
blindly.
"""

from relance.domain.errors import Corrupted


class ChainError(Corrupted):
    """Base of the faults of the chain. `code` is stable: alarms, quarantine records and reports carry it."""

    code = "chain.invalid"


class NotCanonical(ChainError):
    """The value or the bytes are outside the profile, or not its only spelling. `pointer` is a JSON pointer (RFC
    6901).
    """

    code = "chain.not_canonical"

    def __init__(self, reason: str, pointer: str = "") -> None:
        super().__init__(f"Donnée hors de la forme canonique, à « {pointer or '/'} » : {reason}.")
        self.pointer = pointer


class UnknownVersion(ChainError):
    """The line says a schema version that this program does not know: it must not guess."""

    code = "chain.unknown_version"


class MalformedEvent(ChainError):
    """Canonical JSON, but not the envelope of an event."""

    code = "chain.malformed_event"

    def __init__(self, what: str) -> None:
        super().__init__(f"Enveloppe d’événement malformée : {what}.")


class BrokenChain(ChainError):
    """An event does not follow the one before it; `seq` says which."""

    code = "chain.broken"

    def __init__(self, seq: int, reason: str) -> None:
        super().__init__(f"Chaîne rompue à l’événement {seq} : {reason}.")
        self.seq = seq


class BadProof(ChainError):
    """A Merkle proof does not lead from its leaf to its root."""

    code = "chain.bad_proof"

    def __init__(self, reason: str) -> None:
        super().__init__(f"Preuve d’inclusion ou de cohérence refusée : {reason}.")


class BadNote(ChainError):
    """A text is not a signed note, or not a checkpoint of this archive."""

    code = "chain.bad_note"

    def __init__(self, reason: str) -> None:
        super().__init__(f"Point de contrôle refusé : {reason}.")


class BadSegment(ChainError):
    """Stored bytes are not a segment."""

    code = "chain.bad_segment"

    def __init__(self, reason: str) -> None:
        super().__init__(f"Segment refusé : {reason}.")
