"""Whether the scenarios that a customer's file names can be followed: asked before it is stored. [DR-04, DU-01]"""

from relance.app import scenarios
from relance.app.context import Caller, Context
from relance.app.ports.scenarios import PublishedScenarios
from relance.domain.errors import Invalid
from relance.domain.follow_up import AS_EVERYBODY
from relance.domain.party import CustomerInput, CustomerKind
from relance.domain.reminder.scenario import DocumentKind

_NAMES = {"quote_scenario": DocumentKind.QUOTE, "invoice_scenario": DocumentKind.INVOICE}


def require_scenarios(ctx: Context, caller: Caller, data: CustomerInput, published: PublishedScenarios) -> None:
    """Raise Invalid when one does not exist, or is not for such documents or such a customer."""
    own, is_consumer = data.follow_up or AS_EVERYBODY, data.kind is CustomerKind.CONSUMER
    faults = [
        fault
        for field, kind in _NAMES.items()
        if (name := getattr(own, field))
        for fault in scenarios.misfits(
            ctx, caller.tenant, name, published, kind=kind, at=f"/follow_up/{field}", is_consumer=is_consumer
        )
    ]
    if faults:
        raise Invalid("Ce suivi ne peut pas être enregistré.", faults=faults)
