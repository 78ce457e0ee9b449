"""Everything that a step may be, carried out: once, whatever breaks, and never on what somebody has changed since."""

from dataclasses import replace
from datetime import time, timedelta
from hashlib import sha256
from typing import Any, Final

import pytest

from relance.app import timelines
from relance.app.ports.composing import ComposedMail
from relance.app.ports.store import Commit
from relance.contracts.timeline_words import sentence
from relance.domain.errors import Fault as Missing
from relance.domain.errors import Invalid, OutcomeUnknown
from relance.domain.follow_up import FollowUp
from relance.domain.invoice import Invoice
from relance.domain.reminder import proposal as proposals
from relance.domain.reminder.claim import ClaimState, claim_id
from relance.domain.reminder.correspondence import Correspondence
from relance.domain.reminder.hold import Hold, HoldKind
from relance.domain.reminder.proposal import Proposal, ProposalState
from relance.domain.reminder.run import Alert, Asked, RunStatus, hold, propose, release
from relance.domain.reminder.scenario import (
    Action,
    Anchor,
    Approval,
    Condition,
    DocumentKind,
    Enclosed,
    Guards,
    Step,
    again,
)
from relance.domain.reminder.settings import ReminderSettings
from relance.domain.reminder.task import Task
from tests.builders import TENANT, a_customer
from tests.doubles.office import MACHINE, Office, a_claim
from tests.doubles.outside import MailFate
from tests.doubles.store import Crash, Fault
from tests.doubles.webhooks import HookFate

NINE: Final = time(9, 0)
REMIND: Final = Step("remind", Anchor.DUE, 0, NINE, Condition.UNPAID, "invoice_overdue", level=1)
LATER: Final = replace(REMIND, id="later", offset_days=20, level=2)
CALL: Final = replace(REMIND, id="call", action=Action.TASK, title="Appeler", template="")
HOOK: Final = replace(REMIND, id="hook", action=Action.WEBHOOK, template="")
NOTICE: Final = replace(REMIND, id="notice", action=Action.LETTER, level=4, approval=Approval.MANUAL)
HOOKED: Final = ReminderSettings(TENANT, 1, webhook_url="https://erp.client.example/hook", webhook_secret="whsec_c2Vj")


def office_owed(*steps: Step, days_late: int = 1, **guards: Any) -> tuple[Office, Invoice]:
    office = Office()
    return office, office.owing(1, office.publish(*steps, **guards), days_late=days_late)


def tasks(office: Office) -> list[Task]:
    return list(office.store.page(TENANT, Task).items)


def letter_box(office: Office) -> Correspondence | None:
    return office.store.get(TENANT, Correspondence, a_customer().id)


def decided(office: Office, invoice: Invoice, step: str, state: ProposalState, **said: Any) -> None:
    """A person says what he thinks of a proposal, and wakes the run."""
    found = office.store.get(TENANT, Proposal, claim_id(invoice.id, step))
    assert found is not None
    now = office.clock.now()
    office.put(proposals.decide(found, state, "user:louise", now, **said), propose(office.run_of(invoice), step, now))


# --- reminders -------------------------------------------------------------------------------------------------------


def test_a_reminder_moves_the_letter_box_in_the_transaction_of_its_claim_DR_08() -> None:
    office, invoice = office_owed(REMIND)
    assert office.wake(invoice).done == (("remind", "sent"),)
    box, claim = letter_box(office), office.claim(invoice, "remind")
    assert box is not None
    assert claim is not None
    assert box.last_reminder_at == claim.at
    assert (claim.state, claim.level, claim.rev) == (ClaimState.SENT, 1, 2)


def test_a_reminder_carries_the_very_bytes_of_the_archive_DR_13() -> None:
    office, invoice = office_owed(REMIND)
    office.wake(invoice)
    (file,) = office.mailer.delivered[0].attachments
    assert sha256(file.body).hexdigest() == invoice.pdf_sha256


