"""Customers: whom the tenant sells to, consumers and businesses."""

from dataclasses import fields
from datetime import datetime

from relance.app.context import Caller, Context
from relance.app.journaling import Decision, commit
from relance.app.ports.store import Idem, Page
from relance.app.settings import require_rev
from relance.domain.errors import NotFound
from relance.domain.ids import CustomerId
from relance.domain.journal import Head
from relance.domain.party import Customer, CustomerInput


def _customer(ctx: Context, caller: Caller, id: str, rev: int, data: CustomerInput, at: datetime) -> Customer:
    given = {f.name: getattr(data, f.name) for f in fields(CustomerInput)}
    return Customer(tenant=caller.tenant, id=CustomerId(id), rev=rev, updated_at=at, **given)


def create(ctx: Context, caller: Caller, data: CustomerInput, *, idem: Idem | None = None) -> Customer:
    """A new customer; the same request again gives the same one."""

    def decide(_head: Head, at: datetime) -> Decision:
        customer = _customer(ctx, caller, ctx.new_id("cus"), 1, data, at)
        return Decision(answer=customer, puts=(customer,))

    return commit(ctx, caller, idem, Customer, decide)


def update(ctx: Context, caller: Caller, id: str, data: CustomerInput, *, expected_rev: int) -> Customer:
    """Replace a customer whole. Documents sent keep the identity of their day. Raises NotFound, StaleVersion."""

    def decide(_head: Head, at: datetime) -> Decision:
        stored = get(ctx, caller, id)
        require_rev(stored.rev, expected_rev)
        wanted = _customer(ctx, caller, id, stored.rev + 1, data, at)
        return Decision(answer=wanted, puts=(wanted,))

    return commit(ctx, caller, None, Customer, decide)


def get(ctx: Context, caller: Caller, id: str) -> Customer:
    """One customer. Raises NotFound."""
    customer = ctx.store.get(caller.tenant, Customer, id)
    if customer is None:
        raise NotFound("Aucun client ne porte cet identifiant.")
    return customer


def page(ctx: Context, caller: Caller, *, limit: int = 50, cursor: str | None = None) -> Page[Customer]:
    """Customers, newest first."""
    return ctx.store.page(caller.tenant, Customer, limit=limit, cursor=cursor)
