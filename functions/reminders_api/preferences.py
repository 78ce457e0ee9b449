"""/v1/settings/reminders: how a company reminds. [DR-02, DR-04]"""

from functions.reminders_api.wiring import Parts
from relance.app import reminder_settings
from relance.contracts.reminder_settings import ReminderSettingsBody, reminder_settings_view, to_reminder_settings
from relance.runtime.http import Api, Call, Reply, ok


def add(api: Api, parts: Parts) -> None:
    """Put these routes on `api`."""
    ctx = parts.ctx

    @api.get("/v1/settings/reminders")
    def get(call: Call) -> Reply:
        settings = reminder_settings.get(ctx, call.caller.tenant)
        return ok(reminder_settings_view(settings), rev=settings.rev)

    @api.put("/v1/settings/reminders")
    def put(call: Call) -> Reply:
        body = call.body(ReminderSettingsBody)
        stored = reminder_settings.put(
            ctx,
            call.caller,
            to_reminder_settings(body),
            parts.published,
            expected_rev=call.expected_rev,
            renews_secret=body.renew_webhook_secret,
        )
        return ok(reminder_settings_view(stored.settings, stored.new_secret), rev=stored.settings.rev)
