"""What a failure says about a write, and how often it is asked again."""

from collections.abc import Callable, Iterator

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)
from pynamodb.exceptions import PynamoDBException, TransactWriteError, VerboseClientError

from relance.adapters.dynamo.attempts import ATTEMPTS, Fate, fate, read, write
from relance.domain.errors import Conflict, OutcomeUnknown, RelanceError, Retry, Stop


def answered(code: str, status: int = 400) -> PynamoDBException:
    """As pynamodb wraps it: the status survives only in the cause of the cause."""
    metadata = {"HTTPStatusCode": status}
    origin = ClientError({"Error": {"Code": code, "Message": ""}, "ResponseMetadata": metadata}, "op")  # type: ignore[typeddict-item]
    wrapped = VerboseClientError({"Error": {"Code": code, "Message": ""}}, "op")
    wrapped.__cause__ = origin
    return TransactWriteError("failed", wrapped)


def silent(cause: Exception | None = None) -> PynamoDBException:
    return TransactWriteError("failed", cause or ReadTimeoutError(endpoint_url="x"))


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (answered("ThrottlingException"), Fate.NOT_STORED),
        (answered("ProvisionedThroughputExceededException"), Fate.NOT_STORED),
        (answered("RequestLimitExceeded"), Fate.NOT_STORED),
        (answered("TransactionConflictException"), Fate.NOT_STORED),
        (answered("TransactionInProgressException"), Fate.UNKNOWN),
        (answered("InternalServerError", 500), Fate.UNKNOWN),
        (answered("ServiceUnavailable", 503), Fate.UNKNOWN),
        (answered("ValidationException"), Fate.REFUSED),
        (answered("AccessDeniedException"), Fate.REFUSED),
        (answered("ResourceNotFoundException"), Fate.REFUSED),
        (answered("IdempotentParameterMismatchException"), Fate.REFUSED),
        (silent(), Fate.UNKNOWN),
        (silent(ConnectionClosedError(endpoint_url="x")), Fate.UNKNOWN),
        (silent(ConnectTimeoutError(endpoint_url="x")), Fate.NOT_STORED),
        (silent(EndpointConnectionError(endpoint_url="x", error="refused")), Fate.NOT_STORED),
        (PynamoDBException("no cause"), Fate.REFUSED),
    ],
)
def test_each_failure_has_its_fate(error: PynamoDBException, expected: Fate) -> None:
    assert fate(error) is expected


def scripted(*outcomes: PynamoDBException | str) -> Callable[[], str]:
    """A call that meets these outcomes, one each time, and must not be made more often."""
    script: Iterator[PynamoDBException | str] = iter(outcomes)

    def call() -> str:
        outcome = next(script)
        if isinstance(outcome, PynamoDBException):
            raise outcome
        return outcome

    return call


def nothing(_: PynamoDBException) -> RelanceError | None:
    return None


THROTTLED = answered("ThrottlingException")


@pytest.mark.parametrize(
    ("outcomes", "error"),
    [
        ((THROTTLED, THROTTLED, THROTTLED), Retry),
        ((silent(), silent(), silent()), OutcomeUnknown),
        ((silent(), THROTTLED, THROTTLED), OutcomeUnknown),  # the refusals tell nothing of the first attempt
        ((THROTTLED, answered("InternalServerError", 500), THROTTLED), OutcomeUnknown),
        ((answered("ValidationException"),), Stop),
    ],
)
def test_a_write_says_not_stored_only_when_no_attempt_can_have_been(
    outcomes: tuple[PynamoDBException, ...], error: type[RelanceError]
) -> None:
    with pytest.raises(error) as raised:
        write(scripted(*outcomes), nothing)
    assert type(raised.value) is error


def test_a_write_goes_on_until_it_is_answered() -> None:
    assert write(scripted(silent(), THROTTLED, "stored"), nothing) == "stored"
    assert ATTEMPTS == 3


def test_what_the_judge_understands_ends_the_write() -> None:
    moved = Conflict("moved")
    with pytest.raises(Conflict):
        write(scripted(silent(), THROTTLED), lambda error: moved if error is THROTTLED else None)


def test_a_read_is_repeated_and_then_given_up() -> None:
    assert read(scripted(silent(), THROTTLED, "read")) == "read"
    with pytest.raises(Retry):
        read(scripted(silent(), silent(), silent()))
    with pytest.raises(Stop) as refused:
        read(scripted(answered("AccessDeniedException")))
    assert "AccessDeniedException" in refused.value.message
