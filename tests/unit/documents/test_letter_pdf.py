"""Letters as PDFs: the same bytes each time, drawn by another function without loss. [DU-05]"""

import io
import json
from typing import Any

import boto3
import msgspec
import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber
from pypdf import PdfReader

from functions.render_pdf.app import draw_letter
from relance.adapters.letters_weasyprint import WeasyPrintLetters
from relance.adapters.pdf_weasyprint import WeasyPrintRenderer
from relance.adapters.remote_renderer import RemoteRenderer
from relance.contracts.drawing import LetterTask, is_letter, letter_task
from relance.domain.errors import Invalid
from relance.domain.letters import LetterContent
from relance.domain.look import Design
from relance.domain.party import Branding
from tests.doubles.outside import FakeRenderer
from tests.late_specimens import letters

LOOK = Branding("#aa3300", design=Design.CLASSIC)


@pytest.fixture(scope="module")
def engine() -> WeasyPrintLetters:
    return WeasyPrintLetters(WeasyPrintRenderer())


def test_a_letter_is_the_same_bytes_each_time_and_its_annex_a_page_of_its_own(engine: WeasyPrintLetters) -> None:
    content = letters()["notice"]
    pdf = engine.letter(content, LOOK)
    assert engine.letter(content, LOOK) == pdf
    reader = PdfReader(io.BytesIO(pdf))
    assert len(reader.pages) == 2, "the letter, then how the penalties were computed"
    assert reader.metadata is not None
    assert reader.metadata.title == "Mise en demeure du 16/11/2026"


@pytest.mark.parametrize("name", letters())
def test_a_letter_arrives_whole_at_the_function_that_draws(name: str) -> None:
    content = letters()[name]
    assert through_the_wire(content) == FakeRenderer().letter(content, LOOK)


class Picky:
    """Refuses what it is given."""

    def letter(self, content: LetterContent, branding: Branding) -> bytes:
        raise Invalid("Pas imprimable.", code="unprintable")


def test_a_letter_that_cannot_be_printed_is_refused_as_the_renderer_did() -> None:
    with pytest.raises(Invalid) as error:
        through_the_wire(letters()["notice"], Picky())
    assert error.value.code == "unprintable"


def test_nothing_to_draw_is_no_letter() -> None:
    with pytest.raises(ValueError, match="nothing to draw"):
        LetterTask(branding=LOOK).content  # noqa: B018 - it is asked for
    assert not is_letter({"branding": {}, "quote": {}})


def through_the_wire(content: LetterContent, letters: Any = None) -> bytes:
    """Asked of the other function and answered, AWS's part of it stubbed."""
    payload = msgspec.json.encode(letter_task(content, LOOK))
    task = json.loads(payload)
    assert is_letter(task)
    body = json.dumps(draw_letter(letters or FakeRenderer(), msgspec.convert(task, LetterTask))).encode()
    answer: dict[str, Any] = {"StatusCode": 200, "Payload": StreamingBody(io.BytesIO(body), len(body))}
    client = boto3.client("lambda", region_name="eu-west-3", aws_access_key_id="t", aws_secret_access_key="t")
    wanted = {"FunctionName": "render", "InvocationType": "RequestResponse", "Payload": payload}
    with Stubber(client) as stub:
        stub.add_response("invoke", answer, wanted)
        return RemoteRenderer(client, "render").letter(content, LOOK)
