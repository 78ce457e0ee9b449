"""Writing: one transaction for the head, the events, the entities and the answer, retried until its fate is known.

Three outcomes of a request with an Idempotency-Key: it was never seen (write), it was seen (give the first answer
again), the key served something else (refuse). Two writers of one tenant meet at the head: one goes first, the
other reads again. An answer that is lost on the way is asked for again with the same token. [N-02, N-07]

Periods that are over are closed first, in the same transaction: between the last event of a day and the first of the
next there is always the closing, whoever writes. [AF-05, AF-06]
"""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from relance.app.context import Caller, Context
from relance.app.ports.store import (
    AlreadyAnswered,
    Answer,
    Check,
    Commit,
    E,
    Entity,
    EntityMoved,
    HeadMove,
    HeadMoved,
    Idem,
)
from relance.domain.chain.event import Fact
from relance.domain.closing import Closed, close_periods, is_due, open_from
from relance.domain.errors import Contention, IdempotencyMismatch, NotFound, OutcomeUnknown
from relance.domain.ids import TenantId
from relance.domain.journal import Head, add_totals, append, next_instant
from relance.domain.party import Company
from relance.domain.periods import CIVIL_YEAR
from relance.domain.perpetual import added, declared

ATTEMPTS = 6
CHANGES = 3  # of one document while something about it is decided: its drawing, its first view, its answer
MAX_ITEMS = 100  # of one transaction, as the store has it
_BACKOFF_S = 0.02

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Decision:
    """What a use case decided to write. With `facts`, `head` is the one that numbering left (the one read if None).

    `totals` are what issues and payments count, as it follows from what their facts print; any other fact that counts
    says so in its own `counts`, and is not told here.
    """

    answer: Entity
    puts: tuple[Entity, ...] = ()
    deletes: tuple[Entity, ...] = ()
    checks: tuple[Check, ...] = ()
    facts: tuple[Fact, ...] = ()
    head: Head | None = None
    totals: Mapping[str, int] = field(default_factory=dict)


def replayed(ctx: Context, caller: Caller, idem: Idem | None, kind: type[Entity]) -> str | None:
    """The id that this very request was answered with, or None. Raises IdempotencyMismatch on another request's key."""
    if idem is None:
        return None
    answer = ctx.store.answer(caller.tenant, idem.key)
    if answer is None:
        return None
    if answer.idem.request_sha256 != idem.request_sha256 or answer.kind != kind.__name__:
        raise IdempotencyMismatch(
            "Cette clé d’idempotence a déjà servi à une autre demande : prenez-en une nouvelle pour celle-ci."
        )
    return answer.id


def commit(
    ctx: Context,
    caller: Caller,
    idem: Idem | None,
    kind: type[E],
    decide: Callable[[Head, datetime], Decision],
    *,
    sleep: Callable[[float], None] = time.sleep,
) -> E:
    """Decide on fresh reads, write it all or nothing, and return the entity answered with.

    `decide` is called again with a fresh head each time somebody else was first, so it must read what it depends on
    itself. `at`, its second argument, is the instant of the first fact. Raises what `decide` raises, EntityMoved,
    IdempotencyMismatch, Contention when six attempts were not enough, OutcomeUnknown when the store never answered.
    """
    for attempt in range(ATTEMPTS):
        if (known := replayed(ctx, caller, idem, kind)) is not None:
            return _answered(ctx, caller, kind, known)
        try:
            due = _last_due(ctx, caller.tenant)
            decision = decide(due.closed.head, due.next_at)
            wanted = _commit(ctx, caller, idem, kind, due, decision)
            if due.closed.events and _items(wanted) > MAX_ITEMS:  # too much for one transaction: closings go first
                store_closings(ctx, caller.tenant, due)
                wanted = _commit(ctx, caller, idem, kind, replace(due, seq=due.closed.head.seq), decision)
            _store(ctx, wanted)
        except (HeadMoved, AlreadyAnswered):
            sleep(random.uniform(0, _BACKOFF_S * 2**attempt))  # noqa: S311 - full jitter, no secret
            continue
        assert isinstance(decision.answer, kind)
        return decision.answer
    raise Contention("Trop d’écritures à la fois sur ce compte : réessayez dans quelques secondes.")


