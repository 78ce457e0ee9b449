"""What waits for a person, on the wire: the queue, what he decides, and reminders that he asks for himself."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

import msgspec

from relance.contracts.fields import Message, Text, Word, one_line, several_lines
from relance.contracts.parse import Body
from relance.contracts.reminder_ids import shown_id
from relance.contracts.reminders import ReminderView
from relance.domain.reminder.proposal import Proposal, ProposalState
from relance.domain.reminder.scenario import Approval, DocumentKind

MAX_AT_ONCE = 100


class ApprovalBody(Body, frozen=True):
    """Words in place of the template's, "" to keep them. `at_once`: now, whatever the hour and however recent the last
    one; otherwise it leaves when reminders may."""

    subject: Text = ""
    body: Message = ""
    at_once: bool = False


class ApprovalsBody(Body, frozen=True):
    """Several at once, as they are."""

    ids: Annotated[tuple[Text, ...], msgspec.Meta(min_length=1, max_length=MAX_AT_ONCE)]


class DirectBody(Body, frozen=True):
    """A reminder sent by hand, with its PDF: the template that suits the document's state when none is named."""

    template: Word = ""
    subject: Text = ""
    body: Message = ""


class ProposalView(msgspec.Struct, frozen=True, kw_only=True):
    """A reminder that waits, or waited, for a person. `by` and `decided_at` say who decided, and when."""

    id: str
    document_kind: DocumentKind
    document_id: str
    customer_id: str
    step: str
    template: str
    level: int
    approval: Approval
    state: ProposalState
    at: datetime
    expires_at: datetime
    subject: str
    body: str
    at_once: bool
    by: str
    decided_at: datetime | None


class ReminderQueue(msgspec.Struct, frozen=True):
    """`queue`: what waits for a person, the oldest first (on the first page). `items`: mails, those of the newest
    documents first, and their fate; `cursor` asks for the next page of them, null at the end."""

    queue: tuple[ProposalView, ...]
    items: tuple[ReminderView, ...]
    cursor: str | None


class DecidedView(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one of several: the proposal approved, or the code and the sentence of why it was not."""

    id: str
    approved: ProposalView | None = None
    code: str = ""
    detail: str = ""


class DecidedList(msgspec.Struct, frozen=True):
    """One for each id asked for, in that order; an id given twice is answered once."""

    items: tuple[DecidedView, ...]


class WordsView(msgspec.Struct, frozen=True):
    """A reminder as its customer would read it, if it left now."""

    subject: str
    text: str
    html: str


def clean(body: ApprovalBody | DirectBody) -> tuple[str, str]:
    """Subject and body as they are kept."""
    return one_line(body.subject), several_lines(body.body)


def proposal_view(found: Proposal) -> ProposalView:
    """A proposal as it is told."""
    return ProposalView(
        id=shown_id(found.id),
        document_kind=found.document_kind,
        document_id=found.document_id,
        customer_id=found.customer_id,
        step=found.step,
        template=found.template,
        level=found.level,
        approval=found.approval,
        state=found.state,
        at=found.at,
        expires_at=found.expires_at,
        subject=found.subject,
        body=found.body,
        at_once=found.at_once,
        by=found.by,
        decided_at=found.decided_at,
    )


def queue_view(found: Iterable[Proposal]) -> tuple[ProposalView, ...]:
    """The queue as it is told."""
    return tuple(proposal_view(one) for one in found)
