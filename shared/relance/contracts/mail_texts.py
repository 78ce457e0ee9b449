"""Mails in the company's own words, on the wire: texts, their shortcodes, and how one looks when filled. [KB-24]"""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

import msgspec

from relance.contracts.fields import RequiredText, Word, one_line, several_lines
from relance.contracts.parse import Body
from relance.domain.mail_text import MAX_BODY, MAX_SUBJECT, MailText, Wording, shortcodes
from relance.domain.reminder.scenario import DocumentKind

Subject = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_SUBJECT)]
Words = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_BODY, extra={"multiline": True})]


class MailTextBody(Body, frozen=True, kw_only=True):
    """A text: plain, with shortcodes such as `{{reste_du}}`. `name` is for its author alone."""

    kind: DocumentKind
    name: RequiredText
    subject: Subject
    body: Words


class MailTrialBody(Body, frozen=True, kw_only=True):
    """Words to try, kept or not, on a document of the company's; without one, on an example."""

    kind: DocumentKind
    subject: Subject
    body: Words
    document_id: Word = ""


class MailTextView(msgspec.Struct, frozen=True, kw_only=True):
    """A text as it is told; `template` is how a scenario's step names this version of it."""

    id: str
    rev: int
    template: str
    kind: DocumentKind
    name: str
    subject: str
    body: str
    created_at: datetime
    updated_at: datetime


class MailTextPage(msgspec.Struct, frozen=True):
    """A slice of the listing, newest first."""

    items: tuple[MailTextView, ...]
    cursor: str | None


class ShortcodeView(msgspec.Struct, frozen=True):
    """One shortcode, and what it stands for, in French."""

    code: str
    meaning: str


class ShortcodeList(msgspec.Struct, frozen=True):
    """Every shortcode of a mail about a quote, and of one about an invoice."""

    quote: tuple[ShortcodeView, ...]
    invoice: tuple[ShortcodeView, ...]


class MailView(msgspec.Struct, frozen=True):
    """A mail as it would be sent. `body` is what its author says in it, `text` and `html` the whole."""

    subject: str
    body: str
    text: str
    html: str


def to_wording(body: MailTextBody) -> Wording:
    """The domain's."""
    return Wording(body.kind, one_line(body.name), one_line(body.subject), several_lines(body.body))


def to_trial(body: MailTrialBody) -> Wording:
    """The same, of words to try."""
    return Wording(body.kind, "", one_line(body.subject), several_lines(body.body))


def mail_text_view(text: MailText) -> MailTextView:
    """A text as it is told."""
    return MailTextView(
        id=text.id,
        rev=text.rev,
        template=text.template,
        kind=text.kind,
        name=text.name,
        subject=text.subject,
        body=text.body,
        created_at=text.created_at,
        updated_at=text.updated_at,
    )


def mail_text_page(texts: Iterable[MailText], cursor: str | None) -> MailTextPage:
    """A slice of the listing."""
    return MailTextPage(tuple(map(mail_text_view, texts)), cursor)


def shortcode_list() -> ShortcodeList:
    """All of them."""
    return ShortcodeList(_of(DocumentKind.QUOTE), _of(DocumentKind.INVOICE))


def _of(kind: DocumentKind) -> tuple[ShortcodeView, ...]:
    return tuple(ShortcodeView(f"{{{{{code}}}}}", meaning) for code, meaning in shortcodes(kind).items())
