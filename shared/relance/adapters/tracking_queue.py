"""The tracking queue on SQS: one signed HTTP call per message (AWS JSON 1.0), without boto3.

boto3 and an SQS client cost 400 ms and 500 modules at a cold start, for one call; botocore's signer and the standard
library's HTTP do the same. Both are loaded at the first genuine hit: a forged token never pays for them. Amazon SQS API
Reference, SendMessage; Signature Version 4; checked 2026-11.
"""

import json
import os
from collections.abc import Mapping
from typing import Final

TIMEOUT_S: Final = 1.0


class SqsTrackingQueue:
    """TrackingQueue. Region and credentials are what Lambda puts into the environment; they change with it."""

    def __init__(self, queue_url: str, environment: Mapping[str, str] = os.environ) -> None:
        self._queue_url = queue_url
        self._environment = environment

    def send(self, body: str) -> None:
        """Raises OSError (refused, silent for a second, or an answer of error: HTTPError is one)."""
        from urllib.request import Request, urlopen  # noqa: PLC0415 - see the module's docstring

        payload = json.dumps({"QueueUrl": self._queue_url, "MessageBody": body}).encode()
        endpoint = self._endpoint()
        request = Request(endpoint, payload, self._signed(endpoint, payload))  # noqa: S310 - from the deployment
        with urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
            answer.read()

    def _endpoint(self) -> str:
        """Where the service is: the local cloud's address when one is set, as in every SDK, else the queue's host."""
        local = self._environment.get("AWS_ENDPOINT_URL_SQS") or self._environment.get("AWS_ENDPOINT_URL")
        if local:
            return local.rstrip("/") + "/"
        scheme, _, rest = self._queue_url.partition("://")
        return f"{scheme}://{rest.partition('/')[0]}/"

    def _signed(self, endpoint: str, payload: bytes) -> dict[str, str]:
        from botocore.auth import SigV4Auth  # noqa: PLC0415 - see the module's docstring
        from botocore.awsrequest import AWSRequest  # noqa: PLC0415
        from botocore.credentials import Credentials  # noqa: PLC0415

        env = self._environment
        headers = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "AmazonSQS.SendMessage"}
        request = AWSRequest("POST", endpoint, headers, payload)
        credentials = Credentials(
            env.get("AWS_ACCESS_KEY_ID", ""), env.get("AWS_SECRET_ACCESS_KEY", ""), env.get("AWS_SESSION_TOKEN") or None
        )
        region = env.get("AWS_REGION") or env.get("AWS_DEFAULT_REGION", "eu-west-3")
        SigV4Auth(credentials, "sqs", region).add_auth(request)
        return dict(request.headers.items())
