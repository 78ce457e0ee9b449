"""A change of the fiscal modules becomes a fact of each company's journal, once, on the day that it is seen. [AF-11]"""

from datetime import datetime

from relance.app.context import SYSTEM, Caller, Context
from relance.app.journaling import Decision, commit
from relance.app.ports.store import Check
from relance.domain.attestation import FiscalVersion
from relance.domain.chain.event import Fact, Ref
from relance.domain.ids import TenantId
from relance.domain.journal import Head
from relance.domain.running_version import CHANGED, ID, RunningVersion


def note_version(ctx: Context, tenant: TenantId, version: FiscalVersion) -> bool:
    """Keep which version is at work; chain `software.changed` when it was another before. Whether it was.

    Raises what `journaling.commit` raises; after that the next walk notes it.
    """
    known = ctx.store.get(tenant, RunningVersion, ID)
    if known is not None and known.sha256 == version.sha256:
        return False

    def decide(_: Head, at: datetime) -> Decision:
        before = ctx.store.get(tenant, RunningVersion, ID)
        if before is not None and before.sha256 == version.sha256:
            return Decision(answer=before, checks=(Check(before),))  # somebody else noted it
        after = RunningVersion(tenant, before.rev + 1 if before else 1, version.sha256, version.product, at)
        if before is None:
            return Decision(answer=after, puts=(after,))
        data = {
            "from_sha256": before.sha256,
            "from_product": before.product,
            "sha256": after.sha256,
            "product": after.product,
        }
        return Decision(
            answer=after, puts=(after,), facts=(Fact(CHANGED, Ref("software", tenant), "archive_verify", data),)
        )

    commit(ctx, Caller(tenant, "archive_verify", SYSTEM), None, RunningVersion, decide)
    return known is not None
