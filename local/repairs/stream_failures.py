"""A DynamoDB stream retries what a function did not process, and gives up as configured.

Seen: the event source mapping reads neither `batchItemFailures` (a partial failure counts as success and its records
are lost), nor `MaximumRetryAttempts` (a poison batch blocks the shard for ever), nor `BisectBatchOnFunctionError`.
The rules followed here are those of the Lambda guide, "DynamoDB streams: error handling" (checked 2026-11): resume at
the lowest failed sequence number; halve a failing batch; after the last attempt send a pointer to OnFailure and go
on.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from ministack.services import lambda_svc

from local.repairs.patching import wrap

PAUSE_S = 0.2  # between attempts; the shard is blocked meanwhile, as on AWS

Records = list[dict[str, Any]]
Execute = Callable[[dict[str, Any], Any], dict[str, Any]]


def apply() -> None:
    wrap(lambda_svc, "_execute_function", _with_retries)


def _with_retries(execute: Execute) -> Execute:
    def repaired(function: dict[str, Any], event: Any) -> dict[str, Any]:
        mapping = _mapping(function, event)
        if mapping is None:
            return execute(function, event)
        return _drain(execute, function, mapping, event["Records"], attempts_left=_attempts(mapping))

    return repaired


def _drain(
    execute: Execute, function: dict[str, Any], mapping: dict[str, Any], records: Records, attempts_left: int
) -> dict[str, Any]:
    """Process `records` until none is left or the attempts are used up; the result is always a success for the
    poller."""
    while True:
        result = execute(function, {"Records": records})
        records = _unprocessed(result, records, mapping)
        if not records:
            return {"body": result.get("body"), "log": result.get("log", "")}
        if attempts_left <= 0:
            arn = mapping["EventSourceArn"]
            lambda_svc._send_ddb_stream_failure_record(
                mapping, function, records, arn, result, "RetryAttemptsExhausted"
            )
            return {"body": {}, "log": result.get("log", "")}
        attempts_left -= 1
        time.sleep(PAUSE_S)
        if mapping.get("BisectBatchOnFunctionError") and result.get("error") and len(records) > 1:
            half = len(records) // 2
            _drain(execute, function, mapping, records[:half], attempts_left)
            records = records[half:]


def _unprocessed(result: dict[str, Any], records: Records, mapping: dict[str, Any]) -> Records:
    if result.get("error"):
        return records
    body = result.get("body")
    if "ReportBatchItemFailures" not in (mapping.get("FunctionResponseTypes") or []) or not isinstance(body, dict):
        return []
    failed = {failure.get("itemIdentifier") for failure in body.get("batchItemFailures") or []}
    numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
    if failed - set(numbers):
        return records  # an unknown or empty identifier: the whole batch is repeated
    return records[min((numbers.index(number) for number in failed), default=len(records)) :]


def _mapping(function: dict[str, Any], event: Any) -> dict[str, Any] | None:
    """The event source mapping that this invocation comes from, if it is a stream's."""
    records = event.get("Records") if isinstance(event, dict) else None
    if not records or not isinstance(records[0], dict) or records[0].get("eventSource") != "aws:dynamodb":
        return None
    name = (function.get("config") or function).get("FunctionName")
    for _account, _region, mapping in lambda_svc._iter_all_esms():
        if mapping.get("FunctionName") == name and mapping.get("EventSourceArn") == records[0].get("eventSourceARN"):
            return dict(mapping)
    return None


def _attempts(mapping: dict[str, Any]) -> int:
    configured = mapping.get("MaximumRetryAttempts")
    return 10_000 if configured in (None, -1) else int(configured)
