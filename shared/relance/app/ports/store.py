"""The store of entities and the journal's pen: what a use case may assume, whatever keeps the promise."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from relance.domain.chain.event import SealedEvent
from relance.domain.errors import Conflict, Retry
from relance.domain.ids import TenantId
from relance.domain.journal import Head


class Entity(Protocol):
    """Anything stored under a tenant: an id unique within its class, and `rev`, the number of times it was stored."""

    @property
    def tenant(self) -> TenantId: ...
    @property
    def id(self) -> str: ...
    @property
    def rev(self) -> int: ...


E = TypeVar("E", bound=Entity)
Ref = tuple[type[Entity], str]  # a class and an id: one entity of a tenant


@dataclass(frozen=True, slots=True)
class Page(Generic[E]):
    """A slice of a listing, newest first; `cursor` is opaque, None at the end."""

    items: tuple[E, ...]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class Idem:
    """A request that may come twice: the caller's Idempotency-Key, and the SHA-256 of route and body."""

    key: str
    request_sha256: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request with a key was answered: the entity it made or changed. Kept 30 days."""

    idem: Idem
    kind: str
    id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class HeadMove:
    """Compare-and-swap of the tenant's head: from the one that was read to the one after `events`."""

    expected_seq: int
    head: Head
    events: tuple[SealedEvent, ...]


@dataclass(frozen=True, slots=True)
class PutBack:
    """Lines of before, back at their places in the journal, under a head that stays: it must still stand at
    `expected_seq`, and each of these places, at most `expected_seq`, must be empty. Nothing is ever written over.
    """

    expected_seq: int
    events: tuple[SealedEvent, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """The entity must still be stored at exactly this `rev`, and is not written."""

    entity: Entity


@dataclass(frozen=True, slots=True)
class Commit:
    """All or nothing: at most 100 items.

    `puts`: stored when what is there is at `rev - 1` (absent when `rev` is 1). `deletes`: removed when at `rev`.
    `back` never comes with `move`: the one leaves the head where the other wants it elsewhere.
    `token`: the same for each attempt of one commit, so that an attempt whose answer was lost may be sent again.
    """

    tenant: TenantId
    token: str
    puts: tuple[Entity, ...] = ()
    deletes: tuple[Entity, ...] = ()
    checks: tuple[Check, ...] = ()
    move: HeadMove | None = None
    answer: Answer | None = None
    back: PutBack | None = None


def require_one_pen(commit: Commit) -> None:
    """Raise ValueError where lines are put back beside a move of the head, or beyond the head."""
    back = commit.back
    if back is not None and (commit.move is not None or any(event.seq > back.expected_seq for event in back.events)):
        raise ValueError("lines are put back under a head that stays")


class HeadMoved(Retry):
    """Somebody else wrote to the tenant's journal in between: read the head (and, of lines put back, the journal)
    again.
    """

    code = "head_moved"


class EntityMoved(Conflict):
    """An entity of the commit is not at the expected `rev` any more."""

    code = "entity_moved"


class AlreadyAnswered(Conflict):
    """The Idempotency-Key of the commit is taken: read the answer with `Store.answer`."""

    code = "already_answered"


class Store(Protocol):
    """Entities, the head and the journal of every tenant.

    Reads are strongly consistent. `commit` is atomic and durable once it returns; when it raises anything but
    `OutcomeUnknown`, nothing of it was stored. No method ever shows one tenant what belongs to another.
    """

    def get(self, tenant: TenantId, cls: type[E], id: str) -> E | None:
        """The entity, or None."""
        ...

    def page(
        self, tenant: TenantId, cls: type[E], *, limit: int = 50, cursor: str | None = None, prefix: str = ""
    ) -> Page[E]:
        """Entities of one class (whose id begins with `prefix`), newest id first.

        Raises Invalid on a cursor that this listing did not give.
        """
        ...

    def get_many(self, tenant: TenantId, cls: type[E], ids: Collection[str]) -> Mapping[str, E]:
        """Those of these entities that exist, by id. One round trip per hundred; each is read at its own instant."""
        ...

    def get_mixed(self, tenant: TenantId, refs: Collection[Ref]) -> Mapping[Ref, Entity]:
        """Those of these entities of several classes that exist. As `get_many`: one round trip per hundred."""
        ...

    def starting_with(
        self, tenant: TenantId, cls: type[E], prefix: str, *, limit: int = 50, cursor: str | None = None
    ) -> Page[E]:
        """Entities whose id begins with `prefix`, in the order of their ids (as UTF-8 bytes). Raises like `page`."""
        ...

    def head(self, tenant: TenantId) -> Head:
        """Where the journal stands; a tenant without history has the empty head."""
        ...

    def answer(self, tenant: TenantId, key: str) -> Answer | None:
        """What a request with this key was answered, or None."""
        ...

    def commit(self, commit: Commit) -> None:
        """Write it all. Raises HeadMoved, EntityMoved, AlreadyAnswered, Retry (throttled), OutcomeUnknown."""
        ...
