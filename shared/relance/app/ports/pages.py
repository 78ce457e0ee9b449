"""The pages that people without an account see: what they are shown, as values, and who draws it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from relance.domain.content import InvoiceContent, QuoteContent
from relance.domain.invoice import Settlement
from relance.domain.money import Cents
from relance.domain.party import Branding
from relance.domain.quote import QuoteState


@dataclass(frozen=True, slots=True)
class Newer:
    """The version that replaced the one shown, and the token of its page."""

    version: int
    token: str


@dataclass(frozen=True, slots=True)
class QuoteView:
    """A quote as its customer sees it today; `form_token` goes with `document_sha256` into every form."""

    token: str
    state: QuoteState
    content: QuoteContent
    branding: Branding
    document_sha256: str
    form_token: str
    accepted_by: str = ""
    answered_at: datetime | None = None
    newer: Newer | None = None


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


PageView = QuoteView | InvoiceView


@dataclass(frozen=True, slots=True)
class OptOutView:
    """The page about open tracking: whose mails, whether they are followed now, and its form's token."""

    token: str
    sender: str
    branding: Branding
    is_tracked: bool
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

    def confirmation(self, view: QuoteView, *, name: str, mention: str, up: str) -> Drawn:
        """The second step of a consumer's order: what he orders, for how much, and the button that binds him. [Q-08]"""
        ...

    def opt_out(self, view: OptOutView, said: Said) -> Drawn:
        """The page on which one takes back the consent to open tracking. [T-05]"""
        ...

    def message(self, title: str, sentence: str) -> Drawn:
        """A page that only says something: an unknown link, an outage."""
        ...
