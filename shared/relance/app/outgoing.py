"""A mail about a document, made ready to leave: its words, its attachments, and all that must be stored before it goes.

Nothing is written here and nothing is sent. A reminder goes to whom the customer named for it, every other mail to the
address frozen in the document, the one that a consumer gave when he withdrew, or the seller's own; the attachment is
the very bytes that were sealed; the pixel is there only if the contact agrees to it now, and never in a mail to the
seller. [T-01, T-02, T-05, W-02, DR-04, DR-13]
"""

from dataclasses import dataclass, replace
from datetime import datetime
from email.headerregistry import Address
from hashlib import sha256
from typing import Final

from relance.app.attaching import attached
from relance.app.context import Context
from relance.app.ports.composing import MailComposer
from relance.app.ports.letters import LetterRenderer
from relance.app.ports.open_work import OpenOfCustomer
from relance.app.ports.outside import Documents, Mail, Mailer
from relance.app.ports.scenarios import PublishedScenarios
from relance.app.ports.store import Check, Entity, Ref
from relance.app.ports.webhooks import Webhooks
from relance.app.situation import Situation
from relance.app.writing import Group, Postmark, content_of, pdf_of, written
from relance.domain.dunning_law import DunningLaw
from relance.domain.errors import Invalid, NotFound
from relance.domain.ids import TenantId
from relance.domain.invoice import Invoice
from relance.domain.links import Link, Pixel, link_id, link_token, pixel_token, preview_proof
from relance.domain.party import Company, TrackingConsent
from relance.domain.quote import Quote, QuoteStatus
from relance.domain.reminder.claim import Claim, ClaimState, claim_id, tag
from relance.domain.reminder.correspondence import reminded
from relance.domain.reminder.decide import Send
from relance.domain.reminder.run import Run
from relance.domain.reminder.scenario import (
    ALERT_NEWS,
    DELIVERY,
    WITHDRAWAL_RECEIPT,
    DocumentKind,
    is_own,
    is_to_seller,
    origin,
)
from relance.domain.tracking.consent import Scope, scope_of

_MAILBOX: Final = "envoi"


@dataclass(frozen=True, slots=True)
class Post:
    """All that a mail goes through on its way out, and what the steps that are no mails need."""

    composer: MailComposer
    documents: Documents
    mailer: Mailer
    published: PublishedScenarios
    mark: Postmark
    followed: OpenOfCustomer
    letters: LetterRenderer
    webhooks: Webhooks
    law: DunningLaw


@dataclass(frozen=True, slots=True)
class Ready:
    """A mail composed, with what must be stored before it may leave; `joined` are the claims that it carries.

    `reminded_before` is when its customer was reminded last, which is told again should this one not leave.
    """

    mail: Mail
    claim: Claim
    joined: tuple[Claim, ...]
    pixel: Pixel | None
    puts: tuple[Entity, ...]
    checks: tuple[Check, ...]
    reminded_before: datetime | None


def refs(kind: DocumentKind, tenant: TenantId, document_id: str, mark: Postmark) -> list[Ref]:
    """What a mail asks for beside what decides about it: to be read in the same request."""
    return [(Link, link_id(link_token(mark.link_key, tenant, kind.value, document_id)))]