def test_a_reminder_stays_in_the_thread_and_is_answered_to_the_seller() -> None:
    office, invoice = office_owed(REMIND)
    office.wake(invoice)
    (mail,) = office.mailer.delivered
    assert (mail.in_reply_to, mail.reply_to) == ("<1@envoi.relance.example>", "contact@atelier-verdier.example")


def test_reminders_go_where_the_customer_wants_them_and_the_document_to_its_own_address_DR_04() -> None:
    office = Office()
    office.put(a_customer(rev=2, follow_up=FollowUp(email="compta@client.example")))
    invoice = office.owing(1, office.publish(REMIND), days_late=1)
    office.wake(invoice)
    assert office.mailer.delivered[0].recipient == "compta@client.example"
    fresh = office.invoice(id="inv_fresh")
    office.wake(fresh)
    assert office.mailer.delivered[1].recipient == "camille.lefevre@client.example"


@pytest.mark.parametrize("kind", list(DocumentKind))
def test_a_reminder_of_a_quote_can_be_stopped_with_one_click_one_of_an_invoice_cannot_S_05(kind: DocumentKind) -> None:
    office = Office()
    if kind is DocumentKind.INVOICE:
        office.wake(office.owing(1, office.publish(REMIND), days_late=1))
    else:
        quote = office.quote()
        office.wake(quote)
        assert office.mailer.delivered[-1].headers is None, "the offer itself was asked for"
        office.clock.advance(timedelta(days=2))
        office.wake(quote)
    mail = office.mailer.delivered[-1]
    if kind is DocumentKind.INVOICE:
        assert mail.headers is None
        return
    assert mail.headers is not None
    assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    token = mail.text.split()[1].rpartition("/")[2]
    assert mail.headers["List-Unsubscribe"] == f"<https://devis.example/u/{token}>"


def test_a_reminder_that_was_put_off_leaves_the_letter_box_as_it_was() -> None:
    office, invoice = office_owed(REMIND)
    earlier = office.clock.now() - timedelta(days=10)
    office.put(Correspondence(TENANT, a_customer().id, 1, last_reminder_at=earlier))
    office.mailer.next(MailFate.THROTTLED)
    with pytest.raises(Exception, match="Le service d’envoi"):
        office.wake(invoice)
    box = letter_box(office)
    assert box is not None
    assert (box.last_reminder_at, office.claim(invoice, "remind")) == (earlier, None)
    assert office.wake(invoice).done == (("remind", "sent"),), "no gap is waited for: nothing had left"


def test_a_reminder_that_was_refused_for_good_counts_for_nothing() -> None:
    office, invoice = office_owed(REMIND)
    office.mailer.next(MailFate.REFUSED)
    assert office.wake(invoice).done == (("remind", "refused"),)
    box = letter_box(office)
    assert box is not None
    assert box.last_reminder_at is None


# --- tasks, letters, calls -------------------------------------------------------------------------------------------


def test_a_task_is_stored_once_and_the_scenario_goes_on() -> None:
    office, invoice = office_owed(CALL, LATER)
    assert office.wake(invoice).done == (("call", "task"),)
    (task,) = tasks(office)
    assert (task.title, task.document_id, task.customer_id) == ("Appeler", invoice.id, invoice.customer_id)
    assert office.wake(invoice).done == ()
    claim = office.claim(invoice, "call")
    assert claim is not None
    assert (claim.action, claim.state, claim.is_reminder) == (Action.TASK, ClaimState.SENT, False)


@pytest.mark.parametrize("fault", list(Fault))
def test_a_task_is_asked_for_once_whatever_the_store_answers(fault: Fault) -> None:
    office, invoice = office_owed(CALL, LATER)
    office.store.fail_next(fault)
    for _ in range(3):
        try:
            office.wake(invoice)
        except (Exception, Crash):
            continue
    assert len(tasks(office)) == 1


