"""The night: every active query is asked again, and what entered it since the last good night is enrolled. [SQ-02]

    for each document that matches, or did     in the order of ids, a page at a time
        enter:  membership + run on the scenario + the night's count     one transaction
        leave:  membership (+ run suspended, when the query says so)     one transaction
    the night is good                          only if nothing failed in it

If we crash anywhere, the next attempt goes through all of it again: who entered is known to be inside, so he does not
enter twice, and the count of the night is right, so its cap holds. Two at work at the same time meet at the night's
count: one goes first, the other looks again. One document, query or tenant that fails holds up no other. [SQ-08, DR-17]
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Final, Protocol

from relance.app import scenarios
from relance.app.context import Context
from relance.app.launching import launch_run
from relance.app.ports.open_work import OpenWork
from relance.app.ports.outside import Executions
from relance.app.ports.scenarios import PublishedScenarios
from relance.app.ports.store import Commit, Entity, EntityMoved
from relance.app.segment_walk import Pair, pairs
from relance.domain.calendar_fr import civil_date
from relance.domain.errors import Contention, OutcomeUnknown
from relance.domain.ids import TenantId
from relance.domain.reminder.facts import facts_of
from relance.domain.reminder.hold import Hold, HoldKind
from relance.domain.reminder.policy import Source
from relance.domain.reminder.run import Run, hold, reassign, release
from relance.domain.segment.membership import Membership, Move, Night, entered, inside, left, membership_id, move
from relance.domain.segment.segment import Reentry, Segment

_ATTEMPTS: Final = 4


class Witness(Protocol):
    """Hears of each failure: its tenant, the query and the document ("" when it is larger than one)."""

    def __call__(self, tenant: str, segment: str, document_id: str, error: Exception) -> None: ...


@dataclass(slots=True)
class Nights:
    """What one call did: queries worked through, documents enrolled, left, left waiting by a cap, and failures."""

    segments: int = 0
    entered: int = 0
    left: int = 0
    waiting: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class Desk:
    """What a night works with."""

    ctx: Context
    published: PublishedScenarios
    executions: Executions
    witness: Witness


def every_night(desk: Desk, open_work: OpenWork) -> Nights:
    """Work through every tenant's active queries; those whose night was good already are left alone.

    Whatever fails is told to the witness and counted, and the next one has its turn.
    """
    done = Nights()

    def attempt(tenant: str, segment: str, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:
            done.failed += 1
            desk.witness(tenant, segment, "", error)

    def one_segment(tenant: TenantId, id: str) -> None:
        night = one_night(desk, tenant, id)
        if night is not None:
            done.segments += 1
            done.entered += night.entered
            done.left += night.left
            done.waiting += night.waiting
            done.failed += night.failed

    def one_tenant(tenant: TenantId) -> None:
        for id in open_work.open_ids(tenant, Segment):
            attempt(tenant, id, partial(one_segment, tenant, id))

    def all_tenants() -> None:
        for tenant in open_work.tenants():
            attempt(tenant, "", partial(one_tenant, tenant))

    attempt("", "", all_tenants)
    return done


def one_night(desk: Desk, tenant: TenantId, id: str) -> Night | None:
    """Work through one query, and tell how its night stands; None when it is not active, or its night was good.

    Raises NotFound when its scenario is gone, Retry when the store does not answer; nothing that was enrolled is lost.
    """
    ctx = desk.ctx
    segment, today = ctx.store.get(tenant, Segment, id), civil_date(ctx.clock.now())
    found = ctx.store.get(tenant, Night, id)
    if segment is None or not segment.is_open or (found is not None and found.good is not None and found.good >= today):
        return None
    scenario = scenarios.get(ctx, tenant, segment.plan.scenario, desk.published)
    work = _Work(desk, segment, scenario.id, today)
    work.begin()
    for pair in pairs(ctx, segment, today):
        work.look_at(pair)
    return work.end()


class _Work:
    """One query, one night."""

    def __init__(self, desk: Desk, segment: Segment, scenario_id: str, today: date) -> None:
        self.desk, self.ctx = desk, desk.ctx
        self.segment, self.plan, self.tenant = segment, segment.plan, segment.tenant
        self.scenario_id, self.today = scenario_id, today
        self.left = self.waiting = self.failed = 0
        self.good: date | None = None  # the last good night before this one: it is not read again for each document
        self.is_full = False  # once the cap is reached it stays so: those who wait cost no request

    def begin(self) -> None:
        """The night is on; what an attempt before us counted in it still counts."""
        for _ in range(_ATTEMPTS):
            night = self.ctx.store.get(self.tenant, Night, self.segment.id)
            self.good = night.good if night else None
            if night is not None and night.on == self.today:
                return
            rev = night.rev + 1 if night else 1
            try:
                self._store(Night(self.tenant, self.segment.id, rev, self.today, good=self.good))
            except EntityMoved:
                continue
            return
        raise Contention("Cette requête change sans cesse : réessayez dans quelques secondes.")

    def look_at(self, pair: Pair) -> None:
        """One document; what fails is told and counted."""
        try:
            self._again(pair)
        except Exception as error:
            self.failed += 1
            self.desk.witness(self.tenant, self.segment.id, pair.id, error)

    def end(self) -> Night:
        """How the night went; good only if every document had its turn."""
        for _ in range(_ATTEMPTS):
            night = self._night()
            ended = replace(
                night,
                rev=night.rev + 1,
                left=night.left + self.left,
                waiting=self.waiting,
                failed=self.failed,
                good=night.good if self.failed else self.today,
                ended_at=self.ctx.clock.now(),
            )
            try:
                self._store(ended)
            except EntityMoved:
                continue
            return ended
        raise Contention("Cette requête change sans cesse : réessayez dans quelques secondes.")

    def _again(self, pair: Pair) -> None:
        member = pair.member
        for _ in range(_ATTEMPTS):
            try:
                self._look_at(replace(pair, member=member))
            except EntityMoved:  # somebody wrote to the run, or works through the same night: look again
                member = self.ctx.store.get(self.tenant, Membership, membership_id(self.segment.id, pair.id))
                continue
            return
        raise Contention("Ce document change sans cesse : réessayez dans quelques secondes.")

    def _look_at(self, pair: Pair) -> None:
        match self._move(pair):
            case Move.STAY:
                return
            case Move.NOTE:
                self._store(inside(pair.member, self.tenant, self.segment.id, pair.id, self.today))
            case Move.ENTER if self.is_full:
                self.waiting += 1
            case Move.ENTER:
                self._enter(pair, self._night())
            case Move.LEAVE:
                self._leave(pair)

    def _move(self, pair: Pair) -> Move:
        return move(
            pair.member,
            is_inside=pair.is_inside,
            reentry=self.plan.reentry,
            again_after_days=self.plan.again_after_days,
            night=self.today,
            good=self.good,
        )

    def _enter(self, pair: Pair, night: Night) -> None:
        """Enrol, unless the night is full, the document closed, its customer in already, or somebody chose another."""
        assert pair.subject is not None, "it matches"
        document, now = pair.subject.document, self.ctx.clock.now()
        run = self.ctx.store.get(self.tenant, Run, pair.id)
        once = self._once(document.customer_id)
        taken = run is None or (once is not None and self._is_stored(once)) or bool(facts_of(document, now).closed)
        after = None if taken or run is None else self._enrolled(run)
        if after is None or after is run:
            self._store(inside(pair.member, self.tenant, self.segment.id, pair.id, self.today))
        elif night.entered >= self.plan.cap:
            self.is_full, self.waiting = True, self.waiting + 1
        else:
            member = entered(pair.member, self.tenant, self.segment.id, pair.id, self.today)
            counted = replace(night, rev=night.rev + 1, entered=night.entered + 1)
            self._store(member, after, counted, *([once] if once else []))
            launch_run(self.desk.executions, after)

    def _leave(self, pair: Pair) -> None:
        assert pair.member is not None, "it was inside"
        run = self.ctx.store.get(self.tenant, Run, pair.id) if self.plan.stop_when_leaves else None
        suspended: tuple[Run, ...] = ()
        if run is not None and pair.member.fired_on is not None and self._is_mine(run):
            note = f"Ne correspond plus à la requête « {self.plan.name} »."
            now = self.ctx.clock.now()
            made = Hold(self.ctx.new_id("hol"), HoldKind.MANUAL, now, self._signature, note=note)
            suspended = (hold(run, made, now),)
        self._store(left(pair.member, self.today), *suspended)
        self.left += 1
        for one in suspended:
            launch_run(self.desk.executions, one)

    def _enrolled(self, run: Run) -> Run:
        """The run on this query's scenario, going on where the query suspended it; the very same when it may not be."""
        now, after = self.ctx.clock.now(), run
        for one in run.holds:
            if one.by == self._signature and one.ended_at is None:
                after = release(after, one.id, "entered_again", now)
        after = reassign(after, self.scenario_id, Source.SEGMENT, now)
        return after if after is run else replace(after, rev=run.rev + 1, turn=run.turn + 1)

    def _is_mine(self, run: Run) -> bool:
        name = self.plan.scenario.partition("@")[0]
        return run.is_open and run.source is Source.SEGMENT and run.scenario_id.partition("@")[0] == name

    @property
    def _signature(self) -> str:
        return f"segment:{self.segment.id}"

    def _once(self, customer_id: str) -> Membership | None:
        """What keeps a customer from entering twice, with whichever document. [SQ-05]"""
        if self.plan.reentry is not Reentry.ONCE_EVER:
            return None
        return entered(None, self.tenant, self.segment.id, customer_id, self.today)

    def _is_stored(self, once: Membership) -> bool:
        return self.ctx.store.get(self.tenant, Membership, once.id) is not None

    def _night(self) -> Night:
        night = self.ctx.store.get(self.tenant, Night, self.segment.id)
        assert night is not None, "it was begun"
        return night

    def _store(self, *puts: Entity) -> None:
        """All or nothing; when no answer comes, the very same is sent once more, which cannot store it twice."""
        wanted = Commit(self.tenant, self.ctx.entropy.bytes(16).hex(), puts=puts)
        try:
            self.ctx.store.commit(wanted)
        except OutcomeUnknown:
            self.ctx.store.commit(wanted)
