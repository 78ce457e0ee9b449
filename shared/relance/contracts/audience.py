"""The report on tracking on the wire: three numbers that add up, and never one « open rate ». [M-04 to M-07]"""

from datetime import date, datetime, timedelta
from typing import Final, Protocol

import msgspec

from relance.contracts.fields import amount_text
from relance.domain.errors import Fault, Invalid
from relance.domain.money import Cents
from relance.domain.tracking.figures import Figures

_READ_ME: Final = (
    "Courriels envoyés à des contacts qui ont accepté le suivi : {followed}, dont {human} probablement ouverts par une "
    "personne, {proxy} chargés par la messagerie sans preuve de lecture et {unknown} sans information. Aucun taux "
    "d’ouverture n’en est déduit : les messageries chargent ou bloquent les images d’elles-mêmes."
)


class HotQuote(Protocol):
    """A quote that was looked at and not answered (`app.audience.Hot`)."""

    @property
    def id(self) -> str: ...
    @property
    def number(self) -> str: ...
    @property
    def customer(self) -> str: ...
    @property
    def total(self) -> Cents: ...
    @property
    def currency(self) -> str: ...
    @property
    def sent_at(self) -> datetime: ...
    @property
    def first_viewed_at(self) -> datetime: ...
    @property
    def last_viewed_at(self) -> datetime: ...
    @property
    def views(self) -> int: ...
    @property
    def is_hot(self) -> bool: ...


class MailsView(msgspec.Struct, frozen=True):
    """All mails to customers: what the mail service told of them."""

    sent: int
    delivered: int
    bounced: int
    complained: int


class OpensView(msgspec.Struct, frozen=True):
    """Of the mails to contacts who agreed to be followed (`mails`); the three add up to it. `text` says so."""

    mails: int
    human_probable: int
    proxy: int
    unknown: int
    text: str


class HotView(msgspec.Struct, frozen=True):
    """A quote that was looked at and not answered. `is_hot`: looked at twice within a day, or for two minutes."""

    id: str
    number: str
    customer: str
    total: str
    currency: str
    sent_at: datetime
    first_viewed_at: datetime
    last_viewed_at: datetime
    views: int
    is_hot: bool


class AudienceView(msgspec.Struct, frozen=True):
    """Mails and opens of the days from `first` to `last`; `hot` is the list of now, the latest look first.

    `first_view_s`: the median of seconds from the sending of a quote to the first look at it; null without any.
    """

    first: date
    last: date
    mails: MailsView
    opens: OpensView
    first_view_s: int | None
    hot: tuple[HotView, ...]


def quiet_days(text: str | None) -> int:
    """`?days=`: since when a quote was looked at without an answer; 3 unless it is said. Raises Invalid."""
    if text is None:
        return 3
    if not text.isascii() or not text.isdigit() or len(text) > 3:
        message = "Un nombre de jours est attendu, par exemple 3."
        raise Invalid(message, faults=[Fault("/days", message, "wrong_type")])
    return int(text)


def audience_view(
    first: date, last: date, counts: Figures, first_view: timedelta | None, hot: tuple[HotQuote, ...]
) -> AudienceView:
    """The report as it is told."""
    text = _READ_ME.format(
        followed=counts.followed, human=counts.human_probable, proxy=counts.proxy, unknown=counts.unknown
    )
    return AudienceView(
        first=first,
        last=last,
        mails=MailsView(counts.sent, counts.delivered, counts.bounced, counts.complained),
        opens=OpensView(counts.followed, counts.human_probable, counts.proxy, counts.unknown, text),
        first_view_s=None if first_view is None else round(first_view.total_seconds()),
        hot=tuple(_hot(one) for one in hot),
    )


def _hot(one: HotQuote) -> HotView:
    return HotView(
        id=one.id,
        number=one.number,
        customer=one.customer,
        total=amount_text(one.total),
        currency=one.currency,
        sent_at=one.sent_at,
        first_viewed_at=one.first_viewed_at,
        last_viewed_at=one.last_viewed_at,
        views=one.views,
        is_hot=one.is_hot,
    )
