"""GET and PUT /v1/company; GET /v1/openapi.json."""

from http import HTTPStatus

from functions.settings_api.wiring import Parts, wire
from relance.app import settings
from relance.contracts.company import CompanyBody, company_view, to_company
from relance.domain.errors import NotFound
from relance.runtime.http import Api, Call, Reply, ok, on_first_call


def build(parts: Parts) -> Api:
    """The routes, on these parts."""
    api = Api("settings_api")

    @api.get("/v1/company")
    def get(call: Call) -> Reply:
        company = settings.get_company(parts.ctx, call.caller)
        return ok(company_view(company), rev=company.rev)

    @api.put("/v1/company")
    def put(call: Call) -> Reply:
        wanted = to_company(call.body(CompanyBody))
        company = settings.put_company(parts.ctx, call.caller, wanted, expected_rev=_expected_rev(parts, call))
        return ok(company_view(company), rev=company.rev)

    @api.get("/v1/openapi.json")
    def openapi(_call: Call) -> Reply:
        return Reply(HTTPStatus.OK, parts.openapi)

    return api


def _expected_rev(parts: Parts, call: Call) -> int | None:
    """The first PUT creates and has nothing to match; every later one says which version it read."""
    if call.expected_rev_if_any is None:
        try:
            settings.get_company(parts.ctx, call.caller)
        except NotFound:
            return None
    return call.expected_rev


handler = on_first_call(lambda: build(wire()))
