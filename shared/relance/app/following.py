"""Following one document: at each wake the facts are read again, and what is due is done, until it must wait.

The state machine carries ids and waits; it knows nothing of what it waited for. Every decision is recorded in the run
before it is told, with what was done: so the sweep sees when to look again, and a crash between two writes leaves
a claim that nobody repeats. Whatever is carried out is committed on the run that was read, so of two executions one
acts and the other reads again. [E.1, DR-03, DR-17, S-07]
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from relance.app import chores, sending
from relance.app.context import Caller, Context
from relance.app.finding import run_of
from relance.app.outgoing import Post, moved, refs
from relance.app.ports.store import Check, Entity, EntityMoved, HeadMoved
from relance.app.sending import Outcome, twice
from relance.app.settling import settle
from relance.app.situation import Situation, situation
from relance.domain.errors import Contention, Invalid
from relance.domain.reminder.claim import Claim, ClaimState, Lesson, claim_id, learn
from relance.domain.reminder.correspondence import Correspondence
from relance.domain.reminder.decide import Act, Done, Propose, Render, Send, Stop, Wait
from relance.domain.reminder.hold import Hold, HoldKind
from relance.domain.reminder.proposal import Proposal, ProposalState
from relance.domain.reminder.run import MAX_HOLDS, Run, RunStatus, execution_name, is_worn, succeed
from relance.domain.reminder.scenario import ALERT_NEWS, DELIVERY, Action, DocumentKind, origin
from relance.domain.reminder.task import Task

_ATTEMPTS: Final = 5
_AT_ONCE: Final = 12  # things done in one wake: what is left is done in the next one, which comes at once
_STOPPED: Final = {
    "reply": "Répondre au client : les relances de ce document sont arrêtées",
    "complained": "Joindre le client autrement : il a classé un courriel comme indésirable",
    "undelivered": "Vérifier l’adresse du client : le document n’a pas pu lui être envoyé",
    "insolvency": "Déclarer la créance au mandataire judiciaire : les relances sont arrêtées",
}


class Move(StrEnum):
    """What the state machine must do next."""

    WAIT = "wait"
    RENDER = "render"
    CONTINUE = "continue"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Order:
    """What to do, and what it needs: `until` (on the machine's clock) to wait, `execution` to continue.

    `turn` is the one that carries the run from now on; `reason` says why a run waits or is over; `done` are the steps
    that this wake carried out, each with what became of it.
    """

    action: Move
    turn: int
    until: datetime | None = None
    execution: str = ""
    reason: str = ""
    done: tuple[tuple[str, str], ...] = ()


def follow(ctx: Context, caller: Caller, kind: DocumentKind, document_id: str, *, turn: int, post: Post) -> Order:
    """One wake: decide and act until there is something to wait for, and store that before it is told.

    An execution of an earlier turn is told to end. After 200 wakes or 300 days the run is handed to the next turn and
    the caller told to start it; if it dies before it does, the sweep will. Calling again is always harmless: what was
    claimed is not repeated. Raises MailDeferred, Contention, Retry, OutcomeUnknown, NotFound, Corrupted.
    """
    done: list[tuple[str, str]] = []
    for _ in range(_ATTEMPTS):
        run = run_of(ctx, caller.tenant, document_id)
        if turn < run.turn:
            return Order(Move.DONE, run.turn, reason="succeeded", done=tuple(done))
        if run.status is not RunStatus.ACTIVE:
            return Order(Move.DONE, run.turn, reason=run.stop_reason or run.status.value, done=tuple(done))
        try:
            if is_worn(run, now := ctx.clock.now()):
                return _handed_on(ctx, run, now)
            return _wake(ctx, caller, run, kind, post, done)
        except (EntityMoved, HeadMoved):
            continue  # somebody answered, paid, woke the run, or wrote to this customer: look again
    raise Contention("Ce suivi change sans cesse : réessayez dans quelques secondes.")


def _handed_on(ctx: Context, run: Run, now: datetime) -> Order:
    after = succeed(run, now)
    twice(ctx, run.tenant, puts=(after,))
    return Order(Move.CONTINUE, after.turn, execution=execution_name(run.tenant, run.id, after.turn))


def _wake(ctx: Context, caller: Caller, run: Run, kind: DocumentKind, post: Post, done: list[tuple[str, str]]) -> Order:
    mark = refs(kind, run.tenant, run.id, post.mark)
    found = situation(ctx, run.tenant, kind, run.id, post.published, run=run, also=mark)
    stored = False
    for _ in range(_AT_ONCE):
        match found.next:
            case Send() as send:
                found = _send(ctx, caller, found, send, post, done)
            case Act() as act:
                found = _act(ctx, caller, found, act, post, done)
            case Propose() as propose:
                found = _propose(ctx, found, propose, done)
            case _:
                if not stored:
                    found = _record(ctx, found)
                return _order(ctx, found, done)
        stored = True
    return Order(Move.WAIT, found.run.turn, until=ctx.clock.to_real(found.now), reason="more", done=tuple(done))


def _order(ctx: Context, found: Situation, done: list[tuple[str, str]]) -> Order:
    """What a decision that is no act means for the machine."""
    turn, told = found.run.turn, tuple(done)
    match found.next:
        case Wait(until, why=why):
            return Order(Move.WAIT, turn, until=ctx.clock.to_real(until), reason=why, done=told)
        case Render():
            return Order(Move.RENDER, turn, done=told)
        case Stop(reason):
            return Order(Move.DONE, turn, reason=reason, done=told)
        case _:
            return Order(Move.DONE, turn, reason="done", done=told)


# --- what is done ----------------------------------------------------------------------------------------------------


def _send(
    ctx: Context, caller: Caller, found: Situation, send: Send, post: Post, done: list[tuple[str, str]]
) -> Situation:
    """One mail, and what the run does next."""
    try:
        mail = sending.ready(ctx, found, send, post)
    except Invalid as error:
        return _incomplete(ctx, found, send.step, error, done)
    twice(ctx, found.run.tenant, puts=mail.puts, checks=mail.checks)
    found = _as_stored(found, mail.puts)
    outcome, lesson = sending.hand_over(ctx, found, mail, post)
    done.append((send.step, outcome.value))
    if origin(send.step).startswith(ALERT_NEWS) and (message := chores.looked(found, mail.claim)) is not None:
        post.webhooks.post(message)  # what becomes of it changes nothing: the mail is what tells the seller
    before = (mail.claim, *mail.joined)
    if origin(send.step) == DELIVERY:  # a legal fact when it left: chained with what settles its claim
        settled = settle(ctx, caller, mail.claim.id, lesson, None, at=found.now)
        return _record(ctx, found.with_claims(settled))
    learnt = tuple(learn(claim, lesson, found.now) for claim in before)
    forgotten = sending.forgotten(ctx, found, mail) if outcome is Outcome.REFUSED else ()
    return _settled(ctx, caller, _as_stored(found, forgotten), learnt, lesson, forgotten)


def _settled(
    ctx: Context,
    caller: Caller,
    found: Situation,
    learnt: tuple[Claim, ...],
    lesson: Lesson,
    puts: tuple[Entity, ...],
) -> Situation:
    """What became of a mail or a call, stored with what the run does next; by itself when the run has moved on."""
    own = [claim for claim in learnt if claim.document_id == found.run.id]
    try:
        return _record(ctx, found.with_claims(*own), *learnt, *puts)
    except (EntityMoved, HeadMoved):
        settle(ctx, caller, learnt[0].id, lesson, None, at=found.now)
        raise


def _act(
    ctx: Context, caller: Caller, found: Situation, act: Act, post: Post, done: list[tuple[str, str]]
) -> Situation:
    """A step that is no mail."""
    step = act.step
    if step.action is Action.WEBHOOK:
        return _call(ctx, caller, found, act, post, done)
    try:
        claim, puts, checks = (
            chores.task(found, step) if step.action is Action.TASK else chores.letter(ctx, found, act, post)
        )
    except Invalid as error:
        return _incomplete(ctx, found, step.id, error, done)
    done.append((step.id, step.action.value))
    return _record(ctx, _as_stored(found, puts).with_claims(claim), *puts, checks=checks)


def _call(
    ctx: Context, caller: Caller, found: Situation, act: Act, post: Post, done: list[tuple[str, str]]
) -> Situation:
    """The seller's own system is told. It may be down for days, so a refusal is kept and holds nothing up."""
    claim, message = chores.call(found, act.step)
    if message is None:
        done.append((act.step.id, claim.state.value))
        return _record(ctx, found.with_claims(claim), claim)
    run = moved(found.run, found)
    twice(ctx, run.tenant, puts=(claim, run), checks=(Check(found.document),))
    handover = post.webhooks.post(message)
    state = {"accepted": ClaimState.SENT, "refused": ClaimState.REFUSED, "unknown": ClaimState.UNKNOWN}
    lesson = Lesson(state[handover.acceptance.value], provider_id=handover.provider_id, reason=handover.reason)
    done.append((act.step.id, lesson.state.value))
    return _settled(ctx, caller, found.at_run(run), (learn(claim, lesson, found.now),), lesson, ())


def _propose(ctx: Context, found: Situation, propose: Propose, done: list[tuple[str, str]]) -> Situation:
    """Into the queue of what waits for a person. [DR-09]"""
    step = propose.step
    proposal = Proposal(
        tenant=found.run.tenant,
        id=claim_id(found.document.id, step.id),
        rev=1,
        document_kind=found.run.document_kind,
        document_id=found.document.id,
        customer_id=found.document.customer_id,
        step=step.id,
        template=step.template,
        level=step.level,
        approval=propose.approval,
        state=ProposalState.PENDING,
        at=found.now,
        expires_at=propose.expires_at,
    )
    run = replace(found.run, proposed=(*found.run.proposed, step.id))
    around = replace(found.around, proposals={**found.around.proposals, step.id: proposal})
    done.append((step.id, "proposed"))
    return _record(ctx, replace(found, run=run, around=around), proposal)


def _incomplete(ctx: Context, found: Situation, step: str, error: Invalid, done: list[tuple[str, str]]) -> Situation:
    """The step waits for what is missing, and somebody is told what: a mail with a hole in it never leaves. [DR-13]"""
    run = found.run
    if len(run.holds) >= MAX_HOLDS:
        raise error
    note = " ".join([error.message, *(fault.message for fault in error.faults)])
    hold = Hold(ctx.new_id("hld"), HoldKind.INCOMPLETE, found.now, "lifecycle", note=note, step=step)
    task = chores.task_of(found, f"incomplete_{len(run.holds)}", "Compléter ce qui manque à une relance", note)
    done.append((step, "incomplete"))
    return _record(ctx, found.at_run(replace(run, holds=(*run.holds, hold))), task)


# --- what is stored --------------------------------------------------------------------------------------------------


def _record(ctx: Context, found: Situation, *puts: Entity, checks: tuple[Check, ...] = ()) -> Situation:
    """Store these, and in the run what follows from them. Raises EntityMoved when somebody moved the run."""
    run = _after(found)
    tasks = _stopped(ctx, found)
    twice(ctx, run.tenant, puts=(*puts, *tasks, run), checks=checks)
    return found.at_run(run)


def _after(found: Situation) -> Run:
    """The run after this decision."""
    run = replace(moved(found.run, found), wakes=found.run.wakes + 1, next_at=found.now)
    match found.next:
        case Wait(until, skipped):
            # It got as far as sleeping, so whatever made its executions die before is over.
            return replace(run, next_at=until, skipped=skipped, restarts=0)
        case Send(skipped=skipped) | Act(skipped=skipped) | Propose(skipped=skipped):
            return replace(run, skipped=skipped)
        case Render():
            return run
        case Done(skipped):
            return replace(run, status=RunStatus.DONE, skipped=skipped)
        case Stop(reason):
            return replace(run, status=RunStatus.STOPPED, stop_reason=reason)


def _stopped(ctx: Context, found: Situation) -> tuple[Task, ...]:
    """What somebody has to do once the machine does no more; asked for once. [DR-01, S-04]"""
    if not isinstance(found.next, Stop) or found.next.reason not in _STOPPED:
        return ()
    task = chores.task_of(found, f"stopped_{found.next.reason}", _STOPPED[found.next.reason])
    return () if ctx.store.get(task.tenant, Task, task.id) else (task,)


def _as_stored(found: Situation, puts: tuple[Entity, ...]) -> Situation:
    """The situation after these were stored."""
    for one in puts:
        if isinstance(one, Run) and one.id == found.run.id:
            found = found.at_run(one)
        elif isinstance(one, Correspondence):
            found = found.with_letters(one)
        elif isinstance(one, Claim) and one.document_id == found.document.id:
            found = found.with_claims(one)
    return found
