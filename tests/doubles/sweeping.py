"""What the sweep walks through, over one office."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from relance.app.ports.open_work import Openable
from relance.domain.errors import Retry
from relance.domain.ids import TenantId
from tests.builders import TENANT
from tests.doubles.office import Office


@dataclass
class Tenants:
    """OpenWork and DirtyTenants over an office: its store registers a tenant only with its first legal fact."""

    office: Office
    names: tuple[TenantId, ...] = (TENANT,)
    unarchived: tuple[str, ...] = ()
    silent: bool = False

    def tenants(self) -> Iterator[TenantId]:
        if self.silent:
            raise Retry("no answer")
        return iter(self.names)

    def open_ids(self, tenant: TenantId, cls: type[Openable]) -> Iterator[str]:
        return self.office.store.open_ids(tenant, cls)

    def due_ids(self, tenant: TenantId, before: datetime) -> Iterator[str]:
        return self.office.store.due_ids(tenant, before)

    def dirty(self) -> Iterable[str]:
        return self.unarchived
