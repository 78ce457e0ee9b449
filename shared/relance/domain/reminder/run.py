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

from relance.domain.calendar_fr import civil_date
from relance.domain.errors import Conflict, NotFound
from relance.domain.ids import TenantId
from relance.domain.reminder.hold import Hold
from relance.domain.reminder.policy import Source
from relance.domain.reminder.scenario import DocumentKind

MAX_ALERTS: Final = 20  # of one document: a customer who looks more often than that is known to
MAX_HOLDS: Final = 30
MAX_ASKED: Final = 10  # questions of one document that are mailed to its seller; later ones are in its timeline
MAX_WAKES: Final = 200  # an execution's history is limited to 25,000 events; a turn of the loop takes about 20
MAX_AGE: Final = timedelta(days=300)  # an execution lives at most one year
SWEEP_INTERVAL: Final = timedelta(minutes=15)
LOOK_AHEAD: Final = 2 * SWEEP_INTERVAL  # what is due before the sweep after next
_MAX_PAUSE: Final = timedelta(days=1)


class RunStatus(StrEnum):
    """Where a run stands: waiting for its next step, done with all of them, or stopped by what happened."""

    ACTIVE = "active"
    DONE = "done"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A step that was due and will not be carried out, and why.

    `condition`, `superseded`, `too_late`; `amount` (too little is at stake), `level` (not for this customer), `cap`
    (he was reminded often enough of this document), `declined` (nobody approved it).
    """

    step: str
    reason: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that the customer put about the document; `id` is a part of a step's name (`[0-9a-z]{16}`)."""

    id: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Alert:
    """The seller is told that his customer looked: `kind` is `viewed` or `hot`, at most one of a kind a day. [KB-03]"""

    kind: str
    at: datetime

    @property
    def id(self) -> str:
        """A part of a step's name: the same for two of one kind on one day in Paris."""
        return f"{self.kind}_{civil_date(self.at):%Y%m%d}"


@dataclass(frozen=True, slots=True)
class Run:
    """The state of one run; `id` is the document's. `wakes` counts the decisions of the current turn.

    `scenario_id` is a version (`name@version`), "" for no reminders at all.
    `next_at` is when something is to be done next (UTC). `proposed` are the steps that were put to a person: each has a
    proposal, whatever became of it. `restarts` counts the times the sweep had to start an
    execution since the run last got as far as waiting. `asked` and `alerts` are what the seller is told of. `holds` are
    why it waits or ended; `source` who chose its scenario; `customer_id` whom it is about ("" in runs of before).
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
    customer_id: str = ""
    source: Source = Source.COMPANY
    holds: tuple[Hold, ...] = ()
    alerts: tuple[Alert, ...] = ()
    proposed: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether the sweep must know of it."""
        return self.status is RunStatus.ACTIVE


def new_run(
    tenant: TenantId,
    kind: DocumentKind | str,
    document_id: str,
    scenario_id: str,
    at: datetime,
    *,
    customer_id: str = "",
    source: Source = Source.COMPANY,
) -> Run:
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
        customer_id=customer_id,
        source=source,
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
    return run.status is RunStatus.ACTIVE and run.next_at <= now + LOOK_AHEAD and now >= run.turn_started_at + pause


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


def alert(run: Run, wanted: Alert, now: datetime) -> Run:
    """The run that tells the seller; the very same run when he was told of that kind today, or too often."""
    if any(one.id == wanted.id for one in run.alerts) or len(run.alerts) >= MAX_ALERTS:
        return run
    return replace(wake(run, now), alerts=(*run.alerts, wanted))


def propose(run: Run, step: str, now: datetime) -> Run:
    """The run that looks at the proposal of that step, at once: a person made it, decided on it, or wants it sent."""
    known = run.proposed if step in run.proposed else (*run.proposed, step)
    return replace(wake(run, now), proposed=known)


def hold(run: Run, wanted: Hold, now: datetime) -> Run:
    """The run with that hold; it is decided anew at once. Raises Conflict `too_many_holds`."""
    if len(run.holds) >= MAX_HOLDS:
        raise Conflict("Ce document a été suspendu trop souvent : arrêtez son suivi.", code="too_many_holds")
    return replace(wake(run, now), holds=(*run.holds, wanted))


def release(run: Run, hold_id: str, outcome: str, now: datetime) -> Run:
    """The run whose hold has ended, with how; the very same when it had. Raises NotFound."""
    found = next((one for one in run.holds if one.id == hold_id), None)
    if found is None:
        raise NotFound("Aucune suspension de cet identifiant.")
    if found.ended_at is not None:
        return run
    ended = replace(found, ended_at=now, outcome=outcome)
    return replace(wake(run, now), holds=tuple(ended if one is found else one for one in run.holds))


def reassign(run: Run, scenario_id: str, source: Source, now: datetime) -> Run:
    """The run on another scenario, unless whoever chose the present one counts for more: then the very same. [DR-04]"""
    if source < run.source or run.scenario_id == scenario_id:
        return run
    return replace(wake(run, now), scenario_id=scenario_id, source=source, skipped=())
