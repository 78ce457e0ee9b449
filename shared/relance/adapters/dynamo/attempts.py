"""What became of a call to DynamoDB, and whether to ask again. Three fates: stored, not stored, not known.

A refusal that follows an attempt without answer tells nothing of that attempt, so a write remembers that one of its
attempts may have been stored. Error codes: DynamoDB developer guide, "Error handling" and API reference of
TransactWriteItems, checked 2026-11.
"""

import random
import time
from collections.abc import Callable
from enum import Enum, auto
from typing import Final, TypeVar

from botocore.exceptions import BotoCoreError, ClientError, ConnectTimeoutError, EndpointConnectionError
from pynamodb.exceptions import PynamoDBException

from relance.domain.errors import OutcomeUnknown, RelanceError, Retry, Stop

T = TypeVar("T")

ATTEMPTS: Final = 3
_BACKOFF_S: Final = 0.05

THROTTLED: Final = frozenset(
    {
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ThrottlingError",
        "ThrottlingException",
        "TransactionConflictException",
    }
)
_IN_PROGRESS: Final = "TransactionInProgressException"  # an earlier attempt of the same token is still at work


class Fate(Enum):
    """Of one attempt that failed."""

    NOT_STORED = auto()  # throttled, in conflict, or never sent: ask again
    UNKNOWN = auto()  # no answer, or the service's own failure: ask again if that is harmless
    REFUSED = auto()  # the request or the set-up is wrong: asking again changes nothing


def fate(error: PynamoDBException) -> Fate:
    """What the failure of one attempt says about it."""
    cause = error.cause
    if isinstance(cause, EndpointConnectionError | ConnectTimeoutError):
        return Fate.NOT_STORED
    if isinstance(cause, BotoCoreError):
        return Fate.UNKNOWN
    code = code_of(error)
    if code in THROTTLED:
        return Fate.NOT_STORED
    if code == _IN_PROGRESS or _status(cause) >= 500:
        return Fate.UNKNOWN
    return Fate.REFUSED


def code_of(error: PynamoDBException) -> str:
    """DynamoDB's error code, or "". pynamodb 6.1's own `cause_response_code` breaks on a time-out."""
    return str(error.cause.response.get("Error", {}).get("Code", "")) if isinstance(error.cause, ClientError) else ""


def _status(cause: Exception | None) -> int:
    """The HTTP status of the answer; pynamodb keeps it only in the error that it wrapped."""
    origin = cause.__cause__ if isinstance(cause, ClientError) and isinstance(cause.__cause__, ClientError) else cause
    response = origin.response if isinstance(origin, ClientError) else {}
    return int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def read(call: Callable[[], T]) -> T:
    """Run a read, again when it fails for the moment. Raises Retry, or Stop when the set-up is wrong."""
    for attempt in range(ATTEMPTS):
        try:
            return call()
        except PynamoDBException as error:
            failure = fate(error)
            if failure is Fate.REFUSED:
                raise refused(error) from error
            cause = error
            _pause(attempt)
    raise Retry("La base de données ne répond pas : réessayez dans quelques secondes.") from cause


def write(call: Callable[[], T], judge: Callable[[PynamoDBException], RelanceError | None]) -> T:
    """Run a write that may be repeated (it is conditional, or carries a token), until its outcome is known.

    `judge` turns a refusal that means something to the caller into his error, and is believed even after an attempt
    without answer: it must mean "not stored by me" or be what the caller would read anyway. Raises what `judge` gives,
    Retry when surely nothing was stored, OutcomeUnknown, or Stop when the set-up is wrong.
    """
    may_be_stored = False
    for attempt in range(ATTEMPTS):
        try:
            return call()
        except PynamoDBException as error:
            if (judged := judge(error)) is not None:
                raise judged from error
            failure = fate(error)
            if failure is Fate.REFUSED:
                raise refused(error) from error
            may_be_stored = may_be_stored or failure is Fate.UNKNOWN
            cause = error
            _pause(attempt)
    if may_be_stored:
        raise OutcomeUnknown("La base de données n’a pas répondu : il se peut que l’écriture soit faite.") from cause
    raise Retry("La base de données refuse le débit : réessayez dans quelques secondes.", code="throttled") from cause


def refused(error: PynamoDBException) -> Stop:
    """The error for a request that DynamoDB will never take. Its text names no data: codes and table names only."""
    code = code_of(error) or type(error.cause).__name__
    return Stop(f"La base de données refuse la demande ({code}).", code="store_refused")


def _pause(attempt: int) -> None:
    if attempt + 1 < ATTEMPTS:
        time.sleep(random.uniform(0, _BACKOFF_S * 4**attempt))  # noqa: S311 - full jitter, no secret
