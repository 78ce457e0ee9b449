"""Smart queries (requêtes intelligentes): written, tried out, switched on and off. [SQ-01, SQ-03, SQ-06, KB-05, KB-06]

What a query enrols is enrolled by night (`app.nightly`). Switching it on notes who matches already, so that only those
who match later enter, unless its author wants those too.
"""

from collections import deque
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Final

from relance.app import scenarios
from relance.app.context import Caller, Context
from relance.app.journaling import Decision, commit, replayed
from relance.app.ports.scenarios import PublishedScenarios
from relance.app.ports.store import Commit, Idem
from relance.app.records import Records
from relance.app.segment_walk import Pair, matching, pairs
from relance.app.settings import require_rev
from relance.domain.calendar_fr import civil_date
from relance.domain.errors import Conflict, Fault, Invalid
from relance.domain.ids import TenantId
from relance.domain.journal import Head
from relance.domain.segment.membership import Membership, Move, Night, inside, left, move
from relance.domain.segment.segment import MAX_LISTED, Existing, Plan, Segment, SegmentState, plan_faults
from relance.domain.segment.subject import Subject

SAMPLES: Final = 20
_BATCH: Final = 50  # notes stored at once

_segments = Records(Segment, "seg", "Aucune requête ne porte cet identifiant.")
get = _segments.get
page = _segments.page


@dataclass(frozen=True, slots=True)
class Trial:
    """What a query finds now: how many, the newest twenty, and how many of them would enter tonight. Nothing is
    written. [SQ-06]"""

    count: int
    samples: tuple[Subject, ...]
    entering: int


def create(
    ctx: Context, caller: Caller, plan: Plan, published: PublishedScenarios, *, idem: Idem | None = None
) -> Segment:
    """A new query, switched off; the list of a static one is frozen now. Raises Invalid with every fault."""
    _require_sound(ctx, caller.tenant, plan, published)
    listed = _listed(ctx, caller.tenant, plan)

    def made(id: str, at: datetime) -> Segment:
        return Segment(caller.tenant, id, 1, at, at, plan, documents=listed)

    return _segments.create(ctx, caller, made, idem)


def update(
    ctx: Context, caller: Caller, id: str, plan: Plan, published: PublishedScenarios, *, expected_rev: int
) -> Segment:
    """Replace what its author wrote; the list of a static one is frozen anew.

    Raises NotFound, StaleVersion, Invalid, and Conflict `segment_active` while it is switched on: everything that
    matches the new filter would enter at once.
    """
    _require_sound(ctx, caller.tenant, plan, published)
    listed = _listed(ctx, caller.tenant, plan)

    def changed(stored: Segment, at: datetime) -> Segment:
        if stored.is_open:
            raise Conflict("Cette requête est active : désactivez-la avant de la changer.", code="segment_active")
        if stored.plan.kind is not plan.kind:
            message = "Une requête ne change pas de type de document : créez-en une autre."
            raise Invalid(message, faults=[Fault("/kind", message, "kind")])
        return replace(stored, rev=stored.rev + 1, updated_at=at, plan=plan, documents=listed)

    return _segments.update(ctx, caller, id, changed, expected_rev=expected_rev)


def night(ctx: Context, caller: Caller, id: str) -> Night | None:
    """How its last night went; None before the first. Raises NotFound."""
    return ctx.store.get(caller.tenant, Night, get(ctx, caller, id).id)


def preview(ctx: Context, caller: Caller, plan: Plan, published: PublishedScenarios) -> Trial:
    """What a query that is not stored yet finds. Raises Invalid with every fault. [SQ-06]"""
    _require_sound(ctx, caller.tenant, plan, published)
    samples: deque[Subject] = deque(maxlen=SAMPLES)
    count = 0
    for subject in matching(ctx, caller.tenant, plan, civil_date(ctx.clock.now())):
        count += 1
        samples.append(subject)
    return Trial(count, tuple(reversed(samples)), min(count, plan.cap))


def try_out(ctx: Context, caller: Caller, id: str) -> Trial:
    """What a stored query finds, and who would enter if this were the night. Raises NotFound. [SQ-06]"""
    segment, today = get(ctx, caller, id), civil_date(ctx.clock.now())
    found = ctx.store.get(caller.tenant, Night, id)
    good = found.good if found else None
    samples: deque[Subject] = deque(maxlen=SAMPLES)
    count = entering = 0
    for pair in pairs(ctx, segment, today):
        if pair.subject is not None:
            count += 1
            samples.append(pair.subject)
        entering += _move(segment.plan, pair, today, good) is Move.ENTER
    return Trial(count, tuple(reversed(samples)), min(entering, segment.plan.cap))


