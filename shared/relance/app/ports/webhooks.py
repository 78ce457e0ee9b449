"""Calls of the seller's own systems: what happened here is told there, once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from relance.app.ports.outside import Handover
from relance.domain.chain.canonical import Json


@dataclass(frozen=True, slots=True)
class WebhookCall:
    """One message. `id` is the claim's, the same however often it is called: the receiver tells doubles apart by it.

    `type` names what happened (`reminder.due`, `document.viewed`); `data` says of what, without anything that the
    receiver may not see: no address, no name. `secret` signs it.
    """

    id: str
    url: str
    secret: str = field(repr=False)
    type: str
    at: datetime
    data: Mapping[str, Json]


class Webhooks(Protocol):
    """One signed POST per call, at most once and never again by itself; never raises for what is on the other side.

    `accepted`: the receiver answered 2xx. `refused`: it answered anything else, or it is certain that it heard nothing
    (`retryable`: the same call may be taken later). `unknown`: it may have heard, and did not answer. Nothing is called
    that is not on the public internet, whatever the address says. [S-07]
    """

    def post(self, call: WebhookCall) -> Handover: ...
