"""A small firm at work on doubles: documents that were sent, their runs, and everything a mail goes through.

Documents are stored as the use cases leave them, in one commit with their run. Facts of life (paid, accepted, seen …)
are stored by bumping `rev`, as every writer does, so that whoever checks the document notices.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from relance.adapters.dunning_data import load_dunning_law
from relance.adapters.scenario_data import PackagedScenarios
from relance.app.context import SYSTEM, Caller, Context
from relance.app.following import Order, follow
from relance.app.outgoing import Post
from relance.app.ports.composing import ComposedMail, Late, Owed, Words
from relance.app.ports.store import Commit, Entity
from relance.app.writing import Postmark
from relance.domain.content import DocumentContent, InvoiceContent, QuoteContent, buyer_of, seller_of
from relance.domain.errors import Invalid
from relance.domain.ids import InvoiceId, PaymentId
from relance.domain.invoice import Invoice, InvoiceStatus, Payment, PaymentMode
from relance.domain.money import Cents
from relance.domain.party import Company, TrackingConsent
from relance.domain.quote import Acceptance, Quote, QuoteStatus, Refusal, Withdrawal
from relance.domain.reminder.claim import Claim, ClaimState, claim_id
from relance.domain.reminder.run import Alert, Asked, Run, new_run
from relance.domain.reminder.scenario import DELIVERY, DocumentKind, Scenario, Step
from relance.domain.totals import total
from tests.builders import (
    TENANT,
    a_company,
    a_customer,
    a_quote,
    a_quote_draft,
    an_invoice,
    an_invoice_draft,
    some_lines,
)
from tests.doubles.activity import InMemoryActivityLog
from tests.doubles.outside import (
    START,
    FakeRenderer,
    InMemoryDocuments,
    ManualClock,
    RecordingExecutions,
    RecordingMailer,
    SeededEntropy,
)
from tests.doubles.store import InMemoryStore
from tests.doubles.webhooks import RecordingWebhooks

D = TypeVar("D", Quote, Invoice)

LINK_KEY = b"a secret of the deployment"
MARK = Postmark("envoi.relance.example", "https://devis.example", LINK_KEY)
MACHINE = Caller(TENANT, "lifecycle", SYSTEM)


def a_sent_quote(sent_at: datetime = START, valid_days: int = 30, pdf_sha256: str = "", **changes: Any) -> Quote:
    """Sent at `sent_at` and valid for `valid_days`; its PDF is still to be drawn unless its hash is given."""
    day = sent_at.date()
    content = QuoteContent(
        title="Devis",
        number="D-2026-0001",
        version=1,
        issue_date=day,
        validity_until=day + timedelta(days=valid_days),
        seller=seller_of(a_company()),
        buyer=buyer_of(a_customer()),
        lines=some_lines(),
        totals=total(some_lines()),
        payment_terms="30 jours",
        delivery_terms="",
        price_terms="Devis gratuit.",
        start_date="",
        duration="",
        message="",
        subject="Rénovation du parquet",
        warranty_terms="",
        salt="00" * 16,
    )
    quote = a_quote(
        rev=2,
        status=QuoteStatus.SENT,
        number="D-2026-0001",
        sent_at=sent_at,
        content=content,
        content_sha256="c" * 64,
        pdf_sha256=pdf_sha256,
        draft=a_quote_draft(),
    )
    return replace(quote, **changes)


def an_issued_invoice(issued_at: datetime = START, due_days: int = 30, pdf_sha256: str = "", **changes: Any) -> Invoice:
    """Issued at `issued_at`, due `due_days` later, nothing paid."""
    day = issued_at.date()
    content = InvoiceContent(
        type_code="380",
        number="F-2026-0001",
        issue_date=day,
        supply_date=day,
        due_date=day + timedelta(days=due_days),
        seller=seller_of(a_company()),
        buyer=buyer_of(a_customer()),
        lines=some_lines(),
        totals=total(some_lines()),
        payment_terms="30 jours",
        early_discount_terms="",
        late_penalty_terms="",
        recovery_indemnity_terms="",
        vat_note="",
        quote_numbers=(),
        purchase_order="",
        subject="",
    )
    invoice = an_invoice(
        rev=2,
        status=InvoiceStatus.ISSUED,
        number="F-2026-0001",
        issued_at=issued_at,
        content=content,
        content_sha256="c" * 64,
        pdf_sha256=pdf_sha256,
        draft=an_invoice_draft(),
    )
    return replace(invoice, **changes)


def a_payment(amount: int, at: datetime, id: str = "pay_1") -> Payment:
    """Money that came in by transfer."""
    return Payment(PaymentId(id), Cents(amount), at.date(), PaymentMode.TRANSFER, at)


def an_acceptance(at: datetime, quote: Quote) -> Acceptance:
    """« Bon pour accord », given to exactly that quote."""
    return Acceptance("C. Lefèvre", "Bon pour accord", at, quote.pdf_sha256, quote.version, "", "", "e" * 64)


def a_claim(step: str, at: datetime, document_id: str = "quo_0000000000000000000000001", **changes: Any) -> Claim:
    """A mail that was sent at `at`."""
    claim = Claim(
        tenant=TENANT,
        id=claim_id(document_id, step),
        rev=2,
        document_kind=DocumentKind.QUOTE,
        document_id=document_id,
        step=step,
        template=step,
        state=ClaimState.SENT,
        at=at,
        settled_at=at,
        recipient="camille.lefevre@client.example",
        subject="",
        message_id="<1@envoi.relance.example>",
        mail_sha256="",
        pdf_sha256="",
        salt="",
        consent=TrackingConsent.NONE,
    )
    return replace(claim, **changes)


def kind_of(document: Quote | Invoice) -> DocumentKind:
    """Which of the two it is."""
    return DocumentKind.QUOTE if isinstance(document, Quote) else DocumentKind.INVOICE


class PlainComposer:
    """Writes mails that a test can read: the template, the link, and the pixel when there is one."""

    def compose(
        self,
        template: str,
        *,
        content: DocumentContent,
        company: Company,
        link_url: str,
        today: date,
        pixel_url: str | None = None,
        untrack_url: str | None = None,
        unsubscribe_url: str | None = None,
        acceptance: Acceptance | None = None,
        balance: Cents | None = None,
        answer: Refusal | Withdrawal | Asked | Alert | None = None,
        pdf_sha256: str = "",
        owed: Sequence[Owed] = (),
        late: Late | None = None,
        words: Words | None = None,
    ) -> ComposedMail:
        if (pixel_url is None) != (untrack_url is None):
            raise Invalid("a tracked mail says how to stop it")
        if template == "invoice_overdue" and not balance:
            raise Invalid("nothing is owed")
        pixel = f'<img src="{pixel_url}">' if pixel_url else ""
        subject = words.subject if words else f"{template} {content.number}"
        told = "".join(f" {one.number}:{one.remaining}" for one in owed) + (f" late {late.total}" if late else "")
        return ComposedMail(subject, f"{today} {link_url} {balance}{told}", f"<p>{link_url}</p>{pixel}")


@dataclass(slots=True)
class Office:
    """The doubles of one test, and what may happen to a document."""

    store: InMemoryStore = field(default_factory=InMemoryStore)
    clock: ManualClock = field(default_factory=ManualClock)
    mailer: RecordingMailer = field(default_factory=RecordingMailer)
    documents: InMemoryDocuments = field(default_factory=InMemoryDocuments)
    executions: RecordingExecutions = field(default_factory=RecordingExecutions)
    webhooks: RecordingWebhooks = field(default_factory=RecordingWebhooks)
    activity: InMemoryActivityLog = field(init=False)
    ctx: Context = field(init=False)
    post: Post = field(init=False)

    def __post_init__(self) -> None:
        self.activity = InMemoryActivityLog(self.clock)
        self.ctx = Context(self.store, self.clock, SeededEntropy())
        self.post = Post(
            composer=PlainComposer(),
            documents=self.documents,
            mailer=self.mailer,
            published=PackagedScenarios(),
            mark=MARK,
            followed=self.store,
            letters=FakeRenderer(),
            webhooks=self.webhooks,
            law=load_dunning_law(),
        )
        self.put(a_company(), a_customer())

    def put(self, *entities: Entity) -> None:
        """Store them as they are."""
        self.store.commit(Commit(entities[0].tenant, self.ctx.entropy.bytes(16).hex(), puts=entities))

    def follow(self, document: D, scenario_id: str = "") -> D:
        """Store a document as sent or issued before, with its run starting now."""
        kind = kind_of(document)
        chosen = scenario_id or f"standard.{kind.value}@1"  # short: nobody has to approve anything
        whose = document.customer_id
        run = new_run(document.tenant, kind, document.id, chosen, self.clock.now(), customer_id=whose)
        self.put(replace(document, rev=1))
        self.put(replace(document, rev=2), run)
        return replace(document, rev=2)

    def publish(self, *steps: Step, kind: DocumentKind = DocumentKind.INVOICE, name: str = "own", **more: Any) -> str:
        """A scenario of the company's own with these steps, and its id."""
        made = Scenario(TENANT, name, 1, 1, kind, "Le nôtre", steps, self.clock.now(), **more)
        self.put(made)
        return made.id

    def owing(self, n: int, scenario_id: str, *, days_late: int = 0, amount: int | None = None) -> Invoice:
        """The customer's `n`-th invoice, delivered a month ago, and `days_late` days past its due date."""
        issued_at = self.clock.now() - timedelta(days=30 + days_late)
        invoice = an_issued_invoice(
            issued_at, 30, self.drawn(), id=InvoiceId(f"inv_{n:026d}"), number=f"F-2026-{n:04d}"
        )
        assert invoice.content is not None
        invoice = replace(invoice, content=replace(invoice.content, number=invoice.number))
        if amount is not None:
            invoice = replace(invoice, payments=(a_payment(invoice.due - amount, issued_at),))
        self.follow(invoice, scenario_id)
        told = {"document_kind": DocumentKind.INVOICE, "rev": 1}
        self.put(a_claim(DELIVERY, issued_at, invoice.id, **told))
        return self.again(invoice)

    def drawn(self) -> str:
        """The hash of a PDF that is in the document store."""
        return self.documents.put(b"%PDF-1.7 as sealed")

    def quote(self, **changes: Any) -> Quote:
        """A quote sent now, drawn, and followed."""
        return self.follow(a_sent_quote(self.clock.now(), **({"pdf_sha256": self.drawn()} | changes)))

    def invoice(self, **changes: Any) -> Invoice:
        """An invoice issued now, drawn, and followed."""
        return self.follow(an_issued_invoice(self.clock.now(), **({"pdf_sha256": self.drawn()} | changes)))

    def change(self, document: D, **changes: Any) -> D:
        """Something happens to the document as it is stored now."""
        stored = self.again(document)
        changed = replace(stored, rev=stored.rev + 1, **changes)
        self.put(changed)
        return changed

    def accept(self, quote: Quote) -> Quote:
        """The customer accepts; nobody is told: the machine finds out by itself."""
        return self.change(quote, status=QuoteStatus.ACCEPTED, acceptance=an_acceptance(self.clock.now(), quote))

    def pay(self, invoice: Invoice) -> Invoice:
        """All of it comes in."""
        stored = self.again(invoice)
        return self.change(invoice, payments=(*stored.payments, a_payment(stored.balance, self.clock.now())))

    def consent(self) -> None:
        """The customer agrees that opens are noticed."""
        customer = a_customer(consents=True)
        self.put(replace(customer, rev=2))

    def again(self, document: D) -> D:
        """The document as it is stored now."""
        found = self.store.get(document.tenant, type(document), document.id)
        assert found is not None
        return found

    def claim(self, document: Quote | Invoice, step: str) -> Claim | None:
        """The claim of a step."""
        return self.store.get(document.tenant, Claim, claim_id(document.id, step))

    def wake(self, document: Quote | Invoice) -> Order:
        """One wake of the document's run, as its own execution would have it."""
        turn = self.run_of(document).turn
        return follow(self.ctx, MACHINE, kind_of(document), document.id, turn=turn, post=self.post)

    def run_of(self, document: Quote | Invoice) -> Run:
        """The run of a document."""
        run = self.store.get(document.tenant, Run, document.id)
        assert run is not None
        return run

    def subjects(self) -> list[str]:
        """What left, in order."""
        return [mail.subject for mail in self.mailer.delivered]
