"""Sending one mail, at most once, never after the fact.

    compose                    nothing that can fail is left for later
    one transaction:           the document is still what was read  +  the claim of this step is new
    one call to the mail service, without retries
    claim -> sent              with `document.sent` in the journal when it is the document itself

If we crash before the transaction, nothing happened. Between the transaction and the last write, the claim stays
`claimed`: the mail may or may not have left, nobody sends it again, and the service's own event settles it. The mail
service has no idempotency token, so an answer that is lost is `unknown` for the same reason. Only a refusal that is
certain and temporary gives the claim back. What breaks when the order is changed is shown in tests/model. [S-07, DR-03]
"""

from enum import StrEnum
from typing import Final, assert_never

from relance.app.context import Caller, Context
from relance.app.outgoing import Post, Ready, prepare
from relance.app.ports.outside import Acceptance, Handover
from relance.app.ports.store import Commit, EntityMoved
from relance.app.settling import settle
from relance.app.situation import situation
from relance.domain.errors import Contention, OutcomeUnknown, Retry
from relance.domain.links import Pixel
from relance.domain.reminder.claim import Claim, ClaimState, Lesson
from relance.domain.reminder.decide import Send
from relance.domain.reminder.run import RunStatus
from relance.domain.reminder.scenario import DocumentKind

_ATTEMPTS: Final = 3


class MailDeferred(Retry):
    """The mail service does not take mails now (throttled, paused): the claim was given back, try later."""

    code = "mail_deferred"


class Outcome(StrEnum):
    """How it ended. `moot`: there was nothing to send any more, or somebody has claimed it."""

    SENT = "sent"
    UNKNOWN = "unknown"
    REFUSED = "refused"
    MOOT = "moot"


def send(ctx: Context, caller: Caller, kind: DocumentKind, document_id: str, step: str, *, post: Post) -> Outcome:
    """Send the mail of `step` if it is still the thing to do: the facts are read again, whatever was decided before.

    Raises MailDeferred (nothing left, nothing is claimed), Contention, Retry, NotFound, Invalid from composing. After
    OutcomeUnknown or a crash the claim may be there: calling again is harmless and answers `moot`.
    """
    for _ in range(_ATTEMPTS):
        found = situation(ctx, caller.tenant, kind, document_id, post.published)
        if found.run.status is not RunStatus.ACTIVE or not isinstance(found.next, Send) or found.next.step != step:
            return Outcome.MOOT
        ready = prepare(ctx, found, found.next, post)
        try:
            _twice(ctx, _claiming(ctx, ready))
        except EntityMoved:
            continue  # the document changed, or another sender was first: decide again on what is there now
        return _settled(ctx, caller, ready, post.mailer.send(ready.mail), post)
    raise Contention("Ce document change sans cesse : réessayez dans quelques secondes.")


def _claiming(ctx: Context, ready: Ready) -> Commit:
    return Commit(ready.claim.tenant, ctx.entropy.bytes(16).hex(), puts=ready.puts, checks=ready.checks)


def _twice(ctx: Context, wanted: Commit) -> None:
    """Commit; when no answer comes, ask again with the same token, which cannot store it a second time."""
    try:
        ctx.store.commit(wanted)
    except OutcomeUnknown:
        ctx.store.commit(wanted)


def _settled(ctx: Context, caller: Caller, ready: Ready, handover: Handover, post: Post) -> Outcome:
    """Write down what the mail service said."""
    match handover.acceptance:
        case Acceptance.ACCEPTED:
            state, outcome = ClaimState.SENT, Outcome.SENT
        case Acceptance.UNKNOWN:
            state, outcome = ClaimState.UNKNOWN, Outcome.UNKNOWN
        case Acceptance.REFUSED if handover.retryable:
            # The one case in which it is certain that nothing left and that it may later. (The link stays: it opens the
            # same document.) If we crash before this, the claim stays and the mail is shown as unknown, not repeated.
            mine = tuple(entity for entity in ready.puts if isinstance(entity, Claim | Pixel))
            _twice(ctx, Commit(caller.tenant, ctx.entropy.bytes(16).hex(), deletes=mine))
            raise MailDeferred(f"Le service d’envoi ne prend pas de courriel pour l’instant : {handover.reason}.")
        case Acceptance.REFUSED:
            state, outcome = ClaimState.REFUSED, Outcome.REFUSED
        case _:  # pragma: no cover
            assert_never(handover.acceptance)
    lesson = Lesson(state, provider_id=handover.provider_id, message_id=handover.message_id, reason=handover.reason)
    settle(ctx, caller, ready.claim.id, lesson, post.activity, at=ready.claim.at)
    return outcome
