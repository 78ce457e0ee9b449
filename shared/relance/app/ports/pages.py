"""The pages that people without an account see: what they are shown, as values, and who draws it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from relance.domain.choices import offers_choices
from relance.domain.content import InvoiceContent, QuoteContent, QuoteKind
from relance.domain.invoice import Settlement
from relance.domain.money import Cents
from relance.domain.party import Branding
from relance.domain.quote import QuoteState, Withdrawal
from relance.domain.withdrawal import WithdrawalPeriod


@dataclass(frozen=True, slots=True)
class Newer:
    """The version that replaced the one shown, and the token of its page."""

    version: int
    token: str


@dataclass(frozen=True, slots=True)
class QuoteView:
    """A quote as its customer sees it today; `form_token` goes with `document_sha256` into every form.

    `content` is the offer with the choices that he is making, or what he agreed to. `pdf_sha256` is the PDF of what was
    agreed once there is one. `period` is there
    while a consumer may withdraw, `withdrawal` once he has. `payable_from` is when the seller may first be paid, while
    that lies ahead.
    """

    token: str
    state: QuoteState
    content: QuoteContent
    branding: Branding
    document_sha256: str
    form_token: str
    valid_until: date
    pdf_sha256: str = ""
    accepted_by: str = ""
    answered_at: datetime | None = None
    newer: Newer | None = None
    period: WithdrawalPeriod | None = None
    withdrawal: Withdrawal | None = None
    payable_from: date | None = None
    asks_early_start: bool = False

    @property
    def has_choices(self) -> bool:
        """Whether the customer has options or quantities to decide about now."""
        return self.state is QuoteState.OPEN and offers_choices(self.content)

    @property
    def is_proforma(self) -> bool:
        """Whether there is nothing to accept. [Q-11]"""
        return self.content.kind is QuoteKind.PROFORMA


@dataclass(frozen=True, slots=True)
class InvoiceView:
    """An invoice as its customer sees it today."""

    token: str
    content: InvoiceContent
    branding: Branding
    document_sha256: str
    form_token: str
    settlement: Settlement
    paid: Cents
    balance: Cents
    is_overdue: bool
    credited: Cents = Cents(0)
    is_replaced: bool = False

    @property
    def pdf_sha256(self) -> str:
        """An invoice has one PDF."""
        return self.document_sha256


PageView = QuoteView | InvoiceView


@dataclass(frozen=True, slots=True)
class OptOutView:
    """The page about open tracking: whose mails, whether they are followed now, and its form's token.

    `is_last_day_only`: they are, by the day of the last open alone. [T-02]
    """

    token: str
    sender: str
    branding: Branding
    is_tracked: bool
    form_token: str
    is_last_day_only: bool = False


@dataclass(frozen=True, slots=True)
class UnsubscribeView:
    """The page about reminders of quotes: whose, whether they still come, and its form's token."""

    token: str
    sender: str
    branding: Branding
    is_reminded: bool
    form_token: str


@dataclass(frozen=True, slots=True)
class Said:
    """What the page says about the form that was just sent: a sentence, what is wrong by field, what was typed."""

    sentence: str = ""
    is_error: bool = False
    faults: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A page, and the Content-Security-Policy under which nothing but what it brings along can run."""

    html: str
    policy: str


class Pages(Protocol):
    """Draws pages in French. Whatever a text holds, it is shown as text.

    `up` is how the address of the answer leads back to that of the page: "" on the page itself, "../" below it.
    """

    def document(self, view: PageView, said: Said, *, up: str) -> Drawn:
        """A quote or an invoice in its state of today."""
        ...

    def confirmation(self, view: QuoteView, *, typed: Mapping[str, str], up: str) -> Drawn:
        """The second step of a consumer's order: what he orders, for how much, and the button that binds him. [Q-08]

        `typed` are the fields of the first step, sent along with the second.
        """
        ...

    def withdrawal(self, view: QuoteView, said: Said, *, up: str) -> Drawn:
        """The statement by which a consumer withdraws, for him to complete. [W-02]"""
        ...

    def withdrawal_confirmation(self, view: QuoteView, *, typed: Mapping[str, str], up: str) -> Drawn:
        """The statement as he wrote it, and the button « confirmer la rétractation ». [W-02]"""
        ...

    def opt_out(self, view: OptOutView, said: Said) -> Drawn:
        """The page on which one takes back the consent to open tracking. [T-05]"""
        ...

    def unsubscribe(self, view: UnsubscribeView, said: Said) -> Drawn:
        """The page on which one asks for no more reminders of quotes. [S-05]"""
        ...

    def message(self, title: str, sentence: str) -> Drawn:
        """A page that only says something: an unknown link, an outage."""
        ...
