"""Telling the seller that his customer is looking: a mail of the document's run, at most one of a kind a day. [KB-03]

Who looked is judged from all that was noticed (`tracking.signals`), so robots, repeated requests and the seller himself
tell nobody. The run carries the message through the same claim as every mail: two browsers at once, a page told twice
or a crash between the two cannot make two of it. Were we to crash before the run is stored, the next look tells.
"""

from typing import Final

from relance.app.context import Context
from relance.app.launching import launch_run
from relance.app.noticing import deliveries_of, signals_of
from relance.app.ports.activity import ActivityLog
from relance.app.ports.outside import Executions
from relance.app.ports.store import Commit, EntityMoved
from relance.domain.calendar_fr import civil_date
from relance.domain.ids import InvoiceId, QuoteId
from relance.domain.invoice import Invoice, Settlement
from relance.domain.links import Link
from relance.domain.quote import Quote, QuoteState
from relance.domain.reminder import run as runs
from relance.domain.reminder.run import Run
from relance.domain.reminder.settings import ID, ReminderSettings
from relance.domain.tracking.alerts import alert_due
from relance.domain.tracking.signals import views

_LATEST: Final = 200
_ATTEMPTS: Final = 3


def tell_seller(ctx: Context, link: Link, activity: ActivityLog, executions: Executions) -> Run | None:
    """The run that will tell him, started; None when there is nothing to tell, or he told us not to. Raises Retry.

    Only while something is open: a quote to answer, an invoice to pay.
    """
    for attempt in range(_ATTEMPTS):
        run = ctx.store.get(link.tenant, Run, link.document_id)
        if run is None or (told := _told(ctx, link, run, activity)) is run:
            return None
        try:
            ctx.store.commit(Commit(link.tenant, ctx.entropy.bytes(16).hex(), puts=(told,)))
        except EntityMoved:  # the run moved at this very moment: look again at what was told
            if attempt == _ATTEMPTS - 1:
                raise
            continue
        launch_run(executions, told)
        return told
    raise AssertionError("unreachable")


def _told(ctx: Context, link: Link, run: Run, activity: ActivityLog) -> Run:
    """The run with the alert that is due; the very same run without one."""
    now = ctx.clock.now()
    noticed = activity.of_document(link.tenant, link.document_kind, link.document_id, limit=_LATEST)
    due = alert_due(views(signals_of(noticed), deliveries_of(noticed)), [one.id for one in run.alerts], now)
    if due is None or not _is_open(ctx, link) or not _wants_alerts(ctx, link):
        return run
    return runs.alert(run, runs.Alert(due.kind.value, now), now)


def _wants_alerts(ctx: Context, link: Link) -> bool:
    settings = ctx.store.get(link.tenant, ReminderSettings, ID)
    return settings is None or settings.alerts


def _is_open(ctx: Context, link: Link) -> bool:
    if link.document_kind == "quote":
        quote = ctx.store.get(link.tenant, Quote, QuoteId(link.document_id))
        return quote is not None and quote.state_on(civil_date(ctx.clock.now())) is QuoteState.OPEN
    invoice = ctx.store.get(link.tenant, Invoice, InvoiceId(link.document_id))
    return invoice is not None and invoice.settlement is not Settlement.PAID and not invoice.draft.type.is_credit
