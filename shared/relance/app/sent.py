"""The mails that left, or may have: all of them, or those of one state."""

from collections.abc import Mapping
from typing import Final

from relance.app.context import Caller, Context
from relance.app.ports.store import Page
from relance.domain.reminder.claim import Claim, ClaimState

MAX_PAGES: Final = 10  # read for one answer: a rare state is not searched for through the whole past

# A claim that nobody settled is in doubt like one whose answer was lost. [S-07]
STATES: Final[Mapping[str, frozenset[ClaimState]]] = {
    "sent": frozenset({ClaimState.SENT}),
    "unknown": frozenset({ClaimState.UNKNOWN, ClaimState.CLAIMED}),
    "refused": frozenset({ClaimState.REFUSED}),
}


def page(ctx: Context, caller: Caller, state: str = "", *, limit: int = 50, cursor: str | None = None) -> Page[Claim]:
    """Mails, those of the newest documents first; "" for every state.

    Of one state, a page may hold fewer than `limit` although others follow: only `cursor` None is the end.
    """
    found = ctx.store.page(caller.tenant, Claim, limit=limit, cursor=cursor)
    if not state:
        return found
    wanted = STATES[state]
    for _ in range(MAX_PAGES - 1):
        kept = tuple(claim for claim in found.items if claim.state in wanted)
        if kept or found.cursor is None:
            return Page(kept, found.cursor)
        found = ctx.store.page(caller.tenant, Claim, limit=limit, cursor=found.cursor)
    return Page(tuple(claim for claim in found.items if claim.state in wanted), found.cursor)