@pytest.mark.parametrize(
    ("fate", "state", "heard"),
    [
        (HookFate.ACCEPTED, ClaimState.SENT, 1),
        (HookFate.LOST, ClaimState.UNKNOWN, 1),
        (HookFate.REFUSED, ClaimState.REFUSED, 0),
        (HookFate.BUSY, ClaimState.REFUSED, 0),
    ],
)
def test_a_call_of_the_sellers_system_is_made_once_and_holds_nothing_up(
    fate: HookFate, state: ClaimState, heard: int
) -> None:
    office, invoice = office_owed(HOOK, REMIND)
    office.put(HOOKED)
    office.webhooks.next(fate)
    assert office.wake(invoice).done == (("hook", state.value), ("remind", "sent"))
    assert office.wake(invoice).done == ()
    assert len(office.webhooks.heard) == heard
    claim = office.claim(invoice, "hook")
    assert claim is not None
    assert (claim.state, claim.action) == (state, Action.WEBHOOK)


def test_a_call_tells_ids_and_no_word_of_the_customer() -> None:
    office, invoice = office_owed(HOOK)
    office.put(HOOKED)
    office.wake(invoice)
    (call,) = office.webhooks.heard
    assert (call.type, call.url, call.secret) == ("reminder.due", HOOKED.webhook_url, HOOKED.webhook_secret)
    assert call.data == {
        "document": "invoice",
        "id": invoice.id,
        "number": "F-2026-0001",
        "scenario": "own@1",
        "step": "hook",
    }


def test_without_an_address_there_is_no_call_and_the_claim_says_why() -> None:
    office, invoice = office_owed(HOOK, REMIND)
    assert office.wake(invoice).done == (("hook", "refused"), ("remind", "sent"))
    claim = office.claim(invoice, "hook")
    assert claim is not None
    assert claim.reason == "no_webhook"


def test_a_formal_notice_waits_for_a_person_then_is_drawn_and_asks_to_be_posted_DU_05() -> None:
    office, invoice = office_owed(NOTICE, days_late=1)
    assert office.wake(invoice).done == (("notice", "proposed"),)
    assert office.mailer.attempts == []
    decided(office, invoice, "notice", ProposalState.APPROVED)
    assert office.wake(invoice).done == (("notice", "letter"),)
    (task,) = tasks(office)
    assert "LRAR" in task.title
    claim = office.claim(invoice, "notice")
    assert claim is not None
    assert claim.pdf_sha256 in office.documents.stored
    assert (claim.approved_by, claim.is_reminder) == ("user:louise", True)
    assert office.mailer.attempts == [], "a person posts it"
    assert letter_box(office) is not None, "the customer hears of it: no mail follows on its heels"


def test_a_letter_whose_claim_was_lost_is_drawn_once() -> None:
    office, invoice = office_owed(NOTICE, days_late=1)
    office.wake(invoice)
    decided(office, invoice, "notice", ProposalState.APPROVED)
    office.store.fail_next(Fault.CRASH_AFTER)
    with pytest.raises(Crash):
        office.wake(invoice)
    office.wake(invoice)
    assert len(tasks(office)) == 1


# --- a person's word -------------------------------------------------------------------------------------------------

ASKED: Final = replace(REMIND, approval=Approval.MANUAL)


def test_what_needs_a_word_is_proposed_once_and_leaves_with_it_DR_09() -> None:
    office, invoice = office_owed(ASKED)
    assert office.wake(invoice).done == (("remind", "proposed"),)
    assert office.wake(invoice).done == ()
    assert office.run_of(invoice).proposed == ("remind",)
    decided(office, invoice, "remind", ProposalState.APPROVED)
    assert office.wake(invoice).done == (("remind", "sent"),)
    claim = office.claim(invoice, "remind")
    assert claim is not None
    assert claim.approved_by == "user:louise"


