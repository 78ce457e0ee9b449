"""Who may come in to a company, and since when he may: an API key or a membership, by its fingerprint. [AF-11]"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from relance.domain.ids import TenantId


class CredentialKind(StrEnum):
    """What opens the door."""

    API_KEY = "api_key"
    MEMBER = "member"


@dataclass(frozen=True, slots=True)
class Right:
    """One of them; `id` is its fingerprint: it opens nothing, and tells one credential from another."""

    tenant: TenantId
    id: str
    rev: int
    kind: CredentialKind
    user: str
    role: str
    since: datetime
    revoked_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether it still opens the door."""
        return self.revoked_at is None
