"""What was noticed around a document: opens, views, questions, deliveries. No legal value, and it ends by itself.

How long each is kept is dated data (`domain.retention`), read by who stores it: the caller names the rule. [K-07, T-06]
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from relance.domain.ids import TenantId


class ActivityKind(StrEnum):
    """What happened. The words of a page are chosen by the reader of these, never stored."""

    SENT = "sent"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    OPENED = "opened"  # the pixel was fetched, by whom `data.class` says
    LAST_OPENED = "last_opened"  # the day of the last open, all that deliverability allows: one record a document
    FOLLOWED = "followed"  # the address of the page was fetched, which gateways do too
    VIEWED = "viewed"  # the page was really shown: its script says so
    DOWNLOADED = "downloaded"  # the PDF, by the button of the page
    QUESTION = "question"


@dataclass(frozen=True, slots=True)
class Activity:
    """One thing noticed. `id` is unique within the document and says when recording twice is the same thing.

    `data` holds short strings and never an address, a name, an IP address or a user agent; a question's text is the
    one exception. `kept_by` is the rule by which the record disappears: days after its term at the latest, it has.
    """

    tenant: TenantId
    document_kind: str
    document_id: str
    id: str
    kind: ActivityKind
    at: datetime
    data: Mapping[str, str]
    kept_by: str = "K-07"


class ActivityLog(Protocol):
    """Activity per document."""

    def record(self, activity: Activity) -> bool:
        """Keep it; False when one of that id is kept already, which then stays as it was. Raises Retry."""
        ...

    def replace(self, activity: Activity) -> bool:
        """Keep it in place of the one of that id, if any; False when that one expires no sooner. Raises Retry."""
        ...

    def of_document(
        self, tenant: TenantId, document_kind: str, document_id: str, *, limit: int = 100
    ) -> tuple[Activity, ...]:
        """The latest `limit` records of a document, oldest first; what has expired is not among them."""
        ...
