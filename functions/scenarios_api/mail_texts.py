"""/v1/mail-texts: mails in the company's own words, kept and tried."""

from functions.scenarios_api.wiring import Parts
from relance.app import mail_texts
from relance.app.trying import try_out
from relance.contracts.mail_texts import (
    MailTextBody,
    MailTrialBody,
    MailView,
    mail_text_page,
    mail_text_view,
    shortcode_list,
    to_trial,
    to_wording,
)
from relance.runtime.http import Api, Call, Reply, created, no_content, ok


def add(api: Api, parts: Parts) -> None:
    """These routes, on these parts."""
    ctx, pen = parts.ctx, parts.desk.pen

    @api.post("/v1/mail-texts")
    def create(call: Call) -> Reply:
        text = mail_texts.create(ctx, call.caller, to_wording(call.body(MailTextBody)), idem=call.idem)
        return created(mail_text_view(text), rev=text.rev, location=f"/v1/mail-texts/{text.id}")

    @api.get("/v1/mail-texts")
    def page(call: Call) -> Reply:
        found = mail_texts.page(ctx, call.caller, limit=call.limit, cursor=call.cursor)
        return ok(mail_text_page(found.items, found.cursor))

    @api.get("/v1/shortcodes")
    def shortcodes(call: Call) -> Reply:
        _ = call.caller  # the same for everybody who may ask
        return ok(shortcode_list())

    @api.post("/v1/mail-texts/preview")
    def preview(call: Call) -> Reply:
        body = call.body(MailTrialBody)
        mail = try_out(
            ctx, call.caller, to_trial(body), body.document_id, pen.composer, pen.law, pen.mark.public_base_url
        )
        return ok(MailView(mail.subject, mail.body, mail.text, mail.html))

    @api.get("/v1/mail-texts/{id}")
    def get(call: Call) -> Reply:
        text = mail_texts.get(ctx, call.caller, call.id)
        return ok(mail_text_view(text), rev=text.rev)

    @api.put("/v1/mail-texts/{id}")
    def update(call: Call) -> Reply:
        wanted = to_wording(call.body(MailTextBody))
        text = mail_texts.update(ctx, call.caller, call.id, wanted, expected_rev=call.expected_rev)
        return ok(mail_text_view(text), rev=text.rev)

    @api.delete("/v1/mail-texts/{id}")
    def delete(call: Call) -> Reply:
        mail_texts.delete(ctx, call.caller, call.id, expected_rev=call.expected_rev)
        return no_content()
