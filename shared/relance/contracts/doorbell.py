"""What rings the archiver: the stream of the journal, or somebody who found a tenant with something to archive.

Neither carries an event: the archiver reads the journal itself, so a ring may be lost, doubled, late or out of order.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Ring:
    """Drain this tenant. `sequence_number`: the first stream record that asks for it, "" when it was rung directly."""

    tenant: str
    sequence_number: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """Event `seq` of a tenant's journal was changed or removed in the table: only a purge has a right to, to remove.

    `type` is that of the line that is gone, "" when the record does not tell or the line is still there.
    """

    tenant: str
    seq: int
    is_removal: bool = False
    type: str = ""


def encode(tenant: str) -> bytes:
    """The payload of a direct, asynchronous invocation of `archive_stream`."""
    return json.dumps({"tenant": tenant}).encode()


def is_daily(event: Mapping[str, Any]) -> bool:
    """Whether the schedule asks for the log of all archives."""
    return event.get("daily") is True


def rings(event: Mapping[str, Any]) -> tuple[Ring, ...]:
    """One ring per tenant, in the order of their first record. Raises KeyError on what is no ring at all.

    A record is `{"dynamodb": {"Keys": {"tenant": {"S": …}}, "SequenceNumber": …}}` (DynamoDB Streams, checked 2026-11).
    """
    if "Records" not in event:
        return (Ring(event["tenant"]),)
    first: dict[str, Ring] = {}
    for record in event["Records"]:
        change = record["dynamodb"]
        tenant = change["Keys"]["tenant"]["S"]
        first.setdefault(tenant, Ring(tenant, change["SequenceNumber"]))
    return tuple(first.values())


def changes(event: Mapping[str, Any]) -> tuple[Changed, ...]:
    """What the stream shows of `MODIFY` and `REMOVE` in the journal. Raises KeyError like `rings`."""
    return tuple(_changed(record) for record in event.get("Records", ()) if record["eventName"] != "INSERT")


def _changed(record: Mapping[str, Any]) -> Changed:
    change = record["dynamodb"]
    is_removal = record["eventName"] == "REMOVE"
    type = change.get("OldImage", {}).get("type", {}).get("S", "") if is_removal else ""
    return Changed(change["Keys"]["tenant"]["S"], int(change["Keys"]["seq"]["N"]), is_removal, type)
