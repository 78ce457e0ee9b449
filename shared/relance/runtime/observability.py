"""What operators see: structured log lines and metrics, with allow-listed keys only.

No e-mail address, no name, no amount and no message of an exception (it may quote any of them) is ever logged: an
error is told by its class, its code and its stack. Traces come from `Tracing: Active`: the X-Ray SDK costs 375 ms.
"""

import traceback
from typing import Any, Literal, TypedDict, Unpack, get_type_hints

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import MetricUnit, single_metric

Unit = Literal["count", "ms", "bytes"]
_UNITS = {"count": MetricUnit.Count, "ms": MetricUnit.Milliseconds, "bytes": MetricUnit.Bytes}


class Fields(TypedDict, total=False):
    """All that a log line may carry beside its event and the correlation id."""

    tenant: str
    document_kind: str
    document_id: str
    segment: str
    step: str
    turn: int
    seq: int
    count: int
    duration_ms: int
    route: str
    method: str
    status: int
    code: str
    reason: str
    request_id: str


_ALLOWED = frozenset(get_type_hints(Fields))


class Log:
    """One function's log. `event` is a fixed English phrase; what varies goes into the fields."""

    def __init__(self, service: str) -> None:
        self.service = service
        self._logger = Logger(service=service, use_rfc3339=True, utc=True)

    def correlate(self, correlation_id: str) -> None:
        """Put the id of the request or execution on every later line of this invocation."""
        self._logger.set_correlation_id(correlation_id)

    def info(self, event: str, **fields: Unpack[Fields]) -> None:
        """Something worth knowing happened."""
        self._logger.info(event, extra=_kept(fields))

    def warning(self, event: str, **fields: Unpack[Fields]) -> None:
        """Somebody should look at it some day."""
        self._logger.warning(event, extra=_kept(fields))

    def failure(self, event: str, error: BaseException, **fields: Unpack[Fields]) -> None:
        """An alarm counts these. The stack tells where; the message of `error` stays out."""
        self._logger.error(event, extra={**_kept(fields), **_told(error)})


def _kept(fields: Any) -> dict[str, Any]:
    """What the type checker allows, enforced at run time as well: a stray key is dropped and named."""
    kept = {key: value for key, value in fields.items() if key in _ALLOWED}
    stray = sorted(fields.keys() - _ALLOWED)
    return {**kept, "dropped_keys": stray} if stray else kept


def _told(error: BaseException) -> dict[str, Any]:
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    told: dict[str, Any] = {"error": type(error).__qualname__, "stack": frames[-20:]}
    response = getattr(error, "response", None)  # botocore's ClientError: the service's code, without its message
    if isinstance(response, dict):
        told["service_code"] = str(response.get("Error", {}).get("Code", ""))
    if error.__cause__ is not None:
        told["cause"] = type(error.__cause__).__qualname__
    return told


def metric(name: str, value: float = 1, unit: Unit = "count", **dimensions: str) -> None:
    """One measure, as an EMF line of the log (CloudWatch reads it there: no call, no wait)."""
    with single_metric(name=name, unit=_UNITS[unit], value=value, namespace="Relance") as measure:
        for key, text in dimensions.items():
            measure.add_dimension(key, text)
