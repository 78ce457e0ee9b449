"""Whose document it is: the customer of the restored table, or a file made again from what the document printed."""

from dataclasses import dataclass, fields
from datetime import datetime

from relance.app.every import every
from relance.app.recovery.desk import Desk
from relance.domain.content import Buyer, buyer_of
from relance.domain.ids import CustomerId
from relance.domain.party import Customer


@dataclass(frozen=True, slots=True)
class Found:
    """A customer; `is_known`: his file is the one that the restored table holds."""

    id: CustomerId
    is_known: bool


def customer_of(desk: Desk, buyer: Buyer, id: str, at: datetime) -> Found:
    """The customer of that id; without one, the only one who would print the same.

    A file that is gone is made again from the document, under its id where that is known: without his own terms,
    consents and settings, which no archive holds. No pixel and no penalty follow from what is empty. [T-01]
    """
    if id and desk.get(Customer, id) is not None:
        return Found(CustomerId(id), is_known=True)
    if not id and (alike := _alike(desk, buyer)) is not None:
        return Found(alike, is_known=True)
    customer_id = CustomerId(id or desk.ctx.new_id("cus"))
    told = {field.name: getattr(buyer, field.name) for field in fields(Buyer)}
    desk.put(Customer(tenant=desk.tenant, id=customer_id, rev=1, updated_at=at, **told))
    return Found(customer_id, is_known=False)


def _alike(desk: Desk, buyer: Buyer) -> CustomerId | None:
    """Of all customers the one who prints this, None when there are several or none. A page in memory at a time."""
    known = every(desk.ctx, desk.tenant, Customer)
    found = [customer.id for customer in known if buyer_of(customer) == buyer]
    return found[0] if len(found) == 1 else None
