"""A run: one document followed through one version of one scenario.

Stored in the transaction that sends or issues the document, so no document is ever without its run. `turn` numbers the
executions of the state machine that carry the run: a name cannot be used twice within 90 days (Step Functions API
reference, StartExecution, checked 2026-11), so each new execution takes the next turn. An execution that finds a higher
turn in the store has been succeeded and ends by itself: a late or doubled start does no harm.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final

from relance.domain.ids import TenantId
from relance.domain.reminder.scenario import DocumentKind

MAX_ASKED: Final = 10  # questions of one document that are mailed to its seller; later ones are in its timeline
MAX_WAKES: Final = 200  # an execution's history is limited to 25,000 events; a turn of the loop takes about 20
MAX_AGE: Final = timedelta(days=300)  # an execution lives at most one year
SWEEP_INTERVAL: Final = timedelta(minutes=15)
_MAX_PAUSE: Final = timedelta(days=1)


class RunStatus(StrEnum):
    """Where a run stands: waiting for its next step, done with all of them, or stopped by what happened."""

    ACTIVE = "active"
    DONE = "done"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A step that was due and will not be sent, and why: `condition`, `superseded` or `too_late`."""

    step: str
    reason: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that the customer put about the document; `id` is a part of a step's name (`[0-9a-z]{16}`)."""

    id: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Run:
    """The state of one run; `id` is the document's. `wakes` counts the decisions of the current turn.

    `next_at` is when something is to be done next (UTC). `restarts` counts the times the sweep had to start an
    execution since the run last got as far as waiting. `asked` are the questions that the seller is told of.
    """

    tenant: TenantId
    id: str
    rev: int
    document_kind: DocumentKind
    scenario_id: str
    status: RunStatus
    created_at: datetime
    updated_at: datetime
    next_at: datetime
    turn_started_at: datetime
    turn: int = 1
    wakes: int = 0
    restarts: int = 0
    stop_reason: str = ""
    skipped: tuple[Skipped, ...] = ()
    asked: tuple[Asked, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether the sweep must know of it."""
        return self.status is RunStatus.ACTIVE


def new_run(tenant: TenantId, kind: DocumentKind | str, document_id: str, scenario_id: str, at: datetime) -> Run:
    """The run of a document sent or issued at `at`: due at once, since delivering the document is its first step."""
    return Run(
        tenant=tenant,
        id=document_id,
        rev=1,
        document_kind=DocumentKind(kind),
        scenario_id=scenario_id,
        status=RunStatus.ACTIVE,
        created_at=at,
        updated_at=at,
        next_at=at,
        turn_started_at=at,
    )


def is_worn(run: Run, now: datetime) -> bool:
    """Whether the current execution must hand over to a new one before it meets the service's limits."""
    return run.wakes >= MAX_WAKES or now - run.turn_started_at >= MAX_AGE


def succeed(run: Run, now: datetime, *, restarted: bool = False) -> Run:
    """The run carried by its next turn, which starts now."""
    return replace(
        run,
        rev=run.rev + 1,
        turn=run.turn + 1,
        turn_started_at=now,
        updated_at=now,
        wakes=0,
        restarts=run.restarts + 1 if restarted else run.restarts,
    )


def needs_attention(run: Run, now: datetime) -> bool:
    """Whether the sweep must look if the run's execution lives: due before the sweep after next, or overdue.

    Looking costs a call, so a run that waits for weeks is left alone until shortly before it is due. A run that fails
    again and again is tried after 15 minutes, 30, 60 … and then once a day: it neither costs nor shouts without end.
    """
    pause = min(SWEEP_INTERVAL * 2 ** min(run.restarts - 1, 10), _MAX_PAUSE) if run.restarts else timedelta(0)
    return (
        run.status is RunStatus.ACTIVE
        and run.next_at <= now + 2 * SWEEP_INTERVAL
        and now >= run.turn_started_at + pause
    )


def execution_name(tenant: str, document_id: str, turn: int) -> str:
    """The name of the execution that carries that turn: at most 80 of `[A-Za-z0-9_-]`, always the same."""
    return f"{document_id}-{turn}-{sha256(tenant.encode()).hexdigest()[:12]}"


def wake(run: Run, now: datetime) -> Run:
    """The run carried by its next turn and due at once, because the customer answered: both sides are told now.

    Whatever its status was. The execution that was waiting finds itself succeeded when it wakes, and ends.
    """
    return replace(succeed(run, now), status=RunStatus.ACTIVE, next_at=now, stop_reason="", restarts=0)


def ask(run: Run, asked: Asked, now: datetime) -> Run:
    """The run that tells the seller of a question; the very same run when he is told of it already, or of too many."""
    if any(one.id == asked.id for one in run.asked) or len(run.asked) >= MAX_ASKED:
        return run
    return replace(wake(run, now), asked=(*run.asked, asked))
