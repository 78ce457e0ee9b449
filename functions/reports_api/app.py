"""GET /v1/reports/…: what customers owe and how they pay, what was sold, how quotes fare. Reads, and writes nothing."""

from functions.reports_api.wiring import Parts, wire
from relance.app import audience, reporting
from relance.contracts.audience import audience_view, quiet_days
from relance.contracts.days import day_of
from relance.contracts.dunning_reports import dunning_view, prescription_report
from relance.contracts.e_reporting import e_reporting, period
from relance.contracts.quote_reports import quote_report
from relance.contracts.receivables import aged_balance_csv, aged_balance_view
from relance.contracts.reports import days_of, delays_view, dso_view, turnover_view
from relance.domain.calendar_fr import civil_date
from relance.runtime.http import Api, Call, Reply, csv, ok, on_first_call


def build(parts: Parts) -> Api:
    """The routes, on these parts."""
    api = Api("reports_api")
    ctx = parts.ctx

    @api.get("/v1/reports/aged-balance")
    def aged_balance(call: Call) -> Reply:
        as_csv = call.choice("format", "json", "csv") == "csv"
        balance = reporting.aged(ctx, call.caller, day_of("on", call.query("on")))
        if as_csv:
            return csv(aged_balance_csv(balance), filename=f"balance-agee-{balance.on}.csv")
        return ok(aged_balance_view(balance))

    @api.get("/v1/reports/dso")
    def dso(call: Call) -> Reply:
        on, days = day_of("on", call.query("on")), days_of(call.query("days"))
        return ok(dso_view(reporting.days_of_sales(ctx, call.caller, on, days)))

    @api.get("/v1/reports/payment-delays")
    def delays(call: Call) -> Reply:
        first, last = period(call.query("from"), call.query("to"))
        return ok(delays_view(reporting.delays(ctx, call.caller, first, last), first, last))

    @api.get("/v1/reports/dunning")
    def dunning(call: Call) -> Reply:
        first, last = period(call.query("from"), call.query("to"))
        found = reporting.dunning(ctx, call.caller, first, last)
        return ok(dunning_view(found, reporting.recovered(ctx, call.caller, first, last), first, last))

    @api.get("/v1/reports/turnover")
    def turnover(call: Call) -> Reply:
        first, last = period(call.query("from"), call.query("to"))
        return ok(turnover_view(reporting.sold(ctx, call.caller, first, last), first, last))

    @api.get("/v1/reports/quotes")
    def quotes(call: Call) -> Reply:
        first, last = period(call.query("from"), call.query("to"))
        return ok(quote_report(reporting.quotes(ctx, call.caller, first, last), first, last))

    @api.get("/v1/reports/prescription")
    def prescription(call: Call) -> Reply:
        found = reporting.prescriptions(ctx, call.caller, parts.law)
        return ok(prescription_report(found, civil_date(ctx.clock.now())))

    @api.get("/v1/reports/tracking")
    def tracking(call: Call) -> Reply:
        first, last = period(call.query("from"), call.query("to"))
        quiet = quiet_days(call.query("days"))
        found = audience.audience(ctx, call.caller, parts.activity, first, last, quiet_days=quiet)
        return ok(audience_view(first, last, found.figures, found.first_view, found.hot))

    @api.get("/v1/reports/e-reporting")
    def reported(call: Call) -> Reply:
        first, last = period(call.query("from"), call.query("to"))
        return ok(e_reporting(reporting.e_reporting(ctx, call.caller, first, last), first, last))

    return api


handler = on_first_call(lambda: build(wire()))
