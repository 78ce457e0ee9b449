"""Disputes, promises, replies, bankruptcies, words of the seller: what waits, and how it goes on. [DR-01, DR-02]"""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

import pytest

from relance.app.context import Caller
from relance.app.customer_holds import resume
from relance.domain.ids import CustomerId, InvoiceId
from relance.domain.invoice import Invoice
from tests.builders import OTHER_TENANT, a_customer
from tests.doubles.desk import A_QUOTE, AN_INVOICE, a_desk
from tests.doubles.gateway import Answer
from tests.doubles.office import Office, an_issued_invoice
from tests.doubles.store import Crash, Fault

OTHER_INVOICE: Final = InvoiceId(f"inv_{'0' * 25}2")
A_CUSTOMER: Final = CustomerId(f"cus_{'0' * 25}1")


@pytest.fixture
def office() -> Office:
    return Office()


def an_overdue(office: Office, id: InvoiceId = AN_INVOICE) -> Invoice:
    """An invoice delivered, and due the day before: its first reminder is for the third day after."""
    found = office.follow(an_issued_invoice(office.clock.now(), -1, pdf_sha256=office.drawn(), id=id))
    office.wake(found)
    return found


def reminded(office: Office, *documents: Invoice, days: int = 30) -> list[str]:
    """Which of these documents are reminded of when that many days go by, each run waking every day."""
    before = {document.id: len(_reminders(office, document)) for document in documents}
    for _ in range(days):
        office.clock.advance(timedelta(days=1))
        for document in documents:
            office.wake(document)
    return [document.id for document in documents if len(_reminders(office, document)) > before[document.id]]


def _reminders(office: Office, document: Invoice) -> list[str]:
    return [mail.claim_id for mail in office.mailer.delivered if f"{document.id}--overdue" in mail.claim_id]


def holds(answer: Answer) -> list[tuple[str, bool, str]]:
    assert answer.status == 200, answer.body
    return [(one["kind"], one["is_active"], one["outcome"]) for one in answer.json["holds"]]


def test_complaint_13_a_dispute_about_one_invoice_holds_that_one_alone_and_resumes(office: Office) -> None:
    """Complaint 13: a dispute stopped every reminder of the customer, or none. DR-02: per invoice, by a decision."""
    disputed, other = an_overdue(office), an_overdue(office, OTHER_INVOICE)
    desk = a_desk(office)
    answer = desk.post(f"/v1/invoices/{disputed.id}/dispute", {"amount": "120.00", "note": "Parquet rayé"})
    assert holds(answer) == [("dispute", True, "")]
    assert answer.json["holds"][0]["amount"] == "120.00"
    assert reminded(office, disputed, other) == [other.id]
    assert holds(desk.post(f"/v1/invoices/{disputed.id}/dispute/end", {"outcome": "unfounded"})) == [
        ("dispute", False, "unfounded")
    ]
    assert reminded(office, disputed) == [disputed.id]


def test_a_dispute_is_open_once_and_ends_once(office: Office) -> None:
    invoice, desk = an_overdue(office), a_desk(office)
    path = f"/v1/invoices/{invoice.id}/dispute"
    ended = desk.post(f"{path}/end", {"outcome": "founded"})
    assert (ended.status, ended.json["code"]) == (409, "not_held")
    first = desk.post(path, key="k1")
    assert desk.post(path, key="k1").json == first.json
    again = desk.post(path)
    assert (again.status, again.json["code"]) == (409, "already_held")


def test_a_promise_holds_until_two_working_days_after_its_day(office: Office) -> None:
    """DR-02: Friday the 20th and two working days: nothing leaves before Wednesday the 25th, then the next comes."""
    invoice = an_overdue(office)
    answer = a_desk(office).post(f"/v1/invoices/{invoice.id}/promise", {"on": "2026-11-20", "amount": "500.00"})
    assert holds(answer) == [("promise", True, "")]
    assert reminded(office, invoice, days=8) == []
    assert office.clock.now().date() == date(2026, 11, 24)
    assert reminded(office, invoice, days=1) == [invoice.id]


def test_a_promise_that_is_kept_stops_everything(office: Office) -> None:
    invoice = an_overdue(office)
    a_desk(office).post(f"/v1/invoices/{invoice.id}/promise", {"on": "2026-11-20"})
    office.pay(invoice)
    assert reminded(office, invoice) == []
    assert office.run_of(invoice).stop_reason == "paid"


