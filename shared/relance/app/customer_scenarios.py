"""Whether the scenarios that a customer's file names can be followed: asked before it is stored. [DR-04, DU-01]"""

from relance.app import scenarios
from relance.app.context import Caller, Context
from relance.app.ports.scenarios import PublishedScenarios
from relance.domain.errors import Fault, Invalid, NotFound
from relance.domain.follow_up import AS_EVERYBODY
from relance.domain.party import CustomerInput, CustomerKind
from relance.domain.reminder.scenario import Audience, DocumentKind

_NAMES = {"quote_scenario": DocumentKind.QUOTE, "invoice_scenario": DocumentKind.INVOICE}


def require_scenarios(ctx: Context, caller: Caller, data: CustomerInput, published: PublishedScenarios) -> None:
    """Raise Invalid when one does not exist, or is not for such documents or such a customer."""
    own = data.follow_up or AS_EVERYBODY
    faults = []
    for field, kind in _NAMES.items():
        name = getattr(own, field)
        if not name:
            continue
        at = f"/follow_up/{field}"
        try:
            found = scenarios.get(ctx, caller.tenant, name, published)
        except NotFound:
            faults.append(
                Fault(at, "Aucun scénario ne porte ce nom ; laissez vide pour celui de l’entreprise.", "scenario")
            )
            continue
        if found.kind is not kind:
            faults.append(Fault(at, "Ce scénario est fait pour l’autre type de document.", "scenario"))
        elif data.kind is CustomerKind.CONSUMER and found.audience is Audience.BUSINESS:
            message = "Ce scénario réclame des frais qu’un particulier ne doit pas : choisissez-en un autre."
            faults.append(Fault(at, message, "audience"))
    if faults:
        raise Invalid("Ce suivi ne peut pas être enregistré.", faults=faults)
