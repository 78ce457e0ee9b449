"""One signed call to SQS without boto3: read back by a server that stands for the service."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Event, Thread
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from relance.adapters.tracking_queue import SqsTrackingQueue

QUEUE = "https://sqs.eu-west-3.amazonaws.com/123456789012/tracking"
ENVIRONMENT = {
    "AWS_REGION": "eu-west-3",
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    "AWS_SESSION_TOKEN": "a session",
}


@dataclass(slots=True)
class Service:
    """What it was sent, and how it answers."""

    url: str = ""
    status: int = 200
    answers: Event = field(default_factory=Event)
    headers: dict[str, str] = field(default_factory=dict)
    bodies: list[bytes] = field(default_factory=list)

    def queue(self, **environment: str) -> SqsTrackingQueue:
        return SqsTrackingQueue(QUEUE, ENVIRONMENT | {"AWS_ENDPOINT_URL": self.url} | environment)


@pytest.fixture
def service() -> Iterator[Service]:
    told = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            told.headers = dict(self.headers.items())
            told.answers.wait()
            self.send_response(told.status)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            return

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        told.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        told.answers.set()
        yield told
        told.answers.set()
        server.shutdown()
        thread.join()


def test_a_message_reaches_the_queue_it_is_for(service: Service) -> None:
    service.queue().send("é")
    assert [json.loads(body) for body in service.bodies] == [{"QueueUrl": QUEUE, "MessageBody": "é"}]
    assert service.headers["X-Amz-Target"] == "AmazonSQS.SendMessage"
    assert service.headers["Content-Type"] == "application/x-amz-json-1.0"


def test_the_call_is_signed_over_its_body_with_the_role_of_the_function(service: Service) -> None:
    """The service signs the request again with the secret that it knows, as AWS does, and finds the same."""
    service.queue().send("hit")
    sent = {name.lower(): value for name, value in service.headers.items()}
    assert sent["x-amz-security-token"] == "a session"
    signed = re.search(r"SignedHeaders=([^,]+)", sent["authorization"])
    assert signed is not None
    assert {"content-type", "host", "x-amz-date", "x-amz-security-token", "x-amz-target"} <= set(signed[1].split(";"))
    assert _signature_again(service, sent) == sent["authorization"].rpartition("Signature=")[2]


def _signature_again(service: Service, sent: dict[str, str]) -> str:
    kept = ("content-type", "x-amz-target", "x-amz-date", "x-amz-security-token")
    request: Any = AWSRequest("POST", service.url + "/", {name: sent[name] for name in kept}, service.bodies[0])
    request.context["timestamp"] = sent["x-amz-date"]
    auth: Any = SigV4Auth(
        Credentials(ENVIRONMENT["AWS_ACCESS_KEY_ID"], ENVIRONMENT["AWS_SECRET_ACCESS_KEY"], "a session"),
        "sqs",
        "eu-west-3",
    )
    assert sha256(service.bodies[0]).hexdigest() == auth.payload(request)
    return str(auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request))


@pytest.mark.parametrize("status", [400, 403, 500, 503])
def test_a_refusal_is_an_error_of_the_system(service: Service, status: int) -> None:
    service.status = status
    with pytest.raises(OSError, match=str(status)):
        service.queue().send("hit")


def test_a_silent_service_is_given_up_within_its_time(service: Service) -> None:
    service.answers.clear()  # never, as far as he is concerned who asks
    with pytest.raises(OSError, match="timed out"):
        service.queue().send("hit")


def test_nobody_at_the_address_is_an_error_of_the_system() -> None:
    with pytest.raises(OSError, match="refused"):
        SqsTrackingQueue(QUEUE, ENVIRONMENT | {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}).send("hit")


def test_an_endpoint_for_the_one_service_goes_before_the_one_for_all(service: Service) -> None:
    service.queue(AWS_ENDPOINT_URL="http://127.0.0.1:9", AWS_ENDPOINT_URL_SQS=service.url).send("hit")
    assert len(service.bodies) == 1


def test_without_an_endpoint_the_queue_itself_says_where_it_is() -> None:
    assert SqsTrackingQueue(QUEUE, {})._endpoint() == "https://sqs.eu-west-3.amazonaws.com/"
