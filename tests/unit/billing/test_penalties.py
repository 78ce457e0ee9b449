"""Penalties over HTTP: to the cent, with a life of their own, and never asked of a consumer. [P-02 to P-07]

Peers' complaint 12 (frappe/erpnext#58220, #49621, #36279, #9998): interest is lost once the principal is paid, cannot
be refreshed, and is booked or not at random.
"""

from datetime import timedelta
from typing import Any

import pytest

from tests.builders import OTHER_TENANT
from tests.doubles.api import wanted
from tests.doubles.late import CONSUMER, at, enters_rates, owes, since_january
from tests.doubles.till import Till, audit, cents

FACTS = ("penalty.claimed", "penalty.waived", "penalty.paid")


@pytest.fixture
def till() -> Till:
    return since_january()


def penalties(till: Till, invoice: dict[str, Any], on: str = "") -> dict[str, Any]:
    if on:
        till.server.clock.move_to(at(on))
    return wanted(till.me.dunning.get(f"/v1/invoices/{invoice['id']}/penalties"))


def does(till: Till, invoice: dict[str, Any], verb: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    told = wanted(till.me.dunning.post(f"/v1/invoices/{invoice['id']}/penalties/{verb}", body))
    audit(till.server)
    return told


def refused(till: Till, invoice: dict[str, Any], verb: str, body: dict[str, Any] | None = None) -> tuple[int, str]:
    """Status and code of what must not pass; no fact came of it."""
    before = till.events(*FACTS)
    answer = till.me.dunning.post(f"/v1/invoices/{invoice['id']}/penalties/{verb}", body)
    assert till.events(*FACTS) == before
    return answer.status, answer.json["code"]


@pytest.mark.parametrize(
    ("gross", "issued", "due", "payments", "interest"),
    [
        ("1200.00", "2026-01-15", "2026-01-31", [("2026-03-15", "1200.00")], "17.18"),
        ("5000.00", "2026-05-01", "2026-05-31", [("2026-08-15", "5000.00")], "128.07"),
        ("1000.00", "2026-01-15", "2026-01-31", [("2026-02-20", "400.00"), ("2026-03-31", "600.00")], "14.45"),
    ],
    ids=["43 days of one semester", "two semesters", "a part payment"],
)
def test_the_worked_cases_through_the_api_P_03_P_04(
    till: Till, gross: str, issued: str, due: str, payments: list[tuple[str, str]], interest: str
) -> None:
    enters_rates(till)
    invoice = owes(till, gross, issued, due)
    for day, amount in payments:
        till.server.clock.move_to(at(day))
        till.pays(invoice, amount, paid_on=day)
    told = penalties(till, invoice, "2026-10-01")
    assert (told["state"], told["interest"], told["indemnity"]) == ("accrued", interest, "40.00")
    assert cents(told["total"]) == cents(interest) + 4_000
    assert told["legal_basis"] == "art. L441-10 et D441-5 C. com."
    assert sum(row["days"] for row in told["segments"]) == (at(payments[-1][0]) - at(due)).days


def test_nothing_runs_on_the_due_date_itself_and_one_day_later_it_does_P_02(till: Till) -> None:
    enters_rates(till)
    invoice = owes(till, "1000.00", "2026-01-15", "2026-01-31")
    on_time = penalties(till, invoice, "2026-01-31")
    assert (on_time["state"], on_time["total"], on_time["segments"]) == ("none", "0.00", [])
    assert refused(till, invoice, "claim") == (409, "nothing_accrued")
    late = penalties(till, invoice, "2026-02-01")
    assert (late["state"], late["interest"], late["indemnity"]) == ("accrued", "0.33", "40.00")


def test_complaint_12_paying_the_principal_erases_neither_what_accrued_nor_what_was_claimed_P_06(till: Till) -> None:
    enters_rates(till)
    invoice = owes(till, "1200.00", "2026-01-15", "2026-01-31")
    till.server.clock.move_to(at("2026-03-15"))
    till.pays(invoice, paid_on="2026-03-15")
    assert till.again(invoice)["settlement"] == "paid"
    told = penalties(till, invoice, "2026-11-16")
    assert (told["state"], told["total"]) == ("accrued", "57.18"), "eight months after the invoice was paid"
    claimed = does(till, invoice, "claim")
    assert (claimed["state"], claimed["claim"]["total"], claimed["claim"]["left"]) == ("claimed", "57.18", "57.18")
    assert till.again(invoice)["balance"] == "0.00", "never booked as a receivable of the invoice"


def test_complaint_12_what_accrues_is_fresh_and_a_claim_can_be_made_again_with_what_was_added_P_06(till: Till) -> None:
    enters_rates(till)
    invoice = owes(till, "1000.00", "2026-01-15", "2026-01-31")
    first = penalties(till, invoice, "2026-02-20")["total"]
    till.pays(invoice, "400.00", paid_on="2026-02-20")
    assert first == "46.66"
    does(till, invoice, "claim")
    assert refused(till, invoice, "claim") == (409, "claimed_already")
    later = penalties(till, invoice, "2026-03-31")
    assert (later["total"], later["since_claim"], later["claim"]["total"]) == ("54.45", "7.79", "46.66")
    again = does(till, invoice, "claim")
    assert (again["claim"]["total"], again["since_claim"]) == ("54.45", "0.00")
    assert [event.data["added"] for event in till.events("penalty.claimed")] == [4_666, 779]
    assert till.totals["penalties_claimed"] == 5_445


def test_complaint_12_a_payment_entered_late_counts_from_the_day_it_was_made_P_06(till: Till) -> None:
    enters_rates(till)
    invoice = owes(till, "1000.00", "2026-01-15", "2026-01-31")
    assert penalties(till, invoice, "2026-03-31")["interest"] == "19.64"
    till.pays(invoice, "400.00", paid_on="2026-02-20")
    assert penalties(till, invoice)["interest"] == "14.45"


def test_penalties_are_paid_apart_from_the_invoice_and_then_are_paid_P_06(till: Till) -> None:
    enters_rates(till)
    invoice = owes(till, "1200.00", "2026-01-15", "2026-01-31")
    till.server.clock.move_to(at("2026-03-15"))
    till.pays(invoice, paid_on="2026-03-15")
    money = {"amount": "50.00", "paid_on": "2026-03-15"}
    assert refused(till, invoice, "payments", money) == (409, "penalties_not_claimed")
    does(till, invoice, "claim")
    partly = does(till, invoice, "payments", money)
    assert (partly["state"], partly["claim"]["left"]) == ("claimed", "7.18")
    assert refused(till, invoice, "payments", money) == (409, "overpaid")
    rest = does(till, invoice, "payments", {"amount": "7.18", "paid_on": "2026-03-15", "mode": "card"})
    assert (rest["state"], rest["claim"]["left"], rest["claim"]["paid"]) == ("paid", "0.00", "57.18")
    assert refused(till, invoice, "waive", {"reason": "Geste"}) == (409, "penalties_paid")
    assert refused(till, invoice, "payments", money) == (409, "penalties_not_claimed")
    assert [payment["amount"] for payment in till.again(invoice)["payments"]] == ["1200.00"]
    totals = till.totals
    assert (totals["penalties_received"], totals["penalties_received_card"], totals["received"]) == (
        5_718,
        718,
        120_000,
    )
    assert [event.data["left"] for event in till.events("penalty.paid")] == [718, 0]


@pytest.mark.parametrize("is_claimed", [False, True], ids=["accrued", "claimed"])
def test_penalties_are_waived_for_good_with_the_reason_in_the_journal_P_06(till: Till, is_claimed: bool) -> None:
    enters_rates(till)
    invoice = owes(till, "1200.00", "2026-01-15", "2026-01-31")
    till.server.clock.move_to(at("2026-03-15"))
    if is_claimed:
        does(till, invoice, "claim")
    told = does(till, invoice, "waive", {"reason": "Bonne relation"})
    assert (told["state"], told["claim"]["left"], told["claim"]["reason"]) == ("waived", "0.00", "Bonne relation")
    assert penalties(till, invoice, "2026-06-15")["state"] == "waived"
    assert refused(till, invoice, "claim") == (409, "penalties_waived")
    assert refused(till, invoice, "waive", {"reason": "Encore"}) == (409, "penalties_waived")
    (event,) = till.events("penalty.waived")
    assert (event.data["given_up"], event.data["reason"]) == (5_718, "Bonne relation")
    assert till.totals.get("penalties_waived", 0) == (5_718 if is_claimed else 0)


def test_a_consumer_owes_neither_and_nothing_can_be_claimed_of_him_P_05_DU_01(till: Till) -> None:
    enters_rates(till)
    consumer = wanted(till.me.customers.post("/v1/customers", CONSUMER), 201)
    invoice = owes(till, "1200.00", "2026-01-15", "2026-01-31", customer_id=consumer["id"])
    told = penalties(till, invoice, "2026-06-15")
    assert (told["state"], told["total"], told["legal_basis"]) == ("none", "0.00", "")
    assert refused(till, invoice, "claim") == (409, "nothing_accrued")


def test_a_rate_that_is_missing_is_told_and_nothing_is_guessed_P_02(till: Till) -> None:
    invoice = owes(till, "1200.00", "2026-01-15", "2026-01-31")
    told = penalties(till, invoice, "2026-03-15")
    assert told["missing_rate"].startswith("Aucun taux de pénalité n’est connu au 01/02/2026")
    assert (told["state"], told["total"]) == ("none", "0.00")
    answer = till.me.dunning.post(f"/v1/invoices/{invoice['id']}/penalties/claim")
    assert (answer.status, answer.faults) == (422, {("/late_rates", "P-02")})


def test_interest_first_is_a_choice_and_keeps_more_of_the_debt_P_07(till: Till) -> None:
    enters_rates(till, imputation="interest_first")
    invoice = owes(till, "1000.00", "2026-01-15", "2026-01-31")
    till.server.clock.move_to(at("2026-02-20"))
    till.pays(invoice, "400.00", paid_on="2026-02-20")
    told = penalties(till, invoice, "2026-03-31")
    assert [row["principal"] for row in told["segments"]] == ["1000.00", "606.66"]
    assert (told["interest"], told["paid_of_interest"]) == ("14.53", "6.66")


def test_a_credit_note_takes_the_debt_down_from_its_day_and_a_whole_one_ends_it_P_03(till: Till) -> None:
    enters_rates(till)
    invoice = owes(till, "1200.00", "2026-01-15", "2026-01-31")
    till.server.clock.move_to(at("2026-02-20"))
    till.credits(invoice, amounts=[{"net": "500.00", "vat_rate": "20"}])
    assert [row["principal"] for row in penalties(till, invoice, "2026-03-15")["segments"]] == ["1200.00", "600.00"]
    till.credits(invoice)
    assert penalties(till, invoice)["state"] == "none", "what was sold is taken back: nothing was ever late"


def test_the_same_claim_sent_twice_is_made_once(till: Till) -> None:
    enters_rates(till)
    invoice = owes(till, "1200.00", "2026-01-15", "2026-01-31")
    till.server.clock.move_to(at("2026-03-15"))
    path = f"/v1/invoices/{invoice['id']}/penalties/claim"
    first = wanted(till.me.dunning.post(path, key="une-fois"))
    till.server.clock.advance(timedelta(days=3))
    assert wanted(till.me.dunning.post(path, key="une-fois"))["claim"] == first["claim"]
    assert len(till.events("penalty.claimed")) == 1


def test_what_is_claimed_is_listed_and_nothing_of_a_neighbour(till: Till) -> None:
    enters_rates(till)
    invoices = [owes(till, "1200.00", f"2026-01-{day}", "2026-01-31") for day in (15, 16, 17)]
    till.server.clock.move_to(at("2026-03-15"))
    for invoice in invoices[:2]:
        does(till, invoice, "claim")
    first = wanted(till.me.dunning.get("/v1/penalties", limit="1"))
    (newest,) = first["items"]
    assert (newest["number"], newest["state"], newest["left"]) == (invoices[1]["number"], "claimed", "57.18")
    rest = wanted(till.me.dunning.get("/v1/penalties", cursor=first["cursor"]))
    assert [row["number"] for row in rest["items"]] == [invoices[0]["number"]]
    assert wanted(till.server.caller(OTHER_TENANT).dunning.get("/v1/penalties"))["items"] == []


def test_a_draft_has_no_penalties_and_a_payment_of_tomorrow_is_refused(till: Till) -> None:
    draft = wanted(till.me.drafts_invoice(), 201)
    answer = till.me.dunning.get(f"/v1/invoices/{draft['id']}/penalties")
    assert (answer.status, answer.json["code"]) == (409, "invoice_not_issued")
    enters_rates(till)
    invoice = owes(till, "1200.00", "2026-11-16", "2026-11-20")
    till.server.clock.move_to(at("2026-11-30"))
    does(till, invoice, "claim")
    path = f"/v1/invoices/{invoice['id']}/penalties/payments"
    tomorrow = till.me.dunning.post(path, {"amount": "0.00", "paid_on": "2026-12-01"})
    assert tomorrow.faults == {("/amount", "not_positive"), ("/paid_on", "future_date")}
