"""Rings the archiver: an asynchronous call of its function, which drains the tenant that is named.

The sweep cannot drain by itself: only the archiver's role may sign (`kms:Sign`).
"""

import json
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from relance.domain.errors import Retry

if TYPE_CHECKING:
    from types_boto3_lambda import LambdaClient


class ArchiveBell:
    """One function, called with `{"tenant": …}`; ringing twice is harmless."""

    def __init__(self, client: "LambdaClient", function: str) -> None:
        self._client = client
        self._function = function

    def ring(self, tenant: str) -> None:
        """Returns once the call is queued: what the archiver makes of it is its own business. Raises Retry."""
        try:
            self._client.invoke(
                FunctionName=self._function, InvocationType="Event", Payload=json.dumps({"tenant": tenant}).encode()
            )
        except (ClientError, BotoCoreError) as error:
            raise Retry("L’archiveur n’a pas pu être prévenu.", code="archiver_not_rung") from error
