"""Forgetting a prospect: whether he may be forgotten, when it is due, the wish, and what the night proposes. [K-07]

    look      reads alone: what forbids it, the last contact, the day that is due
    ask       the entity `asked`, then the call of who removes (`forgetting`), which also finds it by itself every day
    night     whose time is over is proposed to a person, or asked for at once if the company chose so

A duty to keep is looked at here and again at each removal. Quotes are found by walking through those of the company:
an erasure is rare, and an index for it would be one more place to erase from. [K-01, K-04, Q-10]
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from relance.app.context import SYSTEM, Caller, Context
from relance.app.every import every
from relance.app.journaling import Decision, commit
from relance.app.ports.activity import ActivityKind, ActivityLog
from relance.app.ports.retention import RetentionWorker
from relance.app.ports.store import Check, Page
from relance.app.rights import require_owner
from relance.app.settings import require_rev
from relance.domain.calendar_fr import civil_date
from relance.domain.erasure import (
    DuePractice,
    Erasure,
    ErasureReason,
    ErasureState,
    Kept,
    Prospect,
    RetentionSettings,
    due_on,
    kept,
    last_contact,
)
from relance.domain.errors import Conflict, Fault, NotFound
from relance.domain.ids import TenantId
from relance.domain.invoice import Invoice
from relance.domain.journal import Head
from relance.domain.party import Company, Customer
from relance.domain.periods import CIVIL_YEAR
from relance.domain.quote import Quote
from relance.domain.reminder.run import Run
from relance.domain.retention import Retention, Work

_LOOKS: Final = frozenset({ActivityKind.VIEWED, ActivityKind.DOWNLOADED, ActivityKind.QUESTION})


@dataclass(frozen=True, slots=True)
class Dossier:
    """One customer's documents; `customer` is None once his record is gone."""

    customer: Customer | None
    quotes: tuple[Quote, ...]
    invoices: tuple[Invoice, ...]


class DutyToKeep(Conflict):
    """A document of his must be kept; `faults` say which, until when, and by which text."""

    code = "duty_to_keep"


def look(ctx: Context, caller: Caller, id: str, retention: Retention, activity: ActivityLog) -> Prospect:
    """How things stand for one customer. Raises NotFound when there is none and none was erased by that id."""
    erasure = ctx.store.get(caller.tenant, Erasure, id)
    found = dossier(ctx, caller.tenant, id)
    if found.customer is None:
        if erasure is None:
            raise NotFound("Aucun client ne porte cet identifiant.")
        return Prospect(id, (), None, None, erasure)
    duties = kept_of(ctx, caller.tenant, found, retention)
    if duties:
        return Prospect(id, duties, None, None, erasure)
    contact = _contact(ctx, found.customer, found.quotes, activity)
    return Prospect(id, (), contact, due_on(contact, retention, _today(ctx)), erasure)


def ask(ctx: Context, caller: Caller, id: str, retention: Retention, worker: RetentionWorker) -> Erasure:
    """Have a prospect erased: durable once this returns, and carried out in the background.

    The same again is the same erasure, and calls who removes once more. Raises Forbidden, NotFound, DutyToKeep, Retry.
    """
    require_owner(caller)
    known = ctx.store.get(caller.tenant, Erasure, id)
    if known is None or known.state in (ErasureState.PROPOSED, ErasureState.STOPPED):
        known = _asked(ctx, caller, id, retention)
    if known.is_open:
        worker.begin(caller.tenant, Work.ERASE, id)
    return known


def left(ctx: Context, tenant: TenantId) -> tuple[str, ...]:
    """Whose erasure was asked for and is not over: the customers' ids. None is missed that was stored before."""
    return tuple(one.id for one in every(ctx, tenant, Erasure) if one.is_open)


def page(ctx: Context, caller: Caller, *, limit: int = 50, cursor: str | None = None) -> Page[Erasure]:
    """What is proposed, under way, stopped and done. Raises Invalid on a cursor that is not of this list."""
    return ctx.store.page(caller.tenant, Erasure, limit=limit, cursor=cursor)


def settings_of(ctx: Context, tenant: TenantId) -> RetentionSettings:
    """What the company chose; nothing, at `rev` 0, until it did."""
    return ctx.store.get(tenant, RetentionSettings, tenant) or RetentionSettings(tenant)


def put_settings(ctx: Context, caller: Caller, practice: DuePractice, *, expected_rev: int) -> RetentionSettings:
    """Choose what the night does. Raises Forbidden, StaleVersion."""
    require_owner(caller)

    def decide(_: Head, at: datetime) -> Decision:
        require_rev(settings_of(ctx, caller.tenant).rev, expected_rev)
        chosen = RetentionSettings(caller.tenant, expected_rev + 1, practice, at)
        return Decision(answer=chosen, puts=(chosen,))

    return commit(ctx, caller, None, RetentionSettings, decide)


