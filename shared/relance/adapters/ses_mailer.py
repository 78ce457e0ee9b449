"""Mails through Amazon SES v2, each asked for once: what the one answer tells is all that will ever be known.

SES has no idempotency token, so the answers fall into three classes, and a doubt is never taken for a refusal:
accepted (a MessageId came back) · refused (SES said so with a 4xx, or no connection was ever made) · unknown (a
time-out, a broken connection or a 5xx after the request may have left). API reference of SESv2 SendEmail, RFC 5322,
RFC 2047, checked 2026-11. The client must not retry (`relance.runtime.aws.client(..., retries=False)`). [S-07]
"""

from email.errors import MessageError
from email.headerregistry import Address, HeaderRegistry, MessageIDHeader
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import TYPE_CHECKING, Final

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    ProxyConnectionError,
)

from relance.app.ports.outside import Acceptance, Handover, Mail
from relance.contracts.mail_events import CLAIM_TAG

if TYPE_CHECKING:
    from types_boto3_sesv2 import SESV2Client
    from types_boto3_sesv2.type_defs import ConfigurationOverridesTypeDef

# What is wrong is not the mail but the moment or the deployment: the same mail will be taken once that is mended.
LATER: Final = frozenset(
    {
        "AccessDeniedException",
        "AccountSuspendedException",
        "ExpiredTokenException",
        "LimitExceededException",
        "MailFromDomainNotVerifiedException",
        "NotFoundException",  # of the configuration set
        "RequestExpired",
        "SendingPausedException",
        "ThrottlingException",
        "TooManyRequestsException",
        "UnrecognizedClientException",
    }
)
_NOTHING_LEFT: Final = (EndpointConnectionError, ConnectTimeoutError, ProxyConnectionError, NoCredentialsError)
# Whatever the account's defaults: SES must not put a pixel of its own into a mail, nor rewrite its links. [S-01]
_NO_TRACKING: Final["ConfigurationOverridesTypeDef"] = {
    "Tracking": {"OpenTrackingEnabled": "DISABLED", "ClickTrackingEnabled": "DISABLED"}
}
# An id of SES is longer than a line: read as ordinary text it would be folded into encoded words, and the thread lost.
_HEADERS: Final = HeaderRegistry()
_HEADERS.map_to_type("in-reply-to", MessageIDHeader)  # type: ignore[arg-type]  # typeshed wants what it makes of it
# SES wants 7-bit bodies: accents travel as quoted-printable.
_POLICY: Final = SMTP.clone(cte_type="7bit", header_factory=_HEADERS)
_FORBIDDEN: Final = frozenset("\r\n\0")


class SesMailer:
    """Implements `relance.app.ports.outside.Mailer`."""

    def __init__(self, client: "SESV2Client", configuration_set: str) -> None:
        self._client = client
        self._configuration_set = configuration_set

    def send(self, mail: Mail) -> Handover:
        """Hand the mail over. Never raises: a mail that cannot be written as MIME is refused before anything leaves."""
        try:
            raw = mime_of(mail).as_bytes()
        except (ValueError, MessageError) as error:
            return _refused(f"unwritable: {error}")
        try:
            answer = self._client.send_email(
                FromEmailAddress=parseaddr(mail.sender)[1],
                Destination={"ToAddresses": [mail.recipient]},
                Content={"Raw": {"Data": raw}},
                EmailTags=[{"Name": CLAIM_TAG, "Value": mail.claim_id}],
                ConfigurationSetName=self._configuration_set,
                ConfigurationOverrides=_NO_TRACKING,
            )
        except ClientError as error:
            return _answered(error)
        except _NOTHING_LEFT as error:
            return _refused(type(error).__name__, retryable=True)
        except ParamValidationError as error:
            return _refused(type(error).__name__)
        except BotoCoreError as error:
            return Handover(Acceptance.UNKNOWN, reason=type(error).__name__)
        provider_id = answer["MessageId"]
        return Handover(Acceptance.ACCEPTED, provider_id=provider_id, message_id=self._message_id(provider_id))

    def _message_id(self, provider_id: str) -> str:
        """The Message-ID that SES writes in place of ours. SES developer guide, "Header fields", checked 2026-11."""
        region = self._client.meta.region_name
        return f"<{provider_id}@{'email' if region == 'us-east-1' else region}.amazonses.com>"


def mime_of(mail: Mail) -> EmailMessage:
    """The message of RFC 5322: plain text and HTML side by side, attachments behind.

    Raises ValueError when a header holds CR, LF or NUL: such a header would be two, and the second one an attacker's.
    Raises it also for an address that SES cannot take (not ASCII), MessageError for one that is none.
    """
    if not mail.recipient.isascii():
        raise ValueError("the address of the recipient is not ASCII")
    message = EmailMessage(policy=_POLICY)
    for name, value in _headers(mail).items():
        if _FORBIDDEN.intersection(name + value):
            raise ValueError(f"header {name!r} would be more than one line")
        message[name] = value
    message.set_content(mail.text, charset="utf-8")
    message.add_alternative(mail.html, subtype="html", charset="utf-8")
    for attachment in mail.attachments:
        if _FORBIDDEN.intersection(attachment.filename):
            raise ValueError("the name of an attachment would be more than one line")
        maintype, _, subtype = attachment.media_type.partition("/")
        message.add_attachment(attachment.body, maintype=maintype, subtype=subtype, filename=attachment.filename)
    return message


def _headers(mail: Mail) -> dict[str, str]:
    headers = {
        "From": mail.sender,
        "To": str(Address(addr_spec=mail.recipient)),
        "Reply-To": mail.reply_to,
        "Subject": mail.subject,
        "Date": format_datetime(mail.date),
        "Message-ID": mail.message_id,
        **(mail.headers or {}),
    }
    if mail.in_reply_to:
        headers |= {"In-Reply-To": mail.in_reply_to, "References": mail.in_reply_to}
    return headers


def _answered(error: ClientError) -> Handover:
    """What an error of the service tells: below 500 the request was judged and not taken."""
    code = error.response["Error"].get("Code", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
    if status >= 500:
        return Handover(Acceptance.UNKNOWN, reason=code)
    return _refused(code, retryable=code in LATER or status == 429)


def _refused(reason: str, *, retryable: bool = False) -> Handover:
    return Handover(Acceptance.REFUSED, reason=reason, retryable=retryable)
