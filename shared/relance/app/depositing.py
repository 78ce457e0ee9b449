"""The deposit that a company usually asks, written into a new quote where its author can see and remove it. [KX-09]"""

from dataclasses import replace
from typing import Final

from relance.app.context import Caller, Context
from relance.domain.content import DepositStep, QuoteKind
from relance.domain.party import Company
from relance.domain.quote import QuoteDraft

LABEL: Final = "Acompte à la commande"


def with_deposit(ctx: Context, caller: Caller, draft: QuoteDraft) -> QuoteDraft:
    """The draft with the company's usual share, when it is a quote that says nothing of deposits."""
    if draft.deposits or draft.kind is not QuoteKind.QUOTE:
        return draft
    company = ctx.store.get(caller.tenant, Company, caller.tenant)
    if company is None or not company.defaults.deposit_percent_bp:
        return draft
    return replace(draft, deposits=(DepositStep(LABEL, percent_bp=company.defaults.deposit_percent_bp),))
