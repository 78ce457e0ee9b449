"""A platform in memory: keeps what is deposited and told, and tells what a test puts into its mouth."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from relance.app.ports.platform import Envelope, News, ToldStatus, Unreadable
from relance.domain.einvoice import ElectronicAddress
from relance.domain.errors import Conflict, Retry
from relance.domain.ids import TenantId
from relance.domain.platform_status import StatusEntry


@dataclass(slots=True)
class InMemoryPlatform:
    """Implements Platform; while `is_down` it does not answer."""

    deposits: dict[tuple[str, str], tuple[Envelope, bytes]] = field(default_factory=dict)
    statuses: dict[tuple[str, str], StatusEntry] = field(default_factory=dict)
    inbox: dict[str, list[ToldStatus | Unreadable]] = field(default_factory=dict)
    directory: dict[tuple[str, str], tuple[ElectronicAddress, ...]] = field(default_factory=dict)
    is_down: bool = False

    def deposit(self, envelope: Envelope, xml: bytes) -> str:
        self._answer()
        key = (envelope.tenant, envelope.invoice_id)
        known = self.deposits.setdefault(key, (envelope, xml))
        if known[0].sha256 != envelope.sha256:
            raise Conflict("Cette facture a déjà été déposée avec un autre contenu.", code="deposited_otherwise")
        return envelope.invoice_id

    def tell(self, tenant: TenantId, invoice_id: str, number: str, status: StatusEntry) -> None:
        self._answer()
        self.statuses[(tenant, status.id)] = status

    def news(self, tenant: TenantId, cursor: str, limit: int) -> News:
        self._answer()
        start = int(cursor or 0)
        found = self.inbox.get(tenant, [])[start : start + limit]
        return News(
            tuple(one for one in found if isinstance(one, ToldStatus)),
            tuple(one for one in found if isinstance(one, Unreadable)),
            str(start + len(found)) if found else cursor,
        )

    def address_of(self, tenant: TenantId, siren: str) -> Sequence[ElectronicAddress]:
        self._answer()
        return self.directory.get((tenant, siren), ())

    def _answer(self) -> None:
        if self.is_down:
            raise Retry("La plateforme ne répond pas.")