@dataclass(frozen=True, slots=True)
class Due:
    """The closings to write over a head that stands at `seq`; `more`: periods that are over stay open after them."""

    seq: int
    closed: Closed
    next_at: datetime
    more: bool


def due_closings(ctx: Context, tenant: TenantId) -> Due:
    """What is over by now and not closed: as much of it as one transaction holds."""
    head, now = ctx.store.head(tenant), ctx.clock.now()
    at = next_instant(head, now)
    if head.periods is None:
        company = ctx.store.get(tenant, Company, tenant)  # once in the life of a journal
        opened = open_from(head, at, company.fiscal_year_start if company else CIVIL_YEAR)
        return Due(head.seq, Closed(opened), at, more=False)
    closed = close_periods(head, tenant, at)
    if not closed.events:
        return Due(head.seq, closed, at, more=False)
    following = next_instant(closed.head, now)
    return Due(head.seq, closed, following, more=is_due(closed.head, following))


def store_closings(ctx: Context, tenant: TenantId, due: Due) -> None:
    """Write closings by themselves. Raises what the store raises; HeadMoved means that somebody else went on."""
    move = HeadMove(due.seq, due.closed.head, due.closed.events)
    _store(ctx, Commit(tenant, ctx.entropy.bytes(16).hex(), puts=due.closed.closings, move=move))


def again(write: Callable[[], T]) -> T:
    """Once more when something changed between reading and writing (a page that is drawn just now is sealed): what is
    decided then is decided on what it is. Not for whoever names a version with If-Match.
    """
    for _ in range(CHANGES - 1):
        try:
            return write()
        except EntityMoved:
            continue
    return write()


def _last_due(ctx: Context, tenant: TenantId) -> Due:
    """The closings that go with the next fact; those of a long silence before them are written one load at a time."""
    while (due := due_closings(ctx, tenant)).more:
        store_closings(ctx, tenant, due)
    return due


def _commit(ctx: Context, caller: Caller, idem: Idem | None, kind: type[E], due: Due, decision: Decision) -> Commit:
    """One transaction of the decision, and of the closings that `due` puts before it (none when it stands there)."""
    move, puts = None, decision.puts
    if decision.facts:
        after, events = append(decision.head or due.closed.head, caller.tenant, decision.facts, due.next_at)
        before = due.closed if due.seq < due.closed.head.seq else Closed(due.closed.head)
        counted = add_totals(after, added(decision.totals, declared(decision.facts)))
        move = HeadMove(due.seq, counted, (*before.events, *events))
        puts = (*puts, *before.closings)
    answer = Answer(idem, kind.__name__, decision.answer.id, due.next_at) if idem else None
    return Commit(
        tenant=caller.tenant,
        token=ctx.entropy.bytes(16).hex(),
        puts=puts,
        deletes=decision.deletes,
        checks=decision.checks,
        move=move,
        answer=answer,
    )


def _items(commit: Commit) -> int:
    """What the store will count, at most: head and register beside what is listed."""
    events = commit.move.events if commit.move else ()
    return len(commit.puts) + len(commit.deletes) + len(commit.checks) + len(events) + 2 + (commit.answer is not None)


def _store(ctx: Context, wanted: Commit) -> None:
    """Commit; when no answer comes, send the very same commit once more: its token makes that harmless for 10 minutes.

    If the second answer is lost too, the caller may look the key up later: the answer is in the same transaction.
    """
    try:
        ctx.store.commit(wanted)
    except OutcomeUnknown:
        ctx.store.commit(wanted)


def _answered(ctx: Context, caller: Caller, kind: type[E], id: str) -> E:
    entity = ctx.store.get(caller.tenant, kind, id)
    if entity is None:  # a draft that was made and deleted since
        raise NotFound("Cette demande a déjà reçu une réponse, mais son objet a été supprimé depuis.")
    return entity
