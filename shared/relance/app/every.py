"""Walking through all that a company has of one class, however much there is. For what nobody waits for: reports bound
what they read (`app.reading`).
"""

from collections.abc import Iterator
from typing import Final

from relance.app.context import Context
from relance.app.ports.store import E
from relance.domain.ids import TenantId

PAGE: Final = 100


def every(ctx: Context, tenant: TenantId, cls: type[E], *, prefix: str = "") -> Iterator[E]:
    """Each entity whose id begins so, newest id first, a page in memory at a time. Raises Retry."""
    cursor: str | None = None
    while True:
        found = ctx.store.page(tenant, cls, limit=PAGE, cursor=cursor, prefix=prefix)
        yield from found.items
        if (cursor := found.cursor) is None:
            return
