"""Every mail that SES accepted is kept as its recipient gets it.

Seen: the emulator keeps a parsed copy in memory: no attachments, no headers, gone at the next start. Here the raw
message goes to `$RELANCE_MAILS/<nnnnnn>.eml` beside `<nnnnnn>.json`, its envelope: what the mailbox shows and the
tests read. It is kept byte for byte but for the Message-ID, in whose place SES puts its own: threads hang on that one
(SES developer guide, "Header fields", checked 2026-11).
"""

from __future__ import annotations

import base64
import json
import os
import re
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

from ministack.services import ses_v2

from local.clock import ClockFile
from local.repairs.patching import wrap

Handle = Callable[..., Awaitable[tuple[int, dict[str, str], Any]]]

MESSAGE_ID: Final = re.compile(rb"^Message-ID:[^\r\n]*(?:\r\n[ \t][^\r\n]*)*", re.IGNORECASE | re.MULTILINE)

_lock = threading.Lock()


def apply() -> None:
    folder = Path(os.environ["RELANCE_MAILS"])
    folder.mkdir(parents=True, exist_ok=True)
    clock = ClockFile(Path(os.environ["RELANCE_CLOCK_FILE"]))

    def with_store(handle: Handle) -> Handle:
        async def repaired(
            method: str, path: str, headers: Any, body: bytes, query: Any
        ) -> tuple[int, dict[str, str], Any]:
            answer = await handle(method, path, headers, body, query)
            if method == "POST" and path.rstrip("/").endswith("/outbound-emails") and answer[0] == 200:
                _keep(folder, clock, json.loads(body), json.loads(answer[2])["MessageId"])
            return answer

        return repaired

    wrap(ses_v2, "handle_request", with_store)


def _keep(folder: Path, clock: ClockFile, request: dict[str, Any], message_id: str) -> None:
    raw = request.get("Content", {}).get("Raw", {}).get("Data")
    if raw is None:
        return  # every mail of ours is built by us; SES's own templates are not used
    destination = request.get("Destination", {})
    envelope = {
        "message_id": message_id,
        "sent_at": f"{clock.now():%Y-%m-%dT%H:%M:%S.%fZ}",
        "from": request.get("FromEmailAddress", ""),
        "to": [to for kind in ("ToAddresses", "CcAddresses", "BccAddresses") for to in destination.get(kind) or []],
        "configuration_set": request.get("ConfigurationSetName", ""),
        "tags": {tag["Name"]: tag["Value"] for tag in request.get("EmailTags") or []},
    }
    with _lock:
        number = max((int(path.stem) for path in folder.glob("*.eml")), default=0) + 1
        (folder / f"{number:06d}.json").write_text(json.dumps(envelope, ensure_ascii=False, indent=1) + "\n")
        # The message comes last: a reader lists *.eml and finds its envelope there already.
        partial = folder / f"{number:06d}.partial"
        partial.write_bytes(_as_sent(base64.b64decode(raw), message_id))
        partial.rename(folder / f"{number:06d}.eml")


def _as_sent(raw: bytes, message_id: str) -> bytes:
    head, end, body = raw.partition(b"\r\n\r\n")
    own = f"Message-ID: <{message_id}@{os.environ['MINISTACK_REGION']}.amazonses.com>".encode()
    return MESSAGE_ID.sub(own, head, count=1) + end + body
