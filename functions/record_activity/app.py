"""Tracking queue → activity: each hit is kept, or not, by what its reader agreed to.

A message that fails for a passing reason comes back alone (partial batch response); one that is not ours is dropped,
since it would never become one. Delivered twice is recorded once: records go by minute and mail. [T-03, T-06]
"""

from functools import cache
from typing import Any, Final

from functions.record_activity.wiring import Parts, wire
from relance.app.tracking import record_open
from relance.contracts.tracking import MalformedHit, PixelHit, decode
from relance.domain.calendar_fr import from_ms
from relance.domain.errors import RelanceError
from relance.domain.tracking.opens import Hit
from relance.runtime.observability import Log

MAX_TOLD: Final = 10_000

log = Log("record_activity")
_parts = cache(wire)


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer one event of SQS with the ids of the messages to send again."""
    return record(event, _parts())


def record(event: dict[str, Any], parts: Parts) -> dict[str, Any]:
    """Work a batch off."""
    again = []
    for message in event.get("Records") or []:
        try:
            _record_one(decode(message["body"]), parts)
        except MalformedHit:
            log.warning("not a pixel hit, dropped", request_id=message["messageId"])
        except RelanceError as error:
            log.failure("a hit will be tried again", error, request_id=message["messageId"])
            again.append({"itemIdentifier": message["messageId"]})
    return {"batchItemFailures": again}


def _record_one(hit: PixelHit, parts: Parts) -> None:
    minute = hit.at_ms // 60_000
    if parts.told.get(hit.pixel_id) == minute:
        return  # each container of the pixel tells a minute once; this one has kept it, and reads nothing again
    verdict = record_open(
        parts.ctx,
        parts.links,
        parts.activity,
        parts.robots,
        Hit(hit.method, hit.user_agent, hit.ip),
        pixel_id=hit.pixel_id,
        at=from_ms(hit.at_ms),
    )
    if len(parts.told) >= MAX_TOLD:
        parts.told.clear()
    parts.told[hit.pixel_id] = minute
    log.info("hit", code=verdict.value)
