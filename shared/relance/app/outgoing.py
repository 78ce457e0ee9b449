"""A mail about a document, made ready to leave: its words, its attachment, and all that must be stored before it goes.

Nothing is written here and nothing is sent. The recipient is the address frozen in the document, the one that a
consumer gave when he withdrew, or the seller's own; the attachment is the very bytes that were sealed; the pixel is
there only if the contact agrees to it now, and never in a mail to the seller. [T-01, T-02, T-05, W-02, DR-13]
"""

from dataclasses import dataclass, replace
from email.headerregistry import Address
from hashlib import sha256
from typing import Final

from relance.app.context import Context
from relance.app.ports.activity import ActivityLog
from relance.app.ports.composing import ComposedMail, MailComposer
from relance.app.ports.outside import Attachment, Documents, Mail, Mailer
from relance.app.ports.scenarios import PublishedScenarios
from relance.app.ports.store import Check, Entity
from relance.app.situation import Situation
from relance.domain.calendar_fr import civil_date
from relance.domain.content import DocumentContent, QuoteContent, QuoteKind
from relance.domain.errors import NotFound
from relance.domain.invoice import Invoice
from relance.domain.links import Link, Pixel, link_id, link_token, pixel_token
from relance.domain.party import Company, Customer, TrackingConsent
from relance.domain.quote import Quote, Refusal, Withdrawal
from relance.domain.reminder.claim import Claim, ClaimState, claim_id, tag
from relance.domain.reminder.decide import Send
from relance.domain.reminder.run import Asked
from relance.domain.reminder.scenario import (
    ACCEPTED_COPY,
    ACCEPTED_NEWS,
    DELIVERY,
    QUESTION_NEWS,
    WITHDRAWAL_RECEIPT,
    is_to_seller,
)

_FILE_NAMES: Final = {QuoteKind.QUOTE: "Devis", QuoteKind.PROFORMA: "Pro forma", QuoteKind.AMENDMENT: "Avenant"}
_MAILBOX: Final = "envoi"
_PDF: Final = "application/pdf"


@dataclass(frozen=True, slots=True)
class Postmark:
    """How this deployment writes: the sender's domain, where the pages are, the secret of their links."""

    sender_domain: str
    public_base_url: str
    link_key: bytes


@dataclass(frozen=True, slots=True)
class Post:
    """All that a mail goes through on its way out."""

    composer: MailComposer
    documents: Documents
    mailer: Mailer
    activity: ActivityLog
    published: PublishedScenarios
    mark: Postmark


@dataclass(frozen=True, slots=True)
class Ready:
    """A mail composed, with what must be stored before it may leave."""

    mail: Mail
    claim: Claim
    puts: tuple[Entity, ...]
    checks: tuple[Check, ...]


def prepare(ctx: Context, found: Situation, send: Send, post: Post) -> Ready:
    """The mail of that step and its claim. Raises NotFound (company, PDF), and Invalid when it cannot be written."""
    document = found.document
    assert document.content is not None, "what has a run has content"
    tenant, kind = document.tenant, found.run.document_kind
    company = ctx.store.get(tenant, Company, tenant)
    if company is None:
        raise NotFound("L’entreprise n’a pas encore été renseignée.")
    news = is_to_seller(send.step)
    link, link_url = (None, "") if news else _link(ctx, found, post.mark)
    customer = ctx.store.get(tenant, Customer, document.customer_id)
    consent = customer.consent.tracking if customer and not news else TrackingConsent.NONE
    claim_key = claim_id(document.id, send.step)
    pixel, token = _pixel(ctx, found, claim_key, post.mark) if consent is TrackingConsent.CONSENTED else (None, "")
    base = post.mark.public_base_url
    composed = post.composer.compose(
        send.template,
        content=_content(document),
        company=company,
        link_url=link_url,
        today=civil_date(found.now),
        pixel_url=f"{base}/o/{token}.gif" if pixel else None,
        untrack_url=f"{base}/u/{token}" if pixel else None,
        acceptance=document.acceptance if isinstance(document, Quote) else None,
        balance=document.balance if isinstance(document, Invoice) else None,
        answer=_answer(found, send.step),
        pdf_sha256=_pdf(document),
    )
    mail = _news(found, send.step, company, composed, post) if news else _mail(found, send.step, composed, post)
    claim = Claim(
        tenant=tenant,
        id=claim_key,
        rev=1,
        document_kind=kind,
        document_id=document.id,
        step=send.step,
        template=send.template,
        state=ClaimState.CLAIMED,
        at=found.now,
        settled_at=found.now,
        recipient=mail.recipient,
        subject=mail.subject,
        message_id=mail.message_id,
        mail_sha256=sha256("\0".join((mail.subject, mail.text, mail.html)).encode()).hexdigest(),
        pdf_sha256=_pdf(document) if mail.attachments else "",
        salt=ctx.entropy.bytes(16).hex(),
        consent=consent,
    )
    puts: list[Entity] = [entity for entity in (claim, pixel, link) if entity is not None]
    # The consent must still be given when the pixel is promised; without a pixel a customer may change meanwhile.
    checks = [Check(document), *([Check(customer)] if pixel and customer else [])]
    return Ready(mail, claim, tuple(puts), tuple(checks))


