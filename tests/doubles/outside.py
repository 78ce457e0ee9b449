"""The world outside the store, in memory: a clock moved by hand, chance from a seed, a mail service with a script.

Each double keeps what it was asked in order, so a test asserts on what happened and never on how it was called.
"""

import random
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from threading import Lock

from relance.app.ports.outside import Acceptance, Handover, Mail
from relance.domain.chain.canonical import canonical
from relance.domain.content import DocumentContent, content_json
from relance.domain.copies import ORIGINAL, Copy
from relance.domain.errors import NotFound, Retry
from relance.domain.ids import TenantId
from relance.domain.letters import LetterContent
from relance.domain.party import Branding
from relance.domain.sheets import Sheet
from tests.doubles.store import Crash

START = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)  # a Monday, ten o'clock in Paris


@dataclass(slots=True)
class ManualClock:
    """Time stands still until a test moves it; it is its own machine's clock too."""

    at: datetime = START

    def now(self) -> datetime:
        return self.at.replace(microsecond=self.at.microsecond // 1000 * 1000)

    def to_real(self, instant: datetime) -> datetime:
        return instant

    def advance(self, by: timedelta) -> datetime:
        """Move on, or back with a negative step, as real clocks do; returns the new now."""
        self.at += by
        return self.now()

    def move_to(self, instant: datetime) -> datetime:
        """Jump; returns the new now."""
        self.at = instant
        return self.now()


class SeededEntropy:
    """The same bytes in the same order for the same seed; never twice the same within a run."""

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)
        self._lock = Lock()

    def bytes(self, n: int) -> bytes:
        with self._lock:
            return self._random.randbytes(n)


class MailFate(StrEnum):
    """What becomes of one mail, and what the caller gets to know of it."""

    ACCEPTED = "accepted"
    REFUSED = "refused for good"
    THROTTLED = "refused for now"
    UNKNOWN_NOT_DELIVERED = "no answer, and it did not leave"
    UNKNOWN_DELIVERED = "no answer, but it left"
    CRASH_BEFORE = "crash before the call"
    CRASH_AFTER = "crash after the mail left"


@dataclass(slots=True)
class RecordingMailer:
    """`delivered` is what left, `attempts` what was asked. Fates come from `script` in order, then all are accepted."""

    script: deque[MailFate] = field(default_factory=deque)
    attempts: list[Mail] = field(default_factory=list)
    delivered: list[Mail] = field(default_factory=list)

    def next(self, *fates: MailFate) -> None:
        """The next mails meet these fates, one each."""
        self.script.extend(fates)

    def send(self, mail: Mail) -> Handover:
        fate = self.script.popleft() if self.script else MailFate.ACCEPTED
        if fate is MailFate.CRASH_BEFORE:
            raise Crash
        self.attempts.append(mail)
        if fate in {MailFate.ACCEPTED, MailFate.UNKNOWN_DELIVERED, MailFate.CRASH_AFTER}:
            self.delivered.append(mail)
        match fate:
            case MailFate.ACCEPTED:
                return Handover(Acceptance.ACCEPTED, provider_id=f"mail-{len(self.attempts)}")
            case MailFate.REFUSED:
                return Handover(Acceptance.REFUSED, reason="MessageRejected")
            case MailFate.THROTTLED:
                return Handover(Acceptance.REFUSED, reason="TooManyRequestsException", retryable=True)
            case MailFate.UNKNOWN_DELIVERED | MailFate.UNKNOWN_NOT_DELIVERED:
                return Handover(Acceptance.UNKNOWN, reason="ReadTimeout")
            case MailFate.CRASH_AFTER:
                raise Crash

    def assert_at_most_once(self) -> None:
        """No claim was delivered twice: the invariant of every test that sends. [protocol of sending]"""
        claims = [mail.claim_id for mail in self.delivered]
        assert len(claims) == len(set(claims)), f"delivered twice: {claims}"


@dataclass(slots=True)
class FakeRenderer:
    """Not a picture, but bytes that change exactly when something printed does."""

    drawn: list[DocumentContent] = field(default_factory=list)
    letters: list[LetterContent] = field(default_factory=list)
    sheets: list[Sheet] = field(default_factory=list)

    def pdf(self, content: DocumentContent, branding: Branding, copy: Copy = ORIGINAL) -> bytes:
        self.drawn.append(content)
        told = [content_json(content), content_json(branding), content_json(copy)]
        return b"%PDF-1.7\n" + canonical(told) + b"\n%%EOF\n"

    def letter(self, content: LetterContent, branding: Branding) -> bytes:
        self.letters.append(content)
        return b"%PDF-1.7\n" + canonical([content_json(content), content_json(branding)]) + b"\n%%EOF\n"

    def sheet(self, sheet: Sheet) -> bytes:
        self.sheets.append(sheet)
        return b"%PDF-1.7\n" + canonical(content_json(sheet)) + b"\n%%EOF\n"


@dataclass(slots=True)
class InMemoryDocuments:
    """Documents by their hash; `owned` are what companies brought, by owner and hash."""

    stored: dict[str, bytes] = field(default_factory=dict)
    owned: dict[tuple[str, str], bytes] = field(default_factory=dict)

    def put(self, pdf: bytes, *, owner: str = "") -> str:
        digest = sha256(pdf).hexdigest()
        if owner:
            self.owned[owner, digest] = pdf
        else:
            self.stored[digest] = pdf
        return digest

    def get(self, sha256: str, *, owner: str = "") -> bytes:
        found = self.owned.get((owner, sha256), self.stored.get(sha256))
        if found is None:
            raise NotFound("Aucun document de cette empreinte.")
        return found

    def erase(self, sha256: str, *, owner: str = "") -> None:
        """DocumentEraser."""
        if owner:
            self.owned.pop((owner, sha256), None)
        else:
            self.stored.pop(sha256, None)


@dataclass(frozen=True, slots=True)
class Run:
    """What names an execution."""

    tenant: TenantId
    document_kind: str
    document_id: str
    turn: int


@dataclass(slots=True)
class RecordingExecutions:
    """`started` in order, each once; `alive` until a test kills or finishes it. A name is never used again."""

    started: list[Run] = field(default_factory=list)
    alive: set[Run] = field(default_factory=set)
    failures: int = 0  # how many of the next starts find the service silent

    def start(self, tenant: TenantId, document_kind: str, document_id: str, turn: int) -> None:
        if self.failures:
            self.failures -= 1
            raise Retry("Le service d’exécution ne répond pas.")
        run = Run(tenant, document_kind, document_id, turn)
        if run not in self.started:
            self.started.append(run)
            self.alive.add(run)

    def is_alive(self, tenant: TenantId, document_kind: str, document_id: str, turn: int) -> bool:
        return Run(tenant, document_kind, document_id, turn) in self.alive

    def stop(self, tenant: TenantId, document_kind: str, document_id: str, turn: int) -> None:
        """ExecutionStopper."""
        if self.failures:
            self.failures -= 1
            raise Retry("Le service d’exécution ne répond pas.")
        self.alive.discard(Run(tenant, document_kind, document_id, turn))

    def end(self, document_id: str) -> None:
        """The runs of a document are over: finished or dead, which looks the same from outside."""
        self.alive = {run for run in self.alive if run.document_id != document_id}
