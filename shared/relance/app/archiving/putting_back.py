"""Lines, head and documents put back load by load, or only shown: what a rebuild does once it may. [AR-02, K-01, S-07]

Below the head only lines are missing: they go back as they were, under a head that stays. Above it events, head and
documents go on together. A load never has some of both, and no line that a purge took is among them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from relance.app.archiving.agreement import Agreement
from relance.app.archiving.head_fold import HeadFold
from relance.app.archiving.sources import Sources
from relance.app.context import Context
from relance.app.every import every
from relance.app.ports.scenarios import PublishedScenarios
from relance.app.ports.store import Commit, HeadMove, PutBack
from relance.app.recovery import carry, mails
from relance.app.recovery.desk import Desk, index
from relance.app.recovery.mails import Doubt
from relance.domain.calendar_fr import from_ms
from relance.domain.chain.event import Event, SealedEvent
from relance.domain.closing import CLOSED
from relance.domain.ids import TenantId
from relance.domain.journal import Head
from relance.domain.purge import Purge, reopened

BATCH: Final = 90  # writes of one transaction, beside the head and the register: events and documents
MAX_LOAD_BYTES: Final = 1_000_000  # of lines: with what is made of them, well below the 4 MB of a transaction
SKEW: Final = timedelta(minutes=1)  # items of one restored table are of moments less than a second apart


@dataclass(frozen=True, slots=True)
class Lost:
    """A document that a lost event speaks of. `missing`: what no archive tells of it, in French; it waits for somebody
    to look at it when there is anything."""

    kind: str
    id: str
    number: str
    events: tuple[str, ...]
    missing: tuple[str, ...] = ()


class Dry:
    """A rebuild that is only shown."""

    def store(self, desk: Desk, lines: HeadMove | PutBack | None) -> None:
        """Nothing is stored: what follows goes on as if it were."""
        desk.overlook()


class Wet:
    """A rebuild that writes."""

    def __init__(self, ctx: Context, tenant: TenantId) -> None:
        self._ctx, self._tenant = ctx, tenant

    def store(self, desk: Desk, lines: HeadMove | PutBack | None) -> None:
        """One load, all or nothing; the documents of a load that is too large for one transaction go before it.

        If we crash in between, they say already what their events say, and the next call finds nothing to change.
        """
        puts = desk.take()
        while len(puts) + (len(lines.events) if lines else 0) > BATCH:
            self._commit(Commit(self._tenant, self._token(), puts=puts[:BATCH]))
            puts = puts[BATCH:]
        move = lines if isinstance(lines, HeadMove) else None
        back = lines if isinstance(lines, PutBack) else None
        if puts or lines is not None:
            self._commit(Commit(self._tenant, self._token(), puts=puts, move=move, back=back))

    def _commit(self, wanted: Commit) -> None:
        self._ctx.store.commit(wanted)

    def _token(self) -> str:
        return self._ctx.entropy.bytes(16).hex()


@dataclass(slots=True)
class Work:
    """One tenant's events, carried into journal, head and documents. `writes`: entities stored, in order, each once."""

    ctx: Context
    published: PublishedScenarios
    sources: Sources
    found: Agreement
    writes: dict[tuple[str, str], None] = field(default_factory=dict)
    doubts: list[Doubt] = field(default_factory=list)
    _lost: dict[tuple[str, str], Lost] = field(default_factory=dict)
    _desk: Desk = field(init=False)

    def __post_init__(self) -> None:
        self._desk = Desk(self.ctx, self.sources.tenant)

    def carry_out(self, pen: Dry | Wet, *, is_older: bool) -> None:
        """All of it. `is_older`: the table of head and documents is of an earlier moment, so they are looked at too.

        Raises what the store raises: call again.
        """
        if is_older:
            self._doubt(pen)
        self._reopen(pen)
        self._loads(pen, _may_be_older(self.found.head) if is_older else None)

    def documents(self) -> tuple[Lost, ...]:
        """Of which documents events were lost, with what is missing of them."""
        missing = {key: loss.missing for key, loss in self._desk.losses.items()}
        return tuple(replace(one, missing=missing.get(key, ())) for key, one in self._lost.items())

    def _doubt(self, pen: Dry | Wet) -> None:
        for run in mails.every_run(self.ctx, self.sources.tenant):
            self.doubts += mails.doubts_of(self._desk, run, self.published)
            self._store(pen, None)

    def _reopen(self, pen: Dry | Wet) -> None:
        """Purges that ended after the moment of the table: the lines that came back with it go once more. [AF-07]"""
        if self.found.since is None:
            return
        for purge in every(self.ctx, self.sources.tenant, Purge):
            if purge.done_at is not None and purge.done_at >= self.found.since - SKEW:
                self._desk.put(reopened(purge))
        self._store(pen, None)

    def _loads(self, pen: Dry | Wet, since: datetime | None) -> None:
        """Lines that the journal lacks, and (`since` the restored head, or a little before) what they changed."""
        found, fold, desk = self.found, HeadFold(), self._desk
        head_seq = found.head.seq
        at, fresh, size = head_seq, list[SealedEvent](), 0
        missing = _Places(found)
        for event in self.sources.all(found.last):
            fold.take(event)
            index(desk, event)
            if since is not None and from_ms(event.at_ms) >= since:
                carry(desk, event)
            if event.seq > head_seq:
                self._note(event)
            if event.seq in missing:
                fresh.append(SealedEvent(event.tenant, event.seq, event.at_ms, event.type, event.hash, event.line))
                size += len(event.line)
            is_full = len(fresh) + len(desk.changes) >= BATCH // 2 or size >= MAX_LOAD_BYTES
            if is_full or event.seq in (head_seq, found.journal, found.last):
                lines: HeadMove | PutBack | None = None
                if event.seq > at:
                    lines = HeadMove(at, fold.head, tuple(fresh))
                elif fresh:
                    lines = PutBack(head_seq, tuple(fresh))
                self._store(pen, lines)
                at, fresh, size = max(at, event.seq), [], 0

    def _store(self, pen: Dry | Wet, lines: HeadMove | PutBack | None) -> None:
        self.writes.update(dict.fromkeys(self._desk.changes))
        pen.store(self._desk, lines)

    def _note(self, event: Event) -> None:
        if event.type != CLOSED:
            ref = event.ref
            known = self._lost.get((ref.kind, ref.id), Lost(ref.kind, ref.id, "", ()))
            self._lost[ref.kind, ref.id] = replace(
                known, number=ref.number or known.number, events=(*known.events, event.type)
            )


class _Places:
    """Which places are empty; asked in ascending order."""

    def __init__(self, found: Agreement) -> None:
        self._rest: Iterator[int] = (seq for hole in found.holes for seq in range(hole.first, hole.last + 1))
        self._next = next(self._rest, 0)

    def __contains__(self, seq: int) -> bool:
        if seq != self._next:
            return False
        self._next = next(self._rest, 0)
        return True


def _may_be_older(head: Head) -> datetime:
    """From when on documents may be older than the events: a little before the restored head, for the items of
    one restored table are not all of one instant (DynamoDB developer guide, "Backups": checked 2026-11).
    """
    return from_ms(head.last_at_ms) - SKEW