def test_a_new_promise_takes_the_place_of_the_one_before(office: Office) -> None:
    invoice, desk = an_overdue(office), a_desk(office)
    path = f"/v1/invoices/{invoice.id}/promise"
    desk.post(path, {"on": "2026-11-20"})
    turn = office.run_of(invoice).turn
    assert holds(desk.post(path, {"on": "2026-12-04"})) == [("promise", False, "replaced"), ("promise", True, "")]
    assert office.run_of(invoice).turn == turn + 1  # stored once, woken once
    assert holds(desk.post(f"{path}/end", {"outcome": "broken"}))[-1] == ("promise", False, "broken")


def test_nobody_promises_to_pay_yesterday(office: Office) -> None:
    invoice = an_overdue(office)
    answer = a_desk(office).post(f"/v1/invoices/{invoice.id}/promise", {"on": "2026-11-15"})
    assert (answer.status, answer.faults) == (422, {("/on", "past")})


def test_a_reply_stops_the_machine_and_asks_somebody_to_answer(office: Office) -> None:
    """DR-01: reply received → task; said twice, it is kept once."""
    quote, desk = office.quote(id=A_QUOTE), a_desk(office)
    office.wake(quote)
    path = f"/v1/quotes/{quote.id}/replied"
    assert holds(desk.post(path, {"note": "Rappeler lundi"})) == [("reply", True, "")]
    assert holds(desk.post(path)) == [("reply", True, "")]
    office.wake(quote)
    assert office.run_of(quote).stop_reason == "reply"
    (task,) = desk.get("/v1/tasks").json["items"]
    assert (task["document_id"], task["state"]) == (quote.id, "open")
    assert holds(desk.post(f"/v1/quotes/{quote.id}/resume")) == [("reply", False, "resumed")]
    office.wake(quote)
    assert office.run_of(quote).is_open


def test_a_task_is_done_once_by_whoever_did_it_first(office: Office) -> None:
    quote, desk = office.quote(id=A_QUOTE), a_desk(office)
    office.wake(quote)
    desk.post(f"/v1/quotes/{quote.id}/replied")
    office.wake(quote)
    (task,) = desk.get("/v1/tasks").json["items"]
    done = desk.post(f"/v1/tasks/{task['id']}/done").json
    assert (done["state"], done["done_by"]) == ("done", "user:louise")
    office.clock.advance(timedelta(hours=1))
    assert desk.post(f"/v1/tasks/{task['id']}/done").json["done_at"] == done["done_at"]
    assert desk.get("/v1/tasks").json["items"] == []
    assert [one["id"] for one in desk.get("/v1/tasks", state="all").json["items"]] == [task["id"]]
    assert desk.get("/v1/tasks", state="some").status == 422
    assert desk.post(f"/v1/tasks/{quote.id}.nothing/done").status == 404
    assert a_desk(office, OTHER_TENANT).post(f"/v1/tasks/{task['id']}/done").status == 404


def test_the_seller_says_wait_until_a_day_or_until_he_says_go_on(office: Office) -> None:
    invoice, desk = an_overdue(office), a_desk(office)
    path = f"/v1/invoices/{invoice.id}"
    assert holds(desk.post(f"{path}/hold", {"until": "2026-11-27"})) == [("manual", True, "")]
    assert desk.post(f"{path}/hold").json["code"] == "already_held"
    assert reminded(office, invoice, days=11) == []
    assert reminded(office, invoice, days=3) == [invoice.id]
    assert holds(desk.post(f"{path}/hold"))[-1] == ("manual", True, "")
    assert holds(desk.post(f"{path}/resume"))[-1] == ("manual", False, "resumed")
    answer = desk.post(f"{path}/resume")
    assert (answer.status, answer.json["code"]) == (409, "not_held")
    assert desk.post(f"{path}/hold", {"until": "2026-11-01"}).faults == {("/until", "past")}


def test_nobody_asks_a_bankrupt_for_payment(office: Office) -> None:
    """DR-01, and a task: the claim is declared to the court."""
    invoice, desk = an_overdue(office), a_desk(office)
    assert holds(desk.post(f"/v1/invoices/{invoice.id}/insolvency")) == [("insolvency", True, "")]
    assert reminded(office, invoice) == []
    assert office.run_of(invoice).stop_reason == "insolvency"
    assert "mandataire" in desk.get("/v1/tasks").json["items"][0]["title"]
    assert desk.post(f"/v1/invoices/{invoice.id}/resume").json["code"] == "not_held"
    assert holds(desk.post(f"/v1/invoices/{invoice.id}/insolvency/end")) == [("insolvency", False, "cancelled")]
    assert reminded(office, invoice) == [invoice.id]


