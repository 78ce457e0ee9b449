"""The queue of reminders, what a person decides of it, and reminders by hand, over HTTP. [DR-09, KB-25]"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from relance.app.following import Move
from relance.domain.invoice import Invoice
from relance.domain.quote import QuoteStatus
from relance.domain.reminder.claim import ClaimState
from relance.domain.reminder.correspondence import complained, first_letter
from relance.domain.reminder.proposal import Proposal, ProposalState
from relance.domain.reminder.scenario import DELIVERY, Approval, DocumentKind
from tests.builders import OTHER_TENANT, TENANT, a_customer
from tests.doubles.desk import A_QUOTE, AN_INVOICE, a_desk, a_library
from tests.doubles.gateway import Answer
from tests.doubles.office import Office, a_claim, an_issued_invoice
from tests.doubles.outside import MailFate
from tests.doubles.store import Crash, Fault

GONE = f"/v1/reminders/inv_{'0' * 26}.formal"


@pytest.fixture
def office() -> Office:
    return Office()


def a_proposed(office: Office) -> Invoice:
    """An invoice whose third reminder waits for somebody: level 3 is sent by nobody's machine alone."""
    invoice = office.follow(_issued(office), "standard.invoice_consumer@1")
    for _ in range(400):
        order = office.wake(invoice)
        if order.action is not Move.WAIT or a_desk(office).get("/v1/reminders", state="pending").json["queue"]:
            break
        assert order.until is not None
        office.clock.move_to(max(order.until, office.clock.now()))
    return invoice


def _issued(office: Office) -> Invoice:
    return an_issued_invoice(office.clock.now(), pdf_sha256=office.drawn(), id=AN_INVOICE)


def the_proposal(office: Office) -> dict[str, Any]:
    (found,) = a_desk(office).get("/v1/reminders", state="pending").json["queue"]
    return dict(found)


def reminders(office: Office) -> int:
    return len(office.mailer.delivered)


def test_a_formal_reminder_waits_in_the_queue_and_leaves_once_approved(office: Office) -> None:
    """DR-09: who approved it, and when, is kept; and it leaves when reminders may."""
    invoice = a_proposed(office)
    found, before = the_proposal(office), reminders(office)
    assert (found["state"], found["document_id"]) == ("pending", invoice.id)
    office.wake(invoice)
    assert reminders(office) == before
    answer = a_desk(office).post(f"/v1/reminders/{found['id']}/approve")
    assert (answer.status, answer.json["state"], answer.json["by"]) == (200, "approved", "user:louise")
    assert answer.json["decided_at"] is not None
    office.wake(invoice)
    assert reminders(office) == before + 1
    claim = office.claim(invoice, found["step"])
    assert claim is not None
    assert claim.approved_by == "user:louise"
    assert a_desk(office).get("/v1/reminders", state="pending").json["queue"] == []


def test_what_is_approved_in_other_words_leaves_in_those_words(office: Office) -> None:
    invoice = a_proposed(office)
    id = the_proposal(office)["id"]
    body = {"subject": "Notre conversation de ce matin", "body": "Bonjour,\n\nComme convenu.", "at_once": True}
    assert a_desk(office).post(f"/v1/reminders/{id}/approve", body).status == 200
    office.wake(invoice)
    assert office.subjects()[-1] == "Notre conversation de ce matin"


def test_a_reminder_is_read_as_it_would_leave_with_what_somebody_changed(office: Office) -> None:
    """DR-09: before it is approved; nothing is stored, and its links lead nowhere."""
    a_proposed(office)
    id, commits = the_proposal(office)["id"], office.store.commits
    path = f"/v1/reminders/{id}/preview"
    as_it_is = a_library(office).post(path).json
    assert "F-2026-0001" in as_it_is["subject"] + as_it_is["text"]
    assert "/q/apercu" in as_it_is["text"]
    changed = a_library(office).post(path, {"subject": "Rappel", "body": "Bonjour,\n\nUn mot de {{entreprise}}."}).json
    assert changed["subject"] == "Rappel"
    assert "Un mot de Atelier Verdier." in changed["text"]
    assert office.store.commits == commits
    assert a_library(office, OTHER_TENANT).post(path).status == 404