@pytest.mark.parametrize(
    ("said", "subject"),
    [
        ({"subject": "Deux mots", "body": "Bonjour"}, "Deux mots"),
        ({"subject": "Deux mots"}, "Deux mots"),
        ({"body": "Bonjour"}, "invoice_overdue F-2026-0001"),
    ],
)
def test_edited_words_are_what_leaves_DR_09(said: dict[str, str], subject: str) -> None:
    office, invoice = office_owed(ASKED)
    office.wake(invoice)
    decided(office, invoice, "remind", ProposalState.APPROVED, **said)
    office.wake(invoice)
    assert office.subjects() == [subject]


def test_an_approval_of_what_was_paid_meanwhile_sends_nothing() -> None:
    office, invoice = office_owed(ASKED)
    office.wake(invoice)
    decided(office, invoice, "remind", ProposalState.APPROVED)
    office.pay(invoice)
    assert office.wake(invoice).reason == "paid"
    assert office.mailer.attempts == []


def test_what_a_person_leaves_out_is_skipped_and_the_next_step_waits_for_its_day() -> None:
    office, invoice = office_owed(ASKED, LATER)
    office.wake(invoice)
    decided(office, invoice, "remind", ProposalState.SKIPPED)
    order = office.wake(invoice)
    assert order.done == ()
    assert [(s.step, s.reason) for s in office.run_of(invoice).skipped] == [("remind", "declined")]


def by_hand(office: Office, invoice: Invoice, step: str, template: str) -> None:
    """A mail that a person wants sent now."""
    now = office.clock.now()
    wanted = Proposal(
        TENANT,
        claim_id(invoice.id, step),
        1,
        DocumentKind.INVOICE,
        invoice.id,
        invoice.customer_id,
        step,
        template,
        1,
        Approval.MANUAL,
        ProposalState.APPROVED,
        now,
        now + timedelta(days=14),
        at_once=True,
        by="user:louise",
        decided_at=now,
    )
    office.put(wanted, propose(office.run_of(invoice), step, now))


def test_a_reminder_by_hand_leaves_at_once_with_the_pdf_KB_25() -> None:
    office, invoice = office_owed(LATER)
    by_hand(office, invoice, "direct_1", "invoice_overdue")
    assert office.wake(invoice).done == (("direct_1", "sent"),)
    assert len(office.mailer.delivered[0].attachments) == 1


def test_a_mail_in_doubt_is_sent_again_by_a_person_under_a_claim_of_its_own_S_07() -> None:
    office = Office()
    invoice = office.invoice()
    office.mailer.next(MailFate.UNKNOWN_NOT_DELIVERED)
    assert office.wake(invoice).done == (("delivery", "unknown"),)
    assert office.wake(invoice).done == (), "never by itself"
    by_hand(office, invoice, again("delivery", 1), "invoice_delivery")
    assert office.wake(invoice).done == (("again_1_delivery", "sent"),)
    first, second = office.claim(invoice, "delivery"), office.claim(invoice, "again_1_delivery")
    assert first is not None
    assert second is not None
    assert (first.state, second.state, second.approved_by) == (ClaimState.UNKNOWN, ClaimState.SENT, "user:louise")
    assert not second.is_reminder


def test_a_reminder_in_doubt_is_not_sent_again_once_it_was_paid() -> None:
    office, invoice = office_owed(REMIND, LATER)
    office.mailer.next(MailFate.UNKNOWN_NOT_DELIVERED)
    office.wake(invoice)
    by_hand(office, invoice, again("remind", 1), "invoice_overdue")
    office.pay(invoice)
    assert office.wake(invoice).reason == "paid"
    assert len(office.mailer.attempts) == 1


# --- what is missing -------------------------------------------------------------------------------------------------


class Unwritable:
    """Cannot write some mails: a value is missing."""

    def __init__(self, office: Office, *numbers: str) -> None:
        self._composer, self._numbers = office.post.composer, numbers

    def compose(self, template: str, **parts: Any) -> ComposedMail:
        if parts["content"].number in self._numbers or any(o.number in self._numbers for o in parts["owed"]):
            missing = Missing("/email", "Le courriel cite le numéro de bon de commande, que la facture n’a pas.")
            raise Invalid("Il manque une valeur.", code="mail_incomplete", faults=[missing])
        return self._composer.compose(template, **parts)


