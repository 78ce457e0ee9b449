"""Erasing a prospect, of `customers_api`: whether and when, the wish, and what the night does itself. [K-07, Q-10]"""

from functions.customers_api.wiring import Parts
from relance.app import erasing
from relance.contracts.erasures import (
    ErasurePage,
    RetentionSettingsBody,
    erasure_view,
    prospect_view,
    settings_view,
)
from relance.domain.calendar_fr import civil_date
from relance.domain.erasure import RetentionSettings
from relance.runtime.http import Api, Call, Reply, accepted, ok


def add_erasures(api: Api, parts: Parts) -> None:
    """/v1/customers/{id}/erase, /v1/customers/{id}/erasure, /v1/erasures and /v1/settings/retention."""
    ctx = parts.ctx

    @api.get("/v1/customers/{id}/erasure")
    def look(call: Call) -> Reply:
        return ok(prospect_view(erasing.look(ctx, call.caller, call.id, parts.retention, parts.activity)))

    @api.post("/v1/customers/{id}/erase")
    def erase(call: Call) -> Reply:
        asked = erasing.ask(ctx, call.caller, call.id, parts.retention, parts.worker)
        return accepted(erasure_view(asked), rev=asked.rev, location=f"/v1/customers/{asked.id}/erasure")

    @api.get("/v1/erasures")
    def list_erasures(call: Call) -> Reply:
        found = erasing.page(ctx, call.caller, limit=call.limit, cursor=call.cursor)
        return ok(ErasurePage(tuple(map(erasure_view, found.items)), found.cursor))

    @api.get("/v1/settings/retention")
    def get_settings(call: Call) -> Reply:
        return shown(erasing.settings_of(ctx, call.caller.tenant))

    @api.put("/v1/settings/retention")
    def put_settings(call: Call) -> Reply:
        body = call.body(RetentionSettingsBody)
        return shown(erasing.put_settings(ctx, call.caller, body.prospects, expected_rev=call.expected_rev))

    def shown(chosen: RetentionSettings) -> Reply:
        today = civil_date(ctx.clock.now())
        return ok(settings_view(chosen, parts.retention, parts.place, today), rev=chosen.rev)
