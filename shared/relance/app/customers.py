"""Customers: whom the tenant sells to, consumers and businesses; and what they agreed to."""

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import date, datetime

from relance.app.context import Caller, Context
from relance.app.journaling import Decision, commit
from relance.app.ports.store import Check, EntityMoved, Idem
from relance.app.records import Records
from relance.app.settings import require_term
from relance.domain.calendar_fr import civil_date
from relance.domain.follow_up import AS_EVERYBODY, FollowUp
from relance.domain.ids import CustomerId
from relance.domain.journal import Head
from relance.domain.party import Company, Consent, Customer, CustomerInput, CustomerKind
from relance.domain.term_limits import NO_LIMITS, TermLimits
from relance.domain.tracking.consent import SilenceRule, ask_again_from, recorded

_ATTEMPTS = 3

_customers = Records(Customer, "cus", "Aucun client ne porte cet identifiant.")
get = _customers.get
page = _customers.page


def create(
    ctx: Context, caller: Caller, data: CustomerInput, *, idem: Idem | None = None, limits: TermLimits = NO_LIMITS
) -> Customer:
    """A new customer; the same request again gives the same one. Raises Invalid on terms beyond `limits`. [P-01]"""

    def made(id: str, at: datetime) -> Customer:
        _require_term(ctx, caller, data, limits, at)
        return _customer(caller, id, 1, data, at, Consent(), AS_EVERYBODY)

    return _customers.create(ctx, caller, made, idem)


def update(
    ctx: Context, caller: Caller, id: str, data: CustomerInput, *, expected_rev: int, limits: TermLimits = NO_LIMITS
) -> Customer:
    """Replace a customer whole. Documents sent keep the identity of their day.

    Raises NotFound, StaleVersion, Invalid on payment terms beyond `limits`. [P-01]
    """

    def changed(stored: Customer, at: datetime) -> Customer:
        _require_term(ctx, caller, data, limits, at)
        # What was agreed to before stays beside what is agreed to now: the rev is one further, whatever changed.
        kept = stored if data.consent is None else recorded(stored, data.consent, at)
        wanted = _customer(caller, id, stored.rev + 1, data, at, kept.consent, stored.follow_up)
        return replace(wanted, past_consents=kept.past_consents)

    return _customers.update(ctx, caller, id, changed, expected_rev=expected_rev)


def record_consent(ctx: Context, caller: Caller, id: str, choice: Consent) -> Customer:
    """Keep what the contact chose about open tracking, with its proof; said twice, it is kept once. [T-01]

    A choice without a date is dated now. It holds at once, also for mails already sent. Raises NotFound.
    """

    def decide(_head: Head, at: datetime) -> Decision:
        stored = get(ctx, caller, id)
        dated = choice if choice.at is not None else replace(choice, at=at)
        same = replace(dated, at=stored.consent.at) == stored.consent and choice.at is None
        wanted = stored if same else recorded(stored, dated, at)
        if wanted is stored:
            return Decision(answer=stored, checks=(Check(stored),))
        return Decision(answer=wanted, puts=(wanted,))

    for _ in range(_ATTEMPTS - 1):
        try:
            return commit(ctx, caller, None, Customer, decide)
        except EntityMoved:  # somebody edits the customer at this very moment
            continue
    return commit(ctx, caller, None, Customer, decide)


def may_ask_from(ctx: Context, customer: Customer, rules: Sequence[SilenceRule]) -> date | None:
    """The first day on which a contact who said no may be asked again; None when he may be asked today."""
    day = ask_again_from(customer.consent, rules)
    return day if day is not None and day > civil_date(ctx.clock.now()) else None


def _customer(
    caller: Caller, id: str, rev: int, data: CustomerInput, at: datetime, consent: Consent, follow_up: FollowUp
) -> Customer:
    """The record of what was said, with what is kept where nothing was."""
    given = {f.name: getattr(data, f.name) for f in fields(CustomerInput)}
    kept = {"consent": data.consent or consent, "follow_up": data.follow_up or follow_up}
    return Customer(tenant=caller.tenant, id=CustomerId(id), rev=rev, updated_at=at, **given | kept)


def _require_term(ctx: Context, caller: Caller, data: CustomerInput, limits: TermLimits, at: datetime) -> None:
    """A business pays within the limits of the company's trade; a consumer agrees to what he likes."""
    if data.payment_rule is None or data.kind is not CustomerKind.BUSINESS:
        return
    company = ctx.store.get(caller.tenant, Company, caller.tenant)
    require_term(limits, data.payment_rule, company.term_sector if company else None, at, "/payment_rule")