def test_how_a_document_is_followed_is_told_by_its_kind(office: Office) -> None:
    invoice, quote, desk = an_overdue(office), office.quote(id=A_QUOTE), a_desk(office)
    assert desk.get(f"/v1/invoices/{invoice.id}/holds").json["scenario"] == "standard.invoice@1"
    assert desk.get(f"/v1/quotes/{quote.id}/holds").json["status"] == "active"
    paths = (f"/v1/quotes/{invoice.id}/holds", f"/v1/invoices/{quote.id}/holds", f"/v1/invoices/{OTHER_INVOICE}/holds")
    assert [desk.get(path).status for path in paths] == [404] * 3
    assert a_desk(office, OTHER_TENANT).get(f"/v1/invoices/{invoice.id}/holds").status == 404


def test_a_dispute_that_crashes_is_stored_with_its_wake_or_not_at_all(office: Office) -> None:
    invoice, desk = an_overdue(office), a_desk(office)
    turn = office.run_of(invoice).turn
    for fault, stored in ((Fault.CRASH_BEFORE, 0), (Fault.CRASH_AFTER, 1)):
        office.store.fail_next(fault)
        with pytest.raises(Crash):
            desk.post(f"/v1/invoices/{invoice.id}/dispute")
        run = office.run_of(invoice)
        assert (len(run.holds), run.turn - turn) == (stored, stored)


# --- a customer -------------------------------------------------------------------------------------------------------


def a_customers_invoice(office: Office) -> Invoice:
    """Of a customer whose id a path takes."""
    office.put(replace(a_customer(), id=A_CUSTOMER))
    invoice = an_issued_invoice(office.clock.now(), -1, pdf_sha256=office.drawn(), id=AN_INVOICE)
    found = office.follow(replace(invoice, draft=replace(invoice.draft, customer_id=A_CUSTOMER)))
    office.wake(found)
    return found


def test_a_customer_on_hold_is_reminded_of_nothing_and_goes_on_at_once(office: Office) -> None:
    """DR-02: client on hold. Going on wakes what waited."""
    invoice, desk = a_customers_invoice(office), a_desk(office)
    told = desk.post(f"/v1/customers/{A_CUSTOMER}/hold", {"note": "En discussion"}).json
    assert (told["on_hold"], told["note"]) == (True, "En discussion")
    assert desk.post(f"/v1/customers/{A_CUSTOMER}/hold", {"note": "En discussion"}).json == told
    assert reminded(office, invoice) == []
    turn = office.run_of(invoice).turn
    assert desk.post(f"/v1/customers/{A_CUSTOMER}/resume").json["on_hold"] is False
    assert office.run_of(invoice).turn == turn + 1
    assert office.executions.started[-1].turn == turn + 1
    assert reminded(office, invoice, days=3) == [invoice.id]


def test_what_is_closed_is_not_woken_when_a_customer_goes_on(office: Office) -> None:
    invoice, desk = a_customers_invoice(office), a_desk(office)
    desk.post(f"/v1/customers/{A_CUSTOMER}/hold")
    run = office.run_of(invoice)

    class Lagging:
        """An index that still tells what was closed since."""

        def open_of_customer(self, *_: Any) -> Any:
            return iter([invoice.id, OTHER_INVOICE])

    office.pay(invoice)
    office.wake(invoice)
    closed = office.run_of(invoice)
    assert not closed.is_open
    resume(office.ctx, Caller(invoice.tenant, "user:louise"), A_CUSTOMER, Lagging(), office.executions)
    assert office.run_of(invoice) == closed
    assert run.is_open


def test_a_customer_nobody_knows_is_not_found(office: Office) -> None:
    path = f"/v1/customers/cus_{'0' * 25}9"
    desk = a_desk(office)
    assert [desk.get(f"{path}/hold").status, desk.post(f"{path}/hold").status, desk.post(f"{path}/resume").status] == [
        404
    ] * 3
    a_customers_invoice(office)
    assert desk.get(f"/v1/customers/{A_CUSTOMER}/hold").json["on_hold"] is False
    assert desk.post(f"/v1/customers/{A_CUSTOMER}/resume").status == 200  # it never waited
