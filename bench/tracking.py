"""The pixel beside its floor, the bare check of its token, in the same run, turn by turn; without any network.

`pixel_hits_per_s`: the handler on one core, each hit the first of its mail, handed on to a queue that only counts.
`pixel_flood_per_s`: the same mail over and over, which hands on once a minute; `pixel_forged_per_s`: tokens of nobody.
`pixel_token_per_s` is the floor, `pixel_hit_vs_floor` the first over it. `pixel_flood_messages` are the messages that a
minute of flood hands on. Medians of rounds, in seconds of the core: what else runs on the machine counts little.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from statistics import median
from time import process_time
from typing import Any

from functions.pixel.app import answer
from functions.pixel.wiring import Parts
from relance.domain.links import pixel_id, pixel_token

HITS = 10_000
ROUNDS = 9
KEY = b"a key of the bench, of 32 bytes."
AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


class Stopped:
    """A clock that stands still: reading the machine's own is not what is measured."""

    def now(self) -> datetime:
        return datetime(2026, 11, 16, 9, 0, tzinfo=UTC)

    def to_real(self, instant: datetime) -> datetime:
        return instant


@dataclass(slots=True)
class Counting:
    """A queue that takes everything and keeps nothing."""

    messages: int = 0

    def send(self, body: str) -> None:
        self.messages += 1


def measure() -> dict[str, float]:
    """Hits a second of the handler, and of its floor."""
    tokens = [pixel_token(KEY, sha256(str(n).encode()).digest()[:10]) for n in range(HITS)]
    first = [_event(token) for token in tokens]
    same, forged = [_event(tokens[0])] * HITS, [_event(token[:-1] + "!") for token in tokens]
    flood = Counting()
    hits, floor, flooded, refused = _interleaved(
        lambda: _answer(first, Counting()),
        lambda: _check(tokens),
        lambda: _answer(same, flood),
        lambda: _answer(forged, Counting()),
    )
    return {
        "pixel_hits_per_s": HITS / hits,
        "pixel_token_per_s": HITS / floor,
        "pixel_hit_vs_floor": floor / hits,
        "pixel_flood_per_s": HITS / flooded,
        "pixel_forged_per_s": HITS / refused,
        "pixel_flood_messages": flood.messages / ROUNDS,
    }


def _event(token: str) -> dict[str, Any]:
    return {
        "version": "2.0",
        "routeKey": "GET /o/{file}",
        "headers": {"user-agent": AGENT, "accept": "image/*"},
        "pathParameters": {"file": f"{token}.gif"},
        "requestContext": {"http": {"method": "GET", "sourceIp": "203.0.113.7", "userAgent": AGENT}},
    }


def _answer(events: list[dict[str, Any]], queue: Counting) -> None:
    parts = Parts(KEY, Stopped(), queue)
    for event in events:
        answer(event, parts)


def _check(tokens: list[str]) -> None:
    for token in tokens:
        pixel_id(KEY, token)


def _interleaved(*works: Callable[[], None]) -> list[float]:
    """The median seconds of each, measured turn by turn so that a busy moment meets them all."""
    seconds: list[list[float]] = [[] for _ in works]
    gc.disable()
    try:
        for _ in range(ROUNDS):
            for work, taken in zip(works, seconds, strict=True):
                started = process_time()
                work()
                taken.append(process_time() - started)
    finally:
        gc.enable()
    return [median(taken) for taken in seconds]
