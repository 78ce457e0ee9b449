"""The store on DynamoDB: one transaction for the head, the events, the entities and the answer. [N-02, N-07, AR-02]

Port: relance.app.ports.store.Store. All reads are strongly consistent. If we crash before DynamoDB has the request,
nothing is stored; after it, everything is: there is no state in between that another process could see, but for a
query of the journal, which may see a transaction in part (ports.archive.JournalReader says so).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from relance.adapters.dynamo import codec
from relance.adapters.dynamo.attempts import read
from relance.adapters.dynamo.items import CoreItem, Database
from relance.adapters.dynamo.keys import (
    TENANTS,
    Key,
    answer_key,
    customer_partition,
    due_key,
    entity_key,
    head_key,
    kind_of,
    listing_key,
    open_partition,
)
from relance.adapters.dynamo.transaction import Meaning, Transaction
from relance.app.ports.store import Answer, Commit, E, Entity, HeadMove, Page, PutBack, Ref, require_one_pen
from relance.domain.chain.event import SealedEvent
from relance.domain.ids import TenantId
from relance.domain.journal import Head

ANSWERS_KEPT: Final = timedelta(days=30)
_HEAD_VERSION: Final = 1
_ANSWER_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class DynamoStore:
    """Entities, head and journal of every tenant of one deployment. Thread-safe."""

    database: Database

    def get(self, tenant: TenantId, cls: type[E], id: str) -> E | None:
        item = self._read(entity_key(tenant, cls, id))
        if item is None:
            return None
        entity = codec.decode(cls, body_of(item))
        return entity if entity.tenant == tenant else None  # a link of another tenant is no link

    def get_many(self, tenant: TenantId, cls: type[E], ids: Collection[str]) -> Mapping[str, E]:
        keys = [tuple(entity_key(tenant, cls, id)) for id in dict.fromkeys(ids)]
        items = read(lambda: list(self.database.core.batch_get(keys, consistent_read=True)))  # by hundreds
        found = [codec.decode(cls, body_of(item)) for item in items]
        return {entity.id: entity for entity in found if entity.tenant == tenant}

    def get_mixed(self, tenant: TenantId, refs: Collection[Ref]) -> Mapping[Ref, Entity]:
        wanted = {entity_key(tenant, *ref): ref for ref in refs}
        items = read(lambda: list(self.database.core.batch_get([tuple(key) for key in wanted], consistent_read=True)))
        found: dict[Ref, Entity] = {}
        for item in items:
            ref = wanted[Key(item.pk, item.sk)]
            entity = codec.decode(ref[0], body_of(item))
            if entity.tenant == tenant:
                found[ref] = entity
        return found

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
        core, listing = self.database.core, listing_key(tenant, cls)
        after = None
        if cursor:
            last = entity_key(tenant, cls, codec.read_cursor(tenant, cls, cursor, prefix))
            after = {"pk": {"S": last.pk}, "sk": {"S": last.sk}}  # exclusive, and need not exist any more
        items = read(
            lambda: list(
                core.query(
                    listing.pk,
                    core.sk.startswith(listing.sk + prefix),
                    consistent_read=True,
                    scan_index_forward=ascending,
                    last_evaluated_key=after,
                    limit=limit + 1,
                    page_size=limit + 1,
                )
            )
        )
        entities = tuple(codec.decode(cls, body_of(item)) for item in items[:limit])
        return Page(entities, codec.cursor(tenant, cls, entities[-1].id) if len(items) > limit else None)

    def head(self, tenant: TenantId) -> Head:
        item = self._read(head_key(tenant))
        return codec.decode(Head, body_of(item), _HEAD_VERSION) if item else Head()

    def answer(self, tenant: TenantId, key: str) -> Answer | None:
        item = self._read(answer_key(tenant, key))
        return codec.decode(Answer, body_of(item), _ANSWER_VERSION) if item else None

    def commit(self, commit: Commit) -> None:
        checks = [check.entity for check in commit.checks]
        entities = [*commit.puts, *commit.deletes, *checks]
        if any(entity.tenant != commit.tenant for entity in entities):
            raise ValueError("an entity of another tenant")
        keys = [entity_key(commit.tenant, type(entity), entity.id) for entity in entities]
        if len(set(keys)) != len(keys):
            raise ValueError("one entity twice in one commit")
        require_one_pen(commit)
        transaction = Transaction(self.database, commit.token)
        for entity in checks:
            key = entity_key(commit.tenant, type(entity), entity.id)
            transaction.check(Meaning.ENTITY_MOVED, key, self._at_rev(entity, entity.rev))
        for entity in commit.deletes:
            item = self.database.item(entity_key(commit.tenant, type(entity), entity.id))
            transaction.delete(Meaning.ENTITY_MOVED, item, self._at_rev(entity, entity.rev))
        for entity in commit.puts:
            self._put(transaction, entity)
        if commit.move:
            self._move(transaction, commit.tenant, commit.move)
        if commit.back:
            self._put_back(transaction, commit.tenant, commit.back)
        if commit.answer:
            self._answer(transaction, commit.tenant, commit.answer)
        transaction.commit()

    def _read(self, key: Key) -> CoreItem | None:
        core = self.database.core

        def get() -> CoreItem | None:
            try:
                return core.get(key.pk, key.sk, consistent_read=True)
            except core.DoesNotExist:
                return None

        return read(get)

    def _at_rev(self, entity: Entity, rev: int) -> Condition:
        """Stored exactly so often; of a global item also: by this tenant."""
        condition = self.database.core.rev == rev
        if kind_of(type(entity)).is_global:
            condition &= self.database.core.tenant == entity.tenant
        return condition

    def _put(self, transaction: Transaction, entity: Entity) -> None:
        cls = type(entity)
        item = self.database.item(entity_key(entity.tenant, cls, entity.id))
        body, packed = _split(codec.encode(entity))
        is_open = open_partition(entity.tenant, cls) if getattr(entity, "is_open", False) else None
        customer, due = _followed(entity) if is_open and kind_of(cls).is_run else (None, None)
        if entity.rev == 1:
            item.rev, item.body, item.packed = 1, body, packed
            item.open, item.customer, item.due = is_open, customer, due
            item.tenant = entity.tenant if kind_of(cls).is_global else None
            transaction.save(Meaning.ENTITY_MOVED, item, self.database.core.pk.does_not_exist())
            return
        core = self.database.core
        actions = [
            core.rev.set(entity.rev),
            core.body.set(body) if body is not None else core.body.remove(),
            core.packed.set(packed) if packed is not None else core.packed.remove(),
            core.open.set(is_open) if is_open is not None else core.open.remove(),
            *(_moved(core, customer, due) if kind_of(cls).is_run else ()),
        ]
        transaction.update(Meaning.ENTITY_MOVED, item, actions, self._at_rev(entity, entity.rev - 1))

    def _move(self, transaction: Transaction, tenant: TenantId, move: HeadMove) -> None:
        core = self.database.core
        item = self.database.item(head_key(tenant))
        body = codec.encode(move.head, _HEAD_VERSION).decode()
        if move.expected_seq == 0:
            item.rev, item.body = move.head.seq, body
            transaction.save(Meaning.HEAD_MOVED, item, core.pk.does_not_exist())
            # From its first event on, a tenant is in the register that the sweep walks through.
            transaction.save(Meaning.HEAD_MOVED, self.database.item(Key(TENANTS, tenant)), None)
        else:
            actions = [core.rev.set(move.head.seq), core.body.set(body)]
            transaction.update(Meaning.HEAD_MOVED, item, actions, core.rev == move.expected_seq)
        self._lines(transaction, Meaning.EVENT_EXISTS, move.events)

    def _put_back(self, transaction: Transaction, tenant: TenantId, back: PutBack) -> None:
        transaction.check(Meaning.HEAD_MOVED, head_key(tenant), self.database.core.rev == back.expected_seq)
        self._lines(transaction, Meaning.LINE_THERE, back.events)

    def _lines(self, transaction: Transaction, taken: Meaning, events: Sequence[SealedEvent]) -> None:
        """Each at a place that must be empty; `taken` is what it means when one is not."""
        journal = self.database.journal
        for event in events:
            codec.require_fits(len(event.line))
            row = journal(event.tenant, event.seq)
            row.at_ms, row.type, row.hash, row.line = event.at_ms, event.type, event.hash, event.line.decode()
            transaction.save(taken, row, journal.tenant.does_not_exist())

    def _answer(self, transaction: Transaction, tenant: TenantId, answer: Answer) -> None:
        item = self.database.item(answer_key(tenant, answer.idem.key))
        item.body = codec.encode(answer, _ANSWER_VERSION).decode()
        item.expires_at = int((answer.at + ANSWERS_KEPT).timestamp())
        transaction.save(Meaning.ANSWERED, item, self.database.core.pk.does_not_exist())


def body_of(item: CoreItem) -> bytes:
    """The JSON of an item, inflated when it was packed."""
    return codec.unpack(item.packed) if item.packed else (item.body or "").encode()


def _followed(entity: Entity) -> tuple[str | None, str | None]:
    """Where an open run is found beside its key: with its customer's others, and among what is due."""
    whose, at = getattr(entity, "customer_id", ""), getattr(entity, "next_at", None)
    return customer_partition(entity.tenant, whose) if whose else None, due_key(at) if at else None


def _moved(core: type[CoreItem], customer: str | None, due: str | None) -> tuple[Action, Action]:
    return (
        core.customer.set(customer) if customer is not None else core.customer.remove(),
        core.due.set(due) if due is not None else core.due.remove(),
    )


def _split(encoded: bytes) -> tuple[str | None, bytes | None]:
    """A body as text, or deflated: one of the two. Raises Invalid when it does not fit either way."""
    packed = codec.pack(encoded)
    codec.require_fits(len(packed or encoded))
    return (None, packed) if packed else (encoded.decode(), None)
