"""Who may come in. Port: relance.app.ports.access.AccessDirectory. Read by the authorizer alone, and by nobody else.

Keys and memberships are found by SHA-256, so the table gives no key away. Nothing here imports the domain's entities:
the authorizer is on the way of every request.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from relance.adapters.dynamo.attempts import read
from relance.adapters.dynamo.items import Database
from relance.adapters.dynamo.keys import ALONE
from relance.app.ports.access import Grant
from relance.domain.ids import TenantId


def api_key_pk(api_key: str) -> str:
    """Where a key is kept."""
    return f"apikey#{sha256(api_key.encode()).hexdigest()}"


def member_pk(issuer: str, subject: str) -> str:
    """Where a membership is kept. An issuer is a URL and holds no `|`, so no two pairs give one text."""
    return f"member#{sha256(f'{issuer}|{subject}'.encode()).hexdigest()}"


@dataclass(frozen=True, slots=True)
class DynamoAccess:
    """API keys and memberships of the core table."""

    database: Database

    def of_api_key(self, api_key: str) -> Grant | None:
        return self._grant(api_key_pk(api_key))

    def of_member(self, issuer: str, subject: str) -> Grant | None:
        return self._grant(member_pk(issuer, subject))

    def _grant(self, pk: str) -> Grant | None:
        core = self.database.core

        def get() -> Grant | None:
            try:
                item = core.get(pk, ALONE, consistent_read=True)
            except core.DoesNotExist:
                return None
            return Grant(TenantId(item.tenant), item.user, item.role)

        return read(get)


@dataclass(frozen=True, slots=True)
class DynamoAccessRegistry:
    """Port: relance.app.ports.access.AccessRegistry. For the operator's tool: no function may write here."""

    database: Database

    def grant(self, address: str, grant: Grant) -> None:
        core = self.database.core
        read(lambda: core(address, ALONE, tenant=grant.tenant, user=grant.user, role=grant.role).save())

    def revoke(self, address: str) -> None:
        core = self.database.core
        read(lambda: core(address, ALONE).delete())

    def of_tenant(self, tenant: TenantId) -> Iterator[tuple[str, Grant]]:
        core = self.database.core
        credentials = core.pk.startswith("apikey#") | core.pk.startswith("member#")
        rows = read(
            lambda: list(core.scan(filter_condition=(core.tenant == tenant) & credentials, consistent_read=True))
        )
        return ((row.pk, Grant(TenantId(row.tenant), row.user, row.role)) for row in rows)
