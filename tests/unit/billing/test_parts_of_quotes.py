"""From accepted quotes: whole, in deposits, as the works progress, the balance; several at once. [CY-05, D-01, D-02]"""

import pytest

from tests.doubles.till import ODD_LINES, Till, cents, rows


def test_deposits_and_the_final_invoice_make_the_quote_to_the_cent_R_04_D_02_N_05(till: Till) -> None:
    quote = till.accepted_quote()
    first = till.bills(quote, kind="deposit", percent="33.33")
    second = till.bills(quote, kind="deposit", amount="77.05")
    final = till.bills(quote, kind="balance")
    assert [first["type"], second["type"], final["type"]] == ["386", "386", "380"]
    assert [one["number"] for one in (first, second, final)] == ["F-2026-0001", "F-2026-0002", "F-2026-0003"]  # N-05
    assert second["totals"]["gross"] == "77.05"
    document = final["document"]
    assert final["totals"] == quote["totals"]
    assert [one["number"] for one in document["deductions"]] == ["F-2026-0001", "F-2026-0002"]
    asked = cents(first["totals"]["gross"]) + cents(second["totals"]["gross"]) + cents(document["payable"])
    assert asked == cents(quote["totals"]["gross"])
    whole, left = rows(quote["totals"]["subtotals"]), rows(document["remaining"])
    parts = [rows(one["totals"]["subtotals"]) for one in (first, second)]
    for rate, (base, vat) in whole.items():
        assert sum(part[rate][0] for part in parts) + left[rate][0] == base
        assert sum(part[rate][1] for part in parts) + left[rate][1] == vat
    assert till.again(first)["deducted_by"] == final["id"]
    assert till.totals["invoiced_gross"] == cents(quote["totals"]["gross"]), "deposits are not counted twice"
    assert final["balance"] == document["payable"]


def test_a_deposit_of_a_step_of_the_schedule_D_01(till: Till) -> None:
    steps = [{"label": "À la commande", "percent": "30"}, {"label": "Fin de pose", "amount": "50.00"}]
    quote = till.accepted_quote(deposits=steps)
    first = till.drafts(quote, kind="deposit", step=1)
    assert first["lines"][0]["description"] == "À la commande de 30 % sur le devis n° D-2026-0001"
    assert till.drafts(quote, kind="deposit", step=2)["totals"]["gross"] == "50.00"
    path = f"/v1/quotes/{quote['id']}/invoices"
    assert till.refused(path, {"kind": "deposit", "step": 3}) == (422, "invalid")


