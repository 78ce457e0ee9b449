"""What was shown beforehand is what leaves: the preview against the machine itself, mail by mail, word by word. [DR-11]

The preview is asked of the use case; then sixty days are lived by the state machine with its real tasks, and somebody
approves whatever is proposed within the hour. Nothing of the one is used by the other but the stored facts.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, TypeVar

import pytest

from relance.adapters.mail_composer import JinjaMailComposer
from relance.app import approving
from relance.app.context import Caller
from relance.app.foreseeing import Desk, Preview, of_document, of_scenario
from relance.app.ports.composing import MailComposer
from relance.app.writing import Postmark
from relance.domain.calendar_fr import civil_date
from relance.domain.content import buyer_of
from relance.domain.dunning_law import DunningLaw
from relance.domain.errors import NotFound
from relance.domain.ids import InvoiceId, QuoteId
from relance.domain.invoice import Invoice
from relance.domain.late_payment import LateRate, LateRates
from relance.domain.late_terms import LateTerms
from relance.domain.party import CustomerKind
from relance.domain.quote import Quote
from relance.domain.reminder.forecast import APPROVED_AFTER
from relance.domain.reminder.hold import Hold, HoldKind
from relance.domain.reminder.policy import Source
from relance.domain.reminder.proposal import Proposal, ProposalState
from relance.domain.reminder.run import hold, reassign
from relance.domain.reminder.scenario import DELIVERY, Action, DocumentKind
from tests.builders import TENANT, a_customer
from tests.doubles.office import MARK, a_claim, a_payment, a_sent_quote, an_issued_invoice, kind_of
from tests.doubles.outside import START
from tests.statemachine.theatre import Theatre

BOSS: Final = Caller(TENANT, "usr_boss")
RATES: Final = LateRates(
    (LateRate(date(2026, 7, 1), 1215, "Banque de France"), LateRate(date(2027, 1, 1), 1240, "id."))
)
Left = tuple[date, str, str]
D = TypeVar("D", Quote, Invoice)


@dataclass(frozen=True)
class Pen:
    """Writes what is foreseen."""

    composer: MailComposer
    mark: Postmark
    law: DunningLaw


class Firm:
    """A theatre whose mails are in real words, and somebody who says yes."""

    def __init__(self, kind: CustomerKind = CustomerKind.BUSINESS) -> None:
        self.theatre = Theatre()
        office = self.office = self.theatre.office
        composer = JinjaMailComposer()
        object.__setattr__(office.post, "composer", composer)
        self.desk = Desk(office.post.published, office.store, Pen(composer, MARK, office.post.law))
        office.put(LateTerms(TENANT, 1, rates=RATES, updated_at=START))
        self.customer = a_customer(kind=kind)
        if kind is CustomerKind.BUSINESS:  # the office knows the consumer
            office.put(self.customer)
        self.documents: list[Quote | Invoice] = []

    def invoice(self, n: int, *, due_in: int, scenario: str = "standard.invoice@2") -> Invoice:
        """An invoice delivered when it was issued, due in so many days."""
        issued = an_issued_invoice(self.office.clock.at - timedelta(days=20), 20 + due_in, self.office.drawn())
        assert issued.content is not None
        number = f"F-2026-{n:04}"
        content = replace(issued.content, number=number, buyer=buyer_of(self.customer))
        draft = replace(issued.draft, customer_id=self.customer.id)
        invoice = replace(issued, id=InvoiceId(f"inv_{n:026}"), number=number, content=content, draft=draft)
        return self._followed(invoice, scenario)

    def quote(self, n: int, scenario: str = "standard.quote@2") -> Quote:
        """A quote sent and delivered now."""
        quote = a_sent_quote(self.office.clock.at, 30, self.office.drawn(), id=QuoteId(f"quo_{n:026}"))
        assert quote.content is not None
        content = replace(quote.content, buyer=buyer_of(self.customer))
        draft = replace(quote.draft, customer_id=self.customer.id)
        return self._followed(replace(quote, content=content, draft=draft), scenario)

    def _followed(self, document: D, scenario: str) -> D:
        kind = kind_of(document)
        stored = self.office.follow(document, scenario)
        claim = a_claim(DELIVERY, self.office.clock.at, stored.id, rev=1, document_kind=kind)
        self.office.put(claim)
        self.documents.append(stored)
        self.theatre.machine.start(TENANT, kind.value, stored.id, 1)
        return stored

    def settle(self) -> None:
        """Let the machines find what they wait for."""
        self.theatre.until(self.office.clock.at + timedelta(minutes=1))

    def live(self, days: int) -> None:
        """So many days, approving whatever is proposed an hour after it was."""
        end = self.office.clock.at + timedelta(days=days)
        while self.office.clock.at < end:
            self.theatre.until(min(end, self.office.clock.at + timedelta(minutes=30)))
            for one in self.office.store.page(TENANT, Proposal, limit=100).items:
                if one.state is ProposalState.PENDING and self.office.clock.at - one.at >= APPROVED_AFTER:
                    approving.approve(self.office.ctx, BOSS, one.id, approving.Edited(), self.theatre.machine)

    def left(self) -> list[Left]:
        """The mails to the customer that left: day, subject, words."""
        mails = [mail for mail in self.office.mailer.delivered if mail.recipient == self.customer.email]
        return [(civil_date(mail.date), mail.subject, plain(mail.text)) for mail in mails]


def plain(text: str) -> str:
    """Without the token of the customer's page, which only a mail that leaves has."""
    return re.sub(r"https://devis\.example/([qu])/\S+", r"https://devis.example/\1/…", text)


