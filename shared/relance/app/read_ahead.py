"""Reading in one request what is going to be asked for one by one: a use case says what, and the rest need not know."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from relance.app.context import Context
from relance.app.ports.store import Answer, Commit, E, Entity, Page, Ref, Store
from relance.domain.ids import TenantId
from relance.domain.journal import Head


@dataclass(frozen=True, slots=True)
class ReadAhead:
    """A store that has read some entities of one tenant already; what it was not told of is asked of `store`.

    As fresh as that one read: whoever writes on what it says must have it checked in the commit.
    """

    store: Store
    tenant: TenantId
    known: Mapping[Ref, Entity | None]

    def get(self, tenant: TenantId, cls: type[E], id: str) -> E | None:
        if tenant != self.tenant or (cls, id) not in self.known:
            return self.store.get(tenant, cls, id)
        found = self.known[(cls, id)]
        assert found is None or isinstance(found, cls)
        return found

    def get_many(self, tenant: TenantId, cls: type[E], ids: Collection[str]) -> Mapping[str, E]:
        unknown = [id for id in ids if tenant != self.tenant or (cls, id) not in self.known]
        read = self.store.get_many(tenant, cls, unknown) if unknown else {}
        found = {id: read.get(id) if id in unknown else self.get(tenant, cls, id) for id in ids}
        return {id: entity for id, entity in found.items() if entity is not None}

    def get_mixed(self, tenant: TenantId, refs: Collection[Ref]) -> Mapping[Ref, Entity]:
        return self.store.get_mixed(tenant, refs)

    def page(
        self, tenant: TenantId, cls: type[E], *, limit: int = 50, cursor: str | None = None, prefix: str = ""
    ) -> Page[E]:
        return self.store.page(tenant, cls, limit=limit, cursor=cursor, prefix=prefix)

    def starting_with(
        self, tenant: TenantId, cls: type[E], prefix: str, *, limit: int = 50, cursor: str | None = None
    ) -> Page[E]:
        return self.store.starting_with(tenant, cls, prefix, limit=limit, cursor=cursor)

    def head(self, tenant: TenantId) -> Head:
        return self.store.head(tenant)

    def answer(self, tenant: TenantId, key: str) -> Answer | None:
        return self.store.answer(tenant, key)

    def commit(self, commit: Commit) -> None:
        self.store.commit(commit)


def ahead(ctx: Context, tenant: TenantId, refs: Iterable[Ref], *given: Entity) -> Context:
    """The context in which these were read in one request, and what was `given` is known. Raises Retry."""
    wanted = dict.fromkeys(refs)
    found = ctx.store.get_mixed(tenant, list(wanted)) if wanted else {}
    known: dict[Ref, Entity | None] = {ref: found.get(ref) for ref in wanted}
    known |= {(type(entity), entity.id): entity for entity in given}
    return replace(ctx, store=ReadAhead(ctx.store, tenant, known))
