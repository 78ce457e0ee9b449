"""Where a document's page is: for the seller to pass on by other ways than mail, and to look at himself. [T-07]"""

from dataclasses import dataclass, field, replace

from relance.app.context import Caller, Context
from relance.domain.errors import Conflict, NotFound
from relance.domain.ids import InvoiceId, QuoteId
from relance.domain.invoice import Invoice
from relance.domain.links import Link, link_id, link_token, preview_proof
from relance.domain.quote import Quote


@dataclass(frozen=True, slots=True)
class Pages:
    """Where this deployment's pages are ("" when that is where its API is), and the secret of their links."""

    base_url: str
    key: bytes = field(repr=False)

    def at(self, origin: str) -> "Pages":
        """The same with a place: `origin` unless the deployment names another."""
        return self if self.base_url else replace(self, base_url=origin)


@dataclass(frozen=True, slots=True)
class PageAddress:
    """`url` is the customer's; whoever opens `preview_url` is known for the seller, now and later in that browser."""

    url: str
    preview_url: str


def of_quote(ctx: Context, caller: Caller, id: str, pages: Pages) -> PageAddress:
    """The page of a sent quote. Raises NotFound, Conflict `not_linked` until its first mail is on its way."""
    if ctx.store.get(caller.tenant, Quote, QuoteId(id)) is None:
        raise NotFound("Aucun devis ne porte cet identifiant.")
    return _address(ctx, caller, "quote", id, pages)


def of_invoice(ctx: Context, caller: Caller, id: str, pages: Pages) -> PageAddress:
    """The page of an issued invoice. Raises NotFound, Conflict `not_linked` until its first mail is on its way."""
    if ctx.store.get(caller.tenant, Invoice, InvoiceId(id)) is None:
        raise NotFound("Aucune facture ne porte cet identifiant.")
    return _address(ctx, caller, "invoice", id, pages)


def _address(ctx: Context, caller: Caller, kind: str, id: str, pages: Pages) -> PageAddress:
    token = link_token(pages.key, caller.tenant, kind, id)
    link = ctx.store.get(caller.tenant, Link, link_id(token))
    if link is None or link.revoked:
        raise Conflict("La page de ce document s’ouvre avec son premier envoi : envoyez-le d’abord.", code="not_linked")
    url = f"{pages.base_url}/q/{token}"
    return PageAddress(url, f"{url}?preview={preview_proof(pages.key, token)}")
