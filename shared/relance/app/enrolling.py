"""What follows a document from the moment that it is sent or issued: the run, on the version of a scenario it keeps.

Who chose the scenario is kept with the run: the customer's file counts for more than the company's settings, a smart
query for more than those, and a document's own for more than all. [DR-04]
"""

from datetime import datetime

from relance.app.context import Context
from relance.app.pinning import pinned
from relance.domain.ids import TenantId
from relance.domain.party import Customer
from relance.domain.reminder.run import Run, new_run
from relance.domain.reminder.scenario import DocumentKind


def enrol(
    ctx: Context,
    tenant: TenantId,
    kind: DocumentKind,
    document_id: str,
    at: datetime,
    *,
    customer: Customer | None,
    customer_id: str,
    is_deposit: bool = False,
) -> Run:
    """The run of a document sent or issued at `at`, to be stored with it. Writes nothing."""
    chosen, source = pinned(ctx, tenant, customer, kind, is_deposit=is_deposit)
    return new_run(tenant, kind, document_id, chosen, at, customer_id=customer_id, source=source)
