"""/v1/invoices: from a draft to an issued invoice, its payments, its PDF and its timeline."""

from functions.invoices_api.wiring import Parts, wire
from relance.app import invoicing, papers, timelines
from relance.contracts.invoices import (
    InvoiceBody,
    PaymentBody,
    invoice_page,
    invoice_view,
    payment_list,
    to_draft,
    to_payment,
)
from relance.contracts.timelines import timeline
from relance.domain.calendar_fr import civil_date
from relance.domain.invoice import Invoice
from relance.runtime.http import Api, Call, Reply, created, no_content, ok, on_first_call, pdf


def build(parts: Parts) -> Api:
    """The routes, on these parts."""
    api = Api("invoices_api")
    ctx = parts.ctx

    def shown(invoice: Invoice) -> Reply:
        return ok(invoice_view(invoice, civil_date(ctx.clock.now())), rev=invoice.rev)

    def made(invoice: Invoice, location: str) -> Reply:
        return created(invoice_view(invoice, civil_date(ctx.clock.now())), rev=invoice.rev, location=location)

    @api.post("/v1/invoices")
    def create(call: Call) -> Reply:
        invoice = invoicing.create(ctx, call.caller, to_draft(call.body(InvoiceBody)), idem=call.idem)
        return made(invoice, f"/v1/invoices/{invoice.id}")

    @api.get("/v1/invoices")
    def page(call: Call) -> Reply:
        found = invoicing.page(ctx, call.caller, limit=call.limit, cursor=call.cursor)
        return ok(invoice_page(found.items, found.cursor, civil_date(ctx.clock.now())))

    @api.get("/v1/invoices/{id}")
    def get(call: Call) -> Reply:
        return shown(invoicing.get(ctx, call.caller, call.id))

    @api.put("/v1/invoices/{id}")
    def update(call: Call) -> Reply:
        draft = to_draft(call.body(InvoiceBody))
        return shown(invoicing.update(ctx, call.caller, call.id, draft, expected_rev=call.expected_rev))

    @api.delete("/v1/invoices/{id}")
    def delete(call: Call) -> Reply:
        invoicing.delete(ctx, call.caller, call.id, expected_rev=call.expected_rev)
        return no_content()

    @api.post("/v1/invoices/{id}/issue")
    def issue(call: Call) -> Reply:
        catalogue, executions = parts.catalogue, parts.executions
        return shown(
            invoicing.issue(ctx, call.caller, call.id, idem=call.idem, catalogue=catalogue, executions=executions)
        )

    @api.post("/v1/invoices/{id}/payments")
    def pay(call: Call) -> Reply:
        payment = to_payment(call.body(PaymentBody))
        invoice = invoicing.record_payment(
            ctx,
            call.caller,
            call.id,
            amount=payment.amount,
            paid_on=payment.paid_on,
            mode=payment.mode,
            reference=payment.reference,
            idem=call.idem,
        )
        return made(invoice, f"/v1/invoices/{invoice.id}/payments")

    @api.get("/v1/invoices/{id}/payments")
    def payments(call: Call) -> Reply:
        return ok(payment_list(invoicing.get(ctx, call.caller, call.id)))

    @api.get("/v1/invoices/{id}/pdf")
    def paper(call: Call) -> Reply:
        found = papers.of_invoice(ctx, call.caller, call.id, parts.documents)
        return pdf(found.pdf, filename=found.filename)

    @api.get("/v1/invoices/{id}/timeline")
    def told(call: Call) -> Reply:
        return ok(timeline(timelines.of_invoice(ctx, call.caller, call.id, parts.activity)))

    return api


handler = on_first_call(lambda: build(wire()))
