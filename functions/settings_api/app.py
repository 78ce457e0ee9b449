"""GET and PUT /v1/company and what it was before, and /v1/settings/late-rates; GET /v1/vat; GET /v1/openapi.json."""

from http import HTTPStatus

from functions.settings_api.wiring import Parts, wire
from relance.app import history, late_terms, settings
from relance.contracts.company import CompanyBody, company_versions, company_view, to_company
from relance.contracts.history import HistoryBody, history_view, to_history
from relance.contracts.late_terms import LateTermsBody, late_terms_view, to_late_terms
from relance.contracts.vat import vat_settings
from relance.domain.calendar_fr import civil_date
from relance.domain.errors import NotFound
from relance.domain.vat_rates import region_of
from relance.runtime.http import Api, Call, Reply, created, ok, on_first_call


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
        company = settings.put_company(
            parts.ctx,
            call.caller,
            wanted,
            expected_rev=_expected_rev(parts, call),
            limits=parts.limits,
        )
        return ok(company_view(company), rev=company.rev)

    @api.get("/v1/company/versions")
    def versions(call: Call) -> Reply:
        today, past = settings.versions(parts.ctx, call.caller, limit=call.limit, cursor=call.cursor)
        return ok(company_versions(today, past.items, past.cursor))

    @api.post("/v1/company/history")
    def take_over(call: Call) -> Reply:
        taken = history.take_over(parts.ctx, call.caller, to_history(call.body(HistoryBody)), idem=call.idem)
        return created(history_view(taken), rev=taken.rev, location="/v1/company/history")

    @api.get("/v1/company/history")
    def taken_over(call: Call) -> Reply:
        return ok(history_view(history.taken_over(parts.ctx, call.caller)))

    @api.get("/v1/settings/late-rates")
    def late_rates(call: Call) -> Reply:
        terms = late_terms.get(parts.ctx, call.caller.tenant)
        return ok(late_terms_view(terms), rev=terms.rev)

    @api.put("/v1/settings/late-rates")
    def put_late_rates(call: Call) -> Reply:
        wanted = to_late_terms(call.body(LateTermsBody))
        terms = late_terms.put(parts.ctx, call.caller, wanted, parts.law, expected_rev=call.expected_rev)
        return ok(late_terms_view(terms), rev=terms.rev)

    @api.get("/v1/vat")
    def vat(call: Call) -> Reply:
        on = civil_date(parts.ctx.clock.now())
        region = region_of(settings.get_company(parts.ctx, call.caller).address)
        rates, texts = parts.vat_rates.in_force(on, region), parts.vat_texts.all_in_force(on)
        return ok(vat_settings(on, region, rates, texts))

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
