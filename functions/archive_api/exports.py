"""Exports of `archive_api`: asking for them, fetching them, and the accounts that entries go to."""

from typing import Final

from functions.archive_api.wiring import Parts
from relance.app import bookkeeping, exporting
from relance.contracts.accounts import AccountsBody, AccountsView, accounts_view, to_own_accounts
from relance.contracts.exports import ExportBody, ExportPage, ExportView, export_view, filename, wanted
from relance.domain.archive_export import ArchiveExport, ExportState
from relance.domain.bookkeeping.accounts import OwnAccounts
from relance.domain.calendar_fr import civil_date
from relance.domain.party import Company
from relance.runtime.http import Api, Call, Reply, accepted, ok

LINK_VALID_S: Final = 900


def add_exports(api: Api, parts: Parts) -> None:
    """/v1/archive/exports and /v1/settings/accounts."""
    ctx, archive, exports = parts.ctx, parts.archive, parts.exports

    @api.get("/v1/settings/accounts")
    def get_accounts(call: Call) -> Reply:
        own = bookkeeping.own_accounts(ctx, call.caller.tenant)
        return ok(view_accounts(own), rev=own.rev)

    @api.put("/v1/settings/accounts")
    def put_accounts(call: Call) -> Reply:
        wanted = to_own_accounts(call.body(AccountsBody))
        own = bookkeeping.put_own_accounts(ctx, call.caller, wanted, expected_rev=call.expected_rev)
        return ok(view_accounts(own), rev=own.rev)

    def view_accounts(own: OwnAccounts) -> AccountsView:
        return accounts_view(parts.charts.on(civil_date(ctx.clock.now())).renumbered(own.numbers), own)

    @api.post("/v1/archive/exports")
    def post_export(call: Call) -> Reply:
        body = call.body(ExportBody) if call.raw_body else ExportBody()
        asked = wanted(body, call.caller.tenant, ctx.clock.now())
        made = exporting.ask(ctx, call.caller, archive, parts.maker, asked, idem=call.idem)
        return accepted(view(made), rev=made.rev, location=f"/v1/archive/exports/{made.id}")

    @api.get("/v1/archive/exports")
    def list_exports(call: Call) -> Reply:
        found = exporting.page(ctx, call.caller, limit=call.limit, cursor=call.cursor)
        return ok(ExportPage(tuple(view(item) for item in found.items), found.cursor))

    @api.get("/v1/archive/exports/{id}")
    def get_export(call: Call) -> Reply:
        found = exporting.get(ctx, call.caller, call.id)
        return ok(view(found), rev=found.rev)

    def view(found: ArchiveExport) -> ExportView:
        return export_view(found, link(found), LINK_VALID_S)

    def link(found: ArchiveExport) -> str | None:
        if found.state is not ExportState.MADE:
            return None
        company = ctx.store.get(found.tenant, Company, found.tenant)
        name = filename(found, company.siren, company.fiscal_year_start) if company else filename(found, "")
        return exports.link(found.tenant, found.stored_name, filename=name, valid_s=LINK_VALID_S)
