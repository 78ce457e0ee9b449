"""The store in memory, with the semantics of the real one, every fault that a writer must survive, and no mercy.

What is put goes through the real codec and back, so what a test reads is what production would read. After each commit
the invariants of the journal are checked by another path than the one that wrote it. `fail_next` plants faults in pairs
(not stored / stored). `Crash` is not an Exception: no handler of ours can swallow it.
"""

import json
import re
from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import islice
from threading import RLock

from relance.adapters.dynamo import codec
from relance.adapters.dynamo.keys import Key, answer_key, entity_key, global_key, head_key, kind_of
from relance.app.ports.open_work import Openable
from relance.app.ports.retention import MOST_LINES
from relance.app.ports.store import (
    AlreadyAnswered,
    Answer,
    Commit,
    E,
    Entity,
    EntityMoved,
    HeadMoved,
    Page,
    Ref,
    require_one_pen,
)
from relance.domain.chain.event import GENESIS_HASH, Event, SealedEvent, follow, parse
from relance.domain.closing import CLOSED
from relance.domain.errors import Conflict, Corrupted, Invalid, OutcomeUnknown, Retry, Stop
from relance.domain.history import IMPORTED
from relance.domain.ids import TenantId
from relance.domain.journal import Head
from relance.domain.links import Link, Pixel
from relance.domain.reminder.run import Run
from relance.resources import verify_archive

MAX_ITEMS = 100


class Crash(BaseException):
    """The process is gone: what follows runs in another one."""


class Fault(StrEnum):
    """What happens to one commit."""

    NOT_STORED = "no answer, not stored"
    STORED = "no answer, but stored"
    THROTTLED = "throttled"
    CRASH_BEFORE = "crash before"
    CRASH_AFTER = "crash after"


@dataclass(frozen=True, slots=True)
class Item:
    """A stored entity: its class, who owns it, how often it was stored, its bytes, and whether `open_ids` lists it."""

    kind: str
    tenant: str
    id: str
    rev: int
    body: bytes
    is_open: bool


