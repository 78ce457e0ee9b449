"""AWS clients: made when first asked for, on one session, so that a function pays only for the services it calls.

Measured: `import boto3` 267 ms, a client 80-150 ms more; hence no import of boto3 at module level, here or in a wiring.
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

CONNECT_TIMEOUT_S = 2
READ_TIMEOUT_S = 10  # below the shortest function time-out, so that a silent service is an answer and not a kill


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
    from botocore.config import Config  # noqa: PLC0415 - see the module's docstring

    config = Config(
        connect_timeout=CONNECT_TIMEOUT_S,
        read_timeout=READ_TIMEOUT_S,
        retries={"mode": "standard", "total_max_attempts": 3 if retries else 1},
    )
    return session().client(service, config=config)
