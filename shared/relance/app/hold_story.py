"""What people said of a document, as its timeline tells it: each hold when it was written down, and when it ended."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from relance.app.context import Caller, Context
from relance.domain.money import format_amount
from relance.domain.reminder.run import Run

Told = tuple[datetime, str, Mapping[str, str]]


def told(ctx: Context, caller: Caller, document_id: str) -> Iterator[Told]:
    """Of one document; nothing while it is a draft."""
    run = ctx.store.get(caller.tenant, Run, document_id)
    for one in run.holds if run else ():
        data = {
            "by": one.by,
            "until": one.until.isoformat() if one.until else "",
            "amount": "" if one.amount is None else format_amount(one.amount),
            "note": one.note,
        }
        yield one.at, f"hold.{one.kind}", {name: value for name, value in data.items() if value}
        if one.ended_at is not None:
            yield one.ended_at, f"hold.{one.kind}.ended", {"outcome": one.outcome}