def test_the_progress_of_works_is_cumulative_and_uses_deposits_up_first(till: Till) -> None:
    quote = till.accepted_quote()
    deposit = till.bills(quote, kind="deposit", percent="20")
    first = till.bills(quote, kind="progress", percent="50")
    second = till.bills(quote, kind="progress", percent="80")
    net = sum(cents(one["totals"]["net"]) for one in (deposit, first, second))
    assert abs(net - cents(quote["totals"]["net"]) * 80 // 100) <= 2
    assert till.refused(f"/v1/quotes/{quote['id']}/invoices", {"kind": "progress", "percent": "80"}) == (
        409,
        "nothing_to_bill",
    )
    last = till.bills(quote, kind="progress", percent="100")
    assert last["billing"] == "balance"
    assert len(last["document"]["deductions"]) == 3
    assert till.totals["invoiced_gross"] == cents(quote["totals"]["gross"])


def test_a_quote_is_never_invoiced_beyond_its_total(till: Till) -> None:
    quote = till.accepted_quote()
    path = f"/v1/quotes/{quote['id']}/invoices"
    till.drafts(quote, kind="deposit", percent="60")  # a draft counts: the next one would be issued after it
    assert till.refused(path, {"kind": "deposit", "percent": "60"}) == (409, "overbilled")
    assert till.refused(path, {"kind": "deposit", "amount": "99999.00"}) == (422, "invalid")
    assert till.refused(path, {"kind": "whole"}) == (409, "quote_invoiced")
    till.drafts(quote, kind="deposit", percent="40")
    assert till.refused(path, {"kind": "deposit", "percent": "0.01"}) == (409, "nothing_to_bill")


def test_half_and_half_of_an_odd_cent_is_the_whole_R_04(till: Till) -> None:
    quote = till.accepted_quote(lines=ODD_LINES[:1])
    first, second = (till.bills(quote, kind="deposit", percent="50") for _ in range(2))
    assert cents(first["totals"]["net"]) + cents(second["totals"]["net"]) == 99_99
    final = till.bills(quote, kind="balance")
    assert final["document"]["payable"] in ("0.00", "-0.00")
    assert final["settlement"] == "paid"


def test_a_draft_that_grew_is_judged_again_when_it_is_issued(till: Till) -> None:
    quote = till.accepted_quote()
    draft = till.drafts(quote, kind="deposit", percent="90")
    line = {**draft["lines"][0], "unit_price": "9999.00"}
    body = {"customer_id": draft["customer_id"], "type": "386", "lines": [_body(line)]}
    answer = till.me.invoices.put(f"/v1/invoices/{draft['id']}", body, if_match='"1"')
    assert answer.status == 200, answer.body
    assert till.refused(f"/v1/invoices/{draft['id']}/issue") == (409, "overbilled")


def test_a_draft_of_a_quote_stays_with_its_customer_and_currency(till: Till) -> None:
    quote = till.accepted_quote()
    draft = till.drafts(quote, kind="deposit", percent="30")
    other = {
        "kind": "consumer",
        "name": "Camille Lefèvre",
        "address": {"line1": "3 place Bellecour", "postcode": "69002", "city": "Lyon"},
        "email": "camille.lefevre@client.example",
    }
    stranger = till.me.customers.post("/v1/customers", other).json["id"]
    lines = [_body(line) for line in draft["lines"]]
    exchange = {"rate": "0.92", "on": "2026-11-16", "source": "BCE"}
    body = {"customer_id": stranger, "lines": lines, "currency": "USD", "exchange": exchange}
    answer = till.me.invoices.put(f"/v1/invoices/{draft['id']}", body, if_match='"1"')
    assert answer.faults == {("/customer_id", "other_origin"), ("/currency", "other_origin")}


def test_the_final_invoice_waits_for_the_parts_that_are_drafts(till: Till) -> None:
    quote = till.accepted_quote()
    part = till.drafts(quote, kind="deposit", percent="30")
    final = till.drafts(quote, kind="balance")
    assert till.refused(f"/v1/invoices/{final['id']}/issue") == (409, "part_in_draft")
    assert till.me.invoices.delete(f"/v1/invoices/{part['id']}", if_match='"1"').status == 204
    assert till.issues(final)["document"]["deductions"] == []


def test_nothing_is_added_to_a_quote_that_is_invoiced_whole(till: Till) -> None:
    quote = till.accepted_quote()
    till.bills(quote)
    path = f"/v1/quotes/{quote['id']}/invoices"
    for part in ({"kind": "whole"}, {"kind": "balance"}, {"kind": "deposit", "percent": "1"}):
        assert till.refused(path, part) == (409, "quote_invoiced")


def test_a_credited_deposit_is_not_deducted_D_02_C_04(till: Till) -> None:
    quote = till.accepted_quote()
    cancelled, kept = (till.bills(quote, kind="deposit", percent="30") for _ in range(2))
    till.credits(cancelled)
    final = till.bills(quote, kind="balance")
    assert [one["number"] for one in final["document"]["deductions"]] == [kept["number"]]
    assert till.totals["invoiced_gross"] - till.totals["credited_gross"] == cents(quote["totals"]["gross"])


def test_a_deposit_credited_in_part_is_deducted_for_the_rest(till: Till) -> None:
    quote = till.accepted_quote(lines=ODD_LINES[:1])
    deposit = till.bills(quote, kind="deposit", percent="50")
    till.credits(deposit, amounts=[{"net": "10.00", "vat_rate": "20"}])
    final = till.bills(quote, kind="balance")
    assert final["document"]["deductions"][0]["net"] == "40.00"


def test_what_was_credited_whole_may_be_invoiced_again(till: Till) -> None:
    quote = till.accepted_quote()
    deposit = till.bills(quote, kind="deposit", percent="30")
    till.credits(till.bills(quote, kind="balance"))
    again = till.bills(quote, kind="balance")
    assert [one["number"] for one in again["document"]["deductions"]] == [deposit["number"]]
    assert till.again(deposit)["deducted_by"] == again["id"]


def test_several_quotes_go_on_one_invoice_each_under_its_heading(till: Till) -> None:
    first = till.accepted_quote(discounts=[{"label": "Fidélité", "percent": "10"}])
    second = till.accepted_quote()
    till.bills(first, kind="deposit", percent="30")
    body = {"quote_ids": [first["id"], second["id"]]}
    draft = till.me.invoices.post("/v1/invoices/from-quotes", body).json
    final = till.issues(draft)
    assert {line["section"] for line in final["lines"]} == {"Devis D-2026-0001", "Devis D-2026-0002"}
    assert cents(final["totals"]["net"]) == cents(first["totals"]["net"]) + cents(second["totals"]["net"])
    assert final["document"]["quote_numbers"] == ["D-2026-0001", "D-2026-0002"]
    assert len(final["document"]["deductions"]) == 1
    assert till.refused("/v1/invoices/from-quotes", body) == (409, "quote_invoiced")


def test_quotes_that_do_not_go_together_are_refused(till: Till) -> None:
    quote = till.accepted_quote()
    path = "/v1/invoices/from-quotes"
    assert till.refused(path, {"quote_ids": [quote["id"], quote["id"]]}) == (422, "invalid")
    sent = till.me.drafts_quote().json
    assert till.refused(path, {"quote_ids": [sent["id"]]}) == (409, "quote_not_accepted")
    dollars = till.accepted_quote(currency="USD", exchange={"rate": "0.92", "on": "2026-11-16", "source": "BCE"})
    assert till.refused(path, {"quote_ids": [quote["id"], dollars["id"]]}) == (422, "invalid")


@pytest.mark.parametrize(
    "part",
    [
        {"kind": "deposit"},
        {"kind": "deposit", "percent": "30", "amount": "10.00"},
        {"kind": "deposit", "percent": "30.333"},
        {"kind": "deposit", "percent": "101"},
        {"kind": "progress", "percent": "101"},
        {"kind": "progress", "amount": "10.00"},
        {"kind": "whole", "percent": "30"},
        {"kind": "half"},
    ],
    ids=str,
)
def test_a_part_that_is_none_is_refused(till: Till, part: dict[str, str]) -> None:
    quote = till.accepted_quote()
    assert till.refused(f"/v1/quotes/{quote['id']}/invoices", part)[0] == 422


def test_a_final_invoice_from_scratch_deducts_the_deposits_that_it_names_D_02(till: Till) -> None:
    deposit = till.invoices(type="386")
    final = till.invoices(lines=[*ODD_LINES, *ODD_LINES], deducts=[deposit["id"]])
    assert final["document"]["deductions"][0]["gross"] == deposit["totals"]["gross"]
    body = {"customer_id": final["customer_id"], "lines": ODD_LINES, "deducts": [final["id"]]}
    answer = till.me.invoices.post("/v1/invoices", body)
    assert answer.faults == {("/deducts/0", "not_a_deposit")}
    assert till.refused("/v1/invoices", body | {"type": "386", "deducts": [deposit["id"]]}) == (422, "invalid")
    too_small = till.me.drafts_invoice(lines=ODD_LINES[:1], deducts=[till.invoices(type="386")["id"]]).json
    assert till.refused(f"/v1/invoices/{too_small['id']}/issue") == (409, "deposits_exceed")


def _body(line: dict[str, object]) -> dict[str, object]:
    """A line as it was told, as it may be sent."""
    kept = ("description", "quantity", "unit", "unit_price", "nature")
    return {name: line[name] for name in kept} | {"vat_rate": line["vat"]["rate"]}  # type: ignore[index]  # JSON
