"""A firm at work whose every step is a use case of the product, so that its store can be lost, restored and compared.

`live` takes numbers for choices: a step that makes no sense yet is not taken. Nothing is stored here behind the
product's back but links, which a test needs to answer and no archive knows.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final, TypeVar

from local import demo_data
from relance.adapters.dunning_data import load_dunning_law
from relance.adapters.scenario_data import PackagedScenarios
from relance.app import answering, quoting
from relance.app.context import SYSTEM, Caller, Context
from relance.app.following import Move, follow
from relance.app.outgoing import Post
from relance.app.ports.store import Commit
from relance.app.rendering import render
from relance.app.viewing import Door, Shown
from relance.app.writing import Postmark
from relance.domain.calendar_fr import civil_date
from relance.domain.errors import Rejected
from relance.domain.invoice import Invoice
from relance.domain.links import Link, form_token, link_id, link_token
from relance.domain.quote import Quote, QuoteStatus
from relance.domain.reminder.run import Run, RunStatus
from relance.domain.reminder.scenario import DocumentKind
from tests.builders import TENANT, a_context
from tests.doubles.activity import InMemoryActivityLog
from tests.doubles.api import Server, a_quote_body, law, wanted
from tests.doubles.gateway import Answer
from tests.doubles.office import LINK_KEY, PlainComposer
from tests.doubles.outside import (
    FakeRenderer,
    InMemoryDocuments,
    ManualClock,
    RecordingExecutions,
    RecordingMailer,
)
from tests.doubles.store import InMemoryStore
from tests.doubles.till import ODD_LINES, Till
from tests.doubles.webhooks import RecordingWebhooks

MACHINE: Final = Caller(TENANT, "lifecycle", SYSTEM)
OWNER: Final = Caller(TENANT, "usr_owner")
MARK: Final = Postmark("envoi.relance.example", "https://devis.example", LINK_KEY)
VISITOR: Final = answering.Visitor("203.0.113.7", "Firefox")
_TURNS: Final = 20  # of one wake: far more than there can be

E = TypeVar("E", Quote, Invoice, Run)


@dataclass(slots=True)
class Firm:
    """One firm on one store; `store` may be another one after a restore, the mails that left stay where they are."""

    store: InMemoryStore = field(default_factory=InMemoryStore)
    clock: ManualClock = field(default_factory=ManualClock)
    mailer: RecordingMailer = field(default_factory=RecordingMailer)
    documents: InMemoryDocuments = field(default_factory=InMemoryDocuments)
    seed: int = 0
    ctx: Context = field(init=False)
    till: Till = field(init=False)

    def __post_init__(self) -> None:
        self.ctx = a_context(store=self.store, clock=self.clock, seed=self.seed)
        activity = InMemoryActivityLog(self.clock)
        server = Server(self.ctx, self.store, self.clock, RecordingExecutions(), self.documents, activity)
        self.till = Till(server, server.caller())

    def restored(self, backup: InMemoryStore) -> "Firm":
        """The same world around an older store."""
        return Firm(backup, self.clock, self.mailer, self.documents, seed=self.seed + 1)

    def opens(self) -> "Firm":
        """The company and its first customer."""
        self.till.opens()
        return self

    def live(self, choices: Sequence[tuple[int, int]]) -> None:
        """Some business: each choice is a step and what it is about; minutes go by between them."""
        for step, about in choices:
            self.clock.advance(timedelta(minutes=3))
            try:
                STEPS[step % len(STEPS)](self, about)
            except Rejected:
                continue  # it made no sense at that moment

    # --- what is there ------------------------------------------------------------------------------------------

    def all(self, kind: type[E]) -> list[E]:
        """Oldest first."""
        return list(self.store.starting_with(TENANT, kind, "", limit=500).items)

    def one(self, kind: type[E], about: int, wanted: Callable[[E], bool]) -> E | None:
        """One of those that a step can be about."""
        found = [one for one in self.all(kind) if wanted(one)]
        return found[about % len(found)] if found else None

    # --- mails --------------------------------------------------------------------------------------------------

    @property
    def post(self) -> Post:
        """What mails go through."""
        return Post(
            composer=PlainComposer(),
            documents=self.documents,
            mailer=self.mailer,
            published=PackagedScenarios(),
            mark=MARK,
            followed=self.store,
            letters=FakeRenderer(),
            webhooks=RecordingWebhooks(),
            law=load_dunning_law(),
        )

    def wakes(self, run: Run) -> None:
        """One wake of a run, until there is something to wait for."""
        for _ in range(_TURNS):
            turn = self.store.get(TENANT, Run, run.id)
            assert turn is not None
            order = follow(self.ctx, MACHINE, run.document_kind, run.id, turn=turn.turn, post=self.post)
            if order.action is not Move.RENDER:
                return
            self.seals(run.document_kind, run.id)

    def wakes_all(self) -> None:
        """Every run that is open has its turn."""
        for run in self.all(Run):
            if run.status is RunStatus.ACTIVE:
                self.wakes(run)

    def seals(self, kind: DocumentKind, id: str) -> None:
        """The document's PDF, drawn and sealed."""
        render(self.ctx, MACHINE, kind, id, renderer=FakeRenderer(), documents=self.documents)

    def shows(self, quote: Quote) -> tuple[Door, str, Shown]:
        """The customer in front of the page of a quote."""
        token = link_token(LINK_KEY, TENANT, "quote", quote.id)
        if self.store.find(link_id(token)) is None:
            link = Link(TENANT, link_id(token), 1, "quote", quote.id, self.clock.now())
            self.store.commit(Commit(TENANT, self.ctx.new_id("tok"), puts=(link,)))
        return Door(self.store, LINK_KEY), token, Shown(quote.pdf_sha256, form_token(LINK_KEY, token, quote.pdf_sha256))


