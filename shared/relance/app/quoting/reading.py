"""Finding quotes."""

from relance.app.context import Caller, Context
from relance.app.ports.store import Page
from relance.domain.errors import NotFound
from relance.domain.quote import Quote


def get(ctx: Context, caller: Caller, id: str) -> Quote:
    """One quote. Raises NotFound."""
    quote = ctx.store.get(caller.tenant, Quote, id)
    if quote is None:
        raise NotFound("Aucun devis ne porte cet identifiant.")
    return quote


def page(ctx: Context, caller: Caller, *, limit: int = 50, cursor: str | None = None) -> Page[Quote]:
    """Quotes, newest first."""
    return ctx.store.page(caller.tenant, Quote, limit=limit, cursor=cursor)
