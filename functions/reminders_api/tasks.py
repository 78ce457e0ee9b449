"""/v1/tasks: what people have to do about documents."""

from functions.reminders_api.wiring import Parts
from relance.app import tasks
from relance.contracts.reminder_ids import to_id
from relance.contracts.tasks import task_page, task_view
from relance.runtime.http import Api, Call, Reply, ok


def add(api: Api, parts: Parts) -> None:
    """Put these routes on `api`."""
    ctx = parts.ctx

    @api.get("/v1/tasks")
    def page(call: Call) -> Reply:
        if call.choice("state", "open", "all") == "open":
            return ok(task_page(tasks.left(ctx, call.caller, parts.open_work)))
        found = tasks.page(ctx, call.caller, limit=call.limit, cursor=call.cursor)
        return ok(task_page(found.items, found.cursor))

    @api.post("/v1/tasks/{id}/done")
    def done(call: Call) -> Reply:
        task = tasks.done(ctx, call.caller, to_id(call.path_id), idem=call.idem)
        return ok(task_view(task), rev=task.rev)
