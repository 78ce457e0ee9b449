"""The chain beside its floor: bare canonical JSON and SHA-256 over the same bytes, in the same run, turn by turn.

`chain_append_vs_floor`: events a second of `domain.journal.append` (facts checked, sealed, head moved; the printed
content as the use cases give it, written once when it was hashed), over those of `json → sha256` on the same values.
`chain_verify_vs_floor`: events a second of `parse` and `follow` (decoded, spelling and envelope judged, hash and link
checked), over those of `loads → dumps → compare → sha256` on the same lines. Floors are not goals that code could
reach: they do no checking. Ratios are medians, so a busy machine changes them little.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from statistics import median
from time import perf_counter

import orjson

from relance.domain.chain.canonical import Canonical, Json, canonical, splice
from relance.domain.chain.event import GENESIS_HASH, HASH_PREFIX, Fact, Ref, SealedEvent, follow, parse
from relance.domain.journal import Head, append

EVENTS = 2_000
ROUNDS = 9
TENANT = "ten_bench"
AT = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


def measure() -> dict[str, float]:
    """Ratios of the chain to its floors, and events a second of both on this machine."""
    data = [_data(n) for n in range(EVENTS)]
    _, sealed = _append(data)
    lines = [event.line for event in sealed]
    values = [orjson.loads(line) for line in lines]
    append_s, append_floor_s = _interleaved(lambda: _append(data), lambda: _floor_append(values, lines))
    verify_s, verify_floor_s = _interleaved(lambda: _verify(lines), lambda: _floor_verify(lines))
    return {
        "chain_append_vs_floor": append_floor_s / append_s,
        "chain_append_per_s": EVENTS / append_s,
        "chain_verify_vs_floor": verify_floor_s / verify_s,
        "chain_verify_per_s": EVENTS / verify_s,
        "chain_event_bytes": median(map(len, lines)),
    }


def _data(n: int) -> dict[str, Json | Canonical]:
    """What an issued invoice of six lines puts into the journal: about 2 KB."""
    row: dict[str, Json] = {
        "description": f"Pose de parquet chêne massif, pièce {n}",
        "quantity": "24.5",
        "unit": "m²",
        "unit_price": "48.9",
        "vat": {"category": "S", "rate_bp": 2000, "reason": ""},
        "discount": None,
        "nature": "services",
        "net": 119_805 + n,
    }
    totals: dict[str, Json] = {"net": 718_830, "vat": 143_766, "gross": 862_596, "subtotals": []}
    content = canonical({"number": f"F-2026-{n:05d}", "lines": [row] * 6, "totals": totals})
    return {"content": splice(content), "content_sha256": sha256(content).hexdigest()}


def _append(data: list[dict[str, Json | Canonical]]) -> tuple[Head, tuple[SealedEvent, ...]]:
    facts = [
        Fact("invoice.issued", Ref("invoice", f"inv_{n}", f"F-2026-{n:05d}"), "user:1", d) for n, d in enumerate(data)
    ]
    return append(Head(), TENANT, facts, AT)


def _floor_append(values: list[object], lines: list[bytes]) -> None:
    made = [orjson.dumps(value, option=orjson.OPT_SORT_KEYS) for value in values]
    digests = [sha256(HASH_PREFIX + line).hexdigest() for line in made]
    assert made == lines
    assert len(set(digests)) == EVENTS


def _verify(lines: list[bytes]) -> None:
    follow([parse(line) for line in lines], tenant=TENANT, seq=0, prev=GENESIS_HASH, at_ms=0)


def _floor_verify(lines: list[bytes]) -> None:
    digests = [sha256(HASH_PREFIX + line).hexdigest() for line in lines]
    assert [orjson.dumps(orjson.loads(line), option=orjson.OPT_SORT_KEYS) for line in lines] == lines
    assert len(set(digests)) == EVENTS


def _interleaved(ours: Callable[[], object], floor: Callable[[], object]) -> tuple[float, float]:
    """Median seconds of each, measured in turns after one turn of each to warm up."""
    ours(), floor()
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for call, seconds in zip((ours, floor), times, strict=True):
            gc.collect()
            started = perf_counter()
            call()
            seconds.append(perf_counter() - started)
    return median(times[0]), median(times[1])
