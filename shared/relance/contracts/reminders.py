"""Mails on the wire: what became of what was sent. What will be is in `foresight`."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from relance.contracts.reminder_ids import shown_id
from relance.domain.reminder.claim import Claim, ClaimState, Fate
from relance.domain.reminder.scenario import DocumentKind


class ReminderView(msgspec.Struct, frozen=True):
    """One mail about a document. `claimed` and `unknown`: it may have left, and is never sent again by itself.

    `fate` is what the mail service told afterwards; `reason` why it was refused, or why nothing is known.
    """

    id: str
    document_kind: DocumentKind
    document_id: str
    step: str
    template: str
    subject: str
    recipient: str
    state: ClaimState
    fate: Fate
    reason: str
    at: datetime
    settled_at: datetime


class ReminderPage(msgspec.Struct, frozen=True):
    """Mails, those of the newest documents first; `cursor` asks for the next page, null at the end."""

    items: tuple[ReminderView, ...]
    cursor: str | None


def reminder_page(claims: Iterable[Claim], cursor: str | None) -> ReminderPage:
    """A slice of the listing."""
    return ReminderPage(tuple(_reminder_view(claim) for claim in claims), cursor)


def _reminder_view(claim: Claim) -> ReminderView:
    return ReminderView(
        id=shown_id(claim.id),
        document_kind=claim.document_kind,
        document_id=claim.document_id,
        step=claim.step,
        template=claim.template,
        subject=claim.subject,
        recipient=claim.recipient,
        state=claim.state,
        fate=claim.fate,
        reason=claim.reason,
        at=claim.at,
        settled_at=claim.settled_at,
    )
