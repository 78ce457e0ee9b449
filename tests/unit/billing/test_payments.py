"""Money over HTTP: in parts, over several invoices, too much, given back, moved. [KX-16, AF-04, AF-05]"""

from tests.doubles.api import wanted
from tests.doubles.till import ODD_LINES, Till


def test_a_payment_is_a_fact_with_all_that_the_law_asks_AF_04(till: Till) -> None:
    invoice = till.invoices()
    paid = till.pays(invoice, "30.00", mode="cheque", reference="n° 4412")
    (event,) = till.events("payment.recorded")
    assert event.ref.number == invoice["number"]
    told = {name: event.data[name] for name in ("at_minute", "amount", "mode", "paid_on", "reference", "currency")}
    assert told == {
        "at_minute": "2026-11-16T10:00",  # in Paris
        "amount": 3_000,
        "mode": "cheque",
        "paid_on": "2026-11-16",
        "reference": "n° 4412",
        "currency": "EUR",
    }
    assert event.data["document_gross"] - event.data["amount"] == event.data["balance"]
    assert paid["settlement"] == "partly_paid"
    assert till.totals["received_cheque"] == till.totals["received"] == 3_000


def test_one_transfer_settles_several_invoices_in_one_transaction(till: Till) -> None:
    first, second = till.invoices(lines=ODD_LINES[:1]), till.invoices(lines=ODD_LINES[:1])
    before = till.server.store.commits
    body = {"amount": "150.00", "paid_on": "2026-11-16", "invoices": [{"id": first["id"]}, {"id": second["id"]}]}
    told = wanted(till.me.invoices.post("/v1/payments", body, key="virement"))
    assert till.server.store.commits == before + 1
    assert [(one["paid"], one["balance"]) for one in told["invoices"]] == [("119.99", "0.00"), ("30.01", "89.98")]
    payments = [till.again(one)["payments"][0] for one in (first, second)]
    assert payments[0]["group"] == payments[1]["group"] != ""
    assert wanted(till.me.invoices.post("/v1/payments", body, key="virement")) == told
    assert till.totals["received"] == 15_000


def test_a_grouped_payment_that_cannot_be_is_refused_whole(till: Till) -> None:
    first, second = till.invoices(lines=ODD_LINES[:1]), till.invoices(lines=ODD_LINES[:1])
    money = {"amount": "100.00", "paid_on": "2026-11-16"}
    ids = [{"id": first["id"]}, {"id": second["id"]}]
    path = "/v1/payments"
    assert till.refused(path, money | {"invoices": [ids[0], ids[0]]}) == (422, "invalid")
    assert till.refused(path, money | {"invoices": [{"id": "inv_0"}]}) == (422, "invalid")
    assert till.refused(path, money | {"invoices": [ids[0] | {"amount": "101.00"}]}) == (422, "invalid")
    assert till.refused(path, money | {"invoices": ids, "mode": "credit"}) == (422, "invalid")
    assert till.refused(path, money | {"invoices": ids, "amount": "300.00", "excess": "refuse"}) == (409, "overpaid")
    other = till.me.customers.post("/v1/customers", _consumer()).json
    third = till.invoices(customer_id=other["id"])
    assert till.refused(path, money | {"invoices": [*ids, {"id": third["id"]}]}) == (422, "invalid")
    draft = till.me.drafts_invoice().json
    assert till.refused(path, money | {"invoices": [{"id": draft["id"]}]}) == (409, "invoice_not_issued")


def test_too_much_stays_as_a_credit_that_pays_the_next_invoice_KX_16(till: Till) -> None:
    first, second = till.invoices(lines=ODD_LINES[:1]), till.invoices(lines=ODD_LINES[:1])
    paid = till.pays(first, "200.00")
    assert (paid["balance"], paid["credit"], paid["settlement"]) == ("-80.01", "80.01", "paid")
    path = f"/v1/invoices/{second['id']}/payments"
    credit = {"amount": "80.01", "paid_on": "2026-11-16", "mode": "credit", "credit_from": first["id"]}
    assert till.refused(path, credit | {"amount": "80.02"}) == (409, "credit_too_small")
    after = till.pays(second, "80.01", mode="credit", credit_from=first["id"])
    assert (after["paid"], after["balance"]) == ("80.01", "39.98")
    assert after["payments"][0]["linked"] == first["id"]
    assert till.again(first)["balance"] == "0.00"
    assert till.refused(path, credit) == (409, "credit_too_small")
    assert (till.totals["received"], till.totals["received_credit"]) == (20_000, 8_001), "no money moved"


def test_an_excess_is_refused_when_asked(till: Till) -> None:
    invoice = till.invoices(lines=ODD_LINES[:1])
    path, money = f"/v1/invoices/{invoice['id']}/payments", {"amount": "120.00", "paid_on": "2026-11-16"}
    assert till.refused(path, money | {"excess": "refuse"}) == (409, "overpaid")
    till.pays(invoice)
    assert till.refused(path, money) == (409, "already_paid")
    assert till.pays(invoice, "5.00", excess="keep")["credit"] == "5.00"


def test_a_refund_is_bounded_and_leaves_its_own_fact_AF_02(till: Till) -> None:
    invoice = till.invoices(lines=ODD_LINES[:1])
    path, money = f"/v1/invoices/{invoice['id']}/refunds", {"amount": "20.00", "paid_on": "2026-11-16"}
    assert till.refused(path, money) == (409, "nothing_to_refund")
    till.pays(invoice)
    till.credits(invoice, amounts=[{"net": "20.00", "vat_rate": "20"}])
    assert till.again(invoice)["credit"] == "24.00"
    assert till.refused(path, money | {"amount": "24.01"}) == (422, "invalid")
    refunded = wanted(till.me.invoices.post(path, money | {"amount": "24.00", "mode": "card"}), 201)
    assert (refunded["balance"], refunded["payments"][-1]["amount"]) == ("0.00", "-24.00")
    (event,) = till.events("payment.refunded")
    assert (event.data["amount"], event.data["mode"]) == (2_400, "card")
    assert (till.totals["refunded_card"], till.totals["refunded"]) == (2_400, 2_400)
    listed = wanted(till.me.invoices.get(f"/v1/invoices/{invoice['id']}/payments"))
    assert (listed["paid"], listed["credited"], listed["balance"]) == ("95.99", "24.00", "0.00")


def test_too_much_cash_is_recorded_and_said_KX_16(till: Till) -> None:
    line = {"description": "Cuisine", "quantity": "1", "unit_price": "2000.00", "vat_rate": "20"}
    invoice = till.invoices(lines=[line])
    assert till.pays(invoice, "600.00", mode="cash")["warnings"] == []
    told = till.pays(invoice, "400.01", mode="cash")["warnings"]
    assert len(told) == 1
    assert "1000.01 € reçus en espèces" in told[0]
    assert "L112-6" in told[0]
    listed = wanted(till.me.invoices.get(f"/v1/invoices/{invoice['id']}/payments"))
    assert listed["warnings"] == told
    assert till.pays(till.invoices(lines=[line]), "2400.00", mode="transfer")["warnings"] == []


def _consumer() -> dict[str, object]:
    return {
        "kind": "consumer",
        "name": "Camille Lefèvre",
        "address": {"line1": "3 place Bellecour", "postcode": "69002", "city": "Lyon"},
        "email": "camille.lefevre@client.example",
    }