def _done(answer: Answer, status: int = 200) -> dict[str, Any]:
    """The JSON of an answer. Raises Rejected where the product refused."""
    if answer.status in (404, 409, 422):
        raise Rejected(answer.body.decode())
    return wanted(answer, status)


def _is_open(quote: Quote) -> bool:
    return quote.status is QuoteStatus.SENT and bool(quote.pdf_sha256)


def _is_issued(invoice: Invoice) -> bool:
    return invoice.content is not None and not invoice.content.type.is_credit


def _drafts_invoice(firm: Firm, about: int) -> None:
    _done(firm.till.me.drafts_invoice(lines=ODD_LINES[: 1 + about % 3]), 201)


def _issues(firm: Firm, about: int) -> None:
    draft = firm.one(Invoice, about, lambda one: one.content is None)
    if draft is not None:
        _done(firm.till.me.invoices.post(f"/v1/invoices/{draft.id}/issue"))


def _new_customer_is_invoiced(firm: Firm, about: int) -> None:
    body = {**demo_data.CUSTOMERS[0], "name": f"Client {about}", "email": f"c{about}@client.example"}
    customer = _done(firm.till.me.customers.post("/v1/customers", body), 201)
    lines = ODD_LINES[: 1 + about % 3]
    draft = _done(firm.till.me.invoices.post("/v1/invoices", {"customer_id": customer["id"], "lines": lines}), 201)
    _done(firm.till.me.invoices.post(f"/v1/invoices/{draft['id']}/issue"))


def _is_paid(firm: Firm, about: int) -> None:
    invoice = firm.one(Invoice, about, lambda one: _is_issued(one) and one.balance > 0)
    if invoice is not None:
        amount = f"{max(1, invoice.balance // (1 + about % 2)) / 100:.2f}"
        body = {"amount": amount, "mode": ["card", "transfer"][about % 2], "paid_on": _today(firm).isoformat()}
        _done(firm.till.me.invoices.post(f"/v1/invoices/{invoice.id}/payments", body), 201)


def _credits(firm: Firm, about: int) -> None:
    invoice = firm.one(Invoice, about, lambda one: _is_issued(one) and not one.is_void)
    if invoice is not None:
        body: dict[str, Any] = {"reason": "Geste commercial", "issue": True}
        if about % 2:
            body["lines"] = [{"line": 1, "quantity": "1"}]
        _done(firm.till.me.invoices.post(f"/v1/invoices/{invoice.id}/credit-notes", body), 201)


def _corrects(firm: Firm, about: int) -> None:
    invoice = firm.one(Invoice, about, _is_issued)
    if invoice is not None:
        draft = _done(firm.till.me.invoices.post(f"/v1/invoices/{invoice.id}/corrections", {"reason": "Adresse"}), 201)
        _done(firm.till.me.invoices.post(f"/v1/invoices/{draft['id']}/issue"))


