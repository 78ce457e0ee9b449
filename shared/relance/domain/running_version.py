"""Which fiscal version of the program a company runs, since when: a change of it is a technical fact. [AF-08, AF-11]

The version of the fiscal modules is what an attestation names; who looks at an old archive must see from which event on
another program wrote it. The first version that is seen is noted and is no change.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from relance.domain.ids import TenantId

ID: Final = "running"
CHANGED: Final = "software.changed"


@dataclass(frozen=True, slots=True)
class RunningVersion:
    """SHA-256 (hex) of the fiscal modules, the version of the product, and when they were first seen at work."""

    tenant: TenantId
    rev: int
    sha256: str
    product: str
    since: datetime

    @property
    def id(self) -> str:
        """There is one, the present."""
        return ID
