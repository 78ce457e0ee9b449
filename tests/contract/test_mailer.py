"""What every Mailer promises, held against the double and against SES's client; then what is SES's own.

The client is botocore's real one: its answers are planted below the parsing of errors, so that what is classified here
is what production would see. No mail leaves this machine.
"""

import email
import io
import json
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse, HTTPHeaders
from botocore.config import Config
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)

from relance.adapters.ses_mailer import SesMailer, mime_of
from relance.app.ports.outside import Acceptance, Attachment, Mail, Mailer
from tests.doubles.outside import MailFate, RecordingMailer

MAIL = Mail(
    claim_id="ten_atelier--quo_1--delivery",
    sender="Atelier Verdier <envoi@relance.example>",
    reply_to="contact@atelier-verdier.example",
    recipient="camille.lefevre@client.example",
    subject="Votre devis D-2026-0001 : rénovation du parquet",
    text="Bonjour Camille Lefèvre,\n\nMontant TTC\u00a0: 2\u202f215,35\u00a0€\n",
    html="<p>Bonjour Camille Lefèvre,</p>",
    date=datetime(2026, 11, 16, 9, 0, tzinfo=UTC),
    message_id="<claim@relance.example>",
    attachments=(Attachment("Devis D-2026-0001 – rénové.pdf", "application/pdf", b"%PDF-1.7 \x00\xff"),),
)


class Body(io.BytesIO):
    """What botocore reads an answer from."""

    def stream(self) -> Iterator[bytes]:
        yield self.read()


@dataclass
class Wire:
    """Stands where the network is: gives one planted answer or error, and keeps what was sent."""

    status: int = 200
    body: bytes = b'{"MessageId": "0102abc"}'
    headers: tuple[tuple[str, str], ...] = ()
    error: Exception | None = None

    def __post_init__(self) -> None:
        self.sent: list[Any] = []

    def answer(self, request: Any, **_: Any) -> Any:
        self.sent.append(request)
        if self.error is not None:
            raise self.error
        return AWSResponse(request.url, self.status, HTTPHeaders.from_pairs(self.headers), Body(self.body))

    def mailer(self, region: str = "eu-west-3") -> SesMailer:
        client = boto3.client(
            "sesv2",
            region_name=region,
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(retries={"mode": "standard", "total_max_attempts": 1}),
        )
        client.meta.events.register("before-send.sesv2.SendEmail", self.answer)
        return SesMailer(client, "relance-mail")


def failing(status: int, code: str) -> Wire:
    return Wire(status, b'{"message": "no"}', (("x-amzn-ErrorType", code),))


def scripted(fate: MailFate) -> Mailer:
    mailer = RecordingMailer()
    mailer.next(fate)
    return mailer


WIRES = {
    MailFate.ACCEPTED: Wire(),
    MailFate.REFUSED: failing(400, "MessageRejected"),
    MailFate.THROTTLED: failing(429, "TooManyRequestsException"),
    MailFate.UNKNOWN_DELIVERED: Wire(error=ReadTimeoutError(endpoint_url="https://email.eu-west-3.amazonaws.com")),
}


def mailers(fate: MailFate) -> pytest.MarkDecorator:
    """The double and the adapter, each about to meet that fate."""
    return pytest.mark.parametrize("mailer", [scripted(fate), WIRES[fate].mailer()], ids=["double", "ses"])


@mailers(MailFate.ACCEPTED)
def test_an_accepted_mail_has_the_service_s_id(mailer: Mailer) -> None:
    handover = mailer.send(MAIL)
    assert handover.acceptance is Acceptance.ACCEPTED
    assert handover.provider_id


@mailers(MailFate.REFUSED)
def test_a_refused_mail_says_why_and_is_not_to_be_tried_again(mailer: Mailer) -> None:
    handover = mailer.send(MAIL)
    assert (handover.acceptance, handover.reason, handover.retryable) == (Acceptance.REFUSED, "MessageRejected", False)


@mailers(MailFate.THROTTLED)
def test_a_throttled_mail_may_be_tried_later(mailer: Mailer) -> None:
    handover = mailer.send(MAIL)
    assert handover.acceptance is Acceptance.REFUSED
    assert handover.retryable


@mailers(MailFate.UNKNOWN_DELIVERED)
def test_silence_is_unknown_and_never_a_refusal(mailer: Mailer) -> None:
    handover = mailer.send(MAIL)
    assert (handover.acceptance, handover.retryable) == (Acceptance.UNKNOWN, False)
    assert handover.reason


@pytest.mark.parametrize(
    ("status", "code", "acceptance", "retryable"),
    [
        (400, "MessageRejected", Acceptance.REFUSED, False),
        (400, "BadRequestException", Acceptance.REFUSED, False),
        (400, "MailFromDomainNotVerifiedException", Acceptance.REFUSED, True),
        (400, "AccountSuspendedException", Acceptance.REFUSED, True),
        (400, "SendingPausedException", Acceptance.REFUSED, True),
        (400, "LimitExceededException", Acceptance.REFUSED, True),
        (404, "NotFoundException", Acceptance.REFUSED, True),
        (429, "TooManyRequestsException", Acceptance.REFUSED, True),
        (400, "ThrottlingException", Acceptance.REFUSED, True),
        (403, "AccessDeniedException", Acceptance.REFUSED, True),
        (403, "ExpiredTokenException", Acceptance.REFUSED, True),
        (418, "SomethingNew", Acceptance.REFUSED, False),
        (500, "InternalFailure", Acceptance.UNKNOWN, False),
        (503, "ServiceUnavailable", Acceptance.UNKNOWN, False),
        (504, "", Acceptance.UNKNOWN, False),
    ],
)
def test_each_answer_of_ses_is_sorted(status: int, code: str, acceptance: Acceptance, retryable: bool) -> None:
    wire = failing(status, code)
    handover = wire.mailer().send(MAIL)
    assert (handover.acceptance, handover.retryable) == (acceptance, retryable)
    assert len(wire.sent) == 1, "one claim, one request"


