"""Scenarios as they are found: shipped with the product and read where they lie, or a company's own and stored.

A name stands for its newest version at the moment when a document is sent or issued: from then on its run keeps that
one. How one is published is `relance.app.publishing`. [E.1, DR-04]
"""

from collections.abc import Iterator

from relance.app.context import Caller, Context
from relance.app.pinning import newest
from relance.app.ports.scenarios import PublishedScenarios
from relance.app.ports.store import Page
from relance.domain.errors import Fault, NotFound
from relance.domain.ids import TenantId
from relance.domain.reminder.scenario import Audience, DocumentKind, Scenario


def page(ctx: Context, caller: Caller, *, limit: int = 50, cursor: str | None = None) -> Page[Scenario]:
    """The company's own, the latest names first and of each name every version."""
    return ctx.store.page(caller.tenant, Scenario, limit=limit, cursor=cursor)


def get(ctx: Context, tenant: TenantId, id: str, published: PublishedScenarios) -> Scenario:
    """One version by its id, the newest one by its name. Raises NotFound."""
    wanted = id if "@" in id else newest(ctx, tenant, id)
    found = published.get(tenant, wanted) or ctx.store.get(tenant, Scenario, wanted) if wanted else None
    if found is None:
        raise NotFound("Aucun scénario ne porte cet identifiant.")
    return found


def misfits(
    ctx: Context,
    tenant: TenantId,
    name: str,
    published: PublishedScenarios,
    *,
    kind: DocumentKind,
    at: str,
    is_consumer: bool = False,
) -> Iterator[Fault]:
    """Why documents of that kind (of a consumer) cannot follow that scenario; `at` is where it is named. [DU-01]"""
    try:
        found = get(ctx, tenant, name, published)
    except NotFound:
        yield Fault(at, "Aucun scénario ne porte ce nom : GET /v1/scenarios les donne.", "scenario")
        return
    if found.kind is not kind:
        yield Fault(at, "Ce scénario est fait pour l’autre type de document.", "scenario")
    elif is_consumer and found.audience is Audience.BUSINESS:
        message = "Ce scénario réclame des frais qu’un particulier ne doit pas : choisissez-en un autre."
        yield Fault(at, message, "audience")
