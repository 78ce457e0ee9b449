"""A renderer for functions that have no PDF layer: asks the one that has it, and waits for the bytes.

A synchronous call without a second attempt: drawing changes nothing, so whoever asked may simply ask again. The answer
holds the PDF itself (Lambda allows 6 MB, our largest document takes 0.2 MB).
"""

from typing import TYPE_CHECKING

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from relance.contracts.drawing import Drawing, drawing_task, drawn, letter_task
from relance.domain.content import DocumentContent
from relance.domain.copies import ORIGINAL, Copy
from relance.domain.errors import Retry, Stop
from relance.domain.letters import LetterContent
from relance.domain.party import Branding

if TYPE_CHECKING:
    from types_boto3_lambda import LambdaClient


class RemoteRenderer:
    """Implements `Renderer` and `LetterRenderer` (app.ports) by the function that draws."""

    def __init__(self, client: "LambdaClient", function: str) -> None:
        self._client = client
        self._function = function

    def pdf(self, content: DocumentContent, branding: Branding, copy: Copy = ORIGINAL) -> bytes:
        """Also raises Retry when the function does not answer, Stop when it failed."""
        return self._drawn(msgspec.json.encode(drawing_task(content, branding, copy)))

    def letter(self, content: LetterContent, branding: Branding) -> bytes:
        """Also raises Retry when the function does not answer, Stop when it failed."""
        return self._drawn(msgspec.json.encode(letter_task(content, branding)))

    def _drawn(self, task: bytes) -> bytes:
        try:
            answer = self._client.invoke(FunctionName=self._function, InvocationType="RequestResponse", Payload=task)
            body = answer["Payload"].read()
        except (ClientError, BotoCoreError) as error:
            raise Retry("Le PDF n’a pas pu être dessiné : réessayez dans un instant.", code="drawing_failed") from error
        if "FunctionError" in answer:
            raise Stop("Le PDF n’a pas pu être dessiné.", code="drawing_failed")
        return drawn(msgspec.json.decode(body, type=Drawing))