@dataclass(slots=True)
class InMemoryStore:
    """Store, JournalReader, JournalEraser, LinkDirectory and OpenWork of any number of tenants. Thread-safe, so writers
    can race. What is erased of a journal is no longer read; the invariants are checked with it all the same.
    """

    _items: dict[Key, Item] = field(default_factory=dict)
    _heads: dict[Key, Head] = field(default_factory=dict)
    _answers: dict[Key, Answer] = field(default_factory=dict)
    _journal: dict[str, list[SealedEvent]] = field(default_factory=dict)
    _erased: set[tuple[str, int]] = field(default_factory=set)
    _tokens: dict[str, Commit] = field(default_factory=dict)
    _faults: deque[Fault | None] = field(default_factory=deque)
    _lock: RLock = field(default_factory=RLock)
    commits: int = 0

    # --- the port -----------------------------------------------------------------------------------------------

    def get(self, tenant: TenantId, cls: type[E], id: str) -> E | None:
        with self._lock:
            item = self._items.get(entity_key(tenant, cls, id))
        return codec.decode(cls, item.body) if item is not None and item.tenant == tenant else None

    def get_many(self, tenant: TenantId, cls: type[E], ids: Collection[str]) -> Mapping[str, E]:
        found = {id: self.get(tenant, cls, id) for id in ids}
        return {id: entity for id, entity in found.items() if entity is not None}

    def get_mixed(self, tenant: TenantId, refs: Collection[Ref]) -> Mapping[Ref, Entity]:
        found = {ref: self.get(tenant, *ref) for ref in refs}
        return {ref: entity for ref, entity in found.items() if entity is not None}

    def page(
        self, tenant: TenantId, cls: type[E], *, limit: int = 50, cursor: str | None = None, prefix: str = ""
    ) -> Page[E]:
        return self._listing(tenant, cls, prefix, limit, cursor, ascending=False)

    def starting_with(
        self, tenant: TenantId, cls: type[E], prefix: str, *, limit: int = 50, cursor: str | None = None
    ) -> Page[E]:
        return self._listing(tenant, cls, prefix, limit, cursor, ascending=True)

    def _listing(
        self, tenant: TenantId, cls: type[E], prefix: str, limit: int, cursor: str | None, *, ascending: bool
    ) -> Page[E]:
        if limit < 1 or kind_of(cls).is_global:
            raise ValueError(f"no such listing: {limit} of {cls.__name__}")
        after = codec.read_cursor(tenant, cls, cursor, prefix).encode() if cursor else None
        with self._lock:
            mine = [i for i in self._items.values() if i.tenant == tenant and i.kind == cls.__name__]
        ids = {
            item.id.encode(): item for item in mine if item.id.startswith(prefix)
        }  # the order of bytes, as keys have
        rest = [
            ids[id]
            for id in sorted(ids, reverse=not ascending)
            if after is None or (id > after if ascending else id < after)
        ]
        more = codec.cursor(tenant, cls, rest[limit - 1].id) if len(rest) > limit else None
        return Page(tuple(codec.decode(cls, item.body) for item in rest[:limit]), more)

    def head(self, tenant: TenantId) -> Head:
        with self._lock:
            return self._heads.get(head_key(tenant), Head())

    def answer(self, tenant: TenantId, key: str) -> Answer | None:
        with self._lock:
            return self._answers.get(answer_key(tenant, key))

    def commit(self, commit: Commit) -> None:
        with self._lock:
            fault = self._faults.popleft() if self._faults else None
            match fault:
                case Fault.NOT_STORED:
                    raise OutcomeUnknown("Faute injectée : pas de réponse, rien d’enregistré.")
                case Fault.THROTTLED:
                    raise Retry("Faute injectée : débit dépassé.", code="throttled")
                case Fault.CRASH_BEFORE:
                    raise Crash
                case Fault.STORED:
                    self._write(commit)
                    raise OutcomeUnknown("Faute injectée : pas de réponse, tout est enregistré.")
                case Fault.CRASH_AFTER:
                    self._write(commit)
                    raise Crash
                case None:
                    self._write(commit)

    # --- what other ports promise ---------------------------------------------------------------------------------

    def read(self, tenant: str, after_seq: int, limit: int) -> Sequence[SealedEvent]:
        """JournalReader."""
        with self._lock:
            after = self._journal.get(tenant, [])[after_seq:]
            return tuple(islice((event for event in after if (tenant, event.seq) not in self._erased), limit))

    def remove(self, events: Sequence[SealedEvent]) -> None:
        """JournalEraser."""
        with self._lock:
            fault = self._faults.popleft() if self._faults else None
            if fault is Fault.CRASH_BEFORE:
                raise Crash
            if fault is Fault.THROTTLED:
                raise Retry("Faute injectée : débit dépassé.", code="throttled")
            if not 1 <= len(events) <= MOST_LINES:
                raise Invalid(f"{len(events)} lignes à la fois : de 1 à {MOST_LINES}.", code="too_many_items")
            for event in events:
                stored = {one.seq: one.hash for one in self.read(event.tenant, event.seq - 1, 1)}
                if stored.get(event.seq, event.hash) != event.hash:
                    raise Conflict("Une ligne du journal n’est plus celle qui est archivée.", code="line_changed")
            if fault is not Fault.NOT_STORED:
                self._erased |= {(event.tenant, event.seq) for event in events}
            if fault is Fault.CRASH_AFTER:
                raise Crash
            if fault is not None:
                raise OutcomeUnknown("Faute injectée : pas de réponse.")

    def find(self, link_id: str) -> Link | None:
        """LinkDirectory."""
        with self._lock:
            item = self._items.get(global_key(Link, link_id))
        return codec.decode(Link, item.body) if item else None

    def find_pixel(self, pixel_id: str) -> Pixel | None:
        """LinkDirectory."""
        with self._lock:
            item = self._items.get(global_key(Pixel, pixel_id))
        return codec.decode(Pixel, item.body) if item else None

    def tenants(self) -> Iterator[TenantId]:
        """OpenWork."""
        with self._lock:
            return iter([TenantId(tenant) for tenant in sorted(self._journal)])

    def open_ids(self, tenant: TenantId, cls: type[Openable]) -> Iterator[str]:
        """OpenWork."""
        with self._lock:
            mine = [i for i in self._items.values() if i.tenant == tenant and i.kind == cls.__name__ and i.is_open]
        return iter(sorted(item.id for item in mine))

    def due_ids(self, tenant: TenantId, before: datetime) -> Iterator[str]:
        """OpenWork."""
        found = [self.get(tenant, Run, id) for id in self.open_ids(tenant, Run)]
        due = [run for run in found if run is not None and run.next_at.replace(microsecond=0) < before]
        return iter([run.id for run in sorted(due, key=lambda run: (run.next_at, run.id))])

    def open_of_customer(self, tenant: TenantId, customer_id: str) -> Iterator[str]:
        """OpenOfCustomer."""
        found = [self.get(tenant, Run, id) for id in self.open_ids(tenant, Run)]
        return iter([run.id for run in found if run is not None and run.customer_id == customer_id])

    # --- for tests ------------------------------------------------------------------------------------------------

    def events(self, tenant: str) -> tuple[SealedEvent, ...]:
        """The whole journal of a tenant, with what was purged of it."""
        with self._lock:
            return tuple(self._journal.get(tenant, []))

    def live(self, tenant: str) -> tuple[SealedEvent, ...]:
        """What is left of the journal of a tenant after purges."""
        return tuple(event for event in self.events(tenant) if (tenant, event.seq) not in self._erased)

    def fail_next(self, *faults: Fault | None) -> None:
        """The next commits meet these faults, one each, in this order; None for a commit that goes well."""
        with self._lock:
            self._faults.extend(faults)

    def restore(self, tenant: str, events: Sequence[SealedEvent], head: Head) -> None:
        """The tables of an earlier moment: these events, and a head that may be of another one."""
        with self._lock:
            self._journal[tenant] = list(events)
            self._heads[head_key(tenant)] = codec.decode(Head, codec.encode(head, 1), 1)

    def copied(self) -> "InMemoryStore":
        """A backup of this moment: what is written here from now on is not in it."""
        with self._lock:
            return InMemoryStore(
                dict(self._items),
                dict(self._heads),
                dict(self._answers),
                {tenant: list(events) for tenant, events in self._journal.items()},
                set(self._erased),
            )

    def restore_journal(self, tenant: str, backup: "InMemoryStore") -> None:
        """The journal table alone is that of the backup: lines written since are gone, those purged since are there."""
        with self._lock:
            since = range(len(backup.events(tenant)) + 1, len(self.events(tenant)) + 1)
            kept = {key for key in self._erased if key[0] != tenant}
            there = {key for key in backup._erased if key[0] == tenant}
            self._erased = kept | there | {(tenant, seq) for seq in since}

    def lose(self, tenant: str, *seqs: int) -> None:
        """These lines are gone from the table; what was written is still what every later write is held against."""
        with self._lock:
            self._erased |= {(tenant, seq) for seq in seqs}

    def forget_faults(self) -> None:
        """Those still planted meet nobody."""
        with self._lock:
            self._faults.clear()

    def items(self) -> tuple[Item, ...]:
        """Everything that is stored, of every tenant."""
        with self._lock:
            return tuple(self._items.values())

    def forget_tokens(self) -> None:
        """Ten minutes go by: a commit that is sent again is judged by its conditions."""
        with self._lock:
            self._tokens.clear()

    # --- inside ---------------------------------------------------------------------------------------------------

    def _write(self, commit: Commit) -> None:
        if (known := self._tokens.get(commit.token)) is not None:
            if known != commit:
                raise Stop("Ce jeton a servi à une autre transaction.", code="token_reused")
            return
        bodies = self._require_legal(commit)
        self._require_expected(commit)
        for entity, body in bodies:
            key = entity_key(commit.tenant, type(entity), entity.id)
            is_open = bool(getattr(entity, "is_open", False))
            self._items[key] = Item(type(entity).__name__, entity.tenant, entity.id, entity.rev, body, is_open)
        for entity in commit.deletes:
            del self._items[entity_key(commit.tenant, type(entity), entity.id)]
        if commit.answer:
            self._answers[answer_key(commit.tenant, commit.answer.idem.key)] = commit.answer
        if commit.move:
            before = self.head(commit.tenant)
            self._heads[head_key(commit.tenant)] = codec.decode(Head, codec.encode(commit.move.head, 1), 1)
            self._add(commit.tenant, commit.move.events)
            _require_sound(commit.tenant, self._journal[commit.tenant], before, commit.move.head)
        if commit.back:
            self._add(commit.tenant, commit.back.events)
        self._tokens[commit.token] = commit
        self.commits += 1

    def _add(self, tenant: str, events: Sequence[SealedEvent]) -> None:
        """At the end, or where a line was and is no more: there it must be the very same."""
        journal = self._journal.setdefault(tenant, [])
        for event in events:
            if (tenant, event.seq) in self._erased:
                assert journal[event.seq - 1] == event, f"line {event.seq} came back otherwise than it was written"
                self._erased.discard((tenant, event.seq))
            else:
                journal.append(event)

    def _is_there(self, tenant: str, seq: int) -> bool:
        return seq <= len(self._journal.get(tenant, [])) and (tenant, seq) not in self._erased

    def _require_legal(self, commit: Commit) -> list[tuple[Entity, bytes]]:
        """What the real store refuses before it looks: strangers, the same item twice, too many items, too big ones."""
        checks = [check.entity for check in commit.checks]
        entities = [*commit.puts, *commit.deletes, *checks]
        if any(entity.tenant != commit.tenant for entity in entities):
            raise ValueError("an entity of another tenant")
        keys = [entity_key(commit.tenant, type(entity), entity.id) for entity in entities]
        if len(set(keys)) != len(keys):
            raise ValueError("one entity twice in one commit")
        require_one_pen(commit)
        lines = [*(commit.move.events if commit.move else ()), *(commit.back.events if commit.back else ())]
        count = len(keys) + bool(commit.answer) + len(lines) + bool(commit.move or commit.back)
        if commit.move is not None and commit.move.expected_seq == 0:
            count += 1  # the tenant's entry in the register
        if not 1 <= count <= MAX_ITEMS:
            raise Invalid(f"{count} écritures à la fois : de 1 à {MAX_ITEMS}.", code="too_many_items")
        bodies = [(entity, codec.encode(entity)) for entity in commit.puts]
        for _, body in bodies:
            codec.require_fits(len(codec.pack(body) or body))
        for event in lines:
            codec.require_fits(len(event.line))
        return bodies

    def _require_expected(self, commit: Commit) -> None:
        """The conditions of the transaction, in the order in which a caller must hear of them."""
        if commit.answer and answer_key(commit.tenant, commit.answer.idem.key) in self._answers:
            raise AlreadyAnswered("Cette clé d’idempotence a déjà une réponse.")
        if commit.move and self.head(commit.tenant).seq != commit.move.expected_seq:
            raise HeadMoved("Une autre écriture est passée avant.")
        if commit.back and self.head(commit.tenant).seq != commit.back.expected_seq:
            raise HeadMoved("Une autre écriture est passée avant.")
        expected = [(entity, entity.rev - 1) for entity in commit.puts]
        expected += [(entity, entity.rev) for entity in commit.deletes]
        expected += [(check.entity, check.entity.rev) for check in commit.checks]
        for entity, rev in expected:
            stored = self._items.get(entity_key(commit.tenant, type(entity), entity.id))
            if (stored.rev if stored else 0) != rev or (stored and stored.tenant != commit.tenant):
                raise EntityMoved("Cet objet a changé entre-temps : rechargez-le puis recommencez.")
        if commit.back and any(self._is_there(commit.tenant, event.seq) for event in commit.back.events):
            raise HeadMoved("Une ligne à remettre est déjà à sa place : relisez le journal.")
        if commit.move and any(self._is_there(commit.tenant, event.seq) for event in commit.move.events):
            raise Corrupted("Le journal contient un événement que sa tête ne connaît pas.", code="journal_ahead")


