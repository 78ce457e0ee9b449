"""What follows an invoice paid late or not at all: penalties, formal notices, statements of account, files for court.

Nothing here leaves by itself: a letter waits for a person to post it, penalties for a person to claim them.
"""

from functions.dunning_api.wiring import Parts, wire
from relance.app import dossier, letters, penalties, reading
from relance.contracts.letters import (
    DispatchBody,
    FormalNoticeBody,
    formal_notice_list,
    formal_notice_view,
    statement_view,
)
from relance.contracts.payments import MoneyBody, to_transfer
from relance.contracts.penalties import WaiverBody, claim_page, penalties_view
from relance.domain.statement import StatementContent
from relance.runtime.http import Api, Call, Reply, created, ok, on_first_call, pdf, zipped


def build(parts: Parts) -> Api:
    """The routes, on these parts."""
    api = Api("dunning_api")
    _penalties(api, parts)
    _letters(api, parts)
    return api


def _penalties(api: Api, parts: Parts) -> None:
    """The routes of penalties: computed now, claimed, waived, paid. [P-02 to P-07]"""
    ctx, law = parts.ctx, parts.law

    def shown(call: Call) -> Reply:
        told = penalties.of_invoice(ctx, call.caller, call.id, law)
        return ok(penalties_view(told), rev=told.claim.rev if told.claim else 0)

    @api.get("/v1/penalties")
    def page(call: Call) -> Reply:
        found = penalties.page(ctx, call.caller, limit=call.limit, cursor=call.cursor)
        return ok(claim_page(found.items, found.cursor))

    @api.get("/v1/invoices/{id}/penalties")
    def get(call: Call) -> Reply:
        return shown(call)

    @api.post("/v1/invoices/{id}/penalties/claim")
    def claim(call: Call) -> Reply:
        penalties.claim(ctx, call.caller, call.id, law, idem=call.idem)
        return shown(call)

    @api.post("/v1/invoices/{id}/penalties/waive")
    def waive(call: Call) -> Reply:
        penalties.waive(ctx, call.caller, call.id, call.body(WaiverBody).reason, law, idem=call.idem)
        return shown(call)

    @api.post("/v1/invoices/{id}/penalties/payments")
    def pay(call: Call) -> Reply:
        penalties.pay(ctx, call.caller, call.id, to_transfer(call.body(MoneyBody)), idem=call.idem)
        return shown(call)


def _letters(api: Api, parts: Parts) -> None:
    """The routes of letters: prepared, read, posted; and what a customer has open. [DU-05, DR-05]"""
    ctx, law, documents = parts.ctx, parts.law, parts.documents

    @api.post("/v1/invoices/{id}/formal-notice")
    def prepare(call: Call) -> Reply:
        body = call.body(FormalNoticeBody)
        notice = letters.prepare(
            ctx,
            call.caller,
            [call.id, *body.with_invoices],
            law=law,
            letters=parts.letters,
            documents=documents,
            deadline_days=body.deadline_days,
            idem=call.idem,
        )
        return created(formal_notice_view(notice), rev=notice.rev, location=f"/v1/invoices/{call.id}/formal-notice")

    @api.get("/v1/invoices/{id}/formal-notice")
    def notices(call: Call) -> Reply:
        return ok(formal_notice_list(letters.of_invoice(ctx, call.caller, call.id)))

    @api.get("/v1/invoices/{id}/formal-notice.pdf")
    def notice_paper(call: Call) -> Reply:
        found = letters.paper(ctx, call.caller, call.id, documents)
        return pdf(found.pdf, filename=found.filename)

    @api.post("/v1/invoices/{id}/formal-notice/dispatch")
    def dispatch(call: Call) -> Reply:
        body = call.body(DispatchBody)
        notice = letters.dispatch(ctx, call.caller, call.id, body.number, body.sent_on, idem=call.idem)
        return ok(formal_notice_view(notice), rev=notice.rev)

    def stated(call: Call) -> StatementContent:
        return letters.statement(ctx, call.caller, call.id, reading.invoices(ctx, call.caller))

    @api.get("/v1/customers/{id}/statement")
    def statement(call: Call) -> Reply:
        return ok(statement_view(stated(call)))

    @api.get("/v1/invoices/{id}/dossier")
    def file_for_court(call: Call) -> Reply:
        law, renderer = parts.law, parts.letters
        found = dossier.make(ctx, call.caller, call.id, law=law, documents=documents, renderer=renderer)
        return zipped(found.body, filename=found.filename)

    @api.get("/v1/customers/{id}/statement.pdf")
    def statement_paper(call: Call) -> Reply:
        found = letters.statement_paper(ctx, call.caller, stated(call), parts.letters)
        return pdf(found.pdf, filename=found.filename)


handler = on_first_call(lambda: build(wire()))
