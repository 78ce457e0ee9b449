"""What became of a mail: learnt from the mail service's answer, or later from its events; kept in the claim.

That the document itself was handed to its customer is a fact of legal value, so it is chained in the transaction that
settles the delivery's claim, once, whoever learns it first. Reminders are not: the claim is the record. What a bounce
or a complaint says of an address is kept in the customer's letter box, so it counts for his other documents too, and
somebody is told. [DR-12, DR-16, S-02, S-04]
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from relance.app.context import Caller, Context
from relance.app.finding import document_of
from relance.app.journaling import Decision, commit
from relance.app.noticing import noticed
from relance.app.ports.activity import ActivityKind, ActivityLog
from relance.app.ports.store import Check, Commit, Entity, EntityMoved, HeadMoved
from relance.domain.chain.canonical import Json
from relance.domain.chain.event import Fact, Ref
from relance.domain.errors import Contention, NotFound, OutcomeUnknown
from relance.domain.journal import Head
from relance.domain.reminder.claim import Claim, ClaimState, Fate, Lesson, claim_id, learn
from relance.domain.reminder.correspondence import Correspondence, bounced, complained, first_letter
from relance.domain.reminder.scenario import DELIVERY, is_to_seller, origin
from relance.domain.reminder.task import Task, TaskState

_ATTEMPTS: Final = 3
_NOTICED: Final = {
    Fate.DELIVERED: ActivityKind.DELIVERED,
    Fate.BOUNCED: ActivityKind.BOUNCED,
    Fate.COMPLAINED: ActivityKind.COMPLAINED,
}
# The second is what a run that stops asks for too: whoever is first, it is asked for once.
_TO_DO: Final = {
    "bounced": ("bounced", "Vérifier l’adresse électronique du client : un courriel est revenu"),
    "complained": (
        "stopped_complained",
        "Joindre le client autrement : il a classé un courriel comme indésirable",
    ),
}


@dataclass(frozen=True, slots=True)
class _Change:
    """What a lesson changes of what is stored; `left` says that it is now certain that the mail did."""

    claim: Claim
    puts: tuple[Entity, ...]
    left: bool


def settle(
    ctx: Context, caller: Caller, claim_id: str, lesson: Lesson, activity: ActivityLog | None, *, at: datetime
) -> Claim:
    """Keep what was learnt at `at` about a mail; learning it twice, or in another order, leaves the same claim.

    The claims that it carries learn it too. Chains `document.sent` when it is now certain that the document itself
    left. `activity` is for what comes after that: whoever only knows what the service answered needs none. Raises
    NotFound, Contention, Retry.
    """
    claim = _settled(ctx, caller, claim_id, lesson, at)
    # After the claim and outside its transaction: were we to crash here, the event comes again and fills the gap.
    # That it was sent, the claim says.
    if activity is not None and lesson.state is ClaimState.SENT and lesson.fate in _NOTICED:
        activity.record(
            noticed(
                _NOTICED[lesson.fate],
                at,
                tenant=claim.tenant,
                document_kind=claim.document_kind.value,
                document_id=claim.document_id,
                subject=claim.step,
                data={"step": claim.step},
            )
        )
    return claim


def _settled(ctx: Context, caller: Caller, id: str, lesson: Lesson, at: datetime) -> Claim:
    for _ in range(_ATTEMPTS):
        change = _change(ctx, caller, id, lesson, at)
        if not change.puts:
            return change.claim
        try:
            if change.left and origin(change.claim.step) == DELIVERY:
                return commit(ctx, caller, None, Claim, _chaining(ctx, caller, id, lesson))
            _store(ctx, change)
        except (EntityMoved, HeadMoved):
            continue
        return change.claim
    raise Contention("Cet envoi change sans cesse : réessayez dans quelques secondes.")


def _store(ctx: Context, change: _Change) -> None:
    wanted = Commit(change.claim.tenant, ctx.entropy.bytes(16).hex(), puts=change.puts)
    try:
        ctx.store.commit(wanted)
    except OutcomeUnknown:
        ctx.store.commit(wanted)


class _chaining:
    """The decision of the journal: what left, and everything that goes with it, read again at each try."""

    def __init__(self, ctx: Context, caller: Caller, id: str, lesson: Lesson) -> None:
        self._ctx, self._caller, self._id, self._lesson = ctx, caller, id, lesson

    def __call__(self, _head: Head, at: datetime) -> Decision:
        change = _change(self._ctx, self._caller, self._id, self._lesson, at)
        if not change.puts:  # somebody else learnt it meanwhile
            return Decision(answer=change.claim, checks=(Check(change.claim),))
        facts = (_document_sent(self._ctx, self._caller, change.claim),) if change.left else ()
        return Decision(answer=change.claim, puts=change.puts, facts=facts)


def _change(ctx: Context, caller: Caller, id: str, lesson: Lesson, at: datetime) -> _Change:
    claim = ctx.store.get(caller.tenant, Claim, id)
    if claim is None:
        raise NotFound("Aucun envoi de cet identifiant.")
    carried = ctx.store.get_many(caller.tenant, Claim, claim.carries).values() if claim.carries else ()
    learnt = learn(claim, lesson, at)
    puts: list[Entity] = [after for one in (claim, *carried) if (after := learn(one, lesson, at)) is not one]
    if (lesson.is_soft_bounce or lesson.fate in (Fate.BOUNCED, Fate.COMPLAINED)) and not is_to_seller(claim.step):
        puts += _about_address(ctx, claim, lesson, at)
    left = claim.state is not ClaimState.SENT and learnt.state is ClaimState.SENT
    return _Change(learnt, tuple(puts), left)


def _about_address(ctx: Context, claim: Claim, lesson: Lesson, at: datetime) -> Iterable[Entity]:
    """The customer's letter box, and a task once the address is known to be bad."""
    document = document_of(ctx, claim.tenant, claim.document_kind, claim.document_id)
    found = ctx.store.get(claim.tenant, Correspondence, document.customer_id)
    box = found or first_letter(claim.tenant, document.customer_id)
    if lesson.fate is Fate.COMPLAINED:
        after = complained(box, claim.recipient, at)
    else:
        after = bounced(box, claim.recipient, at, is_soft=lesson.is_soft_bounce)
    if after is box:
        return
    yield after
    if not (why := after.refuses(claim.recipient)):
        return
    step, title = _TO_DO[why]
    task = Task(
        tenant=claim.tenant,
        id=claim_id(claim.document_id, step),
        rev=1,
        document_kind=claim.document_kind,
        document_id=claim.document_id,
        customer_id=document.customer_id,
        title=title,
        state=TaskState.OPEN,
        at=at,
        detail=claim.recipient,
    )
    if ctx.store.get(task.tenant, Task, task.id) is None:
        yield task


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
