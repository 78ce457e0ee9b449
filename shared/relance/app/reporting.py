"""Reports over a tenant's invoices: read page by page, keeping of each only what the report needs. [E-06, M-13]"""

from collections.abc import Iterator
from datetime import date
from typing import Final

from relance.app.context import Caller, Context
from relance.domain.aged_balance import AgedBalance, aged_balance
from relance.domain.calendar_fr import civil_date
from relance.domain.content import InvoiceType
from relance.domain.e_reporting import Report, report
from relance.domain.errors import Conflict, Fault, Invalid
from relance.domain.ids import InvoiceId
from relance.domain.invoice import Invoice
from relance.domain.receivables import Receivable, is_disputed, receivable
from relance.domain.reminder.run import Run

MAX_INVOICES: Final = 5_000  # beyond that an answer would take longer than a caller waits
MAX_DAYS: Final = 366
_PAGE: Final = 100


def e_reporting(ctx: Context, caller: Caller, first: date, last: date) -> Report:
    """The aggregates of the days from `first` to `last`. All is read: an invoice may be paid long after its issue.

    Raises Invalid on a period that is none or longer than a year, Conflict `too_many_invoices` beyond 5,000.
    """
    if not 0 <= (last - first).days < MAX_DAYS:
        message = "La période va d’un jour à un an, du premier au dernier jour."
        raise Invalid(message, faults=[Fault("/to", message, "period")])
    return report(invoices(ctx, caller), first, last)


def aged(ctx: Context, caller: Caller, on: date | None = None) -> AgedBalance:
    """The aged balance at the end of the day `on`, today unless another is asked for. [M-13]

    Raises Invalid on a day to come, Conflict `too_many_invoices`.
    """
    today = civil_date(ctx.clock.now())
    if on is not None and on > today:
        message = "Cette date est dans le futur : la balance se lit aujourd’hui ou à une date passée."
        raise Invalid(message, faults=[Fault("/on", message, "future_date")])
    day = on or today
    return aged_balance(open_on(ctx, caller, day), day)


def open_on(ctx: Context, caller: Caller, on: date) -> Iterator[Receivable]:
    """What each invoice left open at the end of that day, and whether it is disputed now."""
    replaced_on: dict[InvoiceId, date] = {}
    for page in _pages(ctx, caller):
        runs = ctx.store.get_many(caller.tenant, Run, [invoice.id for invoice in page if invoice.balance])
        for invoice in page:
            if invoice.content is not None and invoice.content.type is InvoiceType.CORRECTIVE:
                replaced_on[invoice.id] = invoice.content.issue_date
            replacement = invoice.replaced_by
            found = receivable(
                invoice,
                on,
                replaced_on=_issued_on(ctx, caller, replacement, replaced_on) if replacement else None,
                is_disputed=is_disputed(invoice, runs.get(invoice.id), ctx.clock.now()),
            )
            if found is not None:
                yield found


def invoices(ctx: Context, caller: Caller) -> Iterator[Invoice]:
    """Every invoice, newest first, a page at a time. Raises Conflict `too_many_invoices` when there are more pages."""
    for page in _pages(ctx, caller):
        yield from page


def _pages(ctx: Context, caller: Caller) -> Iterator[tuple[Invoice, ...]]:
    cursor: str | None = None
    for _ in range(MAX_INVOICES // _PAGE):
        found = ctx.store.page(caller.tenant, Invoice, limit=_PAGE, cursor=cursor)
        yield found.items
        if (cursor := found.cursor) is None:
            return
    message = f"Plus de {MAX_INVOICES} factures : reprenez ces totaux de l’export de l’archive."
    raise Conflict(message, code="too_many_invoices")


def _issued_on(ctx: Context, caller: Caller, id: InvoiceId, known: dict[InvoiceId, date]) -> date | None:
    """When the corrective invoice was issued: it is newer, so it nearly always came by already."""
    if id not in known:
        found = ctx.store.get(caller.tenant, Invoice, id)
        if found is not None and found.content is not None:
            known[id] = found.content.issue_date
    return known.get(id)
