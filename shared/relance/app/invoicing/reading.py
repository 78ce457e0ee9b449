"""Finding invoices, and the quotes and invoices around them."""

from collections.abc import Iterable, Sequence

from relance.app.context import Caller, Context
from relance.app.ports.store import Page
from relance.app.quoting import get as get_quote
from relance.domain.errors import Fault, Invalid, NotFound
from relance.domain.invoice import Invoice
from relance.domain.quote import Quote


def get(ctx: Context, caller: Caller, id: str) -> Invoice:
    """One invoice, deposit, corrective invoice or credit note. Raises NotFound."""
    invoice = ctx.store.get(caller.tenant, Invoice, id)
    if invoice is None:
        raise NotFound("Aucune facture ne porte cet identifiant.")
    return invoice


def page(ctx: Context, caller: Caller, *, limit: int = 50, cursor: str | None = None) -> Page[Invoice]:
    """Invoices, newest first."""
    return ctx.store.page(caller.tenant, Invoice, limit=limit, cursor=cursor)


def named(ctx: Context, caller: Caller, ids: Sequence[str], pointer: str) -> list[Invoice]:
    """Those of these ids, in their order. Raises Invalid with a pointer to each that is none."""
    found = ctx.store.get_many(caller.tenant, Invoice, ids)
    faults = [
        Fault(f"{pointer}/{n}", "Aucune facture ne porte cet identifiant.", "unknown")
        for n, id in enumerate(ids)
        if id not in found
    ]
    if faults:
        raise Invalid("Ce document cite des factures inconnues.", faults=faults)
    return [found[id] for id in ids]


def quotes_of(ctx: Context, caller: Caller, quote_ids: Iterable[str]) -> tuple[Quote, ...]:
    """The quotes of those ids. Raises NotFound."""
    return tuple(get_quote(ctx, caller, id) for id in quote_ids)


def invoices_of(ctx: Context, caller: Caller, quotes: Iterable[Quote], *, besides: Iterable[str] = ()) -> list[Invoice]:
    """Every invoice of these quotes, drafts too, once; without those that are set aside."""
    aside = set(besides)
    ids = dict.fromkeys(id for quote in quotes for id in quote.invoice_ids if id not in aside)
    return list(ctx.store.get_many(caller.tenant, Invoice, list(ids)).values())
