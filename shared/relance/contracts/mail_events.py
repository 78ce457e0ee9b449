"""What SES tells about a mail over EventBridge, in the words of a claim.

Amazon SES developer guide, "Monitoring using EventBridge" and "Contents of event data", checked 2026-11. A mail carries
its claim as the message tag `claim`. Opens and clicks are never subscribed to. [S-01, S-02]
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec

from relance.domain.ids import TenantId
from relance.domain.reminder.claim import ClaimState, Fate, Lesson, parse_tag

CLAIM_TAG: Final = "claim"


class _Moment(msgspec.Struct, frozen=True):
    timestamp: datetime | None = None


class _Bounce(msgspec.Struct, rename="camel", frozen=True):
    bounce_type: str = ""
    bounce_sub_type: str = ""
    timestamp: datetime | None = None


class _Mail(msgspec.Struct, rename="camel"):
    timestamp: datetime
    message_id: str = ""
    tags: dict[str, list[str]] = {}


class _Detail(msgspec.Struct, rename="camel"):
    event_type: str
    mail: _Mail
    delivery: _Moment = _Moment()
    complaint: _Moment = _Moment()
    bounce: _Bounce = _Bounce()


class _Event(msgspec.Struct):
    detail: _Detail


@dataclass(frozen=True, slots=True)
class MailEvent:
    """Something learnt about the mail of one claim, at an instant of the mail service."""

    tenant: TenantId
    claim_id: str
    lesson: Lesson
    at: datetime


def read(event: object) -> MailEvent | None:
    """The news of an event; None for a mail that is not of ours or an event that teaches nothing.

    Whatever the service says of a mail, it had taken it: every event settles that the mail was sent. Raises
    msgspec.ValidationError on what is not an event of SES.
    """
    detail = msgspec.convert(event, _Event).detail
    tags = detail.mail.tags.get(CLAIM_TAG, [])
    known = parse_tag(tags[0]) if tags else None
    news = _news(detail)
    if known is None or news is None:
        return None
    fate, reason, at = news
    soft = detail.event_type == "Bounce" and fate is Fate.PENDING
    lesson = Lesson(ClaimState.SENT, fate, provider_id=detail.mail.message_id, reason=reason, is_soft_bounce=soft)
    return MailEvent(*known, lesson, at or detail.mail.timestamp)


def _news(detail: _Detail) -> tuple[Fate, str, datetime | None] | None:
    match detail.event_type:
        case "Send" | "DeliveryDelay":
            return Fate.PENDING, "", None
        case "Delivery":
            return Fate.DELIVERED, "", detail.delivery.timestamp
        case "Bounce":
            # A soft bounce (mailbox full, host down) is tried again by the service: only a hard one settles it. [S-04]
            hard = detail.bounce.bounce_type == "Permanent"
            reason = f"{detail.bounce.bounce_type} {detail.bounce.bounce_sub_type}".strip()
            return (Fate.BOUNCED if hard else Fate.PENDING), reason, detail.bounce.timestamp
        case "Complaint":
            return Fate.COMPLAINED, "complaint", detail.complaint.timestamp
        case "Reject" | "Rendering Failure":
            return Fate.BOUNCED, detail.event_type, None
        case _:
            return None
