"""What may take something away: each a port of its own, given to the one function that has the right. [K-01, K-07]"""

from collections.abc import Sequence
from typing import Final, Protocol

from relance.domain.chain.event import SealedEvent
from relance.domain.ids import TenantId
from relance.domain.retention import Work

MOST_LINES: Final = 100  # of one call to `JournalEraser.remove`


class JournalEraser(Protocol):
    """Takes lines out of the live journal."""

    def remove(self, events: Sequence[SealedEvent]) -> None:
        """Remove these lines of one tenant, at most MOST_LINES, all of them or none; those that are gone are no fault.

        Durable once it returns. A line goes only while it has the very hash of the event. Raises Conflict
        `line_changed` when one has another, Retry, OutcomeUnknown; repeating the call is right.
        """
        ...


class DocumentEraser(Protocol):
    """Takes documents out of their store, with everything that a version would keep."""

    def erase(self, sha256: str, *, owner: str = "") -> None:
        """Remove every version of the document, the owner's copy or that of nobody; one that is not there is no fault.

        Durable once it returns. Raises Retry.
        """
        ...


class ActivityEraser(Protocol):
    """Takes away what was noticed around documents."""

    def forget(self, tenant: TenantId, document_kind: str, document_id: str) -> None:
        """Remove every record of one document, expired ones too; none is no fault. Raises Retry."""
        ...


class RetentionWorker(Protocol):
    """Carries out in the background what was decided and stored."""

    def begin(self, tenant: str, work: Work, id: str) -> None:
        """Returns once the work is queued; asking twice is harmless. Raises Retry."""
        ...
