"""The reform over HTTP: deposits, the life of an invoice on the platforms, aggregates. [E-05, E-06, E-07, C-03]"""

from datetime import timedelta

import pytest

from relance.app.ports.platform import ToldStatus, Unreadable
from relance.domain.einvoice import ElectronicAddress
from relance.domain.platform_status import StatusCode
from relance.domain.reminder.run import Run, RunStatus
from tests.builders import TENANT
from tests.doubles.api import wanted
from tests.doubles.till import ODD_LINES, Till, cents

NOW = "2026-11-16T09:00:00Z"
CONSUMER = {
    "kind": "consumer",
    "name": "Camille Lefèvre",
    "address": {"line1": "3 place Bellecour", "postcode": "69002", "city": "Lyon"},
    "email": "camille.lefevre@client.example",
}


def says(till: Till, invoice: dict[str, object], code: str, **body: object) -> dict[str, object]:
    body = {"code": code, "at": NOW, "reason": "Quantité contestée", **body}
    return wanted(till.me.invoices.post(f"/v1/invoices/{invoice['id']}/statuses", body), 201)


def test_an_invoice_is_deposited_once_with_the_xml_of_its_content_E_07(till: Till) -> None:
    invoice = till.invoices()
    path = f"/v1/invoices/{invoice['id']}/transmissions"
    told = wanted(till.me.invoices.post(path))
    assert [(one["code"], one["label"], one["mandatory"]) for one in told["items"]] == [("200", "Déposée", True)]
    assert wanted(till.me.invoices.post(path)) == told
    ((envelope, xml),) = till.server.platform.deposits.values()
    assert (envelope.number, envelope.receiver.id, envelope.framework) == ("F-2026-0001", "803124569", "M1")
    assert b"CrossIndustryInvoice" in xml
    assert len(till.events("invoice.status")) == 1
    entries = wanted(till.me.invoices.get(f"/v1/invoices/{invoice['id']}/timeline"))["entries"]
    assert [one["data"]["code"] for one in entries if one["type"] == "invoice.status"] == ["200"]


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        ((), "ne connaît pas ce client dans l’annuaire"),
        (("803124569",), "L’annuaire confirme cette adresse."),
        (("803124569_COMPTA", "803124569_ACHATS"), "à 0225:803124569_COMPTA ou à 0225:803124569_ACHATS"),
    ],
)
def test_where_an_invoice_goes_is_held_against_the_directory_before_and_after_issue_E_07(
    till: Till, listed: tuple[str, ...], said: str
) -> None:
    till.server.platform.directory[TENANT, "803124569"] = tuple(ElectronicAddress("0225", id) for id in listed)
    for invoice in (wanted(till.me.drafts_invoice(), 201), till.invoices()):
        told = wanted(till.me.invoices.get(f"/v1/invoices/{invoice['id']}/receiver"))
        assert told["address"] == "0225:803124569"
        assert told["listed"] == [f"0225:{id}" for id in listed]
        assert told["is_listed"] is ("803124569" in listed)
        assert said in told["text"]
    till.server.platform.is_down = True
    assert till.me.invoices.get(f"/v1/invoices/{invoice['id']}/receiver").status == 503


def test_a_draft_goes_where_its_customer_is_known_today_and_an_issued_invoice_stays_E_07(till: Till) -> None:
    draft, issued = wanted(till.me.drafts_invoice(), 201), till.invoices()
    at = f"/v1/customers/{draft['customer_id']}"
    known = till.me.customers.get(at)
    body = {name: known.json[name] for name in ("kind", "name", "address", "email", "siren", "vat_number")}
    wanted(till.me.customers.put(at, body | {"electronic_address": "803124569_ACHATS"}, if_match=known.etag))
    addresses = [
        wanted(till.me.invoices.get(f"/v1/invoices/{one['id']}/receiver"))["address"] for one in (draft, issued)
    ]
    assert addresses == ["0225:803124569_ACHATS", "0225:803124569"]
    wanted(till.me.customers.put(at, body | {"siren": ""}, if_match=till.me.customers.get(at).etag))
    told = wanted(till.me.invoices.get(f"/v1/invoices/{draft['id']}/receiver"))
    assert (told["address"], told["is_listed"]) == ("", False)
    assert "complétez sa fiche" in told["text"]


def test_who_receives_no_electronic_invoice_has_no_address_E_06(till: Till) -> None:
    consumer = wanted(till.me.customers.post("/v1/customers", CONSUMER), 201)
    draft = wanted(till.me.drafts_invoice(customer_id=consumer["id"]), 201)
    refused = till.me.invoices.get(f"/v1/invoices/{draft['id']}/receiver")
    assert (refused.status, refused.json["code"]) == (409, "not_exchanged")


