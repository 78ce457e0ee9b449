"""The checkpoint of an archive that was just walked and found intact, mailed to its company once a month. [AR-02]

    compose                nothing that can fail is left for later
    one transaction        the claim of this month is new
    one call to the mail service, without retries
    claim -> sent

If we crash before the transaction, nothing happened; after it, the claim stays and nobody sends it again: a month
without a copy does no harm, for the next copy covers all of it. Only a refusal that is certain and temporary gives the
claim back. [S-07]
"""

from dataclasses import dataclass
from email.headerregistry import Address
from hashlib import sha256
from typing import Final

from relance.app.archiving import layout
from relance.app.archiving.drain import Archive
from relance.app.context import Context
from relance.app.pins import last_pin, settle_pin
from relance.app.ports.composing import PinComposer
from relance.app.ports.outside import Acceptance, Attachment, Mail, Mailer
from relance.app.ports.store import Commit, Entity, EntityMoved
from relance.domain.calendar_fr import civil_date
from relance.domain.errors import OutcomeUnknown, Retry
from relance.domain.ids import TenantId
from relance.domain.party import Company
from relance.domain.pin_mail import Pin, PinMail, claim_of, claimed, is_due, month_of
from relance.domain.reminder.claim import ClaimState, Lesson, tag
from relance.domain.reminder.settings import ID, ReminderSettings

_MAILBOX: Final = "envoi"
_STATES: Final = {
    Acceptance.ACCEPTED: ClaimState.SENT,
    Acceptance.REFUSED: ClaimState.REFUSED,
    Acceptance.UNKNOWN: ClaimState.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class PinPost:
    """How a pin leaves."""

    composer: PinComposer
    mailer: Mailer
    sender_domain: str


def mail_pin(ctx: Context, tenant: TenantId, archive: Archive, post: PinPost) -> PinMail | None:
    """Mail the last checkpoint of a company, unless its mail of this month was claimed; None with none to send.

    There is none outside the first days of a month, without a checkpoint, without a company to write to, for who does
    not want it, and for an address where the last one came back (`PinMail.refuses`). Raises Retry when
    the service takes no mail now (the claim is given back), Corrupted, Invalid.
    """
    now = ctx.clock.now()
    today = civil_date(now)
    if not is_due(today) or ctx.store.get(tenant, PinMail, month_of(today)) is not None:
        return None
    chosen = ctx.store.get(tenant, ReminderSettings, ID) or ReminderSettings(tenant)
    company = ctx.store.get(tenant, Company, tenant)
    size = archive.heads.get(tenant).signed_size
    if not chosen.pin_mail or company is None or not company.email or not size:
        return None
    last = last_pin(ctx, tenant)
    if last is not None and last.refuses(company.email, company.updated_at):
        return None
    pin = Pin(size, archive.store.get(layout.prefix(tenant) + layout.checkpoint(size)), today)
    composed = post.composer.compose_pin(pin, company)
    claim = claimed(pin, tenant, company.email, now)
    label = tag(tenant, claim_of(claim.id))
    mail = Mail(
        claim_id=label,
        sender=str(Address(display_name="Relance", username=_MAILBOX, domain=post.sender_domain)),
        reply_to=company.email,
        recipient=company.email,
        subject=composed.subject,
        text=composed.text,
        html=composed.html,
        date=now,
        message_id=f"<{sha256(label.encode()).hexdigest()[:32]}@{post.sender_domain}>",
        # Never as text: a mail program may end the lines of a text in its own way, and the signature is of bytes.
        attachments=(Attachment(pin.filename, "application/octet-stream", pin.note),),
    )
    try:
        _twice(ctx, tenant, puts=(claim,))
    except EntityMoved:
        return None  # another walk of the same morning was faster
    handed = post.mailer.send(mail)
    if handed.acceptance is Acceptance.REFUSED and handed.retryable:
        _twice(ctx, tenant, deletes=(claim,))
        raise Retry(f"Le service d’envoi ne prend pas de courriel pour l’instant : {handed.reason}.")
    lesson = Lesson(_STATES[handed.acceptance], provider_id=handed.provider_id, reason=handed.reason)
    return settle_pin(ctx, tenant, claim.id, lesson, at=ctx.clock.now())


def _twice(ctx: Context, tenant: TenantId, *, puts: tuple[Entity, ...] = (), deletes: tuple[Entity, ...] = ()) -> None:
    """Commit; when no answer comes, once more with the same token, which cannot store it twice."""
    wanted = Commit(tenant, ctx.entropy.bytes(16).hex(), puts=puts, deletes=deletes)
    try:
        ctx.store.commit(wanted)
    except OutcomeUnknown:
        ctx.store.commit(wanted)
