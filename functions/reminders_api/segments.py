"""/v1/segments: smart queries, written, tried out, switched on and off. [SQ-01…SQ-07]"""

from functions.reminders_api.wiring import Parts
from relance.app import segments
from relance.contracts.segments import ActivationBody, SegmentBody, segment_page, segment_view, to_plan, trial_view
from relance.runtime.http import Api, Call, Reply, created, ok


def add(api: Api, parts: Parts) -> None:
    """Put these routes on `api`."""
    ctx, published = parts.ctx, parts.published

    @api.post("/v1/segments")
    def create(call: Call) -> Reply:
        plan = to_plan(call.body(SegmentBody))
        made = segments.create(ctx, call.caller, plan, published, idem=call.idem)
        return created(segment_view(made), rev=made.rev, location=f"/v1/segments/{made.id}")

    @api.get("/v1/segments")
    def page(call: Call) -> Reply:
        found = segments.page(ctx, call.caller, limit=call.limit, cursor=call.cursor)
        return ok(segment_page(found.items, found.cursor, is_first=not call.cursor))

    @api.get("/v1/segments/{id}")
    def get(call: Call) -> Reply:
        found = segments.get(ctx, call.caller, call.id)
        return ok(segment_view(found, segments.night(ctx, call.caller, call.id)), rev=found.rev)

    @api.put("/v1/segments/{id}")
    def update(call: Call) -> Reply:
        plan = to_plan(call.body(SegmentBody))
        changed = segments.update(ctx, call.caller, call.id, plan, published, expected_rev=call.expected_rev)
        return ok(segment_view(changed), rev=changed.rev)

    @api.post("/v1/segments/preview")
    def preview(call: Call) -> Reply:
        trial = segments.preview(ctx, call.caller, to_plan(call.body(SegmentBody)), published)
        return ok(trial_view(trial.count, trial.samples, trial.entering))

    @api.post("/v1/segments/{id}/preview")
    def try_out(call: Call) -> Reply:
        trial = segments.try_out(ctx, call.caller, call.id)
        return ok(trial_view(trial.count, trial.samples, trial.entering))

    @api.post("/v1/segments/{id}/activate")
    def activate(call: Call) -> Reply:
        existing = (call.body(ActivationBody) if call.raw_body.strip() else ActivationBody()).existing
        on = segments.activate(ctx, call.caller, call.id, existing, published, idem=call.idem)
        return ok(segment_view(on), rev=on.rev)

    @api.post("/v1/segments/{id}/deactivate")
    def deactivate(call: Call) -> Reply:
        off = segments.deactivate(ctx, call.caller, call.id, idem=call.idem)
        return ok(segment_view(off), rev=off.rev)
