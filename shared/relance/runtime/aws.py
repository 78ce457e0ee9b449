"""AWS clients: made at their first call, on one session, so that a request pays only for the services it needs.

Measured: `import boto3` 267 ms, a client 80-150 ms more; reading a quote needs neither S3 nor Step Functions. Hence a
stand-in that becomes the client when it is first used, and no import of boto3 at module level, here or in a wiring.
Deployments on the local cloud set `AWS_ENDPOINT_URL`; boto3 reads it by itself.
"""

from functools import cache
from typing import TYPE_CHECKING, Any, Literal, overload

if TYPE_CHECKING:
    import boto3
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_kms import KMSClient
    from types_boto3_lambda import LambdaClient
    from types_boto3_s3 import S3Client
    from types_boto3_sesv2 import SESV2Client
    from types_boto3_sqs import SQSClient
    from types_boto3_stepfunctions import SFNClient

# A silent service must be an answer and not a kill: all attempts together stay within a function's 15 seconds.
CONNECT_TIMEOUT_S = 1
READ_TIMEOUT_S = 4
ATTEMPTS = 3
READ_TIMEOUT_ONCE_S = 10  # without a second attempt, patience: an answer that is lost leaves an unknown outcome


@cache
def session() -> "boto3.session.Session":
    """The one session of this process."""
    import boto3  # noqa: PLC0415 - see the module's docstring

    return boto3.session.Session()


@overload
def client(service: Literal["dynamodb"], *, retries: bool = True) -> "DynamoDBClient": ...
@overload
def client(service: Literal["kms"], *, retries: bool = True) -> "KMSClient": ...
@overload
def client(service: Literal["lambda"], *, retries: bool = True) -> "LambdaClient": ...
@overload
def client(service: Literal["s3"], *, retries: bool = True) -> "S3Client": ...
@overload
def client(service: Literal["sesv2"], *, retries: bool = True) -> "SESV2Client": ...
@overload
def client(service: Literal["sqs"], *, retries: bool = True) -> "SQSClient": ...
@overload
def client(service: Literal["stepfunctions"], *, retries: bool = True) -> "SFNClient": ...
@cache
def client(service: Any, *, retries: bool = True) -> Any:
    """The client of one service. `retries=False` sends each request once: for what must not happen twice (mail)."""
    return _Lazy(service, retries)


class _Lazy:
    """A client that is made when something is first asked of it."""

    def __init__(self, service: str, retries: bool) -> None:
        self._service, self._retries = service, retries

    def __getattr__(self, name: str) -> Any:
        return getattr(_made(self._service, self._retries), name)


@cache
def _made(service: Any, retries: bool) -> Any:
    from botocore.config import Config  # noqa: PLC0415 - see the module's docstring

    config = Config(
        connect_timeout=CONNECT_TIMEOUT_S,
        read_timeout=READ_TIMEOUT_S if retries else READ_TIMEOUT_ONCE_S,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS if retries else 1},
    )
    return session().client(service, config=config)
