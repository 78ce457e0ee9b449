"""Credit notes: whole, by line, by amount; never beyond the invoice, per rate. [C-01, C-02, C-04, CY-08, KX-12]"""

import pytest

from tests.doubles.till import ODD_LINES, Till, cents, rows


def test_a_whole_credit_note_is_the_invoice_given_back_C_04(till: Till) -> None:
    invoice = till.invoices(discounts=[{"label": "Remise", "percent": "7"}])
    note = till.credits(invoice)
    assert (note["type"], note["number"]) == ("381", "A-2026-0001")  # a series of their own
    assert note["totals"] == invoice["totals"]
    assert note["document"]["references"] == [{"number": "F-2026-0001", "issue_date": "2026-11-16", "type": "380"}]
    assert (note["balance"], note["settlement"]) == ("0.00", None)
    again = till.again(invoice)
    assert (again["balance"], again["credited"], again["settlement"]) == ("0.00", invoice["totals"]["gross"], "paid")
    assert again["credits"] == [{"id": note["id"], "number": note["number"], "gross": note["totals"]["gross"]}]
    assert till.refused(f"/v1/invoices/{invoice['id']}/credit-notes", {"reason": "Encore"}) == (409, "credited")
    (event,) = till.events("credit_note.issued")
    assert event.data["credits"][0]["number"] == "F-2026-0001"
    assert event.data["content"]["reason"] == "Geste commercial"


def test_lines_are_given_back_at_the_price_that_was_paid_C_04(till: Till) -> None:
    line = {"description": "Chaise", "quantity": "3", "unit_price": "10.00", "vat_rate": "20", "nature": "goods"}
    invoice = till.invoices(lines=[line, *ODD_LINES], discounts=[{"label": "Remise", "percent": "10"}])
    note = till.credits(invoice, lines=[{"line": 1, "quantity": "2"}])
    assert note["totals"]["net"] == "18.00"
    path = f"/v1/invoices/{invoice['id']}/credit-notes"
    answer = till.me.invoices.post(path, {"reason": "x", "lines": [{"line": 1, "quantity": "2"}]})
    assert (answer.status, answer.faults) == (422, {("/lines/0/quantity", "C-04")})
    answer = till.me.invoices.post(path, {"reason": "x", "lines": [{"line": 9}, {"line": 2}, {"line": 2}]})
    assert answer.faults == {("/lines/0/line", "unknown_line"), ("/lines/2/line", "line_twice")}
    rest = till.credits(invoice, lines=[{"line": 1}])
    assert rest["totals"]["net"] == "9.00"


def test_amounts_are_given_back_per_rate_and_never_beyond_it_C_04(till: Till) -> None:
    invoice = till.invoices()
    note = till.credits(invoice, amounts=[{"net": "99.99", "vat_rate": "5.5"}, {"net": "0.01", "vat_rate": "20"}])
    assert rows(note["totals"]["subtotals"]) == {"20": (1, 0), "5.5": (9999, 550)}
    path = f"/v1/invoices/{invoice['id']}/credit-notes"
    body = {"reason": "x", "issue": True, "amounts": [{"net": "0.01", "vat_rate": "5.5"}]}
    answer = till.me.invoices.post(path, body)
    assert (answer.status, answer.faults) == (422, {("/lines/0", "C-04")})
    answer = till.me.invoices.post(path, body | {"amounts": [{"net": "1.00", "vat_rate": "8.5"}]})
    assert (answer.status, answer.faults) == (422, {("/amounts/0", "C-04")})
    answer = till.me.invoices.post(path, body | {"amounts": [{"net": "0", "vat_rate": "5.555"}]})
    assert answer.faults == {("/amounts/0/vat_rate", "too_many_decimals"), ("/amounts/0/net", "not_positive")}


def test_three_thirds_are_the_whole_vat_to_the_cent_C_04_R_02(till: Till) -> None:
    invoice = till.invoices(lines=ODD_LINES[:1])  # 3 x 33.33 at 20 %: 20.00 of VAT, not three times 6.67
    notes = [till.credits(invoice, lines=[{"line": 1, "quantity": "1"}]) for _ in range(3)]
    assert [note["totals"]["vat"] for note in notes] == ["6.67", "6.66", "6.67"]
    assert till.again(invoice)["balance"] == "0.00"
    assert till.totals["invoiced_gross"] == till.totals["credited_gross"] == 119_99


def test_what_is_left_is_credited_by_rate_after_a_first_credit_note(till: Till) -> None:
    invoice = till.invoices()
    till.credits(invoice, amounts=[{"net": "33.33", "vat_rate": "20"}])
    rest = till.credits(invoice)
    assert len(rest["lines"]) == 3
    assert till.again(invoice)["balance"] == "0.00"


def test_a_draft_credit_note_is_judged_when_it_is_issued_C_04(till: Till) -> None:
    invoice = till.invoices()
    draft = till.credits(invoice, issue=False)
    assert (draft["status"], draft["number"]) == ("draft", "")
    till.credits(invoice)
    assert till.refused(f"/v1/invoices/{draft['id']}/issue") == (409, "credited")
    assert "A-2026-0002" not in {event.ref.number for event in till.events("credit_note.issued")}


