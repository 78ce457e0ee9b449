"""A prospect as he leaves traces everywhere: quotes, mails, looks, questions, notes, prices; beside another customer.

`needles` are what must be found nowhere once he is erased: parts of his name, address, mail and phone.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Final

from relance.adapters.retention_data import load_retention
from relance.app import rendering
from relance.app.answering import question, refuse
from relance.app.context import Caller, Context
from relance.app.erasing import ask
from relance.app.forgetting import Eraser, erase
from relance.app.noticing import noticed
from relance.app.ports.activity import ActivityKind
from relance.app.viewing import Door, Shown
from relance.domain.catalogue import CustomerPrice, Price, price_id
from relance.domain.erasure import Erasure
from relance.domain.ids import CustomerId, ItemId, QuoteId
from relance.domain.links import form_token, link_token
from relance.domain.quote import Need, Quote
from relance.domain.reminder.correspondence import Correspondence
from relance.domain.reminder.proposal import Proposal, ProposalState
from relance.domain.reminder.scenario import Approval, DocumentKind
from relance.domain.reminder.task import Task, TaskState
from relance.domain.segment.membership import Membership
from relance.domain.segment.segment import PENDING_QUOTES, Segment
from tests.builders import TENANT
from tests.doubles.api import Caller as Me
from tests.doubles.api import Server, a_quote_body, wanted
from tests.doubles.office import LINK_KEY, MACHINE, Office
from tests.doubles.outside import FakeRenderer, SeededEntropy
from tests.doubles.worker import Worker

NEEDLES: Final = ("Quatrebarbes", "quatrebarbes", "Hirondelles", "06 98 76 54 32", "zephirine")
NEGOTIATED: Final = b"%PDF-1.7 Conditions convenues avec Mme Quatrebarbes %%EOF"
OWNER: Final = Caller(TENANT, "user:louise")
HIM: Final[dict[str, Any]] = {
    "kind": "consumer",
    "name": "Zéphirine Quatrebarbes",
    "address": {"line1": "77 impasse des Hirondelles", "postcode": "69003", "city": "Lyon"},
    "email": "zephirine@quatrebarbes.example",
    "phone": "06 98 76 54 32",
    "consent": {
        "tracking": "consented",
        "at": "2026-11-02T09:12:00Z",
        "source": "formulaire",
        "text_version": "2026-04",
    },
}


@dataclass(slots=True)
class Life:
    """The office, the API on the same doubles, and the prospect's id; `lives` leaves all his traces."""

    office: Office = field(default_factory=Office)
    worker: Worker = field(default_factory=Worker)
    id: str = ""
    quotes: list[str] = field(default_factory=list)

    def copied(self) -> "Life":
        """The same life on doubles of its own: what is frozen is shared, what is kept is copied."""
        life = Life(id=self.id, quotes=list(self.quotes))
        mine, theirs = life.office, self.office
        for name in ("_items", "_heads", "_answers", "_tokens"):
            setattr(mine.store, name, dict(getattr(theirs.store, name)))
        mine.store._journal = {tenant: list(events) for tenant, events in theirs.store._journal.items()}
        mine.clock.at = theirs.clock.at
        mine.documents.stored = dict(theirs.documents.stored)
        mine.documents.owned = dict(theirs.documents.owned)
        mine.activity.kept = dict(theirs.activity.kept)
        mine.executions.alive = set(theirs.executions.alive)
        mine.ctx = Context(mine.store, mine.clock, SeededEntropy(seed=7))  # not the same chance again
        return life

    @property
    def me(self) -> Me:
        o = self.office
        return Server(o.ctx, o.store, o.clock, o.executions, o.documents, o.activity).caller()

    @property
    def eraser(self) -> Eraser:
        o = self.office
        return Eraser(o.ctx, load_retention(), o.documents, o.activity, o.executions, LINK_KEY)

    @property
    def door(self) -> Door:
        return Door(self.office.store, LINK_KEY)

    def lives(self) -> "Life":
        """Three quotes: one seen, asked about and refused; one of the same need still open; a draft; and the rest."""
        self.id = wanted(self.me.customers.post("/v1/customers", HIM), 201)["id"]
        refused, still_open = self.sends(), self.sends()
        self.looks(refused)
        self.refuses(refused)
        draft = wanted(self.me.quotes.post("/v1/quotes", self.body()), 201)["id"]
        self.encloses(draft, NEGOTIATED)
        self.quotes = [refused, still_open, draft]
        invoice = {"customer_id": self.id, "lines": self.body()["lines"], "subject": "Chez Mme Quatrebarbes"}
        wanted(self.me.invoices.post("/v1/invoices", invoice), 201)
        self.notes(still_open)
        return self

    def encloses(self, id: str, pdf: bytes) -> None:
        """Conditions that go with this draft instead of the company's."""
        answer = self.me.quotes.get(f"/v1/quotes/{id}")
        path = f"/v1/quotes/{id}/general-terms"
        wanted(self.me.quotes.send("PUT", path, pdf, headers={"If-Match": answer.etag}))

    def body(self) -> dict[str, Any]:
        return a_quote_body(self.id, message="Bonjour Mme Quatrebarbes, 77 impasse des Hirondelles.")

    def sends(self) -> str:
        """A quote that is sent, drawn and mailed, with a pixel: he agreed to it."""
        id = str(wanted(self.me.quotes.post("/v1/quotes", self.body()), 201)["id"])
        wanted(self.me.quotes.post(f"/v1/quotes/{id}/send"))
        o = self.office
        rendering.render(o.ctx, MACHINE, DocumentKind.QUOTE, id, renderer=FakeRenderer(), documents=o.documents)
        quote = o.store.get(TENANT, Quote, id)
        assert quote is not None
        o.wake(quote)
        o.clock.advance(timedelta(days=1))
        o.activity.record(
            noticed(ActivityKind.OPENED, o.clock.now(), tenant=TENANT, document_kind="quote", document_id=id)
        )
        return id

    def token(self, id: str) -> str:
        return link_token(LINK_KEY, TENANT, "quote", id)

    def shown(self, id: str) -> Shown:
        quote = self.office.store.get(TENANT, Quote, QuoteId(id))
        assert quote is not None
        return Shown(quote.pdf_sha256, form_token(LINK_KEY, self.token(id), quote.pdf_sha256))

    def looks(self, id: str) -> None:
        o = self.office
        text = "Rappelez Zéphirine Quatrebarbes au 06 98 76 54 32."
        question(o.ctx, self.door, self.token(id), self.shown(id), o.activity, o.executions, text=text)

    def refuses(self, id: str) -> None:
        o = self.office
        refuse(o.ctx, self.door, self.token(id), self.shown(id), reason="Trop cher pour les Quatrebarbes.")

    def notes(self, quote_id: str) -> None:
        """What the seller and the machine keep about him beside his documents."""
        now = self.office.clock.now()
        whose: dict[str, Any] = {"document_kind": DocumentKind.QUOTE, "document_id": quote_id, "customer_id": self.id}
        segment = Segment(TENANT, "seg_1", 1, now, now, PENDING_QUOTES)
        quote = self.office.store.get(TENANT, Quote, quote_id)
        assert quote is not None
        need = Need(TENANT, "nee_1", 1, (QuoteId(quote_id),))
        letters = self.office.store.get(TENANT, Correspondence, self.id)
        note = "Mme Quatrebarbes rappellera"
        box = Correspondence(TENANT, CustomerId(self.id), 1, on_hold=True, hold_note=note)
        self.office.put(
            replace(letters, rev=letters.rev + 1, on_hold=True, hold_note=note) if letters else box,
            Proposal(
                TENANT,
                f"{quote_id}#firm",
                1,
                step="firm",
                template="quote_reminder",
                level=1,
                approval=Approval.DELEGATE,
                state=ProposalState.PENDING,
                at=now,
                expires_at=now + timedelta(days=9),
                body="Chère Mme Quatrebarbes",
                **whose,
            ),
            Task(
                TENANT, f"{quote_id}#call", 1, title="Appeler", state=TaskState.OPEN, at=now,
                detail="06 98 76 54 32", **whose,
            ),
            segment,
            Membership(TENANT, "seg_1", quote_id, 1, is_inside=True, entered_on=now.date()),
            Membership(TENANT, "seg_1", self.id, 1, is_inside=True, entered_on=now.date()),
            CustomerPrice(TENANT, price_id(self.id, "itm_1"), 1, now, CustomerId(self.id), ItemId("itm_1"), Price()),
            need,
            replace(quote, rev=quote.rev + 1, need="nee_1"),
        )  # fmt: skip

    def asks(self) -> Erasure:
        return ask(self.office.ctx, OWNER, self.id, load_retention(), self.worker)

    def is_erased(self) -> Erasure:
        """What the background does."""
        return erase(self.eraser, TENANT, self.id)

    def places(self) -> Iterator[tuple[str, bytes]]:
        """Everything that is stored anywhere: the whole table, journal, answers, activity, and every document."""
        store = self.office.store
        for item in store.items():
            yield item.kind, f"{item.id}\n".encode() + item.body
        for tenant in store.tenants():
            for event in store.events(tenant):
                yield f"journal {event.type}", event.line
        for key, answer in store._answers.items():
            yield "answer", f"{key} {answer}".encode()
        for activity in self.office.activity.kept.values():
            yield f"activity {activity.kind}", repr(activity).encode()
        for digest, pdf in self.office.documents.stored.items():
            yield f"pdf {digest[:6]}", pdf
        for (_, digest), pdf in self.office.documents.owned.items():
            yield f"enclosed {digest[:6]}", pdf

    def found(self) -> dict[str, set[str]]:
        """Where each needle is."""
        return {needle: {place for place, body in self.places() if needle.encode() in body} for needle in NEEDLES}
