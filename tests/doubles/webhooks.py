"""The seller's own system, in memory: what it was told, and how it answers."""

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum

from relance.app.ports.outside import Acceptance, Handover
from relance.app.ports.webhooks import WebhookCall


class HookFate(StrEnum):
    """What becomes of one call."""

    ACCEPTED = "accepted"
    REFUSED = "refused for good"
    BUSY = "refused for now"
    LOST = "heard, and no answer"


@dataclass(slots=True)
class RecordingWebhooks:
    """`heard` in order, whether it answered or not. `next` says what becomes of the calls to come."""

    heard: list[WebhookCall] = field(default_factory=list)
    fates: deque[HookFate] = field(default_factory=deque)

    def next(self, *fates: HookFate) -> None:
        self.fates.extend(fates)

    def post(self, call: WebhookCall) -> Handover:
        if not call.url.startswith("https://"):
            return Handover(Acceptance.REFUSED, reason="bad_url")
        fate = self.fates.popleft() if self.fates else HookFate.ACCEPTED
        match fate:
            case HookFate.ACCEPTED:
                self.heard.append(call)
                return Handover(Acceptance.ACCEPTED, provider_id="200")
            case HookFate.REFUSED:
                return Handover(Acceptance.REFUSED, reason="http_410")
            case HookFate.BUSY:
                return Handover(Acceptance.REFUSED, reason="http_503", retryable=True)
            case HookFate.LOST:
                self.heard.append(call)
                return Handover(Acceptance.UNKNOWN, reason="ReadTimeoutError")
