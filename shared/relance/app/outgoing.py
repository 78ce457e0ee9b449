"""A mail about a document, made ready to leave: its words, its attachment, and all that must be stored before it goes.

Nothing is written here and nothing is sent. The recipient is the address frozen in the document, the attachment is the
very bytes that were sealed, the pixel is there only if the contact agrees to it now. [T-01, T-02, T-05, DR-13]
"""

from dataclasses import dataclass
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
from relance.domain.content import DocumentContent, QuoteContent, Seller
from relance.domain.errors import NotFound
from relance.domain.invoice import Invoice
from relance.domain.links import Link, Pixel, link_id, link_token, pixel_token
from relance.domain.party import Company, Customer, TrackingConsent
from relance.domain.quote import Quote
from relance.domain.reminder.claim import Claim, ClaimState, claim_id, tag
from relance.domain.reminder.decide import Send
from relance.domain.reminder.scenario import DELIVERY, DocumentKind

_FILE_NAMES: Final = {DocumentKind.QUOTE: "Devis", DocumentKind.INVOICE: "Facture"}
_MAILBOX: Final = "envoi"


@dataclass(frozen=True, slots=True)
class Postmark:
    """How this deployment writes to customers: the sender's domain, where the pages are, the secret of their links."""

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
    link, link_url = _link(ctx, found, post.mark)
    customer = ctx.store.get(tenant, Customer, document.customer_id)
    consent = customer.consent.tracking if customer else TrackingConsent.NONE
    claim_key = claim_id(document.id, send.step)
    pixel, token = _pixel(ctx, found, claim_key, post.mark) if consent is TrackingConsent.CONSENTED else (None, "")
    base = post.mark.public_base_url
    composed = post.composer.compose(
        send.template,
        content=document.content,
        company=company,
        link_url=link_url,
        today=civil_date(found.now),
        pixel_url=f"{base}/o/{token}.gif" if pixel else None,
        untrack_url=f"{base}/u/{token}" if pixel else None,
        acceptance=document.acceptance if isinstance(document, Quote) else None,
        balance=document.balance if isinstance(document, Invoice) else None,
    )
    mail = _mail(found, send.step, composed, post)
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
        pdf_sha256=document.pdf_sha256,
        salt=ctx.entropy.bytes(16).hex(),
        consent=consent,
    )
    puts: list[Entity] = [entity for entity in (claim, pixel, link) if entity is not None]
    # The consent must still be given when the pixel is promised; without a pixel a customer may change meanwhile.
    checks = [Check(document), *([Check(customer)] if pixel and customer else [])]
    return Ready(mail, claim, tuple(puts), tuple(checks))


def _mail(found: Situation, step: str, composed: ComposedMail, post: Post) -> Mail:
    document, kind = found.document, found.run.document_kind
    content = document.content
    assert content is not None, "what has a run has content"
    claim_tag = tag(document.tenant, claim_id(document.id, step))
    delivery = found.claims.get(DELIVERY)
    name = f"{_FILE_NAMES[kind]} {content.number}{_version(content)}.pdf".replace("/", "-")
    return Mail(
        claim_id=claim_tag,
        sender=_sender(content.seller, post.mark.sender_domain),
        reply_to=content.seller.email,
        recipient=content.buyer.email,
        subject=composed.subject,
        text=composed.text,
        html=composed.html,
        date=found.now,
        message_id=f"<{sha256(claim_tag.encode()).hexdigest()[:32]}@{post.mark.sender_domain}>",
        in_reply_to=delivery.message_id if delivery else "",
        attachments=(Attachment(name, "application/pdf", post.documents.get(document.pdf_sha256)),),
    )


def _version(content: DocumentContent) -> str:
    return f" v{content.version}" if isinstance(content, QuoteContent) and content.version > 1 else ""


def _sender(seller: Seller, domain: str) -> str:
    """The seller's name before our address: his own would need his domain's DKIM keys. One line, whatever is in it."""
    name = " ".join((seller.trading_name or seller.legal_name).split())
    return str(Address(display_name=name, username=_MAILBOX, domain=domain))


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
