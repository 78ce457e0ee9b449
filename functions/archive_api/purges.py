"""Retention of `archive_api`: how long things are kept and where, and purges of the live journal. [K-01…K-05, AF-07]"""

from datetime import date

from functions.archive_api.wiring import Parts
from relance.app import purging
from relance.contracts.days import read_day
from relance.contracts.retention import (
    PurgeBody,
    PurgePage,
    PurgePlanView,
    done_view,
    plan_view,
    purge_view,
    retention_view,
)
from relance.domain.calendar_fr import civil_date
from relance.domain.errors import NotFound
from relance.runtime.http import Api, Call, Reply, accepted, ok


def add_purges(api: Api, parts: Parts) -> None:
    """/v1/archive/retention and /v1/archive/purges."""
    ctx, archive = parts.ctx, parts.archive

    @api.get("/v1/archive/retention")
    def get_retention(call: Call) -> Reply:
        assert call.caller.tenant, "the authorizer vouched for somebody"
        return ok(retention_view(parts.retention, parts.place, civil_date(ctx.clock.now())))

    @api.get("/v1/archive/purges")
    def list_purges(call: Call) -> Reply:
        found = purging.page(ctx, call.caller, limit=call.limit, cursor=call.cursor)
        return ok(PurgePage(tuple(map(purge_view, found.items)), found.cursor))

    @api.get("/v1/archive/purges/{id}")
    def get_purge(call: Call) -> Reply:
        return ok(planned(call, year_of(call)))

    @api.post("/v1/archive/purges")
    def post_purge(call: Call) -> Reply:
        body = call.body(PurgeBody)
        if call.query("dry_run") in ("1", "true"):
            return ok(planned(call, body.fiscal_year_end))
        made = purging.order(ctx, call.caller, archive, body.fiscal_year_end, parts.worker)
        return accepted(purge_view(made), rev=made.rev, location=f"/v1/archive/purges/{made.id}")

    def planned(call: Call, year: date) -> PurgePlanView:
        known = purging.get(ctx, call.caller, year)
        return done_view(known) if known else plan_view(purging.plan(ctx, call.caller, archive, year))


def year_of(call: Call) -> date:
    """The accounting year in the path. Raises NotFound."""
    year = read_day(call.path_id)
    if year is None:
        raise NotFound("Un exercice se désigne par son dernier jour : AAAA-MM-JJ.")
    return year
