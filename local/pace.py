"""Making weeks pass: jump from one planned instant to the next, letting everything settle in between.

Nothing is skipped: the clock stops at each instant at which a run has something to do, the run does it, and only then
time goes on. So mails, PDF and journal carry the dates that they would carry in real life.
"""

from __future__ import annotations

import json
import time
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from local.cloud import TENANT

if TYPE_CHECKING:
    from local.cloud import LocalCloud

PATIENCE_S = 120.0


class NotSettledError(RuntimeError):
    """Something that should have happened by now did not."""


@dataclass(frozen=True, slots=True)
class Planned:
    """An active run: which document, and when it has something to do next."""

    document: str
    next_at: datetime


def planned(cloud: LocalCloud, tenant: str = TENANT) -> list[Planned]:
    """The active runs of a tenant, the next one first."""
    found = cloud.boto("dynamodb").query(
        TableName=cloud.outputs["CoreTable"],
        KeyConditionExpression="pk = :tenant AND begins_with(sk, :run)",
        ExpressionAttributeValues={":tenant": {"S": tenant}, ":run": {"S": "run#"}},
        ConsistentRead=True,
    )
    runs = [_body(item)["data"] for item in found["Items"]]
    active = [Planned(run["id"], datetime.fromisoformat(run["next_at"])) for run in runs if run["status"] == "active"]
    return sorted(active, key=lambda run: run.next_at)


def settle(cloud: LocalCloud, tenant: str = TENANT) -> None:
    """Wait until no run has anything to do at the clock's present instant. Raises NotSettledError."""
    deadline = time.monotonic() + PATIENCE_S
    while late := [run for run in planned(cloud, tenant) if run.next_at <= cloud.clock.now()]:
        if time.monotonic() > deadline:
            raise NotSettledError(f"still due after {PATIENCE_S:.0f} s: {late}")
        time.sleep(0.05)


def forward(cloud: LocalCloud, by: timedelta, tenant: str = TENANT) -> None:
    """Let `by` pass, stopping wherever a run has something to do."""
    end = cloud.clock.now() + by
    settle(cloud, tenant)
    while (coming := planned(cloud, tenant)) and coming[0].next_at <= end:
        _reach(cloud, coming[0].next_at)
        settle(cloud, tenant)
    _reach(cloud, end)


def _reach(cloud: LocalCloud, instant: datetime) -> None:
    """Jump there, unless the clock, which goes on meanwhile, is there already."""
    if cloud.clock.now() + timedelta(milliseconds=100) < instant:
        cloud.clock.advance(instant)


def _body(item: dict[str, dict[str, object]]) -> dict[str, dict[str, str]]:
    if "packed" in item:
        packed = item["packed"]["B"]
        assert isinstance(packed, bytes)
        return json.loads(zlib.decompress(packed))  # type: ignore[no-any-return]
    stored = next(iter(item["body"].values()))
    return json.loads(stored if isinstance(stored, str | bytes) else str(stored))  # type: ignore[no-any-return]
