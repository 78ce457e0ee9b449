"""Asks the function that lets go to do what was decided: an asynchronous call, which Lambda repeats when it fails."""

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from relance.contracts.retention import RetentionTask, encode
from relance.domain.errors import Retry
from relance.domain.retention import Work

if TYPE_CHECKING:
    from types_boto3_lambda import LambdaClient


class RetentionBell:
    """Keeps the promises of RetentionWorker."""

    def __init__(self, client: "LambdaClient", function: str) -> None:
        self._client = client
        self._function = function

    def begin(self, tenant: str, work: Work, id: str) -> None:
        """Returns once the call is queued."""
        task = encode(RetentionTask(tenant, work, id))
        try:
            self._client.invoke(FunctionName=self._function, InvocationType="Event", Payload=task)
        except (ClientError, BotoCoreError) as error:
            message = "C’est enregistré, mais pas encore lancé : redemandez-le, ou attendez cette nuit."
            raise Retry(message, code="retention_not_begun") from error