def test_a_crash_between_deposit_and_status_is_mended_by_asking_again_E_07(till: Till) -> None:
    invoice = till.invoices()
    path = f"/v1/invoices/{invoice['id']}/transmissions"
    till.server.platform.is_down = True
    assert till.me.invoices.post(path).status == 503
    assert till.again(invoice)["rev"] == invoice["rev"]
    till.server.platform.is_down = False
    assert len(wanted(till.me.invoices.post(path))["items"]) == 1


def test_what_no_platform_exchanges_is_not_deposited_E_06_C_03(till: Till) -> None:
    refused = till.invoices(lines=ODD_LINES[:1])
    consumer = wanted(till.me.customers.post("/v1/customers", CONSUMER), 201)
    invoice = till.invoices(customer_id=consumer["id"])
    assert till.refused(f"/v1/invoices/{invoice['id']}/transmissions") == (409, "not_exchanged")
    says(till, refused, "210")
    note = till.credits(refused)
    assert note["internal"] is True
    assert till.refused(f"/v1/invoices/{note['id']}/transmissions") == (409, "internal_credit_note")


def test_a_payment_for_services_is_told_with_212_and_no_other_E_05(till: Till) -> None:
    goods = [{**line, "nature": "goods"} for line in ODD_LINES]
    services, sold = till.invoices(), till.invoices(lines=goods)
    before_deposit = till.pays(services, "1.00")
    assert wanted(till.me.invoices.get(f"/v1/invoices/{before_deposit['id']}/statuses"))["items"] == []
    for invoice in (services, sold):
        wanted(till.me.invoices.post(f"/v1/invoices/{invoice['id']}/transmissions"))
        till.pays(invoice, "50.00")
    assert [(one.code.value, one.amount) for one in till.server.platform.statuses.values()] == [("212", 5_000)]
    till.server.platform.is_down = True
    till.pays(services, "7.00")  # money is recorded whether the platform answers or not
    till.server.platform.is_down = False
    wanted(till.me.invoices.post(f"/v1/invoices/{services['id']}/transmissions"))
    assert sorted(one.amount for one in till.server.platform.statuses.values()) == [700, 5_000]


@pytest.mark.parametrize("code", [code.value for code in StatusCode])
def test_every_status_of_the_standard_is_kept_with_its_fact_E_05(till: Till, code: str) -> None:
    invoice = till.invoices(lines=ODD_LINES[:1])
    told = says(till, invoice, code, id="pdp-1")
    assert told["items"][0]["code"] == code  # type: ignore[index]  # JSON
    assert says(till, invoice, code, id="pdp-1") == told, "once by its id"
    (event,) = till.events("invoice.status")
    assert (event.data["code"], event.data["source"]) == (code, "platform")


def test_a_status_that_cannot_be_is_refused(till: Till) -> None:
    invoice = till.invoices(lines=ODD_LINES[:1])
    path = f"/v1/invoices/{invoice['id']}/statuses"
    assert till.me.invoices.post(path, {"code": "210", "at": NOW}).faults == {("/reason", "missing")}
    late = {"code": "205", "at": "2026-11-17T09:00:00Z"}
    assert till.me.invoices.post(path, late).faults == {("/at", "future_date")}
    assert till.me.invoices.post(path, {"code": "214", "at": NOW}).faults == {("/code", "not_allowed")}
    says(till, invoice, "205", id="pdp-1")
    assert till.refused(path, {"code": "204", "at": NOW, "id": "pdp-1"}) == (409, "other_status")
    draft = till.me.drafts_invoice().json
    assert till.refused(f"/v1/invoices/{draft['id']}/statuses", {"code": "205", "at": NOW}) == (
        409,
        "invoice_not_issued",
    )


def test_the_end_of_a_dispute_wakes_the_reminders_at_once_DU_06(till: Till) -> None:
    invoice = till.invoices(lines=ODD_LINES[:1])
    assert says(till, invoice, "207")["paused_by"] == "207"
    turn = run_of(till, invoice).turn
    till.server.clock.advance(timedelta(hours=1))
    told = says(till, invoice, "205", at="2026-11-16T10:00:00Z")
    assert told["paused_by"] is None
    run = run_of(till, invoice)
    assert (run.turn, run.status, run.next_at) == (turn + 1, RunStatus.ACTIVE, till.server.clock.now())


