"""GET /v1/reports/…: what customers owe, how late it is, and what the administration is told."""

from functions.reports_api.wiring import Parts, wire
from relance.app import reporting
from relance.contracts.days import day_of
from relance.contracts.e_reporting import e_reporting, period
from relance.contracts.receivables import aged_balance_csv, aged_balance_view
from relance.runtime.http import Api, Call, Reply, csv, ok, on_first_call


def build(parts: Parts) -> Api:
    """The routes, on these parts."""
    api = Api("reports_api")
    ctx = parts.ctx

    @api.get("/v1/reports/aged-balance")
    def aged_balance(call: Call) -> Reply:
        balance = reporting.aged(ctx, call.caller, day_of("on", call.query("on")))
        if call.query("format") == "csv":
            return csv(aged_balance_csv(balance), filename=f"balance-agee-{balance.on}.csv")
        return ok(aged_balance_view(balance))

    @api.get("/v1/reports/e-reporting")
    def reported(call: Call) -> Reply:
        first, last = period(call.query("from"), call.query("to"))
        return ok(e_reporting(reporting.e_reporting(ctx, call.caller, first, last), first, last))

    return api


handler = on_first_call(lambda: build(wire()))
