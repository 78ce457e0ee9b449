"""Asks the function that makes exports to make one: an asynchronous call, which Lambda repeats when it fails."""

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from relance.contracts.exports import ExportTask, encode
from relance.domain.errors import Retry

if TYPE_CHECKING:
    from types_boto3_lambda import LambdaClient


class ExportBell:
    """Keeps the promises of ExportMaker."""

    def __init__(self, client: "LambdaClient", function: str) -> None:
        self._client = client
        self._function = function

    def begin(self, tenant: str, export_id: str) -> None:
        """Returns once the call is queued."""
        task = encode(ExportTask(tenant, export_id))
        try:
            self._client.invoke(FunctionName=self._function, InvocationType="Event", Payload=task)
        except (ClientError, BotoCoreError) as error:
            raise Retry("L’export n’a pas pu être lancé : redemandez-le.", code="export_not_begun") from error
