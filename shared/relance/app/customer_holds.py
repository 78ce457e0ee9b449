"""A customer whose reminders wait, whatever they are about: the seller's word on his letter box. [DR-02]"""

from dataclasses import replace
from datetime import datetime
from functools import partial

from relance.app import customers
from relance.app.context import Caller, Context
from relance.app.journaling import Decision, again, commit
from relance.app.launching import launch_run
from relance.app.ports.open_work import OpenOfCustomer
from relance.app.ports.outside import Executions
from relance.app.ports.store import Check, Commit
from relance.domain.ids import CustomerId
from relance.domain.journal import Head
from relance.domain.reminder.correspondence import Correspondence, first_letter
from relance.domain.reminder.run import Run, wake


def get(ctx: Context, caller: Caller, id: str) -> Correspondence:
    """His letter box; an empty one at `rev` 0 while nothing happened. Raises NotFound for no customer."""
    customer = customers.get(ctx, caller, id)
    return ctx.store.get(caller.tenant, Correspondence, id) or first_letter(caller.tenant, CustomerId(customer.id))


def suspend(ctx: Context, caller: Caller, id: str, note: str) -> Correspondence:
    """No reminder leaves for him any more, from the next one on: each reads this before it goes. Raises NotFound."""
    return _put(ctx, caller, id, is_on_hold=True, note=note)


def resume(ctx: Context, caller: Caller, id: str, followed: OpenOfCustomer, executions: Executions) -> Correspondence:
    """Go on, now: every open document of his is decided anew. Raises NotFound.

    If we crash between two of them, the others wake by themselves within a week, as whatever waits for a person does.
    """
    letters = _put(ctx, caller, id, is_on_hold=False, note="")
    for document_id in followed.open_of_customer(caller.tenant, id):
        run = again(partial(_woken, ctx, caller, document_id))
        if run is not None:
            launch_run(executions, run)
    return letters


def _put(ctx: Context, caller: Caller, id: str, *, is_on_hold: bool, note: str) -> Correspondence:
    def decide(_head: Head, _at: datetime) -> Decision:
        found = get(ctx, caller, id)
        if (found.on_hold, found.hold_note) == (is_on_hold, note):
            return Decision(
                answer=found, checks=(Check(found),) if found.rev else (Check(customers.get(ctx, caller, id)),)
            )
        wanted = replace(found, rev=found.rev + 1, on_hold=is_on_hold, hold_note=note)
        return Decision(answer=wanted, puts=(wanted,))

    return again(lambda: commit(ctx, caller, None, Correspondence, decide))


def _woken(ctx: Context, caller: Caller, document_id: str) -> Run | None:
    run = ctx.store.get(caller.tenant, Run, document_id)
    if run is None or not run.is_open:
        return None
    woken = wake(run, ctx.clock.now())
    ctx.store.commit(Commit(caller.tenant, ctx.entropy.bytes(16).hex(), puts=(woken,)))
    return woken
