"""That a journal was, or is being, rebuilt after a restore: what says so while it is stopped half-way, and afterwards.

It is stored before the first event is put back and ended in the transaction of `journal.rebuilt`, so a rebuild that
died anywhere is known to be unfinished by whoever looks, and its fact is written once. [AF-11, AR-02]
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from relance.domain.ids import TenantId

ID: Final = "rebuild"
REBUILT: Final = "journal.rebuilt"


@dataclass(frozen=True, slots=True)
class Rebuild:
    """The last one of a tenant. At its beginning the archive held `archived` events, the journal `journal`, and the
    head of the restored table stood at `head_seq`; `ended_at` is None while it is under way.
    """

    tenant: TenantId
    rev: int
    started_at: datetime
    archived: int
    journal: int
    head_seq: int
    ended_at: datetime | None = None

    @property
    def id(self) -> str:
        """There is one, of the last restore."""
        return ID

    @property
    def is_under_way(self) -> bool:
        """Whether it was begun and not ended."""
        return self.ended_at is None
