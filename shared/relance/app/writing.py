"""The words of a mail about a document: a template's, the company's own, or those of whoever edited this one.

The same for a mail that leaves (`relance.app.outgoing`) and for one that is only shown: foreseen, or waiting for a
person. Nothing is stored and nothing is sent. [DR-09, DR-11, DR-13]
"""

from dataclasses import dataclass, replace
from typing import Protocol

from relance.app import owing
from relance.app.context import Context
from relance.app.ports.composing import ComposedMail, MailComposer, Words
from relance.app.situation import Situation
from relance.domain.calendar_fr import civil_date
from relance.domain.content import DocumentContent, QuoteContent
from relance.domain.dunning_law import DunningLaw
from relance.domain.errors import Invalid
from relance.domain.ids import TenantId
from relance.domain.invoice import Invoice
from relance.domain.mail_text import PREFIX, MailTextVersion
from relance.domain.party import Company
from relance.domain.quote import Quote, Refusal, Withdrawal
from relance.domain.reminder.decide import Send
from relance.domain.reminder.grouping import Together
from relance.domain.reminder.run import Alert, Asked
from relance.domain.reminder.scenario import ALERT_NEWS, QUESTION_NEWS, is_own, origin


@dataclass(frozen=True, slots=True)
class Postmark:
    """How this deployment writes: the sender's domain, where the pages are, the secret of their links."""

    sender_domain: str
    public_base_url: str
    link_key: bytes


class Pen(Protocol):
    """What writing a mail takes; sending it takes more."""

    @property
    def composer(self) -> MailComposer: ...
    @property
    def mark(self) -> Postmark: ...
    @property
    def law(self) -> DunningLaw: ...


@dataclass(frozen=True, slots=True)
class Group:
    """The other invoices that a mail speaks of, as they stand, and what it says of them. [DR-05]"""

    told: Together
    others: tuple[Situation, ...] = ()

    @property
    def owed(self) -> tuple[Situation, ...]:
        """Those that it lists."""
        return tuple(one for one in self.others if one.document.id in self.told.owed)

    @property
    def joined(self) -> tuple[tuple[Situation, str], ...]:
        """Those whose own step it carries out, with that step."""
        steps = {one.document_id: one.step for one in self.told.joined}
        return tuple((one, steps[one.document.id]) for one in self.others if one.document.id in steps)


def written(
    reads: Context,
    found: Situation,
    send: Send,
    group: Group,
    company: Company,
    pen: Pen,
    *,
    token: str,
    pixel: str,
    unsubscribe_url: str,
) -> ComposedMail:
    """The mail in the template's words, in the company's own, or in those of whoever edited this one. [DR-09]

    The same for one that leaves and for one that is foreseen, whose `found` is as it will be then. Raises Invalid when
    it cannot be written.
    """
    document, base = found.document, pen.mark.public_base_url
    invoices = [one.document for one in (found, *group.owed) if isinstance(one.document, Invoice)]
    invoices.sort(key=lambda one: (one.content.due_date if one.content else civil_date(found.now), one.id))
    asks = isinstance(document, Invoice) and not is_own(send.step)
    today = civil_date(found.now)
    law, tenant = pen.law, document.tenant
    late = owing.late(reads, tenant, invoices, found.customer, today, law, level=group.told.level) if asks else None

    def compose(words: Words | None) -> ComposedMail:
        return pen.composer.compose(
            group.told.template,
            content=content_of(document),
            company=company,
            link_url=f"{base}/q/{token}" if token else "",
            today=today,
            pixel_url=f"{base}/o/{pixel}.gif" if pixel else None,
            untrack_url=f"{base}/u/{pixel}" if pixel else None,
            unsubscribe_url=unsubscribe_url or None,
            acceptance=document.acceptance if isinstance(document, Quote) else None,
            balance=document.balance if isinstance(document, Invoice) else None,
            answer=_answer(found, send.step),
            pdf_sha256=pdf_of(document),
            owed=owing.owed(invoices) if asks and len(invoices) > 1 else (),
            late=late,
            words=words,
        )

    edited = send.proposal
    if edited is None or not edited.is_edited:
        return compose(_own_words(reads, tenant, group.told.template))
    if edited.subject and edited.body:
        return compose(Words(edited.subject, edited.body))
    own = compose(_own_words(reads, tenant, group.told.template))
    if not edited.body:
        return replace(own, subject=edited.subject)
    return compose(Words(own.subject, edited.body))


def _own_words(reads: Context, tenant: TenantId, template: str) -> Words | None:
    """The text that a company wrote and a scenario names; None for a template of the product."""
    if not template.startswith(PREFIX):
        return None
    text = reads.store.get(tenant, MailTextVersion, template.removeprefix(PREFIX))
    if text is None:
        raise Invalid(f"Le modèle de courriel « {template} » n’existe plus.", code="mail_incomplete")
    return Words(text.subject, text.body)


def content_of(document: Quote | Invoice) -> DocumentContent:
    """What the mail is about: the contract once there is one; an offer with the last day that it has now. [Q-03]"""
    content = document.agreed if isinstance(document, Quote) else document.content
    assert content is not None, "what has a run has content"
    if isinstance(content, QuoteContent) and isinstance(document, Quote) and document.extended_until:
        return replace(content, validity_until=document.extended_until)
    return content


def pdf_of(document: Quote | Invoice) -> str:
    """The hash of the PDF that goes with it: of what was agreed once there is that."""
    return document.agreed_pdf_sha256 if isinstance(document, Quote) else document.pdf_sha256


def _answer(found: Situation, step: str) -> Refusal | Withdrawal | Asked | Alert | None:
    first = origin(step)
    if first.startswith(ALERT_NEWS):
        return next(one for one in found.run.alerts if ALERT_NEWS + one.id == first)
    if first.startswith(QUESTION_NEWS):
        return next(one for one in found.run.asked if QUESTION_NEWS + one.id == first)
    return (found.document.withdrawal or found.document.refusal) if isinstance(found.document, Quote) else None
