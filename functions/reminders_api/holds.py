"""What people say of one document or customer: dispute, promise, reply, bankruptcy, wait, go on. [DR-01, DR-02]"""

from functions.reminders_api.wiring import Parts
from relance.app import customer_holds, holding
from relance.app.holding import Desk, Outcome
from relance.contracts.fields import to_cents
from relance.contracts.holds import (
    DisputeBody,
    DisputeEndBody,
    HoldBody,
    NoteBody,
    PromiseBody,
    PromiseEndBody,
    customer_hold_view,
    follow_up_state,
    note_of,
)
from relance.domain.reminder.hold import HoldKind
from relance.domain.reminder.run import Run
from relance.domain.reminder.scenario import DocumentKind
from relance.runtime.http import Api, Call, Reply, ok

QUOTE, INVOICE = DocumentKind.QUOTE, DocumentKind.INVOICE


def add(api: Api, parts: Parts) -> None:
    """Put these routes on `api`."""
    ctx = parts.ctx

    def desk(call: Call, kind: DocumentKind) -> Desk:
        return Desk(ctx, call.caller, kind, call.id, parts.executions, call.idem)

    def told(run: Run) -> Reply:
        return ok(follow_up_state(run, ctx.clock.now()))

    @api.get("/v1/quotes/{id}/holds")
    def of_quote(call: Call) -> Reply:
        return told(holding.of_document(ctx, call.caller, QUOTE, call.id))

    @api.get("/v1/invoices/{id}/holds")
    def of_invoice(call: Call) -> Reply:
        return told(holding.of_document(ctx, call.caller, INVOICE, call.id))

    @api.post("/v1/invoices/{id}/dispute")
    def dispute(call: Call) -> Reply:
        body = call.body(DisputeBody) if call.raw_body.strip() else DisputeBody()
        amount = None if body.amount is None else to_cents(body.amount)
        return told(holding.dispute(desk(call, INVOICE), amount=amount, note=note_of(body)))

    @api.post("/v1/invoices/{id}/dispute/end")
    def end_dispute(call: Call) -> Reply:
        outcome = Outcome(call.body(DisputeEndBody).outcome.value)
        return told(holding.end(desk(call, INVOICE), HoldKind.DISPUTE, outcome))

    @api.post("/v1/invoices/{id}/promise")
    def promise(call: Call) -> Reply:
        body = call.body(PromiseBody)
        amount = None if body.amount is None else to_cents(body.amount)
        return told(holding.promise(desk(call, INVOICE), body.on, amount=amount, note=note_of(body)))

    @api.post("/v1/invoices/{id}/promise/end")
    def end_promise(call: Call) -> Reply:
        outcome = Outcome(call.body(PromiseEndBody).outcome.value)
        return told(holding.end(desk(call, INVOICE), HoldKind.PROMISE, outcome))

    @api.post("/v1/invoices/{id}/insolvency")
    def insolvency(call: Call) -> Reply:
        return told(holding.insolvency(desk(call, INVOICE), note=_note(call)))

    @api.post("/v1/invoices/{id}/insolvency/end")
    def end_insolvency(call: Call) -> Reply:
        return told(holding.end(desk(call, INVOICE), HoldKind.INSOLVENCY, Outcome.CANCELLED))

    @api.post("/v1/quotes/{id}/replied")
    def quote_replied(call: Call) -> Reply:
        return told(holding.replied(desk(call, QUOTE), note=_note(call)))

    @api.post("/v1/invoices/{id}/replied")
    def invoice_replied(call: Call) -> Reply:
        return told(holding.replied(desk(call, INVOICE), note=_note(call)))

    @api.post("/v1/quotes/{id}/hold")
    def hold_quote(call: Call) -> Reply:
        return suspended(call, QUOTE)

    @api.post("/v1/invoices/{id}/hold")
    def hold_invoice(call: Call) -> Reply:
        return suspended(call, INVOICE)

    def suspended(call: Call, kind: DocumentKind) -> Reply:
        body = call.body(HoldBody) if call.raw_body.strip() else HoldBody()
        return told(holding.suspend(desk(call, kind), until=body.until, note=note_of(body)))

    @api.post("/v1/quotes/{id}/resume")
    def resume_quote(call: Call) -> Reply:
        return told(holding.resume(desk(call, QUOTE)))

    @api.post("/v1/invoices/{id}/resume")
    def resume_invoice(call: Call) -> Reply:
        return told(holding.resume(desk(call, INVOICE)))

    @api.get("/v1/customers/{id}/hold")
    def customer(call: Call) -> Reply:
        return ok(customer_hold_view(customer_holds.get(ctx, call.caller, call.id)))

    @api.post("/v1/customers/{id}/hold")
    def hold_customer(call: Call) -> Reply:
        return ok(customer_hold_view(customer_holds.suspend(ctx, call.caller, call.id, _note(call))))

    @api.post("/v1/customers/{id}/resume")
    def resume_customer(call: Call) -> Reply:
        letters = customer_holds.resume(ctx, call.caller, call.id, parts.open_work, parts.executions)
        return ok(customer_hold_view(letters))


def _note(call: Call) -> str:
    return note_of(call.body(NoteBody)) if call.raw_body.strip() else ""
