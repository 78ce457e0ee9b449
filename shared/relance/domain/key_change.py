"""The last change of the signing key of an archive that its journal tells of: each change is a technical fact. [AF-11]

The archiver writes no line of the journal that it carries. A key note is in the locked archive, signed by both keys;
the daily walk reads and checks it, and tells of it once, after the fact. That line is an event like any other, and no
key changes because of it: there is no circle. Decision 0024.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from relance.domain.ids import TenantId

ID: Final = "key"
ROTATED: Final = "key.rotated"


@dataclass(frozen=True, slots=True)
class ToldKey:
    """`key` (C2SP vkey) signs the checkpoints of `from_size` events and more; `told_at`: when the journal was told."""

    tenant: TenantId
    rev: int
    from_size: int
    key: str
    told_at: datetime

    @property
    def id(self) -> str:
        """There is one: what came before it was told before it."""
        return ID
