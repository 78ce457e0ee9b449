"""/v1/invoices and /v1/payments: from a draft to an issued document, what credits or corrects it, and its money."""

from functions.invoices_api.wiring import Parts, wire
from relance.app import invoicing, linking, papers, timelines
from relance.contracts.billing import CorrectionBody, CreditNoteBody, IssueBody, QuotesBody, to_credit, to_reason
from relance.contracts.duplicates import duplicate_view
from relance.contracts.invoice_views import invoice_page, invoice_view, issued_together
from relance.contracts.invoices import to_draft
from relance.contracts.mentions import mentions_view
from relance.contracts.page_links import PageLinkView
from relance.contracts.payments import (
    DepositReceivedBody,
    GroupedPaymentBody,
    PaymentBody,
    RefundBody,
    grouped_payment,
    payment_list,
    to_shares,
    to_transfer,
)
from relance.contracts.statuses import (
    CollectBody,
    StatusBody,
    collected_view,
    receiver_view,
    status_list,
    to_status,
)
from relance.contracts.timelines import timeline
from relance.domain.calendar_fr import civil_date
from relance.domain.invoice import Invoice
from relance.runtime.http import Api, Call, Reply, created, no_content, ok, on_first_call, pdf
from relance.runtime.invoice_drafts import invoice_body


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
        invoice = invoicing.create(ctx, call.caller, to_draft(invoice_body(ctx, call)), idem=call.idem)
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
        draft = to_draft(invoice_body(ctx, call))
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

    @api.post("/v1/invoices/issue")
    def issue_many(call: Call) -> Reply:
        found = invoicing.issue_many(
            ctx,
            call.caller,
            call.body(IssueBody).ids,
            idem=call.idem,
            catalogue=parts.catalogue,
            executions=parts.executions,
        )
        return ok(issued_together(found, civil_date(ctx.clock.now())))

    @api.post("/v1/invoices/from-quotes")
    def from_quotes(call: Call) -> Reply:
        quote_ids = call.body(QuotesBody).quote_ids
        invoice = invoicing.create_from_quotes(ctx, call.caller, quote_ids, idem=call.idem)
        return made(invoice, f"/v1/invoices/{invoice.id}")

    @api.post("/v1/invoices/{id}/credit-notes")
    def credit(call: Call) -> Reply:
        body = call.body(CreditNoteBody)
        note = invoicing.credit(
            ctx,
            call.caller,
            call.id,
            lambda invoice: to_credit(body, invoice),
            issue=body.issue,
            idem=call.idem,
            catalogue=parts.catalogue,
            executions=parts.executions,
        )
        return made(note, f"/v1/invoices/{note.id}")

    @api.post("/v1/invoices/{id}/corrections")
    def correct(call: Call) -> Reply:
        reason = to_reason(call.body(CorrectionBody))
        invoice = invoicing.correct(ctx, call.caller, call.id, reason, idem=call.idem)
        return made(invoice, f"/v1/invoices/{invoice.id}")

    @api.get("/v1/invoices/{id}/link")
    def link(call: Call) -> Reply:
        found = linking.of_invoice(ctx, call.caller, call.id, parts.pages.at(call.origin))
        return ok(PageLinkView(found.url, found.preview_url))

    @api.get("/v1/invoices/{id}/timeline")
    def told(call: Call) -> Reply:
        return ok(timeline(timelines.of_invoice(ctx, call.caller, call.id, parts.activity)))

    @api.get("/v1/invoices/{id}/mentions")
    def mentions(call: Call) -> Reply:
        law = parts.catalogue
        content, faults = invoicing.preview(ctx, call.caller, call.id, law)
        on = content.issue_date
        return ok(mentions_view(law.evaluate(content, on), faults, law.advice(content, on)))

    _money(api, parts)
    _papers(api, parts)
    _platforms(api, parts)
    return api


