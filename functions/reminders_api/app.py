"""Scenarios, and what people do with reminders: approve, hold, remind by hand, see what was sent and what is left."""

from functions.reminders_api import approvals, holds, preferences, segments, tasks
from functions.reminders_api.wiring import Parts, wire
from relance.contracts.reminders import ScenarioList, ScenarioView, scenario_view
from relance.domain.errors import NotFound
from relance.domain.reminder.scenario import Scenario, default_scenario
from relance.runtime.http import Api, Call, Reply, ok, on_first_call


def build(parts: Parts) -> Api:
    """The routes, on these parts."""
    api = Api("reminders_api")

    @api.get("/v1/scenarios")
    def scenarios(call: Call) -> Reply:
        return ok(ScenarioList(tuple(_view(scenario) for scenario in parts.published.all(call.caller.tenant))))

    @api.get("/v1/scenarios/{id}")
    def scenario(call: Call) -> Reply:
        found = parts.published.get(call.caller.tenant, call.path_id)
        if found is None:
            raise NotFound("Aucun scénario ne porte cet identifiant.")
        return ok(_view(found))

    approvals.add(api, parts)
    holds.add(api, parts)
    tasks.add(api, parts)
    segments.add(api, parts)
    preferences.add(api, parts)
    return api


def _view(scenario: Scenario) -> ScenarioView:
    return scenario_view(scenario, is_default=scenario.id == default_scenario(scenario.kind))


handler = on_first_call(lambda: build(wire()))
