"""The claim of one mail: who may send a step, and what became of it. At most one mail per document and step. [S-07]

A claim is stored before the mail is handed over and never expires. The mail service has no idempotency token, so an
answer that is lost leaves the claim `unknown`: it is shown to the user, settled by the delivery event that carries its
tag, and never sent again by itself. A claim still `claimed` when somebody else reads it belongs to a sender that died
between the two writes: for every decision it counts as `unknown`.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from relance.domain.ids import TenantId
from relance.domain.party import TrackingConsent
from relance.domain.reminder.scenario import Action, DocumentKind, is_own


class ClaimState(StrEnum):
    """How far the sending of one mail got."""

    CLAIMED = "claimed"
    SENT = "sent"
    UNKNOWN = "unknown"
    REFUSED = "refused"


class Fate(StrEnum):
    """What the mail service told about a mail afterwards. Only `bounced` and `complained` change anything. [S-04]"""

    PENDING = "pending"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


_RANK: Final = {Fate.PENDING: 0, Fate.DELIVERED: 1, Fate.BOUNCED: 2, Fate.COMPLAINED: 3}


@dataclass(frozen=True, slots=True)
class Claim:
    """One mail about one document. `at` is the instant of the claim, `settled_at` that of the last thing learnt.

    `mail_sha256` is the hash of the text as composed, `pdf_sha256` that of the attachment [DR-16]. `salt` (hex) blinds
    the recipient's hash in the journal, so that erasing the claim erases the recipient. `consent` is what the contact
    had agreed to at that moment [T-01].

    `pixel` is the id of the one in the mail, "" without: who erases the claim finds it.

    A mail that asks for several invoices is claimed once for each: `carries` are the ids of the other claims, whose
    `joined` is its own id, and what is learnt of it is learnt of them. [DR-05]
    """

    tenant: TenantId
    id: str
    rev: int
    document_kind: DocumentKind
    document_id: str
    step: str
    template: str
    state: ClaimState
    at: datetime
    settled_at: datetime
    recipient: str
    subject: str
    message_id: str
    mail_sha256: str
    pdf_sha256: str
    salt: str
    consent: TrackingConsent
    provider_id: str = ""
    reason: str = ""
    fate: Fate = Fate.PENDING
    action: Action = Action.EMAIL
    level: int = 0
    joined: str = ""
    approved_by: str = ""
    carries: tuple[str, ...] = ()
    pixel: str = ""

    @property
    def is_letter(self) -> bool:
        """Whether the customer, or his seller, was written to: chores are claimed too."""
        return not self.action.is_internal

    @property
    def is_reminder(self) -> bool:
        """Whether it reminds the customer: neither the document itself, nor what something made us tell."""
        return self.is_letter and not is_own(self.step)


def claim_id(document_id: str, step: str) -> str:
    """The id that makes a second claim of the same step impossible."""
    return f"{document_id}#{step}"


@dataclass(frozen=True, slots=True)
class Lesson:
    """What somebody learnt about a mail: from the answer of the mail service, or from an event later.

    `is_soft_bounce`: it came back for now, and the service tries again; what that says of the address is counted
    elsewhere (`correspondence.bounced`).
    """

    state: ClaimState
    fate: Fate = Fate.PENDING
    provider_id: str = ""
    message_id: str = ""
    reason: str = ""
    is_soft_bounce: bool = False


def surer(known: ClaimState, told: ClaimState) -> ClaimState:
    """What is told, unless it is known already that the mail left."""
    return ClaimState.SENT if ClaimState.SENT in (known, told) else told


def worse(known: Fate, told: Fate) -> Fate:
    """The one that says more against the address."""
    return max(known, told, key=_RANK.__getitem__)


def learn(claim: Claim, lesson: Lesson, at: datetime) -> Claim:
    """The claim with what was learnt; the very same claim when that was known already.

    What is certain is never unlearnt: `sent` stays `sent`, whatever comes later or late, and a fate only gets worse.
    """
    learnt = replace(
        claim,
        state=surer(claim.state, lesson.state),
        fate=worse(claim.fate, lesson.fate),
        provider_id=lesson.provider_id or claim.provider_id,
        message_id=lesson.message_id or claim.message_id,
        reason=lesson.reason or claim.reason,
    )
    return claim if learnt == claim else replace(learnt, rev=claim.rev + 1, settled_at=at)


def tag(tenant: str, claim: str) -> str:
    """How a claim travels with its mail: in the letters that a message tag of SES takes (A-Z a-z 0-9 _ -)."""
    document_id, _, step = claim.partition("#")
    return f"{tenant}--{document_id}--{step}"


def parse_tag(text: str) -> tuple[TenantId, str] | None:
    """The tenant and the claim id of a tag, or None when it is not one of ours."""
    parts = text.rsplit("--", 2)
    if len(parts) != 3 or not all(parts):
        return None
    tenant, document_id, step = parts
    return TenantId(tenant), claim_id(document_id, step)
