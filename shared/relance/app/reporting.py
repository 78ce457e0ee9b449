"""Reports over a tenant's invoices: read whole, page by page, and bounded. [E-06]"""

from collections.abc import Iterator
from datetime import date
from typing import Final

from relance.app.context import Caller, Context
from relance.domain.e_reporting import Report, report
from relance.domain.errors import Conflict, Fault, Invalid
from relance.domain.invoice import Invoice

MAX_INVOICES: Final = 5_000  # beyond that an answer would take longer than a caller waits
MAX_DAYS: Final = 366
_PAGE: Final = 100


def e_reporting(ctx: Context, caller: Caller, first: date, last: date) -> Report:
    """The aggregates of the days from `first` to `last`. All is read: an invoice may be paid long after its issue.

    Raises Invalid on a period that is none or longer than a year, Conflict `too_many_invoices` beyond 5,000.
    """
    if not 0 <= (last - first).days < MAX_DAYS:
        message = "La période va d’un jour à un an, du premier au dernier jour."
        raise Invalid(message, faults=[Fault("/to", message, "period")])
    return report(_all(ctx, caller), first, last)


def _all(ctx: Context, caller: Caller) -> Iterator[Invoice]:
    cursor: str | None = None
    for _ in range(MAX_INVOICES // _PAGE):
        found = ctx.store.page(caller.tenant, Invoice, limit=_PAGE, cursor=cursor)
        yield from found.items
        if (cursor := found.cursor) is None:
            return
    message = f"Plus de {MAX_INVOICES} factures : reprenez ces totaux de l’export de l’archive."
    raise Conflict(message, code="too_many_invoices")