def prepare(ctx: Context, found: Situation, send: Send, group: Group, post: Post) -> Ready:
    """The mail of that step and its claims.

    Raises NotFound (company, PDF), Invalid when it cannot be written, and Retry when what goes with it cannot be drawn.
    """
    document, step, tenant = found.document, send.step, found.document.tenant
    assert document.content is not None, "what has a run has content"
    reads = found.ctx
    company = reads.store.get(tenant, Company, tenant)
    if company is None:
        raise NotFound("L’entreprise n’a pas encore été renseignée.")
    recipient = _recipient(found, step, company)
    news, reminds = is_to_seller(step), not is_own(step)
    link, token = (None, _preview(found, step, post.mark)) if news else _link(reads, found, post.mark)
    consent = found.customer.consent.tracking if found.customer and not news else TrackingConsent.NONE
    claim_key = claim_id(document.id, step)
    pixel, pixel_of = (None, "") if news else _pixel(ctx, found, step, post.mark)
    base = post.mark.public_base_url
    leaves = f"{base}/u/{token}" if reminds and isinstance(document, Quote) else ""
    composed = written(
        reads, found, send, group, company, post, token=token, pixel=pixel_of if pixel else "", unsubscribe_url=leaves
    )
    mail = Mail(
        claim_id=tag(tenant, claim_key),
        sender=_sender(found, company, post.mark, news=news),
        reply_to=content_of(document).buyer.email if news else content_of(document).seller.email,
        recipient=recipient,
        subject=composed.subject,
        text=composed.text,
        html=composed.html,
        date=found.now,
        message_id=_message_id(tag(tenant, claim_key), post.mark),
        in_reply_to="" if news or step == DELIVERY else _thread(found),
        # RFC 8058: one click, no question asked. Of what nobody has ordered, never of what he owes. [S-05]
        headers={"List-Unsubscribe": f"<{leaves}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
        if leaves
        else None,
        attachments=attached(found, send, group, post.documents, post.letters),
    )
    claim = Claim(
        tenant=tenant,
        id=claim_key,
        rev=1,
        document_kind=found.run.document_kind,
        document_id=document.id,
        step=step,
        template=group.told.template,
        state=ClaimState.CLAIMED,
        at=found.now,
        settled_at=found.now,
        recipient=mail.recipient,
        subject=mail.subject,
        message_id=mail.message_id,
        mail_sha256=sha256("\0".join((mail.subject, mail.text, mail.html)).encode()).hexdigest(),
        pdf_sha256=pdf_of(document) if mail.attachments else "",
        salt=ctx.entropy.bytes(16).hex(),
        consent=consent,
        level=group.told.level,
        approved_by=found.approver_of(step),
        pixel=pixel.id if pixel else "",
    )
    return _ready(found, mail, claim, pixel, link, group)


def _ready(found: Situation, mail: Mail, claim: Claim, pixel: Pixel | None, link: Link | None, group: Group) -> Ready:
    """With everything that must be true, or be stored, for it to leave.

    Each run is moved, so that nobody else acts on what was read here; a reminder moves the customer's letter box, so
    that none leaves of another document at the same time. [DR-08]
    """
    joined = [
        replace(
            claim,
            id=claim_id(one.document.id, step),
            document_id=one.document.id,
            step=step,
            level=next(j.level for j in group.told.joined if j.document_id == one.document.id),
            joined=claim.id,
            pdf_sha256="",
            approved_by=one.approver_of(step),
        )
        for one, step in group.joined
    ]
    claim = replace(claim, carries=tuple(one.id for one in joined))
    runs = [moved(one.run, found) for one in (found, *(one for one, _ in group.joined))]
    boxes = [reminded(found.letters, found.now)] if claim.is_reminder else []
    puts: list[Entity] = [claim, *joined, *runs, *boxes, *(one for one in (pixel, link) if one is not None)]
    # What it asks for must still be owed. The consent must still be given when a pixel is promised; without one a
    # customer may change meanwhile.
    documents = [found.document, *(one.document for one in group.owed)]
    listed = [Check(one.run) for one in group.owed if one.run.id not in {run.id for run in runs}]
    checks = [*map(Check, documents), *listed, *([Check(found.customer)] if pixel and found.customer else [])]
    return Ready(mail, claim, tuple(joined), pixel, tuple(puts), tuple(checks), found.letters.last_reminder_at)


def moved(run: Run, found: Situation) -> Run:
    """The run, stored once more: whoever read it before acts on it no longer."""
    return replace(run, rev=run.rev + 1, updated_at=found.now)


def _recipient(found: Situation, step: str, company: Company) -> str:
    """Whom it goes to. Raises Invalid when nobody can be reached. [DR-12]"""
    document = found.document
    if is_to_seller(step):
        return company.email
    withdrawal = document.withdrawal if isinstance(document, Quote) else None
    if withdrawal and origin(step) == WITHDRAWAL_RECEIPT:
        return withdrawal.email
    address = content_of(document).buyer.email if is_own(step) else found.around.policy.recipient
    if not address:
        raise Invalid("Ce client n’a pas d’adresse électronique : ajoutez-la à sa fiche.", code="mail_incomplete")
    return address


def _thread(found: Situation) -> str:
    """Every mail to the customer answers the first one, by the id under which it arrived."""
    delivery = found.claims.get(DELIVERY)
    return delivery.message_id if delivery else ""


def _message_id(claim_tag: str, mark: Postmark) -> str:
    return f"<{sha256(claim_tag.encode()).hexdigest()[:32]}@{mark.sender_domain}>"


def _sender(found: Situation, company: Company, mark: Postmark, *, news: bool) -> str:
    """A name before our address: his own would need his domain's DKIM keys. One line, whatever is in it."""
    content = content_of(found.document)
    seller = content.seller.trading_name or content.seller.legal_name
    name = f"{content.buyer.name} (via Relance)" if news else seller
    return str(Address(display_name=" ".join(name.split()), username=_MAILBOX, domain=mark.sender_domain))


def _link(reads: Context, found: Situation, mark: Postmark) -> tuple[Link | None, str]:
    """The token of the customer's page, and the link to store when this is the first mail that shows it."""
    document, kind = found.document, found.run.document_kind.value
    token = link_token(mark.link_key, document.tenant, kind, document.id)
    if reads.store.get(document.tenant, Link, link_id(token)) is not None:
        return None, token
    return Link(document.tenant, link_id(token), 1, kind, document.id, found.now), token


def _preview(found: Situation, step: str, mark: Postmark) -> str:
    """Where an alert leads the seller: to the page, by the address that makes the look his own; other news nowhere."""
    if not origin(step).startswith(ALERT_NEWS):
        return ""
    token = link_token(mark.link_key, found.document.tenant, found.run.document_kind.value, found.document.id)
    return f"{token}?preview={preview_proof(mark.link_key, token)}"  # [T-07]


def _pixel(ctx: Context, found: Situation, step: str, mark: Postmark) -> tuple[Pixel | None, str]:
    """A pixel of this mail alone, with its token, when the customer's consent allows one in it. [T-01, T-02, T-04]"""
    document, customer = found.document, found.customer
    is_service = (origin(step) == DELIVERY and isinstance(document, Invoice)) or (
        isinstance(document, Quote) and document.status is QuoteStatus.ACCEPTED
    )
    scope = scope_of(customer.consent, is_service=is_service) if customer else Scope.NOTHING
    if scope is Scope.NOTHING:
        return None, ""
    random = ctx.entropy.bytes(10)
    pixel = Pixel(
        tenant=document.tenant,
        id=random.hex(),
        rev=1,
        customer_id=document.customer_id,
        document_kind=found.run.document_kind.value,
        document_id=document.id,
        claim_id=claim_id(document.id, step),
        created_at=found.now,
        scope=scope.value,
        is_service=is_service,
    )
    return pixel, pixel_token(mark.link_key, random)
