"""Sheets drawn by the function that has the PDF layer, like documents (`adapters.remote_renderer`)."""

from typing import TYPE_CHECKING

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from relance.contracts.drawing import Drawing, drawn
from relance.contracts.sheets import SheetTask
from relance.domain.errors import Retry, Stop
from relance.domain.sheets import Sheet

if TYPE_CHECKING:
    from types_boto3_lambda import LambdaClient


class RemoteSheets:
    """Implements `relance.app.ports.sheets.SheetRenderer`."""

    def __init__(self, client: "LambdaClient", function: str) -> None:
        self._client = client
        self._function = function

    def sheet(self, sheet: Sheet) -> bytes:
        """Also raises Retry when the function does not answer, Stop when it failed."""
        task = msgspec.json.encode(SheetTask(sheet))
        try:
            answer = self._client.invoke(FunctionName=self._function, InvocationType="RequestResponse", Payload=task)
            body = answer["Payload"].read()
        except (ClientError, BotoCoreError) as error:
            raise Retry("Le PDF n’a pas pu être dessiné : réessayez dans un instant.", code="drawing_failed") from error
        if "FunctionError" in answer:
            raise Stop("Le PDF n’a pas pu être dessiné.", code="drawing_failed")
        return drawn(msgspec.json.decode(body, type=Drawing))
