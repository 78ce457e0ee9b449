"""Reports over HTTP, on a little trade whose figures can be done by hand. [M-01, M-08, M-11 to M-18, DU-04]"""

import csv
import io
from typing import Any

import pytest

from relance.app import reading
from relance.domain.reminder.claim import ClaimState
from tests.builders import OTHER_TENANT
from tests.doubles.api import wanted
from tests.doubles.late import CONSUMER, at, enters_rates, owes, reminded, since_january
from tests.doubles.till import Till

YEAR = {"from": "2026-01-01", "to": "2026-12-31"}


@pytest.fixture
def till() -> Till:
    return since_january()


def report(till: Till, name: str, **query: str) -> dict[str, Any]:
    return wanted(till.me.reports.get(f"/v1/reports/{name}", **query))


def trades(till: Till) -> dict[str, dict[str, Any]]:
    """Three invoices of a business and one of a consumer called like a formula; it is the 31st of March."""
    business = till.me.sets_up_customer()
    consumer = wanted(till.me.customers.post("/v1/customers", CONSUMER | {"name": "=HYPERLINK(A1) Dupont"}), 201)
    made = {
        "old": owes(till, "1200.00", "2026-01-05", "2026-01-15", customer_id=business),
        "consumer": owes(till, "240.00", "2026-01-20", "2026-02-20", customer_id=consumer["id"]),
        "late": owes(till, "600.00", "2026-02-01", "2026-03-01", customer_id=business),
        "new": owes(till, "360.00", "2026-03-10", "2026-04-10", customer_id=business),
    }
    till.server.clock.move_to(at("2026-03-31"))
    till.pays(made["late"], "100.00", paid_on="2026-03-05")
    return made


def test_m_13_the_aged_balance_by_customer_today_and_at_a_past_day(till: Till) -> None:
    trades(till)
    told = report(till, "aged-balance")
    business, consumer = told["customers"]
    assert (told["on"], business["ages"]["over_90"], business["ages"]["days_61_90"]) == (
        "2026-03-31",
        "0.00",
        "1200.00",
    )
    assert (business["ages"]["days_1_30"], business["ages"]["not_due"]) == ("500.00", "360.00")
    assert (consumer["ages"]["days_31_60"], told["total"]["total"], told["total"]["overdue"]) == (
        "240.00",
        "2300.00",
        "1940.00",
    )
    assert [row["days_late"] for row in business["invoices"]] == [75, 30, 0]
    past = report(till, "aged-balance", on="2026-03-04")
    assert (past["total"]["days_1_30"], past["total"]["days_31_60"]) == ("840.00", "1200.00"), "before the part payment"
    assert report(till, "aged-balance", on="2026-01-04")["customers"] == []
    assert till.server.caller(OTHER_TENANT).reports.get("/v1/reports/aged-balance").json["customers"] == []


def test_m_13_the_file_for_a_spreadsheet_runs_no_formula(till: Till) -> None:
    trades(till)
    answer = till.me.reports.get("/v1/reports/aged-balance", format="csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="balance-agee-2026-03-31.csv"'
    rows = list(csv.reader(io.StringIO(answer.body.decode("utf-8-sig")), delimiter=";"))
    assert rows[2][0] == "'=HYPERLINK(A1) Dupont"
    assert rows[-1] == [
        "Total au 31/03/2026",
        "",
        "360,00",
        "500,00",
        "240,00",
        "1200,00",
        "0,00",
        "2300,00",
        "0,00",
        "0,00",
    ]


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ({"on": "2026-02-30"}, ("/on", "wrong_type")),
        ({"on": "2027-01-01"}, ("/on", "future_date")),
        ({"format": "pdf"}, ("/format", "not_allowed")),
    ],
)
def test_what_is_wrong_in_a_query_is_named(till: Till, query: dict[str, str], fault: tuple[str, str]) -> None:
    answer = till.me.reports.get("/v1/reports/aged-balance", **query)
    assert (answer.status, answer.faults) == (422, {fault})


def test_m_11_m_12_m_15_days_of_sales_of_the_quarter(till: Till) -> None:
    trades(till)
    told = report(till, "dso", days="90")
    assert (told["receivables"], told["not_due"], told["revenue"]) == ("2300.00", "360.00", "2400.00")
    assert (told["accounting"], told["best_possible"]) == ("86.3", "13.5"), "2,300 / 2,400 x 90 = 86.25"
    # March (360, 31 days) and February (600, 28 days) are owed whole, then 1,340 of January's 1,440: 28.8 of 31 days.
    assert (told["count_back"], told["count_back_at_least"]) == ("87.8", False)
    assert (told["receivables_before"], told["collection_effectiveness"]) == ("0.00", "4.9"), "100 / 2,040"
    assert till.me.reports.get("/v1/reports/dso", days="0").faults == {("/days", "period")}
    assert till.me.reports.get("/v1/reports/dso", days="ten").faults == {("/days", "wrong_type")}


