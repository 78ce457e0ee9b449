"""What the sweep walks through: the tenants, and what of theirs is not finished."""

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from relance.app.ports.store import Entity
from relance.domain.ids import TenantId


class Openable(Entity, Protocol):
    """An entity that says itself whether something is still to be done about it. Without `is_open` it is not listed."""

    @property
    def is_open(self) -> bool: ...


class OpenOfCustomer(Protocol):
    """What a customer is followed for."""

    def open_of_customer(self, tenant: TenantId, customer_id: str) -> Iterator[str]:
        """Ids of the documents whose runs are active and name that customer, in their order.

        Lags writes by a moment, both ways: what is given may be closed since, so read it again before acting on it.
        """
        ...


class OpenIds(Protocol):
    """What of one tenant's is not finished."""

    def open_ids(self, tenant: TenantId, cls: type[Openable]) -> Iterator[str]:
        """Ids of the entities of one class that were stored with `is_open` true.

        Lags writes by a moment, both ways: one that was just stored is found by the next sweep, and one that is given
        may be closed since, so read it again before acting on it.
        """
        ...


class Waiting(OpenIds, OpenOfCustomer, Protocol):
    """Both, for those who decide about what waits."""


class OpenWork(OpenIds, Protocol):
    """Reads that cross tenants: for the sweeps alone, never for a request."""

    def tenants(self) -> Iterator[TenantId]:
        """Every tenant that has a journal. Strongly consistent: none is missed that had one before the call."""
        ...

    def due_ids(self, tenant: TenantId, before: datetime) -> Iterator[str]:
        """Ids of the active runs that are due before that instant (to the second), the earliest first; lags likewise.

        What waits for longer is not read. A run that was stored before there was this order is not found by it.
        """
        ...