def mails(*previews: Preview) -> list[Left]:
    """The mails of previews of one customer, each once, in order."""
    told = {
        (one.foreseen.at, one.foreseen.document_id, one.foreseen.step): one
        for preview in previews
        for prospect in preview.prospects
        for one in prospect.told
        if one.foreseen.action is Action.EMAIL
    }
    found = [told[key] for key in sorted(told)]
    assert [one.problem for one in found if one.mail is None] == []
    return [(civil_date(one.foreseen.at), one.mail.subject, plain(one.mail.text)) for one in found if one.mail]


def foreseen(firm: Firm) -> list[Left]:
    """What is told of each document, put together."""
    return mails(*(of_document(firm.office.ctx, BOSS, kind_of(one), one.id, firm.desk) for one in firm.documents))


def test_a_quote_and_two_invoices_of_one_customer_are_foreseen_word_by_word() -> None:
    firm = Firm()
    firm.quote(1)
    firm.invoice(2, due_in=3)
    firm.invoice(3, due_in=9)
    firm.settle()
    told = foreseen(firm)
    firm.live(60)
    assert firm.left() == told
    assert len(told) >= 8, "courtesy, reminders, a firm word and a formal one"
    assert any("factures" in subject for _, subject, _ in told), "some ask for both at once"


def test_a_consumer_hears_what_was_shown_and_of_no_fee_DU_01() -> None:
    firm = Firm(CustomerKind.CONSUMER)
    firm.invoice(1, due_in=2, scenario="standard.invoice_consumer@1")
    firm.settle()
    told = foreseen(firm)
    firm.live(60)
    assert firm.left() == told
    assert [subject for _, subject, text in told if re.search(r"pénalit|indemnité|40,00", text)] == []


@pytest.mark.parametrize("what", ["paid", "promise"])
def test_after_something_happened_the_calendar_is_another_one_and_true_again(what: str) -> None:
    firm = Firm()
    invoice = firm.invoice(1, due_in=0)
    firm.invoice(2, due_in=4)
    firm.live(9)
    if what == "paid":
        firm.office.pay(invoice)
    else:
        run = firm.office.run_of(invoice)
        until = civil_date(firm.office.clock.at) + timedelta(days=6)
        held = hold(
            run, Hold("hol_1", HoldKind.PROMISE, firm.office.clock.at, "usr_boss", until=until), firm.office.clock.at
        )
        firm.office.put(held)
        firm.theatre.machine.start(TENANT, "invoice", invoice.id, held.turn)
    firm.settle()
    before, told = len(firm.left()), foreseen(firm)
    firm.live(60)
    assert firm.left()[before:] == told
    assert told


def test_a_partial_payment_is_in_the_words_that_are_shown_DR_03() -> None:
    firm = Firm()
    invoice = firm.invoice(1, due_in=1)
    firm.office.change(invoice, payments=(a_payment(invoice.balance - 500_00, firm.office.clock.at),))
    firm.settle()
    told = foreseen(firm)
    assert all("500,00" in text for _, _, text in told)
    firm.live(30)
    assert firm.left() == [one for one in told if one[0] <= civil_date(firm.office.clock.at)]


def test_a_scenario_is_shown_on_the_open_documents_before_anything_follows_it_DR_11() -> None:
    """On the short first scenario now; shown under the new ones, then switched over: what leaves is what was shown."""
    firm = Firm()
    for n in (1, 2):
        firm.invoice(n, due_in=5 * n, scenario="standard.invoice@1")
    firm.quote(3)
    firm.settle()
    shown = of_scenario(firm.office.ctx, BOSS, "standard.invoice@2", firm.desk)
    assert [prospect.scenario.id for prospect in shown.prospects] == ["standard.invoice@2"] * 2
    assert shown.cursor is None
    for invoice in (one for one in firm.documents if isinstance(one, Invoice)):
        run = firm.office.run_of(invoice)
        assert run.scenario_id == "standard.invoice@1", "looking changes nothing"
        switched = reassign(run, "standard.invoice@2", Source.DOCUMENT, firm.office.clock.at)
        firm.office.put(switched)
        firm.theatre.machine.start(TENANT, "invoice", invoice.id, switched.turn)
    firm.live(60)
    assert [mail for mail in firm.left() if "devis" not in mail[1].lower()] == mails(shown)


def test_a_mail_that_cannot_be_written_is_shown_as_such_before_it_is_held_DR_13() -> None:
    firm = Firm()
    firm.office.put(LateTerms(TENANT, 2, updated_at=START))
    firm.invoice(1, due_in=0)
    firm.settle()
    (invoice,) = firm.documents
    told = of_document(firm.office.ctx, BOSS, DocumentKind.INVOICE, invoice.id, firm.desk).prospects[0].told
    problems = {one.foreseen.step: one.problem for one in told if one.problem}
    assert problems.keys() == {"formal"}
    assert "Aucun taux de pénalité" in problems["formal"]


def test_of_a_document_that_is_over_nothing_is_told_but_why() -> None:
    firm = Firm()
    quote = firm.quote(1)
    firm.settle()
    firm.live(40)
    (prospect,) = of_document(firm.office.ctx, BOSS, DocumentKind.QUOTE, quote.id, firm.desk).prospects
    assert (prospect.outlook.over, prospect.told) == ("expired", ())
    with pytest.raises(NotFound):
        of_document(firm.office.ctx, BOSS, DocumentKind.INVOICE, quote.id, firm.desk)