def test_a_shortcode_that_nobody_knows_is_refused_before_it_holds_a_mail(office: Office) -> None:
    """DR-13: at once, with its place, in all three ways of writing words."""
    invoice = a_proposed(office)
    id, body = the_proposal(office)["id"], {"body": "Bonjour {{contct}}"}
    answers = [
        a_desk(office).post(f"/v1/reminders/{id}/approve", body),
        a_library(office).post(f"/v1/reminders/{id}/preview", body),
        a_desk(office).post(f"/v1/invoices/{invoice.id}/remind", body),
    ]
    assert [(answer.status, answer.faults) for answer in answers] == [(422, {("/body", "shortcode")})] * 3
    assert the_proposal(office)["state"] == "pending"


def test_a_letter_is_read_as_a_letter(office: Office) -> None:
    """A formal notice is drawn and posted: its words are not those of a mail."""
    invoice = a_proposed(office)
    notice = Proposal(
        tenant=TENANT,
        id=f"{invoice.id}#notice",
        rev=1,
        document_kind=DocumentKind.INVOICE,
        document_id=invoice.id,
        customer_id=invoice.customer_id,
        step="notice",
        template="invoice_notice_consumer",
        level=4,
        approval=Approval.MANUAL,
        state=ProposalState.PENDING,
        at=office.clock.now(),
        expires_at=office.clock.now() + timedelta(days=14),
    )
    office.put(notice)
    answer = a_library(office).post(f"/v1/reminders/{invoice.id}.notice/preview")
    assert (answer.status, answer.json["code"]) == (409, "is_a_letter")


def test_a_skipped_reminder_never_leaves_and_the_scenario_goes_on(office: Office) -> None:
    invoice = a_proposed(office)
    id, before = the_proposal(office)["id"], reminders(office)
    assert a_desk(office).post(f"/v1/reminders/{id}/skip").json["state"] == "skipped"
    office.wake(invoice)
    assert reminders(office) == before
    assert [s.reason for s in office.run_of(invoice).skipped if f"{invoice.id}.{s.step}" == id] == ["declined"]


def test_what_was_paid_after_the_approval_is_not_asked_for(office: Office) -> None:
    """Complaint of peers: a reminder approved yesterday for what was paid this morning. DR-03."""
    invoice = a_proposed(office)
    id, before = the_proposal(office)["id"], reminders(office)
    a_desk(office).post(f"/v1/reminders/{id}/approve")
    office.pay(invoice)
    office.wake(invoice)
    assert reminders(office) == before


def test_one_decision_is_enough_and_a_key_gives_the_same_answer(office: Office) -> None:
    a_proposed(office)
    id = the_proposal(office)["id"]
    first = a_desk(office).post(f"/v1/reminders/{id}/approve", key="k1")
    assert a_desk(office).post(f"/v1/reminders/{id}/approve", key="k1").json == first.json
    second = a_desk(office).post(f"/v1/reminders/{id}/skip")
    assert (second.status, second.json["code"]) == (409, "reminder_decided")


def test_what_waited_too_long_is_in_no_queue_and_cannot_be_approved(office: Office) -> None:
    a_proposed(office)
    id = the_proposal(office)["id"]
    office.clock.advance(timedelta(days=15))
    assert a_desk(office).get("/v1/reminders", state="pending").json["queue"] == []
    answer = a_desk(office).post(f"/v1/reminders/{id}/approve")
    assert (answer.status, answer.json["code"]) == (409, "reminder_expired")


def test_several_are_approved_at_once_each_with_its_outcome(office: Office) -> None:
    a_proposed(office)
    id = the_proposal(office)["id"]
    ids = [id, f"inv_{'0' * 26}.formal", "nonsense", id]
    items = a_desk(office).post("/v1/reminders/approve", {"ids": ids}).json["items"]
    assert [(item["id"], item["code"]) for item in items] == [
        (id, ""),
        (f"inv_{'0' * 26}.formal", "not_found"),
        ("nonsense", "not_found"),
    ]
    assert items[0]["approved"]["state"] == "approved"


