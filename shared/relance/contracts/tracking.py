"""The message of one pixel hit, from `pixel` to `record_activity` over the tracking queue: JSON, one hit per message.

What comes in is as the visitor's program sent it; what is kept of it is decided behind the queue. Plain `json` on
purpose: the pixel loads nothing that it can do without.
"""

import json
from dataclasses import dataclass, fields
from json.encoder import encode_basestring as quoted

MAX_AGENT = 500


@dataclass(frozen=True, slots=True)
class PixelHit:
    """One genuine token seen at `at_ms` (UTC milliseconds). `ip` and `user_agent` go no further than the queue."""

    pixel_id: str
    at_ms: int
    method: str
    ip: str
    user_agent: str


class MalformedHit(ValueError):
    """Not a message of ours: sending it again would not help."""


def encode(hit: PixelHit) -> str:
    """The body of the message. Strings by the standard encoder's own function: all of `json.dumps` takes ten times as
    long, and this is most of what a hit costs."""
    method, ip, agent = quoted(hit.method), quoted(hit.ip), quoted(hit.user_agent)
    head = f'{{"pixel_id":{quoted(hit.pixel_id)},"at_ms":{hit.at_ms}'
    return f'{head},"method":{method},"ip":{ip},"user_agent":{agent}}}'


def decode(body: str) -> PixelHit:
    """The hit of a message. Raises MalformedHit on anything but exactly these fields with these types."""
    try:
        data = json.loads(body)
    except ValueError as error:
        raise MalformedHit("not JSON") from error
    names = {f.name for f in fields(PixelHit)}
    if not isinstance(data, dict) or data.keys() != names:
        raise MalformedHit("other fields")
    at_ms = data.pop("at_ms")
    if type(at_ms) is not int or not all(isinstance(value, str) for value in data.values()):
        raise MalformedHit("other types")
    return PixelHit(at_ms=at_ms, **data)
