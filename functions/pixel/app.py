"""GET /o/{token}.gif: always the same 43 bytes; what the hit may mean is worked out later, behind a queue.

The answer never depends on the token, on consent or on what happens here: the same status, headers and bytes for a
genuine, a forged and a withdrawn one. Nothing is read; a forged token is told apart by its HMAC alone and leaves no
trace. No boto3, no framework, no logger: modules are counted by a test. [T-03, T-04]
"""

import json
import sys
from functools import cache
from typing import Any, Final

from functions.pixel.wiring import Parts, wire
from relance.contracts.tracking import MAX_AGENT, PixelHit, encode
from relance.domain.calendar_fr import to_ms
from relance.domain.links import pixel_id

GIF_BASE64: Final = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw=="
MAX_TOLD: Final = 10_000
_ANSWER: Final = {
    "statusCode": 200,
    "headers": {
        "Content-Type": "image/gif",
        "Cache-Control": "no-store, private",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    },
    "isBase64Encoded": True,
    "body": GIF_BASE64,
}

_parts = cache(wire)


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer one event of payload 2.0."""
    return answer(event, _parts())


def answer(event: dict[str, Any], parts: Parts) -> dict[str, Any]:
    """The image, whatever happens."""
    try:
        _notice(event, parts)
    except Exception as error:  # the visitor gets the image; we get a line to alarm on
        _log("a pixel hit was lost", error)
    return dict(_ANSWER)


def _notice(event: dict[str, Any], parts: Parts) -> None:
    file = str((event.get("pathParameters") or {}).get("file", ""))
    genuine = pixel_id(parts.key, file.removesuffix(".gif")) if file.endswith(".gif") else None
    if genuine is None:
        return
    at_ms = to_ms(parts.clock.now())
    minute = at_ms // 60_000
    if parts.told.get(genuine) == minute:
        return
    http = (event.get("requestContext") or {}).get("http") or {}
    hit = PixelHit(
        pixel_id=genuine,
        at_ms=at_ms,
        method=str(http.get("method", "")),
        ip=str(http.get("sourceIp", "")),
        user_agent=str(http.get("userAgent", ""))[:MAX_AGENT],
    )
    parts.queue.send(encode(hit))
    if len(parts.told) >= MAX_TOLD:
        parts.told.clear()
    parts.told[genuine] = minute  # only now: a hit that was lost may be told again by the next one


def _log(event: str, error: Exception) -> None:
    line = {"level": "ERROR", "service": "pixel", "message": event, "error": type(error).__qualname__}
    sys.stdout.write(json.dumps(line) + "\n")