def test_a_draft_credit_note_keeps_what_it_credits_when_it_is_rewritten_C_02(till: Till) -> None:
    invoice = till.invoices()
    draft = till.credits(invoice, issue=False)
    body = {"customer_id": draft["customer_id"], "lines": ODD_LINES[:1]}
    answer = till.me.invoices.put(f"/v1/invoices/{draft['id']}", body, if_match='"1"')
    assert answer.status == 200, answer.body
    assert (answer.json["type"], answer.json["refers_to"], answer.json["reason"]) == (
        "381",
        [invoice["id"]],
        "Geste commercial",
    )
    till.issues(draft)
    assert till.again(invoice)["credited"] == "119.99"


def test_one_credit_note_for_several_invoices_C_02(till: Till) -> None:
    first, second = till.invoices(lines=ODD_LINES[:1]), till.invoices(lines=ODD_LINES[:1])
    line = {"description": "Remise de fin d’année", "quantity": "1", "unit_price": "150", "vat_rate": "20"}
    body = {"type": "381", "refers_to": [first["id"], second["id"]], "reason": "RFA 2026", "lines": [line]}
    note = till.invoices(**body)
    assert [one["number"] for one in note["document"]["references"]] == [first["number"], second["number"]]
    assert (till.again(first)["credited"], till.again(second)["credited"]) == ("119.99", "60.01")
    assert cents(note["totals"]["gross"]) == 18_000
    draft = till.me.drafts_invoice(**body).json
    assert till.refused(f"/v1/invoices/{draft['id']}/issue")[0] in (409, 422)


def test_a_deposit_is_credited_by_a_503_and_by_nothing_else_C_01(till: Till) -> None:
    deposit, invoice = till.invoices(type="386"), till.invoices()
    assert till.credits(deposit)["type"] == "503"
    mixed = {"type": "381", "refers_to": [invoice["id"], till.invoices(type="386")["id"]], "reason": "x"}
    assert till.me.drafts_invoice(**mixed).faults == {("/type", "other_type")}
    assert till.me.drafts_invoice(**(mixed | {"type": "503"})).faults == {("/type", "other_type")}


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"type": "381"}, ("/refers_to", "BR-FR-CO-05")),
        ({"type": "503", "reason": "x"}, ("/refers_to", "BR-FR-CO-05")),
        ({"type": "384"}, ("/refers_to", "BR-FR-CO-04")),
        ({"type": "381", "refers_to": ["inv_0"], "reason": "x"}, ("/refers_to/0", "unknown")),
        ({"type": "381", "refers_to": ["inv_0"]}, ("/reason", "missing")),
        ({"type": "381", "refers_to": ["inv_0", "inv_0"], "reason": "x"}, ("/refers_to", "twice")),
        ({"type": "380", "refers_to": ["inv_0"], "reason": "x"}, ("/refers_to", "not_allowed")),
        ({"type": "384", "refers_to": ["inv_0", "inv_1"], "reason": "x"}, ("/refers_to", "BR-FR-CO-04")),
        ({"type": "381", "refers_to": ["inv_0"], "reason": "x", "deducts": ["inv_1"]}, ("/deducts", "BR-FR-CO-08")),
        ({"type": "389"}, ("/type", "not_allowed")),
        ({"deducts": ["inv_1"]}, ("/deducts/0", "unknown")),
    ],
    ids=str,
)
def test_a_type_goes_with_its_references_C_02(till: Till, body: dict[str, object], fault: tuple[str, str]) -> None:
    assert fault in till.me.drafts_invoice(lines=ODD_LINES, **body).faults


def test_a_credit_note_is_no_invoice_C_01(till: Till) -> None:
    note = till.credits(till.invoices())
    at = f"/v1/invoices/{note['id']}"
    assert till.refused(f"{at}/credit-notes", {"reason": "x"}) == (409, "is_credit_note")
    assert till.refused(f"{at}/corrections", {"reason": "x"}) == (409, "is_credit_note")
    assert till.refused(f"{at}/payments", {"amount": "1.00", "paid_on": "2026-11-16"}) == (409, "is_credit_note")


def test_a_draft_is_not_credited(till: Till) -> None:
    draft = till.me.drafts_invoice().json
    assert till.refused(f"/v1/invoices/{draft['id']}/credit-notes", {"reason": "x"}) == (409, "invoice_not_issued")
    free = till.invoices(lines=[{"description": "Visite", "quantity": "1", "unit_price": "0", "vat_rate": "20"}])
    assert till.refused(f"/v1/invoices/{free['id']}/credit-notes", {"reason": "x"}) == (409, "nothing_to_credit")


def test_a_final_invoice_is_credited_for_what_it_added_and_no_more_C_04_D_02(till: Till) -> None:
    quote = till.accepted_quote()
    deposit = till.bills(quote, kind="deposit", percent="30")
    final = till.bills(quote, kind="balance")
    note = till.credits(final)
    assert note["totals"]["gross"] == final["document"]["payable"]
    assert till.again(final)["balance"] == "0.00"
    till.credits(deposit)
    assert till.totals["credited_gross"] == till.totals["invoiced_gross"] == cents(quote["totals"]["gross"])


def test_a_credit_note_asked_twice_with_one_key_is_made_once_N_02(till: Till) -> None:
    path, body = f"/v1/invoices/{till.invoices()['id']}/credit-notes", {"reason": "x", "issue": True}
    first, second = (till.me.invoices.post(path, body, key="once") for _ in range(2))
    assert first.json["id"] == second.json["id"]
    assert len(till.events("credit_note.issued")) == 1
