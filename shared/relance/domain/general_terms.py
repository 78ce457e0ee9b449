"""The general conditions (conditions générales de vente) that a company sends with its quotes. [KB-17]"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from relance.domain.content import Enclosure
from relance.domain.ids import TenantId

CURRENT: Final = "current"


@dataclass(frozen=True, slots=True)
class GeneralTerms:
    """Those of today: `id` is `CURRENT`, one record for a tenant. The file itself is in the document store."""

    tenant: TenantId
    id: str
    rev: int
    enclosure: Enclosure
    kept_at: datetime
