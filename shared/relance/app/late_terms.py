"""The rates of late interest that a company entered, and what a payment pays first. [P-02, P-07]

Not a legal fact: what is claimed is, with the segments and rates that it was computed from (`app.penalties`).
"""

from dataclasses import replace
from datetime import datetime

from relance.app.context import Caller, Context
from relance.app.journaling import Decision, commit
from relance.app.settings import require_rev
from relance.domain.dunning_law import DunningLaw
from relance.domain.errors import Invalid
from relance.domain.ids import TenantId
from relance.domain.journal import Head
from relance.domain.late_payment import LateRates
from relance.domain.late_terms import LateTerms, rate_faults


def get(ctx: Context, tenant: TenantId) -> LateTerms:
    """The tenant's; an empty table at `rev` 0 while none was entered."""
    return ctx.store.get(tenant, LateTerms, tenant) or LateTerms(tenant, 0)


def put(ctx: Context, caller: Caller, wanted: LateTerms, law: DunningLaw, *, expected_rev: int) -> LateTerms:
    """Replace the table whole, the oldest rate first; `expected_rev` 0 enters the first. Raises StaleVersion, Invalid.

    Claims that were made keep their figures; what is only accrued is computed anew.
    """
    if faults := list(rate_faults(wanted.rates.entries, law)):
        raise Invalid("Cette table de taux ne peut pas être enregistrée.", faults=faults)
    in_order = LateRates(tuple(sorted(wanted.rates.entries, key=lambda entry: entry.valid_from)))

    def decide(_head: Head, at: datetime) -> Decision:
        stored = get(ctx, caller.tenant)
        require_rev(stored.rev, expected_rev)
        entered = replace(wanted, tenant=caller.tenant, rev=stored.rev + 1, updated_at=at, rates=in_order)
        return Decision(answer=entered, puts=(entered,))

    return commit(ctx, caller, None, LateTerms, decide)
