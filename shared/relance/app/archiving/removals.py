"""Whether a line that went from the live journal may have: the alarm is silent for what a purge covers, and only then.

The mark is stored before the first line goes (`purging`), and is read strongly consistent, so a removal that a purge
carries out always finds it. [AR-02, AF-07]
"""

from relance.app.ports.store import Store
from relance.domain.ids import TenantId
from relance.domain.purge import Purge

_PAGE = 100


class Removals:
    """The marks of the tenants of one batch, each read once."""

    def __init__(self, marks: Store) -> None:
        self._marks = marks
        self._known: dict[str, tuple[Purge, ...]] = {}

    def is_covered(self, tenant: str, seq: int, type: str) -> bool:
        """Whether a purge of that tenant covers the line. A line of unknown type ("") is covered by none."""
        if tenant not in self._known:
            self._known[tenant] = self._marks.page(TenantId(tenant), Purge, limit=_PAGE).items
        return bool(type) and any(purge.covers(seq, type) for purge in self._known[tenant])
