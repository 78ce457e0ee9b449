"""A reminder that waits for a person: prepared, shown in a queue, edited perhaps, then approved or skipped. [DR-09]

Its id is that of the claim its approval leads to, so one step is proposed once and sent at most once. An approval is
no promise to send: facts are read again, and what was paid meanwhile is not asked for.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from relance.domain.errors import Conflict
from relance.domain.ids import TenantId
from relance.domain.reminder.scenario import AGAIN, DIRECT, Approval, DocumentKind

__all__ = ["DIRECT", "Proposal", "ProposalState", "decide"]


class ProposalState(StrEnum):
    """What a person said, or that nobody said anything in time."""

    PENDING = "pending"
    APPROVED = "approved"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Proposal:
    """One reminder in the queue. `subject` and `body` are the words of whoever edited it, "" for the template's own.

    `at_once`: whoever approved it wants it to leave now, at whatever hour and however recent the last one. After
    `expires_at` a pending one counts as skipped.
    """

    tenant: TenantId
    id: str
    rev: int
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
    subject: str = ""
    body: str = ""
    at_once: bool = False
    by: str = ""
    decided_at: datetime | None = None

    @property
    def is_direct(self) -> bool:
        """Whether somebody asked for it, and no scenario."""
        return self.step.startswith(DIRECT)

    @property
    def is_again(self) -> bool:
        """Whether somebody wants a mail that may be lost to be sent once more."""
        return self.step.startswith(AGAIN)

    @property
    def is_edited(self) -> bool:
        """Whether somebody wrote words of his own: they were written of this document alone."""
        return bool(self.subject or self.body)

    @property
    def is_open(self) -> bool:
        """Whether it is in the queue."""
        return self.state is ProposalState.PENDING

    def is_pending(self, now: datetime) -> bool:
        """Whether somebody can still decide."""
        return self.state is ProposalState.PENDING and now < self.expires_at

    def is_declined(self, now: datetime) -> bool:
        """Whether it will never be sent: skipped, or nobody decided in time."""
        return self.state is ProposalState.SKIPPED or (self.state is ProposalState.PENDING and not self.is_pending(now))


def decide(
    proposal: Proposal,
    state: ProposalState,
    by: str,
    now: datetime,
    *,
    subject: str = "",
    body: str = "",
    at_once: bool = False,
) -> Proposal:
    """The proposal as `by` decided at `now`. Raises Conflict `reminder_decided` or `reminder_expired`."""
    if proposal.state is not ProposalState.PENDING:
        raise Conflict("Cette relance a déjà été validée ou écartée.", code="reminder_decided")
    if not proposal.is_pending(now):
        raise Conflict("Cette relance attendait depuis trop longtemps : elle a été écartée.", code="reminder_expired")
    return replace(
        proposal,
        rev=proposal.rev + 1,
        state=state,
        by=by,
        decided_at=now,
        subject=subject or proposal.subject,
        body=body or proposal.body,
        at_once=at_once,
    )
