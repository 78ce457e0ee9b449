"""One turn of the loop that follows a document: wake, read the facts again, say what is to be done now.

The state machine carries ids and this answer, nothing else; whatever it knew before it slept is not asked. [E.1]
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from relance.app.context import Caller, Context
from relance.app.ports.scenarios import PublishedScenarios
from relance.app.ports.store import Commit, EntityMoved
from relance.app.situation import Situation, run_of, situation
from relance.domain.errors import Contention
from relance.domain.reminder.decide import Act, Done, Propose, Render, Send, Stop, Wait
from relance.domain.reminder.run import Run, RunStatus, execution_name, is_worn, succeed
from relance.domain.reminder.scenario import DocumentKind

_ATTEMPTS = 3


class Action(StrEnum):
    """What the state machine must do next."""

    WAIT = "wait"
    RENDER = "render"
    SEND = "send"
    CONTINUE = "continue"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Order:
    """What to do, and what it needs: `until` (on the machine's clock) to wait, `step` to send, `execution` to continue.

    `turn` is the one that carries the run from now on; `reason` says why a run is over.
    """

    action: Action
    turn: int
    until: datetime | None = None
    step: str = ""
    execution: str = ""
    reason: str = ""


def decide(
    ctx: Context, caller: Caller, kind: DocumentKind, document_id: str, *, turn: int, published: PublishedScenarios
) -> Order:
    """Decide, and store in the run what was decided before saying it: the sweep sees from it when to look again.

    An execution of an earlier turn is told to end. After 200 wakes or 300 days the run is handed to the next turn and
    the caller told to start it; if it dies before it does, the sweep will. Raises NotFound, Corrupted, Contention.
    """
    for _ in range(_ATTEMPTS):
        run = run_of(ctx, caller.tenant, document_id)
        if turn < run.turn:
            return Order(Action.DONE, run.turn, reason="succeeded")
        if run.status is not RunStatus.ACTIVE:
            return Order(Action.DONE, run.turn, reason=run.stop_reason or run.status.value)
        if is_worn(run, now := ctx.clock.now()):
            after = succeed(run, now)
            name = execution_name(run.tenant, run.id, after.turn)
            order = Order(Action.CONTINUE, after.turn, execution=name)
        else:
            now_is = situation(ctx, caller.tenant, kind, document_id, published)
            run = now_is.run
            after, order = _recorded(now_is), _order(ctx, now_is)
        try:
            ctx.store.commit(Commit(caller.tenant, ctx.entropy.bytes(16).hex(), puts=(after,)))
        except EntityMoved:
            continue  # somebody woke the run, or handed it to another turn: ask again
        return order
    raise Contention("Ce suivi change sans cesse : réessayez dans quelques secondes.")


def _recorded(found: Situation) -> Run:
    """The run after this decision."""
    run = replace(found.run, rev=found.run.rev + 1, wakes=found.run.wakes + 1, updated_at=found.now, next_at=found.now)
    match found.next:
        case Wait(until, skipped):
            # It got as far as sleeping, so whatever made its executions die before is over.
            return replace(run, next_at=until, skipped=skipped, restarts=0)
        case Send(skipped=skipped):
            return replace(run, skipped=skipped)
        case Render():
            return run
        case Done(skipped):
            return replace(run, status=RunStatus.DONE, skipped=skipped)
        case Act() | Propose():
            return run
        case Stop(reason):
            return replace(run, status=RunStatus.STOPPED, stop_reason=reason)
        case _:  # pragma: no cover
            assert_never(found.next)


def _order(ctx: Context, found: Situation) -> Order:
    turn = found.run.turn
    match found.next:
        case Wait(until):
            return Order(Action.WAIT, turn, until=ctx.clock.to_real(until))
        case Send(step):
            return Order(Action.SEND, turn, step=step)
        case Render():
            return Order(Action.RENDER, turn)
        case Act() | Propose():
            raise NotImplementedError  # the next commit
        case Done():
            return Order(Action.DONE, turn, reason="done")
        case Stop(reason):
            return Order(Action.DONE, turn, reason=reason)
        case _:  # pragma: no cover
            assert_never(found.next)
