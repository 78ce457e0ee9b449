"""What one customer pays for one item, while it holds: put, read, removed; the next draft takes it. [KB-33]"""

from datetime import datetime

from relance.app import catalogue
from relance.app.context import Caller, Context
from relance.app.customers import get as get_customer
from relance.app.journaling import Decision, commit
from relance.app.ports.store import Page
from relance.app.settings import require_rev
from relance.domain.catalogue import CustomerPrice, Price, price_faults, price_id
from relance.domain.errors import Invalid, NotFound
from relance.domain.journal import Head


def get(ctx: Context, caller: Caller, customer_id: str, item_id: str) -> CustomerPrice:
    """One customer's price of one item. Raises NotFound."""
    price = ctx.store.get(caller.tenant, CustomerPrice, price_id(customer_id, item_id))
    if price is None:
        raise NotFound("Ce client n’a pas de prix particulier pour cet article.")
    return price


def page(
    ctx: Context, caller: Caller, customer_id: str, *, limit: int = 50, cursor: str | None = None
) -> Page[CustomerPrice]:
    """All prices of one customer. Raises NotFound when he is none."""
    get_customer(ctx, caller, customer_id)
    return ctx.store.starting_with(caller.tenant, CustomerPrice, price_id(customer_id, ""), limit=limit, cursor=cursor)


def put(
    ctx: Context, caller: Caller, customer_id: str, item_id: str, price: Price, *, expected_rev: int | None
) -> CustomerPrice:
    """Create or replace a price. Raises NotFound when the customer or the item is none, Invalid, and StaleVersion
    when the stored price is not at `expected_rev` (None: there must be none yet).
    """

    def decide(_head: Head, at: datetime) -> Decision:
        customer = get_customer(ctx, caller, customer_id)
        item = catalogue.get(ctx, caller, item_id)
        if faults := price_faults(price, item.article):
            raise Invalid("Ce prix ne peut pas être enregistré.", faults=faults)
        id = price_id(customer.id, item.id)
        stored = ctx.store.get(caller.tenant, CustomerPrice, id)
        require_rev(stored.rev if stored else None, expected_rev)
        rev = stored.rev + 1 if stored else 1
        wanted = CustomerPrice(caller.tenant, id, rev, at, customer.id, item.id, price)
        return Decision(answer=wanted, puts=(wanted,))

    return commit(ctx, caller, None, CustomerPrice, decide)


def delete(ctx: Context, caller: Caller, customer_id: str, item_id: str, *, expected_rev: int) -> None:
    """The customer pays the catalogue's price again. Raises NotFound, StaleVersion."""

    def decide(_head: Head, _at: datetime) -> Decision:
        stored = get(ctx, caller, customer_id, item_id)
        require_rev(stored.rev, expected_rev)
        return Decision(answer=stored, deletes=(stored,))

    commit(ctx, caller, None, CustomerPrice, decide)