def test_statuses_left_by_the_platform_are_collected_E_05(till: Till) -> None:
    invoice = till.invoices(lines=ODD_LINES[:1])
    at = till.server.clock.now()
    till.server.platform.inbox[TENANT] = [
        ToldStatus("pdp-1", str(invoice["id"]), StatusCode("202"), at),
        Unreadable("x.json", "Ce fichier n’est pas un statut."),
        ToldStatus("pdp-2", "inv_0", StatusCode("205"), at),
        ToldStatus("pdp-3", str(invoice["id"]), StatusCode("210"), at + timedelta(hours=1)),
    ]
    told = wanted(till.me.invoices.post("/v1/statuses/collect", {}))
    assert (told["recorded"], [one["name"] for one in told["refused"]]) == (2, ["x.json", "pdp-2"])
    again = wanted(till.me.invoices.post("/v1/statuses/collect", {"cursor": ""}))
    assert again["recorded"] == 0
    assert wanted(till.me.invoices.post("/v1/statuses/collect", {"cursor": told["cursor"]}))["refused"] == []
    assert [one["code"] for one in wanted(till.me.invoices.get(f"/v1/invoices/{invoice['id']}/statuses"))["items"]] == [
        "202",
        "210",
    ]


def test_money_before_the_work_is_invoiced_at_once_as_a_deposit_D_01(till: Till) -> None:
    quote = till.accepted_quote()
    path = f"/v1/quotes/{quote['id']}/payments"
    money = {"amount": "100.05", "paid_on": "2026-11-16", "mode": "card", "reference": "TPE 12"}
    before = till.server.store.commits
    deposit = wanted(till.me.invoices.post(path, money, key="carte"), 201)
    assert till.server.store.commits == before + 1
    assert (deposit["type"], deposit["number"], deposit["settlement"]) == ("386", "F-2026-0001", "paid")
    assert (deposit["totals"]["gross"], deposit["paid"], deposit["balance"]) == ("100.05", "100.05", "0.00")
    assert wanted(till.me.invoices.post(path, money, key="carte"), 201)["id"] == deposit["id"]
    assert [event.type for event in till.events("invoice.issued", "payment.recorded")] == [
        "invoice.issued",
        "payment.recorded",
    ]
    final = till.bills(quote, kind="balance")
    assert cents(final["document"]["payable"]) == cents(quote["totals"]["gross"]) - 100_05
    assert till.refused(path, money) == (409, "quote_invoiced")


def test_money_on_a_quote_that_is_not_accepted_is_no_deposit_D_01(till: Till) -> None:
    quote = till.me.drafts_quote().json
    money = {"amount": "100.00", "paid_on": "2026-11-16"}
    assert till.refused(f"/v1/quotes/{quote['id']}/payments", money) == (409, "quote_not_accepted")


def test_sales_that_no_platform_exchanges_are_reported_per_day_and_rate_E_06(till: Till) -> None:
    till.invoices()  # between businesses: exchanged, not reported
    consumer = wanted(till.me.customers.post("/v1/customers", CONSUMER), 201)
    invoice = till.invoices(customer_id=consumer["id"])
    till.pays(invoice, "100.00")
    till.credits(invoice, amounts=[{"net": "9.99", "vat_rate": "20"}])
    told = wanted(till.me.reports.get("/v1/reports/e-reporting", **{"from": "2026-11-01", "to": "2026-11-30"}))
    sales = {row["rate"]: (row["net"], row["vat"], row["documents"]) for row in told["sales"]}
    assert sales == {"20": ("90.00", "18.00", 2), "10": ("77.77", "7.78", 1), "5.5": ("99.99", "5.50", 1)}
    assert {(row["day"], row["processing"]) for row in told["sales"]} == {("2026-11-16", "B2C")}
    receipts = {row["rate"]: row["gross"] for row in told["receipts"]}
    assert set(receipts) == {"20", "10"}, "goods are not reported on receipts"
    empty = wanted(till.me.reports.get("/v1/reports/e-reporting", **{"from": "2026-10-01", "to": "2026-10-31"}))
    assert (empty["sales"], empty["receipts"]) == ([], [])


@pytest.mark.parametrize(
    ("query", "faults"),
    [
        ({}, {("/from", "wrong_type"), ("/to", "wrong_type")}),
        ({"from": "2026-11-31", "to": "2026-12-01"}, {("/from", "wrong_type")}),
        ({"from": "2026-12-02", "to": "2026-12-01"}, {("/to", "period")}),
        ({"from": "2025-01-01", "to": "2026-12-01"}, {("/to", "period")}),
    ],
    ids=["nothing", "no such day", "backwards", "too long"],
)
def test_a_period_is_from_a_day_to_a_year(till: Till, query: dict[str, str], faults: set[tuple[str, str]]) -> None:
    answer = till.me.reports.get("/v1/reports/e-reporting", **query)
    assert (answer.status, answer.faults) == (422, faults)


def run_of(till: Till, invoice: dict[str, object]) -> Run:
    run = till.server.store.get(TENANT, Run, str(invoice["id"]))
    assert run is not None
    return run
