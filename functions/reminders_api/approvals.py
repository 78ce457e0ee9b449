"""/v1/reminders: what waits for a person and what was sent; approve, skip, remind by hand, send again. [KB-25]"""

from functions.reminders_api.wiring import Parts
from relance.app import approving, sent
from relance.app.remindable import Wanted
from relance.contracts.approvals import (
    ApprovalBody,
    ApprovalsBody,
    DecidedList,
    DecidedView,
    DirectBody,
    ReminderQueue,
    clean,
    proposal_view,
    queue_view,
)
from relance.contracts.reminder_ids import shown_id, to_id
from relance.contracts.reminders import reminder_page
from relance.domain.errors import NotFound
from relance.domain.reminder.proposal import Proposal
from relance.domain.reminder.scenario import DocumentKind
from relance.runtime.http import Api, Call, Reply, created, ok

_PENDING = "pending"


def add(api: Api, parts: Parts) -> None:
    """Put these routes on `api`."""
    ctx, executions = parts.ctx, parts.executions

    @api.get("/v1/reminders")
    def reminders(call: Call) -> Reply:
        state, caller = call.choice("state", "", _PENDING, *sent.STATES), call.caller
        first = state in ("", _PENDING) and not call.cursor
        queue = queue_view(approving.queue(ctx, caller, parts.open_work)) if first else ()
        if state == _PENDING:
            return ok(ReminderQueue(queue, (), None))
        found = sent.page(ctx, caller, state, limit=call.limit, cursor=call.cursor)
        return ok(ReminderQueue(queue, reminder_page(found.items, None).items, found.cursor))

    @api.get("/v1/reminders/{id}")
    def reminder(call: Call) -> Reply:
        found = approving.get(ctx, call.caller, to_id(call.path_id))
        return ok(proposal_view(found), rev=found.rev)

    @api.post("/v1/reminders/{id}/approve")
    def approve(call: Call) -> Reply:
        body = call.body(ApprovalBody) if call.raw_body.strip() else ApprovalBody()
        subject, words = clean(body)
        edited = approving.Edited(subject, words, body.at_once)
        found = approving.approve(ctx, call.caller, to_id(call.path_id), edited, executions, idem=call.idem)
        return ok(proposal_view(found), rev=found.rev)

    @api.post("/v1/reminders/{id}/skip")
    def skip(call: Call) -> Reply:
        found = approving.skip(ctx, call.caller, to_id(call.path_id), executions, idem=call.idem)
        return ok(proposal_view(found), rev=found.rev)

    @api.post("/v1/reminders/{id}/send-again")
    def send_again(call: Call) -> Reply:
        return _made(approving.send_again(ctx, call.caller, to_id(call.path_id), executions, idem=call.idem))

    @api.post("/v1/reminders/approve")
    def approve_many(call: Call) -> Reply:
        ids = [_id(shown) for shown in call.body(ApprovalsBody).ids]
        found = approving.approve_many(ctx, call.caller, ids, executions)
        return ok(DecidedList(tuple(_decided(one) for one in found)))

    @api.post("/v1/quotes/{id}/remind")
    def remind_of_quote(call: Call) -> Reply:
        return remind(call, DocumentKind.QUOTE)

    @api.post("/v1/invoices/{id}/remind")
    def remind_of_invoice(call: Call) -> Reply:
        return remind(call, DocumentKind.INVOICE)

    def remind(call: Call, kind: DocumentKind) -> Reply:
        body = call.body(DirectBody) if call.raw_body.strip() else DirectBody()
        wanted = Wanted(body.template, *clean(body))
        return _made(
            approving.remind(ctx, call.caller, kind, call.id, wanted, parts.published, executions, idem=call.idem)
        )


def _made(found: Proposal) -> Reply:
    return created(proposal_view(found), rev=found.rev, location=f"/v1/reminders/{shown_id(found.id)}")


def _id(shown: str) -> str:
    """Of a list: what names nothing is told as such beside the others, not instead of them."""
    try:
        return to_id(shown)
    except NotFound:
        return shown


def _decided(one: approving.Decided) -> DecidedView:
    if one.error is not None:
        return DecidedView(id=shown_id(one.id), code=one.error.code, detail=one.error.message)
    assert one.proposal is not None, "approved, or why not"
    return DecidedView(id=shown_id(one.id), approved=proposal_view(one.proposal))
