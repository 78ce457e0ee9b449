"""A mail about a document, made ready to leave: its words, its attachments, and all that must be stored before it goes.

Nothing is written here and nothing is sent. A reminder goes to whom the customer named for it, every other mail to the
address frozen in the document, the one that a consumer gave when he withdrew, or the seller's own; the attachment is
the very bytes that were sealed; the pixel is there only if the contact agrees to it now, and never in a mail to the
seller. [T-01, T-02, T-05, W-02, DR-04, DR-13]
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email.headerregistry import Address
from hashlib import sha256
from typing import Final, Protocol

from relance.app import letters, owing
from relance.app.context import Caller, Context
from relance.app.ports.composing import ComposedMail, MailComposer, Words
from relance.app.ports.letters import LetterRenderer
from relance.app.ports.open_work import OpenOfCustomer
from relance.app.ports.outside import Attachment, Documents, Mail, Mailer
from relance.app.ports.scenarios import PublishedScenarios
from relance.app.ports.store import Check, Entity, Ref
from relance.app.ports.webhooks import Webhooks
from relance.app.situation import Situation
from relance.domain.calendar_fr import civil_date
from relance.domain.content import DocumentContent, QuoteContent, QuoteKind
from relance.domain.dunning_law import DunningLaw
from relance.domain.errors import Invalid, NotFound
from relance.domain.ids import TenantId
from relance.domain.invoice import Invoice
from relance.domain.links import Link, Pixel, link_id, link_token, pixel_token, preview_proof
from relance.domain.mail_text import PREFIX, MailTextVersion
from relance.domain.party import Company, TrackingConsent
from relance.domain.quote import Quote, QuoteStatus, Refusal, Withdrawal
from relance.domain.reminder.claim import Claim, ClaimState, claim_id, tag
from relance.domain.reminder.correspondence import reminded
from relance.domain.reminder.decide import Send
from relance.domain.reminder.grouping import Together
from relance.domain.reminder.run import Alert, Asked, Run
from relance.domain.reminder.scenario import (
    ACCEPTED_COPY,
    ACCEPTED_NEWS,
    ALERT_NEWS,
    DELIVERY,
    QUESTION_NEWS,
    WITHDRAWAL_RECEIPT,
    DocumentKind,
    Enclosed,
    Step,
    is_own,
    is_to_seller,
    origin,
)
from relance.domain.tracking.consent import Scope, scope_of

_FILE_NAMES: Final = {QuoteKind.QUOTE: "Devis", QuoteKind.PROFORMA: "Pro forma", QuoteKind.AMENDMENT: "Avenant"}
_MAILBOX: Final = "envoi"
_PDF: Final = "application/pdf"


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
        reply_to=_content(document).buyer.email if news else _content(document).seller.email,
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
        attachments=_attached(ctx, found, send, group, post),
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
        pdf_sha256=_pdf(document) if mail.attachments else "",
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
            content=_content(document),
            company=company,
            link_url=f"{base}/q/{token}" if token else "",
            today=today,
            pixel_url=f"{base}/o/{pixel}.gif" if pixel else None,
            untrack_url=f"{base}/u/{pixel}" if pixel else None,
            unsubscribe_url=unsubscribe_url or None,
            acceptance=document.acceptance if isinstance(document, Quote) else None,
            balance=document.balance if isinstance(document, Invoice) else None,
            answer=_answer(found, send.step),
            pdf_sha256=_pdf(document),
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


def _content(document: Quote | Invoice) -> DocumentContent:
    """What the mail is about: the contract once there is one; an offer with the last day that it has now. [Q-03]"""
    content = document.agreed if isinstance(document, Quote) else document.content
    assert content is not None, "what has a run has content"
    if isinstance(content, QuoteContent) and isinstance(document, Quote) and document.extended_until:
        return replace(content, validity_until=document.extended_until)
    return content


def _pdf(document: Quote | Invoice) -> str:
    return document.agreed_pdf_sha256 if isinstance(document, Quote) else document.pdf_sha256


def _answer(found: Situation, step: str) -> Refusal | Withdrawal | Asked | Alert | None:
    first = origin(step)
    if first.startswith(ALERT_NEWS):
        return next(one for one in found.run.alerts if ALERT_NEWS + one.id == first)
    if first.startswith(QUESTION_NEWS):
        return next(one for one in found.run.asked if QUESTION_NEWS + one.id == first)
    return (found.document.withdrawal or found.document.refusal) if isinstance(found.document, Quote) else None


def _recipient(found: Situation, step: str, company: Company) -> str:
    """Whom it goes to. Raises Invalid when nobody can be reached. [DR-12]"""
    document = found.document
    if is_to_seller(step):
        return company.email
    withdrawal = document.withdrawal if isinstance(document, Quote) else None
    if withdrawal and origin(step) == WITHDRAWAL_RECEIPT:
        return withdrawal.email
    address = _content(document).buyer.email if is_own(step) else found.around.policy.recipient
    if not address:
        raise Invalid("Ce client n’a pas d’adresse électronique : ajoutez-la à sa fiche.", code="mail_incomplete")
    return address


def _thread(found: Situation) -> str:
    """Every mail to the customer answers the first one, by the id under which it arrived."""
    delivery = found.claims.get(DELIVERY)
    return delivery.message_id if delivery else ""


def _attached(ctx: Context, found: Situation, send: Send, group: Group, post: Post) -> tuple[Attachment, ...]:
    """The document, its general conditions where it is handed over or agreed, a statement where the step wants one.

    The document's are the bytes that were sealed: the port gives no others. [KB-17, Q-04, DR-05, DR-13]
    """
    first = origin(send.step)
    if is_to_seller(send.step) and first != ACCEPTED_NEWS:
        return ()
    document, content = found.document, _content(found.document)
    step = next((step for step in found.scenario.steps if step.id == send.step), None)
    files: list[Attachment] = []
    if step is None or Enclosed.PDF in step.enclosed:
        name = f"{_file_title(content)} {content.number}{_version(content)}.pdf".replace("/", "-")
        files.append(Attachment(name, _PDF, post.documents.get(_pdf(document))))
    terms = content.general_terms if isinstance(content, QuoteContent) else None
    if terms is not None and first in (DELIVERY, ACCEPTED_COPY):
        files.append(Attachment("Conditions générales.pdf", _PDF, post.documents.get(terms.sha256)))
    if step is not None and Enclosed.STATEMENT in step.enclosed:
        files += _statement(ctx, found, step, group, post)
    return tuple(files)


def _statement(ctx: Context, found: Situation, step: Step, group: Group, post: Post) -> Sequence[Attachment]:
    """What he owes in all, when that is more than this one document: a sheet of one line tells him nothing."""
    invoices = [one.document for one in (found, *group.owed) if isinstance(one.document, Invoice)]
    if len(invoices) < 2:
        return ()
    caller = Caller(found.document.tenant, "lifecycle", "system")
    content = letters.statement(found.ctx, caller, found.document.customer_id, invoices)
    paper = letters.statement_paper(found.ctx, caller, content, post.letters)
    return (Attachment(f"Relevé de compte du {civil_date(found.now):%d-%m-%Y}.pdf", _PDF, paper.pdf),)


def _file_title(content: DocumentContent) -> str:
    if isinstance(content, QuoteContent):
        return _FILE_NAMES[content.kind]
    return "Avoir" if content.type.is_credit else "Facture"


def _message_id(claim_tag: str, mark: Postmark) -> str:
    return f"<{sha256(claim_tag.encode()).hexdigest()[:32]}@{mark.sender_domain}>"


def _version(content: DocumentContent) -> str:
    return f" v{content.version}" if isinstance(content, QuoteContent) and content.version > 1 else ""


def _sender(found: Situation, company: Company, mark: Postmark, *, news: bool) -> str:
    """A name before our address: his own would need his domain's DKIM keys. One line, whatever is in it."""
    content = _content(found.document)
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
