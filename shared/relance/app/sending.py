"""Sending one mail, at most once, never after the fact.

    compose                    nothing that can fail is left for later
    one transaction:           the document is still what was read  +  the claim of this step is new
                               +  the run and, for a reminder, the customer's letter box are still what was read
    one call to the mail service, without retries
    claim -> sent              with what the run does next; with `document.sent` in the journal for the document itself

If we crash before the transaction, nothing happened. Between the transaction and the last write, the claim stays
`claimed`: the mail may or may not have left, nobody sends it again, and the service's own event settles it. The mail
service has no idempotency token, so an answer that is lost is `unknown` for the same reason. Only a refusal that is
certain and temporary gives the claim back. What breaks when the order is changed is shown in tests/model. [S-07, DR-03]
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Final, TypeVar, assert_never

from relance.app.context import Context
from relance.app.outgoing import Post, Ready, prepare
from relance.app.ports.open_work import OpenOfCustomer
from relance.app.ports.outside import Acceptance, Handover
from relance.app.ports.scenarios import PublishedScenarios
from relance.app.ports.store import Check, Commit, Entity, EntityMoved
from relance.app.situation import Situation, others
from relance.app.writing import Group
from relance.domain.errors import Invalid, OutcomeUnknown, Retry
from relance.domain.ids import TenantId
from relance.domain.reminder.claim import ClaimState, Lesson
from relance.domain.reminder.correspondence import Correspondence, not_reminded
from relance.domain.reminder.decide import Send
from relance.domain.reminder.grouping import Together, may_lead, together

W = TypeVar("W")
_ATTEMPTS: Final = 3


class MailDeferred(Retry):
    """The mail service does not take mails now (throttled, paused): the claim was given back, try later."""

    code = "mail_deferred"


class Outcome(StrEnum):
    """How it ended."""

    SENT = "sent"
    UNKNOWN = "unknown"
    REFUSED = "refused"


def ready(ctx: Context, found: Situation, send: Send, post: Post) -> Ready:
    """The mail of that step, together with the customer's other overdue invoices where they may be asked for in one.

    When the others keep it from being written it is written alone: what is wrong with them is told by their own runs.
    Raises what `prepare` raises. [DR-05, DR-17]
    """
    return grouped(found, send, post.published, post.followed, lambda group: prepare(ctx, found, send, group, post))


def grouped(
    found: Situation,
    send: Send,
    published: PublishedScenarios,
    followed: OpenOfCustomer,
    write: Callable[[Group], W],
) -> W:
    """What `write` makes of the mail with the others, or of it alone when they keep it from being written."""
    alone = Group(Together(send.template, send.level))
    if not may_lead(found.case, send, found.now):
        return write(alone)
    cases = others(found, published, followed)
    told = together(found.case, send, [one.case for one in cases], found.now)
    group = Group(told, tuple(one for one in cases if one.document.id in told.owed))
    if not group.others:
        return write(alone)
    try:
        return write(group)
    except Invalid:
        return write(alone)


def twice(
    ctx: Context,
    tenant: TenantId,
    *,
    puts: tuple[Entity, ...] = (),
    deletes: tuple[Entity, ...] = (),
    checks: tuple[Check, ...] = (),
) -> None:
    """Commit; when no answer comes, ask again with the same token, which cannot store it a second time.

    Raises EntityMoved when something is not as it was read, Retry, OutcomeUnknown.
    """
    wanted = Commit(tenant, ctx.entropy.bytes(16).hex(), puts=puts, deletes=deletes, checks=checks)
    try:
        ctx.store.commit(wanted)
    except OutcomeUnknown:
        ctx.store.commit(wanted)


def hand_over(ctx: Context, found: Situation, mail: Ready, post: Post) -> tuple[Outcome, Lesson]:
    """Hand a claimed mail to the service, once: what became of it, and what is to be learnt.

    Raises MailDeferred when the service takes none now: nothing left, and the claim was given back.
    """
    return judged(ctx, found, mail, post.mailer.send(mail.mail))


def judged(ctx: Context, found: Situation, mail: Ready, handover: Handover) -> tuple[Outcome, Lesson]:
    """What an answer means. Raises MailDeferred."""
    match handover.acceptance:
        case Acceptance.ACCEPTED:
            outcome, state = Outcome.SENT, ClaimState.SENT
        case Acceptance.UNKNOWN:
            outcome, state = Outcome.UNKNOWN, ClaimState.UNKNOWN
        case Acceptance.REFUSED if handover.retryable:
            # The one case in which it is certain that nothing left and that it may later. (The link stays: it opens the
            # same document.) If we crash before this, the claim stays and the mail is shown as unknown, not repeated.
            give_back(ctx, found, mail)
            raise MailDeferred(f"Le service d’envoi ne prend pas de courriel pour l’instant : {handover.reason}.")
        case Acceptance.REFUSED:
            outcome, state = Outcome.REFUSED, ClaimState.REFUSED
        case _:  # pragma: no cover
            assert_never(handover.acceptance)
    return outcome, Lesson(
        state, provider_id=handover.provider_id, message_id=handover.message_id, reason=handover.reason
    )


def give_back(ctx: Context, found: Situation, mail: Ready) -> None:
    """As if it had never been claimed: the claims go, and the letter box forgets the reminder. Raises Retry."""
    tenant = mail.claim.tenant
    mine = tuple(one for one in (mail.claim, *mail.joined, mail.pixel) if one is not None)
    for _ in range(_ATTEMPTS):
        try:
            twice(ctx, tenant, deletes=mine, puts=forgotten(ctx, found, mail))
        except EntityMoved:
            continue  # the letter box moved: a bounce was told of another mail
        return
    twice(ctx, tenant, deletes=mine)


def forgotten(ctx: Context, found: Situation, mail: Ready) -> tuple[Entity, ...]:
    """The customer's letter box without that reminder, which did not leave."""
    if not mail.claim.is_reminder:
        return ()
    box = ctx.store.get(mail.claim.tenant, Correspondence, found.document.customer_id)
    if box is None:
        return ()
    restored = not_reminded(box, mail.claim.at, mail.reminded_before)
    return () if restored is box else (restored,)
