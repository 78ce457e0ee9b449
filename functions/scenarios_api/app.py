"""/v1/scenarios, /v1/mail-texts, and what they will send: before it is switched on, and for one document."""

from functions.scenarios_api import mail_texts, proposals
from functions.scenarios_api.views import outlook_view, preview_view
from functions.scenarios_api.wiring import Parts, wire
from relance.app import foreseeing, pinning, publishing, scenarios
from relance.app.context import Caller
from relance.contracts.foresight import PreviewBody
from relance.contracts.scenarios import ScenarioBody, ScenarioList, ScenarioView, scenario_view, to_scenario
from relance.domain.reminder.scenario import DocumentKind, Scenario
from relance.runtime.http import Api, Call, Reply, created, ok, on_first_call


def build(parts: Parts) -> Api:
    """The routes, on these parts."""
    api = Api("scenarios_api")
    _scenarios(api, parts)
    _foresight(api, parts)
    mail_texts.add(api, parts)
    proposals.add(api, parts)
    return api


def _scenarios(api: Api, parts: Parts) -> None:
    ctx, published = parts.ctx, parts.desk.published

    @api.get("/v1/scenarios")
    def page(call: Call) -> Reply:
        found = scenarios.page(ctx, call.caller, limit=call.limit, cursor=call.cursor)
        shipped = [] if call.cursor else published.all(call.caller.tenant)
        view = _viewer(parts, call.caller)
        return ok(ScenarioList(tuple(map(view, (*found.items, *shipped))), found.cursor))

    @api.post("/v1/scenarios")
    def publish(call: Call) -> Reply:
        made = publishing.publish(ctx, call.caller, to_scenario(call.body(ScenarioBody)), idem=call.idem)
        return created(_viewer(parts, call.caller)(made), rev=made.rev, location=f"/v1/scenarios/{made.id}")

    @api.get("/v1/scenarios/{id}")
    def get(call: Call) -> Reply:
        found = scenarios.get(ctx, call.caller.tenant, call.path_id, published)
        return ok(_viewer(parts, call.caller)(found))


def _foresight(api: Api, parts: Parts) -> None:
    @api.post("/v1/scenarios/{id}/preview")
    def preview(call: Call) -> Reply:
        wanted = call.body(PreviewBody) if call.raw_body else PreviewBody()
        found = foreseeing.of_scenario(
            parts.ctx,
            call.caller,
            call.path_id,
            parts.desk,
            in_place_of=wanted.in_place_of,
            limit=wanted.limit,
            cursor=wanted.cursor,
        )
        return ok(preview_view(found))

    @api.get("/v1/quotes/{id}/reminders")
    def of_quote(call: Call) -> Reply:
        found = foreseeing.of_document(parts.ctx, call.caller, DocumentKind.QUOTE, call.id, parts.desk)
        return ok(outlook_view(found.prospects[0], found.numbers))

    @api.get("/v1/invoices/{id}/reminders")
    def of_invoice(call: Call) -> Reply:
        found = foreseeing.of_document(parts.ctx, call.caller, DocumentKind.INVOICE, call.id, parts.desk)
        return ok(outlook_view(found.prospects[0], found.numbers))


class _viewer:
    """Shows scenarios to one caller, telling which of them new documents follow."""

    def __init__(self, parts: Parts, caller: Caller) -> None:
        self._defaults = pinning.defaults(parts.ctx, caller.tenant)

    def __call__(self, scenario: Scenario) -> ScenarioView:
        return scenario_view(scenario, self._defaults, is_shipped=scenario.name.startswith("standard."))


handler = on_first_call(lambda: build(wire()))
