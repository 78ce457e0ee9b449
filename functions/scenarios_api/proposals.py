"""POST /v1/reminders/{id}/preview: what a reminder that waits for a person would say. [DR-09]"""

from functions.scenarios_api.wiring import Parts
from relance.app.approving import Edited
from relance.app.proposed_words import preview
from relance.contracts.approvals import ApprovalBody, WordsView, clean
from relance.contracts.reminder_ids import to_id
from relance.runtime.http import Api, Call, Reply, ok


def add(api: Api, parts: Parts) -> None:
    """Put this route on `api`."""

    @api.post("/v1/reminders/{id}/preview")
    def words(call: Call) -> Reply:
        body = call.body(ApprovalBody) if call.raw_body.strip() else ApprovalBody()
        edited = Edited(*clean(body))
        desk, id = parts.desk, to_id(call.path_id)
        mail = preview(parts.ctx, call.caller, id, edited, desk.published, desk.open_work, desk.pen)
        return ok(WordsView(mail.subject, mail.text, mail.html))
