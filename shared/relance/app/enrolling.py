"""Which scenario a document follows: chosen when it is sent or issued, pinned to a version when it is first looked at.

Who chose it is kept with the run: the customer's file counts for more than the company's settings, and a document's own
for more than both. The first look comes seconds later, by the function that knows what is published. [DR-04]
"""

from datetime import datetime

from relance.app.context import Context
from relance.app.ports.scenarios import PublishedScenarios
from relance.domain.ids import TenantId
from relance.domain.party import Customer
from relance.domain.reminder import settings
from relance.domain.reminder.policy import scenario_for
from relance.domain.reminder.run import Run, new_run
from relance.domain.reminder.scenario import DocumentKind, Scenario, default_scenario
from relance.domain.reminder.settings import ReminderSettings

_MANY = 100  # versions of one scenario: more than anybody edits


def enrol(
    ctx: Context,
    tenant: TenantId,
    kind: DocumentKind | str,
    document_id: str,
    at: datetime,
    *,
    customer: Customer | None,
    customer_id: str,
    is_deposit: bool = False,
) -> Run:
    """The run of a document sent or issued at `at`, to be stored with it. Writes nothing."""
    chosen = ctx.store.get(tenant, ReminderSettings, settings.ID) or ReminderSettings(tenant)
    name, source = scenario_for(chosen.defaults, customer, DocumentKind(kind), is_deposit=is_deposit)
    return new_run(tenant, kind, document_id, name, at, customer_id=customer_id, source=source)


def newest(
    ctx: Context, tenant: TenantId, name: str, kind: DocumentKind, published: PublishedScenarios
) -> Scenario | None:
    """The newest version of a scenario that follows such documents, the tenant's own or a published one.

    When there is none any more, the standard one: a document is not left without reminders by a name.
    """
    own = ctx.store.starting_with(tenant, Scenario, f"{name}@", limit=_MANY).items
    versions = [one for one in (*own, *published.all(tenant)) if one.name == name and one.kind is kind]
    return max(versions, key=lambda one: one.version, default=published.get(tenant, default_scenario(kind)))