def test_m_14_m_18_delays_and_turnover(till: Till) -> None:
    made = trades(till)
    till.credits(made["new"], amounts=[{"net": "100.00", "vat_rate": "20"}])
    assert report(till, "payment-delays", **YEAR) == {
        "first": "2026-01-01",
        "last": "2026-12-31",
        "received": "100.00",
        "payments": 1,
        "average_days": "4.0",
        "on_time_percent": "0.0",
    }
    told = report(till, "turnover", **{"from": "2026-01-01", "to": "2026-03-31"})
    assert [(row["month"], row["net"], row["received"]) for row in told["months"]] == [
        ("2026-01-01", "1200.00", "0.00"),
        ("2026-02-01", "500.00", "0.00"),
        ("2026-03-01", "200.00", "100.00"),
    ]
    assert told["months"][0]["rates"] == [{"category": "S", "rate": "20", "net": "1200.00", "vat": "240.00"}]
    assert [row["net"] for row in told["customers"]] == ["1700.00", "200.00"]


def test_m_18_a_corrected_invoice_counts_once_and_so_does_what_it_is_owed(till: Till) -> None:
    invoice = owes(till, "1200.00", "2026-01-05", "2026-02-15")
    till.server.clock.move_to(at("2026-02-03"))
    draft = wanted(till.me.invoices.post(f"/v1/invoices/{invoice['id']}/corrections", {"reason": "Adresse"}), 201)
    till.issues(draft)
    told = report(till, "turnover", **YEAR)
    assert sum(float(row["net"]) for row in told["months"]) == 1000.0
    assert report(till, "aged-balance")["total"]["total"] == "1200.00"
    assert report(till, "aged-balance", on="2026-02-02")["total"]["total"] == "1200.00"


def test_m_16_penalties_that_were_recovered(till: Till) -> None:
    enters_rates(till)
    made = trades(till)
    base = f"/v1/invoices/{made['old']['id']}/penalties"
    total = wanted(till.me.dunning.post(f"{base}/claim"))["claim"]["total"]
    wanted(till.me.dunning.post(f"{base}/payments", {"amount": "30.00", "paid_on": "2026-03-31"}))
    wanted(till.me.dunning.post(f"/v1/invoices/{made['late']['id']}/penalties/waive", {"reason": "Geste"}))
    told = report(till, "dunning", **YEAR)
    assert (told["penalties"]["claims"], told["penalties"]["claimed"], told["penalties"]["received"]) == (
        1,
        total,
        "30.00",
    )
    assert float(told["penalties"]["waived"]) > 40
    assert (told["disputes"]["invoices"], told["promises"]["kept"], told["levels"]) == (4, 0, [])
    empty = report(till, "dunning", **{"from": "2026-01-01", "to": "2026-01-02"})
    assert (empty["penalties"]["claims"], empty["penalties"]["received"]) == (0, "0.00")


def test_m_16_money_within_seven_days_of_a_reminder_by_its_level(till: Till) -> None:
    made = trades(till)
    reminded(till, made["late"], "j3", "2026-03-02")
    reminded(till, made["late"], "j8", "2026-03-09", level=2)
    reminded(till, made["old"], "j8", "2026-01-25", level=2, state=ClaimState.UNKNOWN)
    told = report(till, "dunning", **YEAR)
    assert told["levels"] == [
        {"level": 1, "reminders": 1, "followed": 1, "received": "100.00"},
        {"level": 2, "reminders": 1, "followed": 0, "received": "0.00"},
    ]


def test_m_08_quotes_accepted_within_seven_days_of_a_reminder(till: Till) -> None:
    quote = till.accepted_quote()
    reminded(till, quote, "j7", "2026-01-02", level=0)
    (step,) = report(till, "quotes", **YEAR)["steps"]
    assert step == {"step": "j7", "sent": 1, "accepted": 1, "rate_percent": "100.0"}


def test_m_01_m_02_how_quotes_fare(till: Till) -> None:
    till.accepted_quote()
    second = wanted(till.me.drafts_quote(), 201)
    wanted(till.me.quotes.post(f"/v1/quotes/{second['id']}/send"))
    wanted(till.me.drafts_quote(), 201)
    told = report(till, "quotes", **YEAR)
    (month,) = told["cohorts"]
    assert (month["month"], month["sent"], month["accepted"], month["by_count_percent"]) == ("2026-01-01", 2, 1, "50.0")
    assert (told["accepting"]["median_hours"], told["steps"]) == ("0.0", [])


def test_du_04_the_nearest_prescription_first(till: Till) -> None:
    made = trades(till)
    till.server.clock.move_to(at("2028-01-10"))
    told = report(till, "prescription")
    assert [(row["number"], row["last_day"], row["urgency"]) for row in told["items"]][:2] == [
        (made["consumer"]["number"], "2028-01-20", "urgent"),
        (made["old"]["number"], "2031-01-05", "far"),
    ]
    assert (told["alerts"], told["items"][0]["days_left"], told["items"][0]["source"]) == (
        1,
        10,
        "C. conso. art. L218-2",
    )


def test_reports_are_bounded_and_say_so(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_PAGE", 2)
    monkeypatch.setattr(reading, "MAX_DOCUMENTS", 2)
    trades(till)
    answer = till.me.reports.get("/v1/reports/aged-balance")
    assert (answer.status, answer.json["code"]) == (409, "too_many_invoices")
