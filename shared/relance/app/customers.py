"""Customers: whom the tenant sells to, consumers and businesses."""

from dataclasses import fields
from datetime import datetime

from relance.app.context import Caller, Context
from relance.app.ports.store import Idem
from relance.app.records import Records
from relance.app.settings import require_term
from relance.domain.ids import CustomerId
from relance.domain.party import Company, Customer, CustomerInput, CustomerKind
from relance.domain.term_limits import NO_LIMITS, TermLimits

_customers = Records(Customer, "cus", "Aucun client ne porte cet identifiant.")
get = _customers.get
page = _customers.page


def create(
    ctx: Context, caller: Caller, data: CustomerInput, *, idem: Idem | None = None, limits: TermLimits = NO_LIMITS
) -> Customer:
    """A new customer; the same request again gives the same one. Raises Invalid on terms beyond `limits`. [P-01]"""

    def made(id: str, at: datetime) -> Customer:
        _require_term(ctx, caller, data, limits, at)
        return _customer(caller, id, 1, data, at)

    return _customers.create(ctx, caller, made, idem)


def update(
    ctx: Context, caller: Caller, id: str, data: CustomerInput, *, expected_rev: int, limits: TermLimits = NO_LIMITS
) -> Customer:
    """Replace a customer whole. Documents sent keep the identity of their day.

    Raises NotFound, StaleVersion, Invalid on payment terms beyond `limits`. [P-01]
    """

    def changed(stored: Customer, at: datetime) -> Customer:
        _require_term(ctx, caller, data, limits, at)
        return _customer(caller, id, stored.rev + 1, data, at)

    return _customers.update(ctx, caller, id, changed, expected_rev=expected_rev)


def _customer(caller: Caller, id: str, rev: int, data: CustomerInput, at: datetime) -> Customer:
    given = {f.name: getattr(data, f.name) for f in fields(CustomerInput)}
    return Customer(tenant=caller.tenant, id=CustomerId(id), rev=rev, updated_at=at, **given)


def _require_term(ctx: Context, caller: Caller, data: CustomerInput, limits: TermLimits, at: datetime) -> None:
    """A business pays within the limits of the company's trade; a consumer agrees to what he likes."""
    if data.payment_rule is None or data.kind is not CustomerKind.BUSINESS:
        return
    company = ctx.store.get(caller.tenant, Company, caller.tenant)
    require_term(limits, data.payment_rule, company.term_sector if company else None, at, "/payment_rule")
