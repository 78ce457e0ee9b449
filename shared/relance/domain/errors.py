"""The one tree of errors, with three fates: rejected (the caller's fault), retry (transient), stop (state unknown).

Raised where the rule lives, mapped to a transport once, at the edge (`relance.runtime.problems`). `message` is a French
sentence for the person who reads it: what is wrong, where, and how to mend it. `code` is stable and for programs.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a request: where (JSON pointer, RFC 6901; "" is the whole body), what, and how to mend it."""

    pointer: str
    message: str
    code: str = "invalid"


class RelanceError(Exception):
    """Root of every error that this product raises on purpose."""

    code = "error"

    def __init__(self, message: str, *, code: str | None = None, faults: Sequence[Fault] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.faults = tuple(faults)
        if code is not None:
            self.code = code


class Rejected(RelanceError):
    """The caller asked for something that cannot be; asking again changes nothing."""


class Invalid(Rejected):
    """The request breaks a rule; `faults` holds every rule broken, not the first one only."""

    code = "invalid"


class IdempotencyMismatch(Rejected):
    """The Idempotency-Key was already used for another request."""

    code = "idempotency_key_reused"


class NotFound(Rejected):
    """Nothing by that id in this tenant. Another tenant's ids answer the same."""

    code = "not_found"


class Conflict(Rejected):
    """The thing exists, in a state that does not allow this."""

    code = "conflict"


class ToReview(Conflict):
    """A restore of the tables brought this document back from the archive with something missing. [K-01]

    The archive holds what was printed and decided, not what was noted beside it. Until somebody has done the task that
    tells what is missing, nothing is issued, invoiced or sent from it.
    """

    code = "to_review"


class StaleVersion(Rejected):
    """`If-Match` names a version that is not the current one: somebody else wrote in between."""

    code = "stale_version"


class Forbidden(Rejected):
    """Known caller, no right to do this."""

    code = "forbidden"


class Retry(RelanceError):
    """Transient: nothing was written, the same request may succeed later."""

    code = "try_again"


class Contention(Retry):
    """Too many writers on one tenant's journal at once; the retries inside were used up."""

    code = "contention"


class Stop(RelanceError):
    """The state of the world is unknown or wrong: do not go on, recover first."""

    code = "stopped"


class OutcomeUnknown(Stop):
    """A write was asked for and no answer came: it may or may not have been stored."""

    code = "outcome_unknown"


class Corrupted(Stop):
    """What was stored is not what was written: the integrity of the journal or the archive is in doubt."""

    code = "corrupted"


def require_reviewed(missing: Sequence[str]) -> None:
    """Raise ToReview while a document lacks what a restore could not bring back, and nobody has looked at it."""
    if missing:
        raise ToReview(
            "Ce document a été repris de l’archive après une restauration et attend une vérification : "
            "faites la tâche qui dit ce qui lui manque, puis recommencez."
        )
