"""Writing: one transaction for the head, the events, the entities and the answer, retried until its fate is known.

Three outcomes of a request with an Idempotency-Key: it was never seen (write), it was seen (give the first answer
again), the key served something else (refuse). Two writers of one tenant meet at the head: one goes first, the
other reads again. An answer that is lost on the way is asked for again with the same token. [N-02, N-07]
"""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from relance.app.context import Caller, Context
from relance.app.ports.store import (
    AlreadyAnswered,
    Answer,
    Check,
    Commit,
    E,
    Entity,
    HeadMove,
    HeadMoved,
    Idem,
)
from relance.domain.chain.event import Fact
from relance.domain.errors import Contention, IdempotencyMismatch, NotFound, OutcomeUnknown
from relance.domain.journal import Head, add_totals, append, next_instant

ATTEMPTS = 6
_BACKOFF_S = 0.02


@dataclass(frozen=True, slots=True)
class Decision:
    """What a use case decided to write. With `facts`, `head` is the one that numbering left (the one read if None)."""

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
        head = ctx.store.head(caller.tenant)
        at = next_instant(head, ctx.clock.now())
        decision = decide(head, at)
        wanted = _commit(ctx, caller, idem, kind, head, at, decision)
        try:
            _store(ctx, wanted)
        except (HeadMoved, AlreadyAnswered):
            sleep(random.uniform(0, _BACKOFF_S * 2**attempt))  # noqa: S311 - full jitter, no secret
            continue
        assert isinstance(decision.answer, kind)
        return decision.answer
    raise Contention("Trop d’écritures à la fois sur ce compte : réessayez dans quelques secondes.")


def _commit(
    ctx: Context, caller: Caller, idem: Idem | None, kind: type[E], head: Head, at: datetime, decision: Decision
) -> Commit:
    move = None
    if decision.facts:
        after, events = append(decision.head or head, caller.tenant, decision.facts, at)
        move = HeadMove(head.seq, add_totals(after, decision.totals), events)
    answer = Answer(idem, kind.__name__, decision.answer.id, at) if idem else None
    return Commit(
        tenant=caller.tenant,
        token=ctx.entropy.bytes(16).hex(),
        puts=decision.puts,
        deletes=decision.deletes,
        checks=decision.checks,
        move=move,
        answer=answer,
    )


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