def test_a_missing_value_holds_the_step_and_names_what_is_missing_DR_13() -> None:
    """Complaint 10 of the peers: one missing template aborted the reminders of everybody."""
    office = Office()
    own = office.publish(REMIND, LATER, guards=Guards(is_grouped=False))
    office.post = replace(office.post, composer=Unwritable(office, "F-2026-0001"))
    broken, sound = office.owing(1, own, days_late=1), office.owing(2, own, days_late=1)
    assert office.wake(broken).done == (("remind", "incomplete"),)
    assert office.wake(broken).done == (), "held, and asked for once"
    (task,) = tasks(office)
    assert "bon de commande" in task.detail
    assert office.wake(sound).done == (("remind", "sent"),), "another document's error holds nobody else up [DR-17]"
    (held,) = office.run_of(broken).holds
    office.post = replace(office.post, composer=Office().post.composer)
    office.clock.advance(timedelta(days=4))
    office.put(release(office.run_of(broken), held.id, "mended", office.clock.now()))
    assert office.wake(broken).done == (("remind", "sent"),)


def test_a_document_that_cannot_be_delivered_for_want_of_a_value_waits_for_it() -> None:
    office = Office()
    invoice = office.invoice()
    office.post = replace(office.post, composer=Unwritable(office, "F-2026-0001"))
    assert office.wake(invoice).done == (("delivery", "incomplete"),)
    order = office.wake(invoice)
    assert (order.done, order.reason) == ((), "incomplete")


def test_a_customer_without_address_is_a_task_and_no_broken_mail() -> None:
    office, invoice = office_owed(REMIND, LATER)
    assert invoice.content is not None
    buyer = replace(invoice.content.buyer, email="")
    office.change(invoice, content=replace(invoice.content, buyer=buyer))
    assert office.wake(invoice).done == (("remind", "incomplete"),)
    assert "adresse électronique" in tasks(office)[0].detail


# --- the end ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "words"), [(HoldKind.REPLY, "Répondre"), (HoldKind.INSOLVENCY, "mandataire")])
def test_a_reply_and_proceedings_stop_the_run_and_leave_somebody_something_to_do_DR_01(
    kind: HoldKind, words: str
) -> None:
    office, invoice = office_owed(REMIND, LATER)
    now = office.clock.now()
    office.put(hold(office.run_of(invoice), Hold("hld_1", kind, now, "user:louise"), now))
    assert office.wake(invoice).reason == kind.value
    assert office.run_of(invoice).status is RunStatus.STOPPED
    (task,) = tasks(office)
    assert words in task.title
    office.put(hold(office.run_of(invoice), Hold("hld_2", HoldKind.MANUAL, now, "user:louise"), now))
    office.wake(invoice)
    assert len(tasks(office)) == 1, "asked for once"


def test_a_mail_that_leaves_as_somebody_wakes_the_run_is_settled_all_the_same() -> None:
    office, invoice = office_owed(REMIND, LATER)

    class Woken:
        """Somebody wakes the run while the mail service thinks."""

        def send(self, mail: Any) -> Any:
            run = office.run_of(invoice)
            office.put(hold(run, Hold("hld_1", HoldKind.DISPUTE, office.clock.now(), "user:louise"), mail.date))
            return office.mailer.send(mail)

    office.post = replace(office.post, mailer=Woken())
    order = office.wake(invoice)
    assert order.reason == "succeeded", "the execution of the new turn goes on from here"
    claim = office.claim(invoice, "remind")
    assert claim is not None
    assert claim.state is ClaimState.SENT


