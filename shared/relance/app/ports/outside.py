"""The world outside the store: time, chance, mail, rendering, documents, executions. Named by what they guarantee."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from relance.domain.content import DocumentContent
from relance.domain.copies import ORIGINAL, Copy
from relance.domain.ids import TenantId
from relance.domain.party import Branding


class Clock(Protocol):
    """Time as the product lives it: the system's on AWS; on the local cloud one that may run fast or be moved."""

    def now(self) -> datetime:
        """The current instant, UTC, to the millisecond."""
        ...

    def to_real(self, instant: datetime) -> datetime:
        """When, on the machine's own clock, `instant` will come: what a state machine may wait for."""
        ...


class Entropy(Protocol):
    """Unguessable bytes."""

    def bytes(self, n: int) -> bytes:
        """`n` bytes from a cryptographic source."""
        ...


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a mail."""

    filename: str
    media_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail ready to send. `claim_id` travels with it, so that a later delivery event can be matched."""

    claim_id: str
    sender: str
    reply_to: str
    recipient: str
    subject: str
    text: str
    html: str
    date: datetime
    message_id: str
    in_reply_to: str = ""
    headers: Mapping[str, str] | None = None
    attachments: tuple[Attachment, ...] = ()


class Acceptance(StrEnum):
    """What is known after the one call to the mail service."""

    ACCEPTED = "accepted"  # it will be delivered or bounce
    REFUSED = "refused"  # it was not taken, and never will be by itself
    UNKNOWN = "unknown"  # no answer, or one that does not tell: never send again by yourself


@dataclass(frozen=True, slots=True)
class Handover:
    """The outcome of handing a mail over; `provider_id` when accepted, `reason` otherwise.

    `message_id` is the Message-ID that the recipient sees, when the service puts its own in place of the mail's (SES
    does: SES developer guide, "header fields", checked 2026-11): later mails of the thread must refer to that one.
    `retryable` says of a refusal that the same mail may be taken later (throttled, account paused).
    """

    acceptance: Acceptance
    provider_id: str = ""
    reason: str = ""
    retryable: bool = False
    message_id: str = ""


class Mailer(Protocol):
    """Hands one mail over at most once per call: no retry inside. Never raises for what the service answered."""

    def send(self, mail: Mail) -> Handover: ...


class Renderer(Protocol):
    """Draws a document."""

    def pdf(self, content: DocumentContent, branding: Branding, copy: Copy = ORIGINAL) -> bytes:
        """The PDF of that copy, with fonts embedded and no network used. Raises Invalid beyond a stated limit."""
        ...


class Documents(Protocol):
    """PDFs by their SHA-256: what was put can be read back byte for byte, for ever; putting twice is harmless.

    What a company brings (`owner`) is a copy of its own: taking it away takes nothing from a company that brought the
    same bytes.
    """

    def put(self, pdf: bytes, *, owner: str = "") -> str:
        """Store and return the SHA-256 (hex)."""
        ...

    def get(self, sha256: str, *, owner: str = "") -> bytes:
        """The bytes, checked against the hash: the owner's own copy, or else that of nobody.

        Raises NotFound, Corrupted.
        """
        ...


class Executions(Protocol):
    """Runs of the lifecycle machine, one per document and turn number; starting one that runs already is harmless."""

    def start(self, tenant: TenantId, document_kind: str, document_id: str, turn: int) -> None:
        """Start the run named after its arguments. Raises Retry when the service does not answer."""
        ...

    def is_alive(self, tenant: TenantId, document_kind: str, document_id: str, turn: int) -> bool:
        """Whether that run is still going."""
        ...


class ExecutionStopper(Protocol):
    """Ends runs of the lifecycle machine whose document is gone."""

    def stop(self, tenant: TenantId, document_kind: str, document_id: str, turn: int) -> None:
        """End that run; one that is over, or never was, is no fault. Raises Retry."""
        ...
