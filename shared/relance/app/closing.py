"""Closings for whom nobody wrote, and closings to look at. The others are written by `journaling`. [AF-05, K-03]"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from relance.app.context import Caller, Context
from relance.app.journaling import due_closings, store_closings
from relance.app.ports.store import HeadMoved, Page
from relance.domain.calendar_fr import from_ms
from relance.domain.closing import Closing, closing_id
from relance.domain.errors import Fault, Invalid
from relance.domain.ids import TenantId
from relance.domain.periods import PeriodKind, midnight_ms

MOST_ROWS: Final = 1_200  # days of three years, with their months
_PAGE: Final = 200
MOST_LOADS: Final = 20  # of one call: a silence of a year and a half; the next sweep goes on


def close_due(ctx: Context, tenant: TenantId) -> int:
    """Close the periods that are over and saw no event since; how many closings were written.

    Safe at any moment and any number of times: the head moves by compare-and-swap. If somebody else writes meanwhile he
    closes what is due himself. If we crash between two loads, the next call goes on where the head stands.
    """
    count = 0
    for _ in range(MOST_LOADS):
        due = due_closings(ctx, tenant)
        if not due.closed.events:
            break
        try:
            store_closings(ctx, tenant, due)
        except HeadMoved:
            break
        count += len(due.closed.closings)
    return count


def closings(
    ctx: Context, caller: Caller, *, kind: PeriodKind | None = None, limit: int = 50, cursor: str | None = None
) -> Page[Closing]:
    """Of one kind the latest first; of all kinds the accounting years, then the months, then the days."""
    prefix = closing_id(kind, "") if kind else ""
    return ctx.store.page(caller.tenant, Closing, limit=limit, cursor=cursor, prefix=prefix)


def closings_between(
    ctx: Context, caller: Caller, *, kind: PeriodKind | None, first: date | None, last: date | None
) -> tuple[Closing, ...]:
    """Those that end within these days, both included, the latest first; a table holds MOST_ROWS at most.

    Raises Invalid when there are more.
    """
    found: list[Closing] = []
    cursor = None
    while True:
        page = closings(ctx, caller, kind=kind, limit=_PAGE, cursor=cursor)
        found += [one for one in page.items if (first or date.min) <= one.last <= (last or date.max)]
        if len(found) > MOST_ROWS:
            message = f"Plus de {MOST_ROWS} clôtures : choisissez une nature (kind) ou une période plus courte."
            raise Invalid(message, faults=[Fault("/from", message, "too_many")])
        cursor = page.cursor
        is_past = kind is not None and first is not None and bool(page.items) and page.items[-1].last < first
        if cursor is None or is_past:
            return tuple(found)


@dataclass(frozen=True, slots=True)
class Outlook:
    """The closing of a day that was made last, and when the next one is due; None where there is none."""

    last: Closing | None
    next_at: datetime | None


def outlook(ctx: Context, tenant: TenantId) -> Outlook:
    """Where closings stand. The next one follows midnight in Paris at once, or the first event after it."""
    last = ctx.store.page(tenant, Closing, limit=1, prefix=closing_id(PeriodKind.DAY, "")).items
    periods = ctx.store.head(tenant).periods
    next_at = from_ms(midnight_ms(periods.today + timedelta(days=1))) if periods else None
    return Outlook(last[0] if last else None, next_at)
