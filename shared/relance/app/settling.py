"""What became of a mail: learnt from the mail service's answer, or later from its events; kept in the claim.

That the document itself was handed to its customer is a fact of legal value, so it is chained in the transaction that
settles the delivery's claim, once, whoever learns it first. Reminders are not: the claim is the record. [DR-16, S-02]
"""

from datetime import datetime
from hashlib import sha256
from typing import Final

from relance.app.context import Caller, Context
from relance.app.journaling import Decision, commit
from relance.app.noticing import noticed
from relance.app.ports.activity import ActivityKind, ActivityLog
from relance.app.ports.store import Check, EntityMoved
from relance.app.situation import document_of
from relance.domain.chain.canonical import Json
from relance.domain.chain.event import Fact, Ref
from relance.domain.errors import Contention, NotFound
from relance.domain.journal import Head
from relance.domain.reminder.claim import Claim, ClaimState, Fate, Lesson, learn
from relance.domain.reminder.scenario import DELIVERY

_ATTEMPTS: Final = 3
_NOTICED: Final = {
    Fate.PENDING: ActivityKind.SENT,
    Fate.DELIVERED: ActivityKind.DELIVERED,
    Fate.BOUNCED: ActivityKind.BOUNCED,
    Fate.COMPLAINED: ActivityKind.COMPLAINED,
}


def settle(
    ctx: Context, caller: Caller, claim_id: str, lesson: Lesson, activity: ActivityLog, *, at: datetime
) -> Claim:
    """Keep what was learnt at `at` about a mail; learning it twice, or in another order, leaves the same claim.

    Chains `document.sent` when it is now certain that the document itself left. Raises NotFound, Contention, Retry.
    """
    claim = _claim(ctx, caller, claim_id)
    if learn(claim, lesson, at) is not claim:
        claim = _stored(ctx, caller, claim_id, lesson)
    # After the claim and outside its transaction: were we to crash here, the event comes again and fills the gap.
    if lesson.state is ClaimState.SENT:
        activity.record(
            noticed(
                _NOTICED[lesson.fate],
                # Sent when it was claimed, whoever tells it: one line in the story, not one for each who knows.
                claim.at if lesson.fate is Fate.PENDING else at,
                tenant=claim.tenant,
                document_kind=claim.document_kind.value,
                document_id=claim.document_id,
                subject=claim.step,
                data={"step": claim.step},
            )
        )
    return claim


def _stored(ctx: Context, caller: Caller, claim_id: str, lesson: Lesson) -> Claim:
    def decide(_head: Head, at: datetime) -> Decision:
        claim = _claim(ctx, caller, claim_id)
        learnt = learn(claim, lesson, at)
        if learnt is claim:  # somebody else learnt it meanwhile
            return Decision(answer=claim, checks=(Check(claim),))
        left = claim.state is not ClaimState.SENT and learnt.state is ClaimState.SENT
        facts = (_document_sent(ctx, caller, learnt),) if left and claim.step == DELIVERY else ()
        return Decision(answer=learnt, puts=(learnt,), facts=facts)

    for _ in range(_ATTEMPTS):
        try:
            return commit(ctx, caller, None, Claim, decide)
        except EntityMoved:
            continue
    raise Contention("Cet envoi change sans cesse : réessayez dans quelques secondes.")


def _claim(ctx: Context, caller: Caller, claim_id: str) -> Claim:
    claim = ctx.store.get(caller.tenant, Claim, claim_id)
    if claim is None:
        raise NotFound("Aucun envoi de cet identifiant.")
    return claim


def _document_sent(ctx: Context, caller: Caller, claim: Claim) -> Fact:
    """Which bytes went to whom: the recipient only as a hash blinded by the claim's salt, so that he can be erased."""
    number = document_of(ctx, claim.tenant, claim.document_kind, claim.document_id).number
    recipient = sha256(f"{claim.salt}\0{claim.recipient}".encode()).hexdigest()
    data: dict[str, Json] = {
        "number": number,
        "channel": "email",
        "pdf_sha256": claim.pdf_sha256,
        "recipient_sha256": recipient,
    }
    return Fact("document.sent", Ref(claim.document_kind.value, claim.document_id, number), caller.actor, data)