def test_an_approval_that_crashes_is_stored_with_its_wake_or_not_at_all(office: Office) -> None:
    invoice = a_proposed(office)
    id, turn = the_proposal(office)["id"], office.run_of(invoice).turn
    a_desk(office).put("/v1/settings/reminders", {}, if_match='"0"')  # the silent days are closed with this
    for fault, moved in ((Fault.CRASH_BEFORE, False), (Fault.CRASH_AFTER, True)):
        office.store.fail_next(fault)
        with pytest.raises(Crash):
            a_desk(office).post(f"/v1/reminders/{id}/approve")
        state = a_desk(office).get(f"/v1/reminders/{id}").json["state"]
        assert (state == ProposalState.APPROVED, office.run_of(invoice).turn > turn) == (moved, moved)


def test_nobody_decides_about_the_reminders_of_another_tenant(office: Office) -> None:
    a_proposed(office)
    id = the_proposal(office)["id"]
    neighbour = a_desk(office, OTHER_TENANT)
    assert neighbour.get("/v1/reminders").json == {"queue": [], "items": [], "cursor": None}
    assert [neighbour.post(f"/v1/reminders/{id}/{verb}").status for verb in ("approve", "skip", "send-again")] == [
        404
    ] * 3
    assert neighbour.get(f"/v1/reminders/{id}").status == 404


def test_what_names_nothing_is_not_found(office: Office) -> None:
    desk = a_desk(office)
    assert [desk.get(path).status for path in (GONE, "/v1/reminders/x", "/v1/reminders/a.b")] == [404] * 3
    assert desk.post("/v1/quotes/quo_00000000000000000000000009/remind").status == 404


# --- what was sent ----------------------------------------------------------------------------------------------------


def test_mails_are_listed_by_their_state_and_a_claim_nobody_settled_is_in_doubt(office: Office) -> None:
    quote = office.quote(id=A_QUOTE)
    office.mailer.next(MailFate.UNKNOWN_DELIVERED)
    office.wake(quote)
    desk = a_desk(office)
    (doubtful,) = desk.get("/v1/reminders", state="unknown").json["items"]
    assert (doubtful["id"], doubtful["state"]) == (f"{quote.id}.{DELIVERY}", "unknown")
    assert desk.get("/v1/reminders", state="sent").json["items"] == []
    answer = desk.get("/v1/reminders", state="nonsense")
    assert (answer.status, answer.faults) == (422, {("/state", "not_allowed")})


def test_a_rare_state_is_found_on_a_later_page(office: Office) -> None:
    claims = [a_claim(f"step_{n:02d}", office.clock.now(), rev=1) for n in range(8)]
    office.put(*claims, replace(a_claim("aaa", office.clock.now(), rev=1), state=ClaimState.REFUSED))
    answer = a_desk(office).get("/v1/reminders", state="refused", limit="2").json
    assert [item["step"] for item in answer["items"]] == ["aaa"]
    assert answer["cursor"] is None


def test_a_mail_in_doubt_is_sent_again_by_a_person_and_by_nobody_else(office: Office) -> None:
    """S-07: never sent again by itself, and once more when somebody says so."""
    quote = office.quote(id=A_QUOTE)
    office.mailer.next(MailFate.UNKNOWN_NOT_DELIVERED)
    office.wake(quote)
    office.wake(quote)
    assert reminders(office) == 0
    answer = a_desk(office).post(f"/v1/reminders/{quote.id}.{DELIVERY}/send-again")
    assert answer.status == 201
    again = a_desk(office).post(f"/v1/reminders/{quote.id}.{DELIVERY}/send-again")
    assert (again.status, again.json["code"]) == (409, "direct_pending")
    office.wake(quote)
    assert office.subjects() == ["quote_delivery D-2026-0001"]


def test_what_is_known_of_a_mail_is_not_in_doubt(office: Office) -> None:
    quote = office.quote(id=A_QUOTE)
    office.wake(quote)
    answer = a_desk(office).post(f"/v1/reminders/{quote.id}.{DELIVERY}/send-again")
    assert (answer.status, answer.json["code"]) == (409, "not_in_doubt")


# --- relance directe --------------------------------------------------------------------------------------------------