@pytest.mark.parametrize(
    ("error", "acceptance"),
    [
        (EndpointConnectionError(endpoint_url="https://x"), Acceptance.REFUSED),
        (ConnectTimeoutError(endpoint_url="https://x"), Acceptance.REFUSED),
        (NoCredentialsError(), Acceptance.REFUSED),
        (ReadTimeoutError(endpoint_url="https://x"), Acceptance.UNKNOWN),
        (ConnectionClosedError(endpoint_url="https://x"), Acceptance.UNKNOWN),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_broken_connection_is_a_refusal_only_before_anything_left(error: Exception, acceptance: Acceptance) -> None:
    wire = Wire(error=error)
    handover = wire.mailer().send(MAIL)
    assert handover.acceptance is acceptance
    assert handover.retryable is (acceptance is Acceptance.REFUSED)
    assert len(wire.sent) == 1


@pytest.mark.parametrize(
    ("region", "message_id"),
    [("eu-west-3", "<0102abc@eu-west-3.amazonses.com>"), ("us-east-1", "<0102abc@email.amazonses.com>")],
)
def test_the_message_id_that_ses_writes_is_told(region: str, message_id: str) -> None:
    assert Wire().mailer(region).send(MAIL).message_id == message_id


def test_the_request_carries_the_claim_the_configuration_set_and_no_tracking() -> None:
    wire = Wire()
    wire.mailer().send(MAIL)
    request = json.loads(wire.sent[0].body)
    assert request["EmailTags"] == [{"Name": "claim", "Value": MAIL.claim_id}]
    assert request["ConfigurationSetName"] == "relance-mail"
    assert request["FromEmailAddress"] == "envoi@relance.example"
    assert request["Destination"] == {"ToAddresses": [MAIL.recipient]}
    assert set(request["ConfigurationOverrides"]["Tracking"].values()) == {"DISABLED"}
    sent = email.message_from_bytes(b64decode(request["Content"]["Raw"]["Data"]), policy=default)
    assert sent["Subject"] == MAIL.subject
    assert [part.get_content_type() for part in sent.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "application/pdf",
    ]


def read_back(mail: Mail) -> EmailMessage:
    return email.message_from_bytes(mime_of(mail).as_bytes(), policy=default)


def test_the_message_is_read_back_as_it_was_meant() -> None:
    message = read_back(replace(MAIL, in_reply_to="<first@relance.example>", headers={"X-Relance": "1"}))
    assert message["Subject"] == MAIL.subject
    assert message["From"].addresses[0].display_name == "Atelier Verdier"
    assert message["To"] == MAIL.recipient
    assert message["Date"].datetime == MAIL.date
    assert message["Message-ID"] == MAIL.message_id
    assert message["In-Reply-To"] == message["References"] == "<first@relance.example>"
    assert message["X-Relance"] == "1"
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().replace("\r\n", "\n") == MAIL.text
    assert html.get_content().strip() == MAIL.html
    (attachment,) = message.iter_attachments()
    assert attachment.get_filename() == MAIL.attachments[0].filename
    assert attachment.get_content() == MAIL.attachments[0].body


def test_the_bytes_are_seven_bit_in_lines_that_mail_servers_take() -> None:
    raw = mime_of(replace(MAIL, text="é" * 5000, html="<p>" + "à" * 5000)).as_bytes()
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "Devis\r\nBcc: victim@example.org"},
        {"reply_to": "a@example.org\nBcc: victim@example.org"},
        {"recipient": "a@example.org\r\nBcc: victim@example.org"},
        {"sender": "x\r\nBcc: y@example.org <envoi@relance.example>"},
        {"message_id": "<a@b>\r\n\r\nbody"},
        {"headers": {"X-A": "1\nBcc: victim@example.org"}},
        {"attachments": (Attachment("a\r\nb.pdf", "application/pdf", b""),)},
        {"recipient": "no address"},
        {"recipient": "camille@exâmple.org"},
    ],
    ids=[
        "subject",
        "reply-to",
        "recipient",
        "sender",
        "message-id",
        "own header",
        "file name",
        "no address",
        "not ASCII",
    ],
)
def test_a_header_that_would_be_two_is_refused_before_anything_leaves(change: dict[str, Any]) -> None:
    wire = Wire()
    handover = wire.mailer().send(replace(MAIL, **change))
    assert (handover.acceptance, handover.retryable) == (Acceptance.REFUSED, False)
    assert handover.reason.startswith("unwritable")
    assert wire.sent == []


def test_the_thread_hangs_on_an_id_longer_than_a_line() -> None:
    of_ses = "<0102019a0123456789ab-c5f586bb-f5ad-47d7-8e87-59dd825ef0f0-000000@eu-west-3.amazonses.com>"
    written = mime_of(replace(MAIL, in_reply_to=of_ses)).as_bytes()
    assert f"In-Reply-To: {of_ses}\r\n".encode() in written