def _told_before(series: str, events: Sequence[Event]) -> Iterator[int]:
    """Where a history taken over from another program says that a series stands."""
    for event in events:
        for start in json.loads(event.line)["data"]["series"] if event.type == IMPORTED else ():
            if start["series"] == series:
                yield start["rank"]


def _is_of(series: str, event: Event) -> bool:
    """Whether an event counts in that series; one that names none counts as the kind of what it is about."""
    return (
        series == event.data["series"] if "series" in event.data else series.split(":", maxsplit=1)[0] == event.ref.kind
    )


def _require_closed(journal: list[SealedEvent]) -> None:
    """Every closing says what the events before it come to, as a reader who has only the lines adds them up. [AF-05]"""
    report = verify_archive.Report()
    closings = verify_archive.Closings(report)
    for event in journal:
        read = verify_archive.read_line(event.line)
        assert read.event is not None
        closings.take("journal", read.event, read.totals, read.text)
    assert [fault.sentence() for fault in report.faults] == []


def _require_sound(tenant: str, journal: list[SealedEvent], before: Head, after: Head) -> None:
    """Seq is 1..n and links, the head is where the journal ends, and numbers per series are 1..n without gap."""
    events = [parse(sealed.line) for sealed in journal]
    follow(events, tenant=tenant, seq=0, prev=GENESIS_HASH, at_ms=0)
    if any(event.type == CLOSED for event in events[before.seq :]):
        _require_closed(journal)
    events = events[: after.seq]  # beyond it is what was there before, when the table of the head is an older one
    last = events[-1]
    assert (after.seq, after.last_hash, after.last_at_ms) == (last.seq, last.hash, last.at_ms), "head is not the last"
    for series, n in after.counters.items():
        old = max([before.counters.get(series, 0), *_told_before(series, events[before.seq :])])
        assert n >= old, f"{series} went back"
        if n > old:
            numbers = dict.fromkeys(event.ref.number for event in events if _is_of(series, event))
            known = {event.ref.number for event in events[: before.seq]}
            others = {event.ref.number for event in events if event.data.get("series") not in (None, series)}
            fresh = [number for number in numbers if number is not None and number not in known | others]
            assert len(fresh) == n - old, f"{series}: counter from {old} to {n}, but new numbers {fresh}"
            for expected, number in enumerate(fresh, old + 1):
                assert expected in [int(digits) for digits in re.findall(r"\d+", number)], f"{number} is not {expected}"
