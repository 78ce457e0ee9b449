"""The entities of a restored table while the lost events are carried into them: what is read, what would be written.

Nothing is written here. Whoever holds the desk stores `changes` in the transaction of the events that they follow from,
so there is no moment in which an event is back and its document is not; a dry run reads the same list and stores none
of it. Every handler asks what is there first, so an event that was carried in already changes nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from relance.app.context import Context
from relance.app.ports.store import E, Entity
from relance.domain.calendar_fr import from_ms
from relance.domain.chain.event import Event
from relance.domain.ids import InvoiceId, QuoteId, TenantId
from relance.domain.reminder.claim import claim_id
from relance.domain.reminder.scenario import DocumentKind
from relance.domain.reminder.task import RESTORED, Task, TaskState

ACTOR: Final = "rebuild"

Key = tuple[str, str]  # a class and an id


@dataclass(frozen=True, slots=True)
class Loss:
    """What the archive does not know of a document that it speaks of, in French, one sentence each."""

    kind: str
    id: str
    number: str
    missing: tuple[str, ...]


@dataclass(slots=True)
class Desk:
    """What becomes of the entities of one tenant. `numbers`: which document holds a number, as the events say it."""

    ctx: Context
    tenant: TenantId
    changes: dict[Key, Entity] = field(default_factory=dict)
    losses: dict[Key, Loss] = field(default_factory=dict)
    numbers: dict[tuple[str, str], str] = field(default_factory=dict)
    _known: dict[Key, Entity | None] = field(default_factory=dict)
    _revs: dict[Key, int] = field(default_factory=dict)

    def get(self, kind: type[E], id: str) -> E | None:
        """The entity as it will be. Raises what the store raises."""
        key = (kind.__name__, id)
        if key not in self._known:
            found = self.ctx.store.get(self.tenant, kind, id) if id else None
            self._known[key], self._revs[key] = found, found.rev if found else 0
        return self._known[key]  # type: ignore[return-value]  # the class is in the key

    def put(self, entity: Entity) -> None:
        """Have it written, at the revision that follows the stored one."""
        key = (type(entity).__name__, entity.id)
        self.get(type(entity), entity.id)
        wanted: Any = entity
        wanted = replace(wanted, rev=self._revs[key] + 1)
        self._known[key] = self.changes[key] = wanted

    def take(self) -> tuple[Entity, ...]:
        """What is to be written now; it counts as written from then on."""
        taken = tuple(self.changes.values())
        for key, entity in self.changes.items():
            self._revs[key] = entity.rev
        self.changes.clear()
        self._known.clear()  # memory stays that of one load: what is asked for again is read again
        return taken

    def overlook(self) -> None:
        """A dry run goes on as if all of it were written; nothing is forgotten."""
        for key, entity in self.changes.items():
            self._revs[key] = entity.rev
        self.changes.clear()

    def misses(self, event: Event, sentences: Iterable[str], *, customer_id: str = "") -> None:
        """Tell what is missing of the document of an event, and give somebody the task of looking at it."""
        key = (event.ref.kind, event.ref.id)
        known = self.losses.get(key, Loss(*key, event.ref.number or "", ()))
        loss = replace(known, missing=tuple(dict.fromkeys((*known.missing, *sentences))))
        if loss == known:
            return
        self.losses[key] = loss
        if event.ref.kind in set(DocumentKind):
            self.put(_task(self, event, loss.missing, customer_id))


def at_of(event: Event) -> datetime:
    """When it happened."""
    return from_ms(event.at_ms)


def text(event: Event, name: str) -> str:
    """A text of its data, "" when it has none."""
    value = event.data.get(name)
    return value if isinstance(value, str) else ""


def cents(event: Event, name: str) -> int:
    """A number of its data, 0 when it has none."""
    value = event.data.get(name)
    return value if isinstance(value, int) else 0


def listed(event: Event, name: str) -> Sequence[Any]:
    """A list of its data, empty when it has none."""
    value = event.data.get(name)
    return value if isinstance(value, list) else []


def index(desk: Desk, event: Event) -> None:
    """Remember which document has the number of an event."""
    if event.ref.number and event.type in ("invoice.issued", "credit_note.issued", "quote.sent", "quote.accepted"):
        desk.numbers[event.ref.kind, event.ref.number] = event.ref.id


def invoice_id(desk: Desk, number: str) -> InvoiceId | None:
    """The invoice of that number, None when no event of the archive issued it (it came with an imported history)."""
    found = desk.numbers.get(("invoice", number))
    return InvoiceId(found) if found else None


def quote_id(desk: Desk, number: str) -> QuoteId | None:
    """The quote of that number: of several versions the latest that was sent or accepted."""
    found = desk.numbers.get(("quote", number))
    return QuoteId(found) if found else None


def _task(desk: Desk, event: Event, missing: Sequence[str], customer_id: str) -> Task:
    what = {"quote": "le devis", "invoice": "la facture"}[event.ref.kind]
    task_id = claim_id(event.ref.id, RESTORED)
    known = desk.get(Task, task_id)
    return Task(
        tenant=desk.tenant,
        id=task_id,
        rev=1,
        document_kind=DocumentKind(event.ref.kind),
        document_id=event.ref.id,
        customer_id=customer_id or (known.customer_id if known else ""),
        title=f"Vérifier {what} {event.ref.number} : repris de l’archive après une restauration",
        state=TaskState.OPEN,
        at=desk.ctx.clock.now(),
        detail=" ".join(missing),
    )