def test_a_claim_whose_answer_is_lost_twice_is_in_doubt_and_never_repeated() -> None:
    office, invoice = office_owed(REMIND, LATER)
    office.store.fail_next(Fault.STORED, Fault.STORED)
    with pytest.raises(OutcomeUnknown):
        office.wake(invoice)
    office.store.forget_tokens()
    office.wake(invoice)
    assert office.mailer.attempts == []
    claim = office.claim(invoice, "remind")
    assert claim is not None
    assert claim.state is ClaimState.CLAIMED


def test_a_run_on_no_scenario_delivers_and_is_done() -> None:
    office = Office()
    invoice = office.invoice()
    run = office.run_of(invoice)
    office.put(replace(run, rev=run.rev + 1, scenario_id=""))
    order = office.wake(invoice)
    assert (order.done, order.reason) == ((("delivery", "sent"),), "done")


def test_many_things_to_tell_are_told_over_several_wakes() -> None:
    office = Office()
    quote = office.quote()
    office.put(a_claim("delivery", office.clock.now(), quote.id, rev=1))
    run = office.run_of(quote)
    now = office.clock.now()
    asked = tuple(Asked(f"{n:016d}", now, "?") for n in range(10))
    alerts = tuple(Alert("viewed", now + timedelta(days=n)) for n in range(5))
    office.put(replace(run, rev=run.rev + 1, asked=asked, alerts=alerts))
    first = office.wake(quote)
    assert (len(first.done), first.reason) == (12, "more")
    second = office.wake(quote)
    assert len(second.done) == 3
    office.mailer.assert_at_most_once()


def test_enclosed_names_what_goes_with_a_mail() -> None:
    office, invoice = office_owed(replace(REMIND, enclosed=()))
    office.wake(invoice)
    assert office.mailer.delivered[0].attachments == ()
    office, invoice = office_owed(replace(REMIND, enclosed=(Enclosed.PDF, Enclosed.STATEMENT)))
    office.wake(invoice)
    assert len(office.mailer.delivered[0].attachments) == 1, "a statement of one line tells nothing"


def test_a_commit_without_anything_is_never_asked_for() -> None:
    office, invoice = office_owed(LATER)
    seen: list[Commit] = []
    original = office.store.commit

    class Watching:
        def __getattr__(self, name: str) -> Any:
            return getattr(office.store, name)

        def commit(self, commit: Commit) -> None:
            seen.append(commit)
            original(commit)

    office.ctx = replace(office.ctx, store=Watching())
    office.wake(invoice)
    assert [len(commit.puts) for commit in seen] == [1], "the run, and nothing else"


@pytest.mark.parametrize(
    ("fate", "told"),
    [
        (MailFate.ACCEPTED, ("sent", "Relance « remind » : parti")),
        (MailFate.REFUSED, ("not_sent", "Relance « remind » : non parti, refusé")),
        (
            MailFate.UNKNOWN_DELIVERED,
            (
                "in_doubt",
                "Relance « remind » : envoi incertain, à renvoyer seulement si votre client ne l’a pas reçu",
            ),
        ),
    ],
)
def test_what_became_of_a_mail_is_in_the_story_of_its_document_S_07(fate: MailFate, told: tuple[str, str]) -> None:
    office, invoice = office_owed(REMIND, LATER)
    office.mailer.next(fate)
    office.wake(invoice)
    story = timelines.of_invoice(office.ctx, MACHINE, invoice.id, office.activity)
    mails = [(entry.type, sentence(entry.type, entry.data)) for entry in story if entry.data.get("step") == "remind"]
    assert mails == [told]


def test_a_mail_that_somebody_is_at_work_on_is_not_in_doubt_yet() -> None:
    office, invoice = office_owed(REMIND, LATER)
    office.mailer.next(MailFate.CRASH_BEFORE)
    with pytest.raises(Crash):
        office.wake(invoice)

    def shown() -> list[str]:
        story = timelines.of_invoice(office.ctx, MACHINE, invoice.id, office.activity)
        return [entry.type for entry in story if entry.data.get("step") == "remind"]

    assert shown() == []
    office.clock.advance(timedelta(minutes=3))
    assert shown() == ["in_doubt"]
