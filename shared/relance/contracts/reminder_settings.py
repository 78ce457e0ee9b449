"""How a company reminds, on the wire: `GET` and `PUT /v1/settings/reminders`. [DR-02, DR-04]"""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Final
from urllib.parse import urlsplit

import msgspec

from relance.contracts.fields import Word
from relance.contracts.parse import Body
from relance.domain.errors import Fault
from relance.domain.ids import TenantId
from relance.domain.reminder.hours import Closure
from relance.domain.reminder.policy import STANDARD, Defaults
from relance.domain.reminder.settings import ReminderSettings

_MAX_URL: Final = 500


def _url_fault(text: str) -> str | None:
    """What can be seen of an address without looking anything up; whether it may be called is judged at each call."""
    message = "Une adresse en https est attendue, sans identifiant ni mot de passe : https://exemple.fr/relance."
    try:
        parts = urlsplit(text)
        is_odd = parts.username is not None or parts.password is not None or bool(parts.fragment) or parts.port == 0
    except ValueError:
        return message
    is_known = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname == "127.0.0.1")
    return None if is_known and parts.hostname and not is_odd and text.isascii() and " " not in text else message


Url = Annotated[
    str,
    msgspec.Meta(max_length=_MAX_URL, extra_json_schema={"format": "uri"}, extra={"check": _url_fault}),
]


class DefaultsBody(Body, frozen=True, kw_only=True):
    """The scenario of each sort of document, by name (its newest version) or `name@version`; "" for none."""

    quote: Word = STANDARD.quote
    invoice: Word = STANDARD.invoice
    invoice_consumer: Word = STANDARD.invoice_consumer
    deposit: Word = STANDARD.deposit
    deposit_consumer: Word = STANDARD.deposit_consumer


class ClosureBody(Body, frozen=True):
    """Days on which nobody would answer, both included: no reminder leaves."""

    first: date
    last: date


class ReminderSettingsBody(Body, frozen=True, kw_only=True):
    """The settings whole. `alerts`: a mail when a customer looks; `pin_mail`: the checkpoint of your archive, mailed to
    you once a month. `webhook_url`: a system of yours that is told too, signed (Standard Webhooks);
    `renew_webhook_secret` makes another secret, told in the answer and never again.
    """

    defaults: DefaultsBody = DefaultsBody()
    closures: Annotated[tuple[ClosureBody, ...], msgspec.Meta(max_length=200)] = ()
    alerts: bool = True
    pin_mail: bool = True
    webhook_url: Url = ""
    renew_webhook_secret: bool = False

    def faults(self) -> Iterable[Fault]:
        """A secret without an address is of no use."""
        if self.renew_webhook_secret and not self.webhook_url:
            yield Fault("/renew_webhook_secret", "Donnez d’abord l’adresse à appeler.", "no_url")


class ReminderSettingsView(msgspec.Struct, frozen=True, kw_only=True):
    """The settings; `rev` 0 while none were chosen, which is what `If-Match` then wants (`"0"`).

    `webhook_secret` is shown once, by the answer to the change that made it.
    """

    rev: int
    defaults: DefaultsBody
    closures: tuple[ClosureBody, ...]
    alerts: bool
    pin_mail: bool
    webhook_url: str
    has_webhook_secret: bool
    webhook_secret: str | None


def to_reminder_settings(body: ReminderSettingsBody) -> ReminderSettings:
    """The domain's; tenant, rev and secret are the use case's to fill."""
    named = {name: value.strip() for name, value in msgspec.structs.asdict(body.defaults).items()}
    return ReminderSettings(
        tenant=TenantId(""),
        defaults=Defaults(**named),
        closures=tuple(Closure(one.first, one.last) for one in body.closures),
        alerts=body.alerts,
        pin_mail=body.pin_mail,
        webhook_url=body.webhook_url,
    )


def reminder_settings_view(settings: ReminderSettings, new_secret: str = "") -> ReminderSettingsView:
    """The settings as they are told."""
    known = settings.defaults
    return ReminderSettingsView(
        rev=settings.rev,
        defaults=DefaultsBody(
            quote=known.quote,
            invoice=known.invoice,
            invoice_consumer=known.invoice_consumer,
            deposit=known.deposit,
            deposit_consumer=known.deposit_consumer,
        ),
        closures=tuple(ClosureBody(one.first, one.last) for one in settings.closures),
        alerts=settings.alerts,
        pin_mail=settings.pin_mail,
        webhook_url=settings.webhook_url,
        has_webhook_secret=bool(settings.webhook_secret),
        webhook_secret=new_secret or None,
    )