def activate(
    ctx: Context,
    caller: Caller,
    id: str,
    existing: Existing,
    published: PublishedScenarios,
    *,
    idem: Idem | None = None,
) -> Segment:
    """Switch it on: the next night looks at it. Those that match already are left alone, or enter from then on. [SQ-03]

    Who matches already is noted first, a batch at a time; if we crash there, it is still off, and asking again goes on.
    Raises NotFound, Invalid when it cannot be run any more, Conflict `segment_active`.
    """
    if known := _replayed(ctx, caller, idem):
        return known
    segment = get(ctx, caller, id)
    _require_off(segment)
    _require_sound(ctx, caller.tenant, segment.plan, published)
    if segment.plan.is_static and existing is Existing.IGNORE:
        message = "Une liste figée n’a pas de nouveaux entrants : choisissez « enrol »."
        raise Invalid(message, faults=[Fault("/existing", message, "existing")])
    before = civil_date(ctx.clock.now()) - timedelta(days=1)
    _note(ctx, segment, existing, before)

    def decide(_head: Head, at: datetime) -> Decision:
        stored = get(ctx, caller, id)
        _require_off(stored)
        require_rev(stored.rev, segment.rev)
        on = replace(stored, rev=stored.rev + 1, updated_at=at, activated_at=at, state=SegmentState.ACTIVE)
        known = ctx.store.get(caller.tenant, Night, id)
        begun = Night(caller.tenant, id, known.rev + 1 if known else 1, before, good=before)
        return Decision(answer=on, puts=(on, begun))

    return commit(ctx, caller, idem, Segment, decide)


def deactivate(ctx: Context, caller: Caller, id: str, *, idem: Idem | None = None) -> Segment:
    """Switch it off: nothing enters any more, and what entered goes on. Said twice, it is off. Raises NotFound."""

    def decide(_head: Head, at: datetime) -> Decision:
        stored = get(ctx, caller, id)
        off = replace(stored, rev=stored.rev + 1, updated_at=at, state=SegmentState.INACTIVE)
        return Decision(answer=off, puts=(off,))

    return commit(ctx, caller, idem, Segment, decide)


def _note(ctx: Context, segment: Segment, existing: Existing, day: date) -> None:
    """Write down who matches before the first night, or take back that he did when he is to enter."""
    wanted = filter(
        None, (_noted(segment, pair, existing, day) for pair in pairs(ctx, segment, day + timedelta(days=1)))
    )
    while batch := tuple(islice(wanted, _BATCH)):
        ctx.store.commit(Commit(segment.tenant, ctx.entropy.bytes(16).hex(), puts=batch))


def _noted(segment: Segment, pair: Pair, existing: Existing, day: date) -> Membership | None:
    """What to store of one document; None when what is stored will do."""
    known = pair.member
    if known is None:
        is_noted = existing is Existing.IGNORE
        return inside(None, segment.tenant, segment.id, pair.id, day) if is_noted else None
    if not pair.is_inside:
        return left(known, day) if known.is_inside else None
    if existing is Existing.ENROL:
        return left(known, day) if known.is_inside and known.fired_on is None else None
    return None if known.is_inside else inside(known, segment.tenant, segment.id, pair.id, day)


def _move(plan: Plan, pair: Pair, today: date, good: date | None) -> Move:
    return move(
        pair.member,
        is_inside=pair.is_inside,
        reentry=plan.reentry,
        again_after_days=plan.again_after_days,
        night=today,
        good=good,
    )


def _require_off(segment: Segment) -> None:
    if segment.is_open:
        raise Conflict("Cette requête est déjà active.", code="segment_active")


def _require_sound(ctx: Context, tenant: TenantId, plan: Plan, published: PublishedScenarios) -> None:
    unfit = scenarios.misfits(ctx, tenant, plan.scenario, published, kind=plan.kind, at="/scenario")
    faults = [*plan_faults(plan), *unfit]
    if faults:
        raise Invalid("Cette requête ne peut pas être enregistrée.", faults=faults)


def _listed(ctx: Context, tenant: TenantId, plan: Plan) -> tuple[str, ...]:
    """The frozen list of a static query. Raises Invalid when it is too long to be one."""
    if not plan.is_static:
        return ()
    found = matching(ctx, tenant, plan, civil_date(ctx.clock.now()))
    ids = tuple(subject.document.id for subject in islice(found, MAX_LISTED + 1))
    if len(ids) > MAX_LISTED:
        message = f"Une liste figée compte au plus {MAX_LISTED} documents : resserrez le filtre."
        raise Invalid(message, faults=[Fault("/filter", message, "too_many")])
    return ids


def _replayed(ctx: Context, caller: Caller, idem: Idem | None) -> Segment | None:
    """The answer to this very request, before the work that comes before it is done again."""
    id = replayed(ctx, caller, idem, Segment)
    return get(ctx, caller, id) if id else None