def _seals(firm: Firm, about: int) -> None:
    invoice = firm.one(Invoice, about, lambda one: one.content is not None)
    quote = firm.one(Quote, about, lambda one: one.content is not None)
    if invoice is not None:
        firm.seals(DocumentKind.INVOICE, invoice.id)
    if quote is not None:
        firm.seals(DocumentKind.QUOTE, quote.id)


def _makes_a_duplicate(firm: Firm, about: int) -> None:
    invoice = firm.one(Invoice, about, lambda one: bool(one.pdf_sha256))
    if invoice is not None:
        _done(firm.till.me.invoices.post(f"/v1/invoices/{invoice.id}/duplicates"), 201)


def _drafts_quote(firm: Firm, about: int) -> None:
    lines = [*ODD_LINES[: 1 + about % 3], {**ODD_LINES[0], "optional": True, "chosen": False}][: 2 + about % 2]
    _done(firm.till.me.quotes.post("/v1/quotes", a_quote_body(firm.till.me.sets_up_customer(), lines=lines)), 201)


def _sends_quote(firm: Firm, about: int) -> None:
    draft = firm.one(Quote, about, lambda one: one.status is QuoteStatus.DRAFT)
    if draft is not None:
        quoting.send(firm.ctx, OWNER, draft.id, catalogue=law(), executions=firm.till.server.executions)
        firm.seals(DocumentKind.QUOTE, draft.id)


def _next_version(firm: Firm, about: int) -> None:
    quote = firm.one(Quote, about, _is_open)
    if quote is not None:
        version = quoting.new_version(firm.ctx, OWNER, quote.id)
        quoting.send(firm.ctx, OWNER, version.id, catalogue=law(), executions=firm.till.server.executions)
        firm.seals(DocumentKind.QUOTE, version.id)


def _is_accepted(firm: Firm, about: int) -> None:
    quote = firm.one(Quote, about, _is_open)
    if quote is not None:
        signed = answering.Signed("Nadia Perrin", "Bon pour accord")
        door, token, shown = firm.shows(quote)
        answering.accept(firm.ctx, door, token, shown, VISITOR, signed, confirmed=True)


def _is_refused(firm: Firm, about: int) -> None:
    quote = firm.one(Quote, about, _is_open)
    if quote is not None:
        door, token, shown = firm.shows(quote)
        answering.refuse(firm.ctx, door, token, shown, reason="Trop cher")


def _is_cancelled(firm: Firm, about: int) -> None:
    quote = firm.one(Quote, about, _is_open)
    if quote is not None:
        quoting.cancel(firm.ctx, OWNER, quote.id)


def _extends(firm: Firm, about: int) -> None:
    quote = firm.one(Quote, about, _is_open)
    if quote is not None:
        until = _today(firm) + timedelta(days=60 + about % 9)
        quoting.extend(firm.ctx, OWNER, quote.id, until, firm.till.server.executions)


def _bills(firm: Firm, about: int) -> None:
    quote = firm.one(Quote, about, lambda one: one.status is QuoteStatus.ACCEPTED)
    if quote is not None:
        part = {"kind": "deposit", "percent": "30"} if not quote.invoice_ids else {"kind": "balance"}
        draft = _done(firm.till.me.quotes.post(f"/v1/quotes/{quote.id}/invoices", part), 201)
        _done(firm.till.me.invoices.post(f"/v1/invoices/{draft['id']}/issue"))


def _moves_its_year(firm: Firm, about: int) -> None:
    company = {**demo_data.COMPANY, "branding": {}, "fiscal_year_start": f"{1 + about % 12:02d}-01"}
    known = firm.till.me.settings.get("/v1/company").etag
    assert firm.till.me.settings.put("/v1/company", company, if_match=known).status == 200


def _mails(firm: Firm, about: int) -> None:
    run = firm.one(Run, about, lambda one: one.status is RunStatus.ACTIVE)
    if run is not None:
        firm.wakes(run)


def _night_falls(firm: Firm, _about: int) -> None:
    firm.clock.advance(timedelta(hours=20))


def _today(firm: Firm) -> date:
    return civil_date(firm.clock.now())


STEPS: Final[Sequence[Callable[[Firm, int], None]]] = (
    _drafts_invoice,
    _issues,
    _new_customer_is_invoiced,
    _is_paid,
    _credits,
    _corrects,
    _seals,
    _makes_a_duplicate,
    _drafts_quote,
    _sends_quote,
    _next_version,
    _is_accepted,
    _is_refused,
    _is_cancelled,
    _extends,
    _bills,
    _moves_its_year,
    _mails,
    _night_falls,
)
