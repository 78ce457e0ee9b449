"""An archive that does not check any more becomes a fact of its own journal: once for the same faults. [AF-11]

The journal goes on after it was altered, and its own chain will say where: so the fact is written even then. Not to a
journal that ends before its archive (its table was restored): the place of the fact is taken there, and a rebuild would
find the journal gone on by itself. Nothing is mended here.
"""

from datetime import datetime

from relance.app.archiving.verification import Walked
from relance.app.context import SYSTEM, Caller, Context
from relance.app.journaling import Decision, commit
from relance.domain.archive_alarm import ArchiveAlarm, alarm_id, told
from relance.domain.chain.canonical import Json
from relance.domain.chain.event import Fact, Ref
from relance.domain.ids import TenantId
from relance.domain.journal import Head


def write_down(ctx: Context, found: Walked) -> ArchiveAlarm | None:
    """Keep the alarm and chain `archive.integrity_failed`; None for an intact archive or what is already known.

    Of a journal that is behind its archive the alarm is kept and not chained: `journal.rebuilt` will tell.

    Raises what `journaling.commit` raises; after that the next walk writes it.
    """
    tenant = TenantId(found.tenant)
    id = alarm_id(found.size, found.faults)
    if not found.faults or ctx.store.get(tenant, ArchiveAlarm, id) is not None:
        return None
    faults = told(found.faults)

    def decide(_: Head, at: datetime) -> Decision:
        alarm = ArchiveAlarm(tenant, id, 1, at, found.size, len(found.faults), faults)
        data: dict[str, Json] = {
            "size": found.size,
            "count": alarm.count,
            "faults": list(faults),
            "journal_intact": found.journal_intact,
        }
        fact = Fact("archive.integrity_failed", Ref("archive", tenant), "archive_verify", data)
        return Decision(answer=alarm, puts=(alarm,), facts=() if found.journal_behind else (fact,))

    return commit(ctx, Caller(tenant, "archive_verify", SYSTEM), None, ArchiveAlarm, decide)


def latest(ctx: Context, caller: Caller, *, limit: int = 5) -> tuple[ArchiveAlarm, ...]:
    """The last alarms of a company, newest first."""
    kept = ctx.store.page(caller.tenant, ArchiveAlarm, limit=100).items
    return tuple(sorted(kept, key=lambda alarm: alarm.at, reverse=True)[:limit])
