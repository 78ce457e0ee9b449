"""What every record of the tenant shares: made once, read, listed, replaced at the version that was read, removed.

For what has no life of its own: customers, items, templates. Quotes and invoices have states; their use cases are
written out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic

from relance.app.context import Caller, Context
from relance.app.journaling import Decision, commit
from relance.app.ports.store import E, Entity, Idem, Page
from relance.app.settings import require_rev
from relance.domain.errors import NotFound
from relance.domain.journal import Head


@dataclass(frozen=True, slots=True)
class Beside:
    """What is stored and removed in the same transaction as a record."""

    puts: tuple[Entity, ...] = ()
    deletes: tuple[Entity, ...] = ()


@dataclass(frozen=True, slots=True)
class Records(Generic[E]):
    """The records of one class; `prefix` begins their ids, `unknown` says in French that none has the id asked for.

    `beside` is asked at each write, with the record before and after (None: it was not, it will not be).
    """

    kind: type[E]
    prefix: str
    unknown: str
    beside: Callable[[Context, E | None, E | None], Beside] = lambda _ctx, _before, _after: Beside()

    def get(self, ctx: Context, caller: Caller, id: str) -> E:
        """One record. Raises NotFound."""
        record = ctx.store.get(caller.tenant, self.kind, id)
        if record is None:
            raise NotFound(self.unknown)
        return record

    def page(self, ctx: Context, caller: Caller, *, limit: int = 50, cursor: str | None = None) -> Page[E]:
        """Records, newest first."""
        return ctx.store.page(caller.tenant, self.kind, limit=limit, cursor=cursor)

    def create(self, ctx: Context, caller: Caller, made: Callable[[str, datetime], E], idem: Idem | None) -> E:
        """A new record, `made` from its id and the instant; the same request again gives the same one."""

        def decide(_head: Head, at: datetime) -> Decision:
            record = made(ctx.new_id(self.prefix), at)
            beside = self.beside(ctx, None, record)
            return Decision(answer=record, puts=(record, *beside.puts), deletes=beside.deletes)

        return commit(ctx, caller, idem, self.kind, decide)

    def update(
        self, ctx: Context, caller: Caller, id: str, changed: Callable[[E, datetime], E], *, expected_rev: int
    ) -> E:
        """Replace a record by what it is `changed` into, at its next `rev`. Raises NotFound, StaleVersion."""

        def decide(_head: Head, at: datetime) -> Decision:
            stored = self.get(ctx, caller, id)
            require_rev(stored.rev, expected_rev)
            record = changed(stored, at)
            beside = self.beside(ctx, stored, record)
            return Decision(answer=record, puts=(record, *beside.puts), deletes=beside.deletes)

        return commit(ctx, caller, None, self.kind, decide)

    def delete(self, ctx: Context, caller: Caller, id: str, *, expected_rev: int) -> None:
        """Remove a record. Raises NotFound, StaleVersion."""

        def decide(_head: Head, _at: datetime) -> Decision:
            stored = self.get(ctx, caller, id)
            require_rev(stored.rev, expected_rev)
            beside = self.beside(ctx, stored, None)
            return Decision(answer=stored, puts=beside.puts, deletes=(stored, *beside.deletes))

        commit(ctx, caller, None, self.kind, decide)
