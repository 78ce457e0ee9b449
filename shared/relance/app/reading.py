"""Reading all that a tenant has of a kind, for reports: a page at a time, and bounded, since somebody waits.

What is read is given on and forgotten; a report keeps of each document the few figures that it adds up.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from relance.app.context import Caller, Context
from relance.app.ports.store import E
from relance.domain.content import InvoiceType
from relance.domain.errors import Conflict
from relance.domain.ids import InvoiceId
from relance.domain.invoice import Invoice
from relance.domain.reminder.claim import Claim
from relance.domain.reminder.run import Run

MAX_DOCUMENTS: Final = 20_000  # beyond that an answer would take longer than a caller waits
MAX_CLAIMS: Final = 20_000
_PAGE: Final = 100


@dataclass(frozen=True, slots=True)
class Read:
    """An invoice, with the issue date of the corrective one in its place and, where they were asked for, its run."""

    invoice: Invoice
    replaced_on: date | None
    run: Run | None = None


def invoices(ctx: Context, caller: Caller) -> Iterator[Invoice]:
    """Every invoice, newest first. Raises Conflict `too_many_invoices` beyond 20,000."""
    for page in _pages(ctx, caller, Invoice):
        yield from page


def read(ctx: Context, caller: Caller, *, with_runs: bool = False, only_open: bool = False) -> Iterator[Read]:
    """Every invoice that was issued, newest first, `with_runs`: with its run (`only_open`: of those with a balance)."""
    issued_on: dict[InvoiceId, date] = {}
    for page in _pages(ctx, caller, Invoice):
        wanted = [one.id for one in page if with_runs and one.content and (one.balance or not only_open)]
        runs = ctx.store.get_many(caller.tenant, Run, wanted) if wanted else {}
        for invoice in page:
            if invoice.content is None:
                continue
            if invoice.content.type is InvoiceType.CORRECTIVE:
                issued_on[invoice.id] = invoice.content.issue_date
            replaced_on = _issued_on(ctx, caller, invoice.replaced_by, issued_on) if invoice.replaced_by else None
            yield Read(invoice, replaced_on, runs.get(invoice.id))


def everything(ctx: Context, caller: Caller, kind: type[E]) -> Iterator[E]:
    """Every entity of a class, newest first. Raises Conflict `too_many_…` beyond 20,000."""
    for page in _pages(ctx, caller, kind):
        yield from page


def mails(ctx: Context, caller: Caller, prefix: str) -> Iterator[Claim]:
    """Every mail about the documents whose id begins so, one document after the other.

    Raises Conflict `too_many_claims` beyond 20,000.
    """
    cursor: str | None = None
    for _ in range(MAX_CLAIMS // _PAGE):
        found = ctx.store.starting_with(caller.tenant, Claim, prefix, limit=_PAGE, cursor=cursor)
        yield from found.items
        if (cursor := found.cursor) is None:
            return
    raise _too_many(Claim, MAX_CLAIMS)


def _pages(ctx: Context, caller: Caller, kind: type[E]) -> Iterator[tuple[E, ...]]:
    cursor: str | None = None
    for _ in range(MAX_DOCUMENTS // _PAGE):
        found = ctx.store.page(caller.tenant, kind, limit=_PAGE, cursor=cursor)
        yield found.items
        if (cursor := found.cursor) is None:
            return
    raise _too_many(kind, MAX_DOCUMENTS)


def _too_many(kind: type, most: int) -> Conflict:
    message = f"Plus de {most} documents : reprenez ces totaux de l’export de l’archive."
    return Conflict(message, code=f"too_many_{kind.__name__.lower()}s")


def _issued_on(ctx: Context, caller: Caller, id: InvoiceId, known: dict[InvoiceId, date]) -> date | None:
    """When the corrective invoice was issued: it is newer, so it nearly always came by already."""
    if id not in known:
        found = ctx.store.get(caller.tenant, Invoice, id)
        if found is not None and found.content is not None:
            known[id] = found.content.issue_date
    return known.get(id)