def test_a_reminder_by_hand_leaves_at_once_with_the_pdf(office: Office) -> None:
    """KB-25: one call, the type e-mail, the document attached; at night too, for a person asked."""
    quote = office.quote(id=A_QUOTE)
    office.wake(quote)
    office.clock.advance(timedelta(hours=14))
    answer = a_desk(office).post(f"/v1/quotes/{quote.id}/remind")
    assert (answer.status, answer.json["template"], answer.json["by"]) == (201, "quote_reminder", "user:louise")
    assert answer.headers["Location"] == f"/v1/reminders/{quote.id}.direct_1"
    office.wake(quote)
    assert office.subjects()[-1] == "quote_reminder D-2026-0001"
    assert len(office.mailer.delivered[-1].attachments) == 1


def test_clicking_twice_sends_one_mail(office: Office) -> None:
    quote = office.quote(id=A_QUOTE)
    office.wake(quote)
    desk = a_desk(office)
    assert desk.post(f"/v1/quotes/{quote.id}/remind").status == 201
    twice = desk.post(f"/v1/quotes/{quote.id}/remind")
    assert (twice.status, twice.json["code"]) == (409, "direct_pending")
    office.wake(quote)
    assert office.subjects().count("quote_reminder D-2026-0001") == 1
    assert desk.post(f"/v1/quotes/{quote.id}/remind").json["id"] == f"{quote.id}.direct_2"


@pytest.mark.parametrize(
    ("due_days", "wanted", "template", "level"),
    [(30, "", "invoice_courtesy", 0), (-3, "", "invoice_overdue", 1), (-3, "invoice_firm", "invoice_firm_consumer", 2)],
)
def test_the_template_suits_the_invoice_and_its_customer(
    office: Office, due_days: int, wanted: str, template: str, level: int
) -> None:
    invoice = office.follow(replace(_issued(office), **_due(office, due_days)))
    answer = a_desk(office).post(f"/v1/invoices/{invoice.id}/remind", {"template": wanted})
    assert (answer.status, answer.json["template"], answer.json["level"]) == (201, template, level)


def _due(office: Office, days: int) -> dict[str, Any]:
    return {"content": an_issued_invoice(office.clock.now(), days).content}


def test_a_template_of_another_sort_of_document_is_refused(office: Office) -> None:
    quote = office.quote(id=A_QUOTE)
    answer = a_desk(office).post(f"/v1/quotes/{quote.id}/remind", {"template": "invoice_overdue"})
    assert (answer.status, answer.faults) == (422, {("/template", "template")})
    assert a_desk(office).post(f"/v1/invoices/{quote.id}/remind").status == 404


def refused(answer: Answer) -> str:
    assert answer.status == 409, answer.body
    assert answer.json["detail"].endswith((".", ").")), "a sentence for a person"
    return str(answer.json["code"])


def test_a_closed_document_is_reminded_of_by_nobody(office: Office) -> None:
    quote = office.accept(office.quote(id=A_QUOTE))
    assert refused(a_desk(office).post(f"/v1/quotes/{quote.id}/remind")) == "not_remindable_accepted"
    invoice = office.pay(office.invoice(id=AN_INVOICE))
    office.wake(invoice)
    assert refused(a_desk(office).post(f"/v1/invoices/{invoice.id}/remind")) == "not_remindable_paid"


def test_an_address_that_refuses_is_not_written_to_by_hand_either(office: Office) -> None:
    quote = office.quote(id=A_QUOTE)
    office.wake(quote)
    letters = first_letter(TENANT, a_customer().id)
    office.put(complained(letters, a_customer().email, office.clock.now()))
    assert refused(a_desk(office).post(f"/v1/quotes/{quote.id}/remind")) == "not_remindable_complained"


def test_an_expired_quote_is_prolonged_before_it_is_reminded_of(office: Office) -> None:
    quote = office.quote(id=A_QUOTE)
    office.wake(quote)
    office.clock.advance(timedelta(days=40))
    assert refused(a_desk(office).post(f"/v1/quotes/{quote.id}/remind")) == "not_remindable_expired"


def test_a_cancelled_quote_says_why(office: Office) -> None:
    quote = office.quote(id=A_QUOTE)
    office.wake(quote)
    office.change(quote, status=QuoteStatus.CANCELLED)
    assert refused(a_desk(office).post(f"/v1/quotes/{quote.id}/remind")) == "not_remindable_cancelled"
