"""What a step asks for that is no mail: a task for somebody, a letter to post, a call of the seller's own system.

Each is claimed like a mail, so that it happens once. A task and its claim are one write. A letter is drawn and kept
first, under a key that gives the same letter again, and the claim is stored with the task of posting it. A call is
claimed before it is made, and what is not known of it stays `unknown`. [S-07, DU-05]
"""

from typing import Final

from relance.app import letters
from relance.app.context import SYSTEM, Caller, Context
from relance.app.outgoing import Post
from relance.app.ports.store import Check, Entity, Idem
from relance.app.ports.webhooks import WebhookCall
from relance.app.situation import Situation
from relance.domain.errors import Conflict, Invalid
from relance.domain.invoice import Invoice
from relance.domain.party import TrackingConsent
from relance.domain.reminder.claim import Claim, ClaimState, claim_id, tag
from relance.domain.reminder.correspondence import reminded
from relance.domain.reminder.decide import Act
from relance.domain.reminder.scenario import ALERT_NEWS, Step, origin
from relance.domain.reminder.task import Task, TaskState

NO_ADDRESS: Final = "no_webhook"
_POST_IT: Final = "Imprimer la mise en demeure, la poster en LRAR, puis noter le numéro d’envoi"


def task_of(found: Situation, step: str, title: str, detail: str = "") -> Task:
    """Something to do about the document; asked for once, since the step is in its id."""
    return Task(
        tenant=found.run.tenant,
        id=claim_id(found.document.id, step),
        rev=1,
        document_kind=found.run.document_kind,
        document_id=found.document.id,
        customer_id=found.document.customer_id,
        title=title,
        state=TaskState.OPEN,
        at=found.now,
        detail=detail,
    )


def claim_of(found: Situation, step: Step, state: ClaimState, **parts: str) -> Claim:
    """The claim of a step that is no mail."""
    return Claim(
        tenant=found.run.tenant,
        id=claim_id(found.document.id, step.id),
        rev=1,
        document_kind=found.run.document_kind,
        document_id=found.document.id,
        step=step.id,
        template=step.template,
        state=state,
        at=found.now,
        settled_at=found.now,
        recipient=parts.get("recipient", ""),
        subject=step.title,
        message_id="",
        mail_sha256="",
        pdf_sha256=parts.get("pdf_sha256", ""),
        salt="",
        consent=TrackingConsent.NONE,
        action=step.action,
        level=step.level,
        approved_by=parts.get("approved_by", ""),
        reason=parts.get("reason", ""),
    )


def task(found: Situation, step: Step) -> tuple[Claim, tuple[Entity, ...], tuple[Check, ...]]:
    """A task of a scenario, which is carried out by being stored."""
    claim = claim_of(found, step, ClaimState.SENT)
    return claim, (claim, task_of(found, step.id, step.title)), (Check(found.document),)


def letter(ctx: Context, found: Situation, act: Act, post: Post) -> tuple[Claim, tuple[Entity, ...], tuple[Check, ...]]:
    """A formal notice, prepared; a person posts it. Raises Invalid when it cannot be written, Retry when not drawn."""
    if not isinstance(found.document, Invoice):
        raise Invalid("Une mise en demeure ne concerne qu’une facture.", code="mail_incomplete")
    step, by = act.step, act.proposal.by if act.proposal else "lifecycle"
    key = claim_id(found.document.id, step.id)
    caller = Caller(found.run.tenant, by, SYSTEM)
    try:
        notice = letters.prepare(
            ctx,
            caller,
            [found.document.id],
            law=post.law,
            letters=post.letters,
            documents=post.documents,
            idem=Idem(f"letter:{key}", key),
        )
    except Conflict as error:
        raise Invalid(error.message, code="mail_incomplete") from error
    claim = claim_of(
        found,
        step,
        ClaimState.SENT,
        pdf_sha256=notice.pdf_sha256,
        approved_by=act.proposal.by if act.proposal else "",
        recipient=found.around.policy.recipient,
    )
    task = task_of(found, step.id, step.title or _POST_IT, f"Mise en demeure préparée : {notice.id}.")
    return claim, (claim, task, reminded(found.letters, found.now)), (Check(found.document),)


def looked(found: Situation, claim: Claim) -> WebhookCall | None:
    """The call that tells of a look what the mail of that claim tells the seller; None when he named no address.

    It goes under the claim of the mail, by whoever holds it, so it is made at most once. [KB-03]
    """
    chosen = found.settings
    if not chosen.webhook_url:
        return None
    kind = origin(claim.step).removeprefix(ALERT_NEWS).partition("_")[0]
    return WebhookCall(
        id=tag(claim.tenant, claim.id),
        url=chosen.webhook_url,
        secret=chosen.webhook_secret,
        type=f"document.{kind}",
        at=found.now,
        data={
            "document": found.run.document_kind.value,
            "id": found.document.id,
            "number": found.document.number,
        },
    )


def call(found: Situation, step: Step) -> tuple[Claim, WebhookCall | None]:
    """The claim of a call and the call; None when the company named no address, and then the claim says so."""
    chosen = found.settings
    if not chosen.webhook_url:
        return claim_of(found, step, ClaimState.REFUSED, reason=NO_ADDRESS), None
    claim = claim_of(found, step, ClaimState.CLAIMED)
    return claim, WebhookCall(
        id=tag(claim.tenant, claim.id),
        url=chosen.webhook_url,
        secret=chosen.webhook_secret,
        type="reminder.due",
        at=found.now,
        data={
            "document": found.run.document_kind.value,
            "id": found.document.id,
            "number": found.document.number,
            "scenario": found.scenario.id,
            "step": step.id,
        },
    )
