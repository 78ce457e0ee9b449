"""Once a week, what is about to be barred becomes a task: ninety and thirty days before, whatever the reminders do.

Invoices are walked oldest first, up to the first one that is too young to be near under the shortest term, so a young
company costs one page. A task is asked for once, by its id; it is told again at thirty days. [DU-04, DR-15]
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from relance.app.context import Context
from relance.app.ports.open_work import OpenWork
from relance.app.ports.store import Commit, EntityMoved
from relance.domain.calendar_fr import civil_date
from relance.domain.dunning_law import DunningLaw
from relance.domain.ids import TenantId
from relance.domain.invoice import Invoice
from relance.domain.money import format_amount
from relance.domain.party import CustomerKind
from relance.domain.prescription import URGENT_DAYS, WARN_DAYS, Prescription, Urgency, prescription, years_after
from relance.domain.reminder.claim import claim_id
from relance.domain.reminder.scenario import DocumentKind
from relance.domain.reminder.task import Task, TaskState

MONDAY: Final = 0
_PAGE: Final = 100
_STEPS: Final = {Urgency.SOON: f"prescription_{WARN_DAYS}", Urgency.URGENT: f"prescription_{URGENT_DAYS}"}

Witness = Callable[[TenantId, Exception], None]


@dataclass(slots=True)
class Alerts:
    """What one week brought: tasks asked for, and tenants that could not be looked at."""

    asked: int = 0
    failed: int = 0


def every_week(ctx: Context, open_work: OpenWork, law: DunningLaw, witness: Witness) -> Alerts:
    """On Mondays (Paris), the tasks of every tenant; on other days nothing. One tenant that fails holds up no other."""
    done, today = Alerts(), civil_date(ctx.clock.now())
    if today.weekday() != MONDAY:
        return done
    for tenant in open_work.tenants():
        try:
            for near in nearing(ctx, tenant, law, today):
                done.asked += _ask(ctx, tenant, near, today)
        except Exception as error:
            done.failed += 1
            witness(tenant, error)
    return done


def nearing(ctx: Context, tenant: TenantId, law: DunningLaw, on: date) -> Iterator[Prescription]:
    """The unpaid invoices of a tenant within ninety days of their prescription, oldest first."""
    cursor: str | None = None
    while True:
        page = ctx.store.starting_with(tenant, Invoice, "", limit=_PAGE, cursor=cursor)
        for invoice in page.items:
            if _is_too_young(invoice, law, on):
                return
            found = prescription(invoice, law)
            if found is not None and found.urgency(on) in _STEPS:
                yield found
        if (cursor := page.cursor) is None:
            return


def _is_too_young(invoice: Invoice, law: DunningLaw, on: date) -> bool:
    """Whether neither it nor any invoice made after it can be near: none is dated before the day it was made."""
    made = civil_date(invoice.created_at)
    terms = [term for kind in CustomerKind if (term := law.prescription(kind, made)) is not None]
    shortest = min((term.years for term in terms), default=0)
    return bool(terms) and (years_after(made, shortest) - on).days > WARN_DAYS


def _ask(ctx: Context, tenant: TenantId, near: Prescription, today: date) -> bool:
    """Store the task unless it was asked for; whether it was new."""
    owed = format_amount(near.balance).replace(".", ",")
    task = Task(
        tenant=tenant,
        id=claim_id(near.invoice_id, _STEPS[near.urgency(today)]),
        rev=1,
        document_kind=DocumentKind.INVOICE,
        document_id=near.invoice_id,
        customer_id=near.customer_id,
        title=f"Facture {near.number} : prescription le {near.last_day:%d/%m/%Y}, dans {near.days_left(today)} jours",
        state=TaskState.OPEN,
        at=ctx.clock.now(),
        detail=(
            f"{owed} € restent dus par {near.name}. Après ce jour la créance ne se réclame plus en justice "
            f"({near.source}). Une mise en demeure n’interrompt pas ce délai : il y faut une reconnaissance de dette "
            "ou une action en justice."
        ),
    )
    if ctx.store.get(tenant, Task, task.id) is not None:
        return False
    try:
        ctx.store.commit(Commit(tenant, ctx.entropy.bytes(16).hex(), puts=(task,)))
    except EntityMoved:  # another call of the same night was faster
        return False
    return True
