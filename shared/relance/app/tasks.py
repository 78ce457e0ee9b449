"""What people have to do about documents (tâches): what is left, and that it is done."""

from dataclasses import replace
from datetime import datetime

from relance.app.context import Caller, Context
from relance.app.journaling import Decision, again, commit
from relance.app.ports.open_work import OpenIds
from relance.app.ports.store import Check, Entity, Idem, Page
from relance.domain.errors import NotFound
from relance.domain.invoice import Invoice
from relance.domain.journal import Head
from relance.domain.quote import Quote
from relance.domain.reminder.claim import claim_id
from relance.domain.reminder.scenario import DocumentKind
from relance.domain.reminder.task import RESTORED, Task, finish


def left(ctx: Context, caller: Caller, open_work: OpenIds) -> tuple[Task, ...]:
    """What is still to be done, the oldest first."""
    ids = list(open_work.open_ids(caller.tenant, Task))
    found = ctx.store.get_many(caller.tenant, Task, ids).values()
    return tuple(sorted((task for task in found if task.is_open), key=lambda task: (task.at, task.id)))


def page(ctx: Context, caller: Caller, *, limit: int = 50, cursor: str | None = None) -> Page[Task]:
    """All of them, done ones too, those of the newest documents first."""
    return ctx.store.page(caller.tenant, Task, limit=limit, cursor=cursor)


def done(ctx: Context, caller: Caller, id: str, *, idem: Idem | None = None) -> Task:
    """Somebody did it; said twice, it was done once, by the first. Raises NotFound."""

    def decide(_head: Head, at: datetime) -> Decision:
        found = ctx.store.get(caller.tenant, Task, id)
        if found is None:
            raise NotFound("Aucune tâche ne porte cet identifiant.")
        finished = finish(found, caller.actor, at)
        if finished is found:
            return Decision(answer=found, checks=(Check(found),))
        return Decision(answer=finished, puts=(finished, *_reviewed(ctx, finished, at)))

    return again(lambda: commit(ctx, caller, idem, Task, decide))


def _reviewed(ctx: Context, task: Task, at: datetime) -> tuple[Entity, ...]:
    """The document that a restore brought back, once somebody has looked at it: it may be used again."""
    if task.id != claim_id(task.document_id, RESTORED):
        return ()
    kind: type[Quote] | type[Invoice] = Quote if task.document_kind is DocumentKind.QUOTE else Invoice
    document = ctx.store.get(task.tenant, kind, task.document_id)
    if document is None or not document.to_review:
        return ()
    return (replace(document, rev=document.rev + 1, to_review=(), updated_at=at),)
