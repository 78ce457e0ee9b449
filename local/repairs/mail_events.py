"""SES tells what became of a mail, on the default event bus.

Seen: a configuration set's EventBridge destination is stored and never used. Here an accepted mail is followed by
`Email Sent` and by what its first recipient's address asks for: the SES mailbox simulator's addresses bounce or
complain (bounce@simulator.amazonses.com, complaint@…; SES guide, "mailbox simulator", checked 2026-11), all others
are delivered.
"""

from __future__ import annotations

import contextvars
import json
import os
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from ministack.services import eventbridge, ses_v2

from local.clock import ClockFile
from local.repairs.patching import wrap

Handle = Callable[..., Awaitable[tuple[int, dict[str, str], Any]]]

SIMULATOR = "@simulator.amazonses.com"
FATE_AFTER_S = 1.0


def apply() -> None:
    clock = ClockFile(Path(os.environ["RELANCE_CLOCK_FILE"]))

    def with_events(handle: Handle) -> Handle:
        async def repaired(
            method: str, path: str, headers: Any, body: bytes, query: Any
        ) -> tuple[int, dict[str, str], Any]:
            answer = await handle(method, path, headers, body, query)
            if method == "POST" and path.rstrip("/").endswith("/outbound-emails") and answer[0] == 200:
                _publish(clock, json.loads(body), json.loads(answer[2])["MessageId"])
            return answer

        return repaired

    wrap(ses_v2, "handle_request", with_events)


def _publish(clock: ClockFile, request: dict[str, Any], message_id: str) -> None:
    if not request.get("ConfigurationSetName"):
        return
    now = f"{clock.now():%Y-%m-%dT%H:%M:%S.000Z}"
    recipients = list((request.get("Destination") or {}).get("ToAddresses") or [])
    mail = {
        "timestamp": now,
        "messageId": message_id,
        "source": request.get("FromEmailAddress", ""),
        "destination": recipients,
        "tags": {tag["Name"]: [tag["Value"]] for tag in request.get("EmailTags") or []},
    }
    _put("Sent", {"eventType": "Send", "mail": mail, "send": {}})
    name, kind, detail = _fate(recipients, now)
    fate = {"eventType": kind, "mail": mail, **detail}
    # The account and the region of the request are context variables: they must go along to the timer's thread.
    timer = threading.Timer(FATE_AFTER_S, contextvars.copy_context().run, args=(_put, name, fate))
    timer.daemon = True
    timer.start()


def _put(name: str, detail: dict[str, Any]) -> None:
    entry = {"Source": "aws.ses", "DetailType": f"Email {name}", "Detail": json.dumps(detail)}
    eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)


def _fate(recipients: list[str], now: str) -> tuple[str, str, dict[str, Any]]:
    # A display name may surround the address.
    first = recipients[0].rpartition("<")[2].rstrip(">") if recipients else ""
    if first.endswith(SIMULATOR) and first.startswith(("bounce", "suppressionlist")):
        bounced = [{"emailAddress": address, "action": "failed", "status": "5.1.1"} for address in recipients]
        bounce = {"bounceType": "Permanent", "bounceSubType": "General", "bouncedRecipients": bounced, "timestamp": now}
        return "Bounced", "Bounce", {"bounce": bounce}
    if first.endswith(SIMULATOR) and first.startswith("complaint"):
        complained = [{"emailAddress": address} for address in recipients]
        complaint = {"complainedRecipients": complained, "complaintFeedbackType": "abuse", "timestamp": now}
        return "Complaint Received", "Complaint", {"complaint": complaint}
    return "Delivered", "Delivery", {"delivery": {"timestamp": now, "recipients": recipients, "smtpResponse": "250 OK"}}
