"""A change of the signing key becomes a fact of the company's journal, once, on the day that a walk sees it. [AF-11]"""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Final

from relance.app.archiving import layout
from relance.app.archiving.verification import SignedFrom, Walked
from relance.app.context import SYSTEM, Caller, Context
from relance.app.journaling import Decision, commit
from relance.app.ports.store import Check
from relance.domain.chain.event import Fact, Ref
from relance.domain.ids import TenantId
from relance.domain.journal import Head
from relance.domain.key_change import ID, ROTATED, ToldKey

ACTOR: Final = "archive_verify"


def note_key_changes(ctx: Context, found: Walked) -> bool:
    """Chain `key.rotated` for each key that took over and that the journal does not tell of yet. Whether there was one.

    Only keys whose note the walk found signed by both. Raises what `journaling.commit` raises; then the next walk
    tells it.
    """
    tenant = TenantId(found.tenant)
    if not _untold(found.keys, ctx.store.get(tenant, ToldKey, ID) if len(found.keys) > 1 else None):
        return False

    def decide(_: Head, at: datetime) -> Decision:
        known = ctx.store.get(tenant, ToldKey, ID)
        changes = _untold(found.keys, known)
        if known is not None and not changes:
            return Decision(answer=known, checks=(Check(known),))  # somebody else told it
        last = changes[-1][1]
        after = ToldKey(tenant, known.rev + 1 if known else 1, last.from_size, last.key, at)
        return Decision(answer=after, puts=(after,), facts=tuple(_fact(old, new) for old, new in changes))

    commit(ctx, Caller(tenant, ACTOR, SYSTEM), None, ToldKey, decide)
    return True


def _untold(keys: Sequence[SignedFrom], known: ToldKey | None) -> list[tuple[SignedFrom, SignedFrom]]:
    """Which key went and which came, oldest change first."""
    told = known.from_size if known else 0
    return [(old, new) for old, new in pairwise(keys) if new.from_size > told]


def _fact(old: SignedFrom, new: SignedFrom) -> Fact:
    size = new.from_size - 1
    note = layout.key_note(size)
    return Fact(ROTATED, Ref("key", note), ACTOR, {"size": size, "from_key": old.key, "key": new.key})
