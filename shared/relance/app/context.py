"""What every use case is given: the store, the clock, chance; and who asks."""

from dataclasses import dataclass
from typing import Final

from relance.app.ports.outside import Clock, Entropy
from relance.app.ports.store import Store
from relance.domain.calendar_fr import to_ms
from relance.domain.ids import TenantId, make_id

SYSTEM: Final = "system"  # role of our own functions; whoever comes in under that name may do no more than a member


@dataclass(frozen=True, slots=True)
class Context:
    """The three things no use case may reach for by itself."""

    store: Store
    clock: Clock
    entropy: Entropy

    def new_id(self, prefix: str) -> str:
        """A fresh id of that kind."""
        return make_id(prefix, to_ms(self.clock.now()), self.entropy.bytes(10))


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, as the authorizer or the machine vouches for: the tenant is never taken from a path, body or header."""

    tenant: TenantId
    actor: str
    role: str = "owner"