def night(ctx: Context, tenant: TenantId, retention: Retention, activity: ActivityLog) -> tuple[Erasure, ...]:
    """Propose or ask for the erasure of whoever is due, and take back proposals that are no longer; what it stored.

    Reads the company's documents only when somebody's record is old enough. [K-07]
    """
    today, caller = _today(ctx), Caller(tenant, "retention", SYSTEM)
    old = [one for one in every(ctx, tenant, Customer) if _is_old(one, retention, today)]
    if not old:
        return ()
    quotes, invoices = tuple(every(ctx, tenant, Quote)), tuple(every(ctx, tenant, Invoice))
    practice = settings_of(ctx, tenant).prospects
    stored = []
    for customer in old:
        found = Dossier(
            customer,
            tuple(one for one in quotes if one.customer_id == customer.id),
            tuple(one for one in invoices if one.customer_id == customer.id),
        )
        if (wanted := _due(ctx, caller, found, retention, activity, practice)) is not None:
            stored.append(wanted)
    return tuple(stored)


def dossier(ctx: Context, tenant: TenantId, id: str) -> Dossier:
    """A customer and all his documents, drafts too."""
    return Dossier(
        ctx.store.get(tenant, Customer, id),
        tuple(one for one in every(ctx, tenant, Quote) if one.customer_id == id),
        tuple(one for one in every(ctx, tenant, Invoice) if one.customer_id == id),
    )


def kept_of(ctx: Context, tenant: TenantId, found: Dossier, retention: Retention) -> tuple[Kept, ...]:
    """What of a dossier there is a duty to keep."""
    company = ctx.store.get(tenant, Company, tenant)
    start = company.fiscal_year_start if company else CIVIL_YEAR
    return kept(found.quotes, found.invoices, retention, start, _today(ctx))


def told(duties: tuple[Kept, ...]) -> str:
    """Why a customer is not erased."""
    return " ".join(("Ce client ne peut pas être effacé : la loi veut que ses documents soient conservés.",
                     *(one.sentence for one in duties)))  # fmt: skip


def _asked(ctx: Context, caller: Caller, id: str, retention: Retention) -> Erasure:
    found = dossier(ctx, caller.tenant, id)
    if found.customer is None:
        raise NotFound("Aucun client ne porte cet identifiant.")
    customer = found.customer
    if duties := kept_of(ctx, caller.tenant, found, retention):
        faults = [Fault("", one.sentence, one.rule.id) for one in duties]
        raise DutyToKeep(told(duties), faults=faults)

    def decide(_: Head, at: datetime) -> Decision:
        known = ctx.store.get(caller.tenant, Erasure, id)
        if known is not None and known.state in (ErasureState.ASKED, ErasureState.DONE):
            return Decision(answer=known, checks=(Check(known),))
        fresh = known or Erasure(caller.tenant, id, 0, ErasureState.ASKED, ErasureReason.REQUEST, at, caller.actor)
        wanted = replace(fresh, rev=fresh.rev + 1, state=ErasureState.ASKED, at=at, by=caller.actor, why="")
        return Decision(answer=wanted, puts=(wanted,), checks=(Check(customer),))

    return commit(ctx, caller, None, Erasure, decide)


def _due(
    ctx: Context, caller: Caller, found: Dossier, retention: Retention, activity: ActivityLog, practice: DuePractice
) -> Erasure | None:
    """The erasure of one customer as the night leaves it; None when it changes nothing."""
    customer, today = found.customer, _today(ctx)
    assert customer is not None, "the night looks at customers that are there"
    known = ctx.store.get(caller.tenant, Erasure, customer.id)
    if kept_of(ctx, caller.tenant, found, retention):
        return None
    contact = _contact(ctx, customer, found.quotes, activity)
    due = due_on(contact, retention, today)
    proposed = known if known is not None and known.state is ErasureState.PROPOSED else None
    if due >= today:
        if proposed is not None:
            _take_back(ctx, caller, proposed)
        return None
    state = ErasureState.ASKED if practice is DuePractice.CARRY_OUT else ErasureState.PROPOSED
    if known is not None and (proposed is None or state is ErasureState.PROPOSED):
        return None

    def decide(_: Head, at: datetime) -> Decision:
        rev = known.rev + 1 if known else 1
        wanted = Erasure(
            caller.tenant, customer.id, rev, state, ErasureReason.RETENTION, at, caller.actor, contact, due
        )
        return Decision(answer=wanted, puts=(wanted,), checks=(Check(customer),))

    return commit(ctx, caller, None, Erasure, decide)


def _take_back(ctx: Context, caller: Caller, proposed: Erasure) -> None:
    """He gave a sign of life since."""
    commit(ctx, caller, None, Erasure, lambda _head, _at: Decision(answer=proposed, deletes=(proposed,)))


def _contact(ctx: Context, customer: Customer, quotes: tuple[Quote, ...], activity: ActivityLog) -> date:
    runs = ctx.store.get_many(customer.tenant, Run, [quote.id for quote in quotes]).values()
    seen = [
        one.at
        for quote in quotes
        for one in activity.of_document(customer.tenant, "quote", quote.id)
        if one.kind in _LOOKS
    ]
    return last_contact(customer, quotes, runs, seen)


def _is_old(customer: Customer, retention: Retention, today: date) -> bool:
    """Whether his own record does not speak against it: the cheapest thing to ask."""
    return due_on(civil_date(customer.updated_at), retention, today) < today


def _today(ctx: Context) -> date:
    return civil_date(ctx.clock.now())
