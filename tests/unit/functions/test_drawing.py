"""Drawing by another function: what is asked arrives whole, and what the renderer said comes back as it was said."""

import io
import json
from typing import Any

import boto3
import msgspec
import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber

from functions.render_pdf.app import draw
from relance.adapters.remote_renderer import RemoteRenderer
from relance.app.ports.outside import Renderer
from relance.contracts.drawing import DrawingTask, drawing_task
from relance.domain.content import DocumentContent
from relance.domain.copies import ORIGINAL, PREVIEW, Copy, duplicate
from relance.domain.errors import Fault, Invalid, Retry, Stop
from relance.domain.look import Design
from relance.domain.party import Branding
from tests.doubles.outside import FakeRenderer
from tests.specimens import specimens

LOOK = Branding("#aa3300", logo_jpeg="/9j/", design=Design.CLASSIC)


class Picky:
    """Refuses what it is given."""

    def pdf(self, content: DocumentContent, branding: Branding, copy: Copy = ORIGINAL) -> bytes:
        raise Invalid("Pas imprimable.", code="unprintable", faults=[Fault("/message", "Retirez-les.", "unprintable")])


class Broken:
    """Finds what must never be."""

    def pdf(self, content: DocumentContent, branding: Branding, copy: Copy = ORIGINAL) -> bytes:
        raise Stop("Le document demande une ressource extérieure.")


def asked(content: DocumentContent, copy: Copy) -> bytes:
    return msgspec.json.encode(drawing_task(content, LOOK, copy))


def ask(renderer: Renderer, content: DocumentContent, copy: Copy, error: str = "") -> bytes:
    """Through the wire and back, AWS's part of it stubbed."""
    payload = asked(content, copy)
    body = b"{}" if error else json.dumps(draw(renderer, msgspec.convert(json.loads(payload), DrawingTask))).encode()
    answer: dict[str, Any] = {"StatusCode": 200, "Payload": StreamingBody(io.BytesIO(body), len(body))}
    if error:
        answer["FunctionError"] = error
    client = boto3.client("lambda", region_name="eu-west-3", aws_access_key_id="t", aws_secret_access_key="t")
    wanted = {"FunctionName": "render", "InvocationType": "RequestResponse", "Payload": payload}
    with Stubber(client) as stub:
        stub.add_response("invoke", answer, wanted)
        return RemoteRenderer(client, "render").pdf(content, LOOK, copy)


@pytest.mark.parametrize("name", specimens())
@pytest.mark.parametrize("copy", [PREVIEW, duplicate(3)], ids=["preview", "duplicate"])
def test_what_is_drawn_there_is_what_would_be_drawn_here(name: str, copy: Copy) -> None:
    content = specimens()[name]
    assert ask(FakeRenderer(), content, copy) == FakeRenderer().pdf(content, LOOK, copy)


def test_a_document_that_cannot_be_printed_is_its_authors_to_mend_with_every_place() -> None:
    with pytest.raises(Invalid) as refused:
        ask(Picky(), specimens()["quote"], PREVIEW)
    assert refused.value.code == "unprintable"
    assert refused.value.faults == (Fault("/message", "Retirez-les.", "unprintable"),)


def test_what_must_never_be_is_not_an_answer() -> None:
    with pytest.raises(Stop):
        draw(Broken(), msgspec.json.decode(asked(specimens()["quote"], PREVIEW), type=DrawingTask))
    with pytest.raises(Stop):
        ask(FakeRenderer(), specimens()["quote"], PREVIEW, error="Unhandled")
    with pytest.raises(ValueError, match="nothing to draw"):
        _ = DrawingTask(branding=LOOK, copy=PREVIEW).content


def test_a_silent_function_may_be_asked_again() -> None:
    client = boto3.client("lambda", region_name="eu-west-3", aws_access_key_id="t", aws_secret_access_key="t")
    with Stubber(client) as stub:
        stub.add_client_error("invoke", "TooManyRequestsException", http_status_code=429)
        with pytest.raises(Retry):
            RemoteRenderer(client, "render").pdf(specimens()["quote"], LOOK, PREVIEW)