def _content(document: Quote | Invoice) -> DocumentContent:
    """What the mail is about: the contract once there is one; an offer with the last day that it has now. [Q-03]"""
    content = document.agreed if isinstance(document, Quote) else document.content
    assert content is not None, "what has a run has content"
    if isinstance(content, QuoteContent) and isinstance(document, Quote) and document.extended_until:
        return replace(content, validity_until=document.extended_until)
    return content


def _pdf(document: Quote | Invoice) -> str:
    return document.agreed_pdf_sha256 if isinstance(document, Quote) else document.pdf_sha256


def _answer(found: Situation, step: str) -> Refusal | Withdrawal | Asked | None:
    if step.startswith(QUESTION_NEWS):
        return next(one for one in found.run.asked if QUESTION_NEWS + one.id == step)
    return (found.document.withdrawal or found.document.refusal) if isinstance(found.document, Quote) else None


def _mail(found: Situation, step: str, composed: ComposedMail, post: Post) -> Mail:
    """To the customer, in the seller's name, in the thread of the document."""
    document, content = found.document, _content(found.document)
    claim_tag = tag(document.tenant, claim_id(document.id, step))
    delivery = found.claims.get(DELIVERY)
    withdrawal = document.withdrawal if isinstance(document, Quote) else None
    return Mail(
        claim_id=claim_tag,
        sender=_sender(content.seller.trading_name or content.seller.legal_name, post.mark.sender_domain),
        reply_to=content.seller.email,
        recipient=withdrawal.email if withdrawal and step == WITHDRAWAL_RECEIPT else content.buyer.email,
        subject=composed.subject,
        text=composed.text,
        html=composed.html,
        date=found.now,
        message_id=_message_id(claim_tag, post.mark),
        in_reply_to=delivery.message_id if delivery else "",
        attachments=_attached(found, step, post),
    )


def _news(found: Situation, step: str, company: Company, composed: ComposedMail, post: Post) -> Mail:
    """To the seller at his address of today; answering it answers his customer."""
    document, content = found.document, _content(found.document)
    claim_tag = tag(document.tenant, claim_id(document.id, step))
    return Mail(
        claim_id=claim_tag,
        sender=_sender(f"{content.buyer.name} (via Relance)", post.mark.sender_domain),
        reply_to=content.buyer.email,
        recipient=company.email,
        subject=composed.subject,
        text=composed.text,
        html=composed.html,
        date=found.now,
        message_id=_message_id(claim_tag, post.mark),
        attachments=_attached(found, step, post) if step == ACCEPTED_NEWS else (),
    )


def _attached(found: Situation, step: str, post: Post) -> tuple[Attachment, ...]:
    """The document itself, and its general conditions where it is handed over or agreed. [KB-17, Q-04]"""
    document, content = found.document, _content(found.document)
    name = f"{_file_title(content)} {content.number}{_version(content)}.pdf".replace("/", "-")
    files = [Attachment(name, _PDF, post.documents.get(_pdf(document)))]
    terms = content.general_terms if isinstance(content, QuoteContent) else None
    if terms is not None and step in (DELIVERY, ACCEPTED_COPY):
        files.append(Attachment("Conditions générales.pdf", _PDF, post.documents.get(terms.sha256)))
    return tuple(files)


def _file_title(content: DocumentContent) -> str:
    if isinstance(content, QuoteContent):
        return _FILE_NAMES[content.kind]
    return "Avoir" if content.type.is_credit else "Facture"


def _message_id(claim_tag: str, mark: Postmark) -> str:
    return f"<{sha256(claim_tag.encode()).hexdigest()[:32]}@{mark.sender_domain}>"


def _version(content: DocumentContent) -> str:
    return f" v{content.version}" if isinstance(content, QuoteContent) and content.version > 1 else ""


def _sender(name: str, domain: str) -> str:
    """A name before our address: his own would need his domain's DKIM keys. One line, whatever is in it."""
    return str(Address(display_name=" ".join(name.split()), username=_MAILBOX, domain=domain))


def _link(ctx: Context, found: Situation, mark: Postmark) -> tuple[Link | None, str]:
    """The address of the customer's page, and the link to store when this is the first mail that shows it."""
    document, kind = found.document, found.run.document_kind.value
    token = link_token(mark.link_key, document.tenant, kind, document.id)
    url = f"{mark.public_base_url}/q/{token}"
    if ctx.store.get(document.tenant, Link, link_id(token)) is not None:
        return None, url
    return Link(document.tenant, link_id(token), 1, kind, document.id, found.now), url


def _pixel(ctx: Context, found: Situation, claim: str, mark: Postmark) -> tuple[Pixel, str]:
    """A pixel of this mail alone, with its token. [T-02, T-04]"""
    random = ctx.entropy.bytes(10)
    document = found.document
    pixel = Pixel(
        tenant=document.tenant,
        id=random.hex(),
        rev=1,
        customer_id=document.customer_id,
        document_kind=found.run.document_kind.value,
        document_id=document.id,
        claim_id=claim,
        created_at=found.now,
    )
    return pixel, pixel_token(mark.link_key, random)