def _money(api: Api, parts: Parts) -> None:
    """The routes of payments: in, out, over several invoices, and before the work."""
    ctx = parts.ctx

    def paid(invoice: Invoice, location: str) -> Reply:
        view = invoice_view(invoice, civil_date(ctx.clock.now()), parts.cash_limits.warnings(invoice))
        return created(view, rev=invoice.rev, location=location)

    @api.post("/v1/invoices/{id}/payments")
    def pay(call: Call) -> Reply:
        body = call.body(PaymentBody)
        if body.credit_from:
            amount = to_transfer(body).amount
            invoice = invoicing.spend_credit(ctx, call.caller, call.id, body.credit_from, amount, idem=call.idem)
        else:
            invoice = invoicing.record_payment(ctx, call.caller, call.id, to_transfer(body), idem=call.idem)
        invoicing.tell_own(call.caller, invoice, parts.platform)
        return paid(invoice, f"/v1/invoices/{invoice.id}/payments")

    @api.post("/v1/invoices/{id}/refunds")
    def refund(call: Call) -> Reply:
        gone = to_transfer(call.body(RefundBody))
        invoice = invoicing.refund(ctx, call.caller, call.id, gone, idem=call.idem)
        return paid(invoice, f"/v1/invoices/{invoice.id}/payments")

    @api.post("/v1/payments")
    def pay_several(call: Call) -> Reply:
        body = call.body(GroupedPaymentBody)
        settled = invoicing.pay_several(ctx, call.caller, to_transfer(body), to_shares(body), idem=call.idem)
        for invoice in settled:
            invoicing.tell_own(call.caller, invoice, parts.platform)
        return ok(grouped_payment(settled))

    @api.post("/v1/quotes/{id}/payments")
    def receive_deposit(call: Call) -> Reply:
        invoice = invoicing.receive_deposit(
            ctx,
            call.caller,
            call.id,
            to_transfer(call.body(DepositReceivedBody)),
            idem=call.idem,
            catalogue=parts.catalogue,
            executions=parts.executions,
        )
        return paid(invoice, f"/v1/invoices/{invoice.id}")

    @api.get("/v1/invoices/{id}/payments")
    def payments(call: Call) -> Reply:
        return ok(payment_list(invoicing.get(ctx, call.caller, call.id), parts.cash_limits))


def _papers(api: Api, parts: Parts) -> None:
    """The routes of PDFs: the original or a preview, and duplicates."""
    ctx = parts.ctx

    @api.get("/v1/invoices/{id}/pdf")
    def paper(call: Call) -> Reply:
        found = papers.of_invoice(
            ctx, call.caller, call.id, documents=parts.documents, renderer=parts.renderer, catalogue=parts.catalogue
        )
        return pdf(found.pdf, filename=found.filename)

    @api.post("/v1/invoices/{id}/duplicates")
    def duplicate(call: Call) -> Reply:
        documents, renderer = parts.documents, parts.renderer
        made = papers.duplicate(ctx, call.caller, call.id, documents=documents, renderer=renderer, idem=call.idem)
        location = f"/v1/invoices/{made.invoice_id}/duplicates/{made.id}"
        return created(duplicate_view(made), rev=made.rev, location=location)

    @api.get("/v1/invoices/{id}/duplicates/{item_id}")
    def duplicate_paper(call: Call) -> Reply:
        found = papers.of_duplicate(ctx, call.caller, call.id, call.item_id, parts.documents)
        return pdf(found.pdf, filename=found.filename)


def _platforms(api: Api, parts: Parts) -> None:
    """The routes of the reform: addresses, deposits and statuses. [E-05, E-07]"""
    ctx = parts.ctx

    @api.get("/v1/invoices/{id}/receiver")
    def receiver(call: Call) -> Reply:
        return ok(receiver_view(invoicing.receiver(ctx, call.caller, call.id, parts.platform)))

    @api.post("/v1/invoices/{id}/transmissions")
    def transmit(call: Call) -> Reply:
        invoice = invoicing.transmit(ctx, call.caller, call.id, parts.platform, parts.write_xml)
        return ok(status_list(invoice), rev=invoice.rev)

    @api.post("/v1/invoices/{id}/statuses")
    def record_status(call: Call) -> Reply:
        entry = to_status(call.body(StatusBody), id=ctx.new_id("sta"), now=ctx.clock.now())
        invoice = invoicing.record_status(ctx, call.caller, call.id, entry, parts.executions, idem=call.idem)
        return created(status_list(invoice), rev=invoice.rev, location=f"/v1/invoices/{invoice.id}/statuses")

    @api.get("/v1/invoices/{id}/statuses")
    def statuses(call: Call) -> Reply:
        invoice = invoicing.get(ctx, call.caller, call.id)
        return ok(status_list(invoice), rev=invoice.rev)

    @api.post("/v1/statuses/collect")
    def collect(call: Call) -> Reply:
        cursor = call.body(CollectBody).cursor
        found = invoicing.collect(ctx, call.caller, cursor, parts.platform, parts.executions)
        return ok(collected_view(found.recorded, ((one.name, one.why) for one in found.refused), found.cursor))


handler = on_first_call(lambda: build(wire()))
