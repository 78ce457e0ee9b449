"""Which version of which scenario a document follows, from the moment that it is sent or issued. [DR-04]

A name stands for its newest version at that moment; the run keeps that one whatever is published later.
"""

from collections.abc import Iterator
from dataclasses import fields

from relance.app.context import Context
from relance.domain.ids import TenantId
from relance.domain.party import Customer
from relance.domain.reminder import settings
from relance.domain.reminder.policy import Defaults, Source, scenario_for
from relance.domain.reminder.scenario import SHIPPED, DocumentKind, Scenario, default_scenario, shipped_id
from relance.domain.reminder.settings import ReminderSettings


def newest(ctx: Context, tenant: TenantId, name: str) -> str:
    """The id of the newest version of that name, shipped or the company's own; "" when there is none."""
    if name in SHIPPED:
        return shipped_id(name)
    version = max((scenario.version for scenario in versions(ctx, tenant, name)), default=0)
    return f"{name}@{version}" if version else ""


def pinned(
    ctx: Context, tenant: TenantId, customer: Customer | None, kind: DocumentKind, *, is_deposit: bool = False
) -> tuple[str, Source]:
    """The version that a document follows from now on, and who chose it; "" when it is to be delivered and no more.

    A name that stands for nothing (any more) counts as the product's own for that sort of document.
    """
    chosen = ctx.store.get(tenant, ReminderSettings, settings.ID) or ReminderSettings(tenant)
    name, source = scenario_for(chosen.defaults, customer, kind, is_deposit=is_deposit)
    if not name:
        return "", source
    if "@" in name:
        return name, source
    return newest(ctx, tenant, name) or default_scenario(kind), source


def defaults(ctx: Context, tenant: TenantId) -> frozenset[str]:
    """The ids that new documents follow by the company's settings, the newest version where a name is given."""
    chosen = ctx.store.get(tenant, ReminderSettings, settings.ID) or ReminderSettings(tenant)
    names = (getattr(chosen.defaults, field.name) for field in fields(Defaults))
    return frozenset(name if "@" in name else newest(ctx, tenant, name) for name in names if name)


def versions(ctx: Context, tenant: TenantId, name: str) -> Iterator[Scenario]:
    """Every version of one of the company's own scenarios."""
    cursor: str | None = None
    while True:
        found = ctx.store.starting_with(tenant, Scenario, f"{name}@", limit=100, cursor=cursor)
        yield from found.items
        if (cursor := found.cursor) is None:
            return
