"""From a credential to a tenant: what the authorizer may assume of the directory of keys and members."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from relance.domain.ids import TenantId


@dataclass(frozen=True, slots=True)
class Grant:
    """What a credential opens: one tenant, in the name of `user`, with the rights of `role`."""

    tenant: TenantId
    user: str
    role: str


class AccessDirectory(Protocol):
    """API keys and memberships. Strongly consistent: a key that was removed opens nothing from then on."""

    def of_api_key(self, api_key: str) -> Grant | None:
        """Whose key it is, or None. Raises Retry."""
        ...

    def of_member(self, issuer: str, subject: str) -> Grant | None:
        """Where the bearer of a verified token (`iss`, `sub`) is a member, or None. Raises Retry."""
        ...


class AccessRegistry(Protocol):
    """Where credentials are kept, by the hash that names them. What it returned from is seen by the directory."""

    def grant(self, address: str, grant: Grant) -> None:
        """Let the bearer in as that, whatever he was before. Raises Retry."""
        ...

    def revoke(self, address: str) -> None:
        """Let him in no more; no fault when nobody is there. Raises Retry."""
        ...

    def of_tenant(self, tenant: TenantId) -> Iterator[tuple[str, Grant]]:
        """Every credential of a company with its address, in no order. Reads the whole table: for after a disaster.

        Raises Retry.
        """
        ...
