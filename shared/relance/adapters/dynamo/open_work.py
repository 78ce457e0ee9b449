"""What the sweep walks through, and what else is open. Ports: relance.app.ports.open_work.

The register has one item per tenant, stored with the tenant's first event. Whether something is open is an attribute
that only open items carry, so the index over it holds those alone, and costs nothing for all that is finished.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from relance.adapters.dynamo.attempts import read
from relance.adapters.dynamo.items import Database
from relance.adapters.dynamo.keys import TENANTS, customer_partition, due_key, listing_key, open_partition
from relance.app.ports.open_work import Openable
from relance.domain.ids import TenantId
from relance.domain.reminder.run import Run


@dataclass(frozen=True, slots=True)
class DynamoOpenWork:
    """The register of tenants, and the sparse index `open`."""

    database: Database

    def tenants(self) -> Iterator[TenantId]:
        """Given after the last page was read: a failure half-way is a failure, not a short list."""
        rows = read(lambda: list(self.database.core.query(TENANTS, consistent_read=True)))
        return iter([TenantId(row.sk) for row in rows])

    def open_ids(self, tenant: TenantId, cls: type[Openable]) -> Iterator[str]:
        """Ids in the order of their age, oldest first: ids begin with the time."""
        prefix = listing_key(tenant, cls).sk
        rows = read(lambda: list(self.database.core.open_index.query(open_partition(tenant, cls))))
        return iter([row.sk.removeprefix(prefix) for row in rows])

    def due_ids(self, tenant: TenantId, before: datetime) -> Iterator[str]:
        """Ids of runs, those that are due first at the head."""
        prefix, core = listing_key(tenant, Run).sk, self.database.core
        rows = read(lambda: list(core.due_index.query(open_partition(tenant, Run), core.due < due_key(before))))
        return iter([row.sk.removeprefix(prefix) for row in rows])

    def open_of_customer(self, tenant: TenantId, customer_id: str) -> Iterator[str]:
        """Ids of runs; one request for most customers."""
        prefix, whose = listing_key(tenant, Run).sk, customer_partition(tenant, customer_id)
        index, sk = self.database.core.customer_index, self.database.core.sk
        rows = read(lambda: list(index.query(whose, sk.startswith(prefix))))
        return iter([row.sk.removeprefix(prefix) for row in rows])
