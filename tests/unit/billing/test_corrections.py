"""Nothing issued is ever edited: it is credited, or replaced by a corrective invoice. [C-01, C-02]"""

from dataclasses import replace

import pytest

from relance.domain.invoice import Invoice
from tests.builders import TENANT
from tests.doubles.till import ODD_LINES, Till, cents

DRAFT_VERBS = ("put", "delete", "issue")


@pytest.mark.parametrize("kind", ["invoice", "deposit", "credit note", "corrective"])
@pytest.mark.parametrize("verb", DRAFT_VERBS)
def test_no_verb_edits_what_was_issued_C_01(till: Till, kind: str, verb: str) -> None:
    invoice = till.invoices(type="386" if kind == "deposit" else "380")
    if kind == "credit note":
        invoice = till.credits(invoice)
    if kind == "corrective":
        invoice = till.issues(corrects(till, invoice))
    stored = till.server.store.get(TENANT, Invoice, invoice["id"])
    at, etag = f"/v1/invoices/{invoice['id']}", f'"{invoice["rev"]}"'
    body = {"customer_id": invoice["customer_id"], "lines": ODD_LINES}
    answer = {
        "put": lambda: till.me.invoices.put(at, body, if_match=etag),
        "delete": lambda: till.me.invoices.delete(at, if_match=etag),
        "issue": lambda: till.me.invoices.post(f"{at}/issue"),
    }[verb]()
    assert (answer.status, answer.json["code"]) == (409, "invoice_frozen")
    assert till.server.store.get(TENANT, Invoice, invoice["id"]) == stored


def test_whatever_happens_to_an_invoice_its_content_stays_C_01(till: Till) -> None:
    invoice = till.invoices()
    before = frozen(till, invoice)
    till.pays(invoice, "10.00")
    till.credits(invoice, amounts=[{"net": "1.00", "vat_rate": "20"}])
    till.pays(invoice)
    assert frozen(till, invoice) == before


def test_a_corrective_invoice_takes_the_place_of_one_C_02(till: Till) -> None:
    wrong = till.invoices()
    till.pays(wrong, "50.00")
    draft = corrects(till, wrong)
    assert draft["lines"] == wrong["lines"]
    body = {"customer_id": draft["customer_id"], "lines": ODD_LINES[:1]}
    assert till.me.invoices.put(f"/v1/invoices/{draft['id']}", body, if_match='"1"').status == 200
    right = till.issues(draft)
    assert (right["type"], right["number"], right["document"]["references"][0]["number"]) == (
        "384",
        "F-2026-0002",
        wrong["number"],
    )
    old = till.again(wrong)
    assert (old["replaced_by"], old["balance"], old["settlement"]) == (right["id"], "0.00", "paid")
    assert (right["paid"], right["balance"]) == ("50.00", "69.99"), "what was paid follows, by two entries"
    assert [payment["amount"] for payment in old["payments"]] == ["50.00", "-50.00"]
    assert till.totals["invoiced_gross"] - till.totals["replaced_gross"] == 119_99
    assert [event.type for event in till.events("payment.recorded", "payment.refunded")] == [
        "payment.recorded",
        "payment.refunded",
        "payment.recorded",
    ]
    at = f"/v1/invoices/{wrong['id']}"
    assert till.refused(f"{at}/corrections", {"reason": "x"}) == (409, "invoice_replaced")
    assert till.refused(f"{at}/credit-notes", {"reason": "x"}) == (409, "invoice_replaced")
    assert till.refused(f"{at}/payments", {"amount": "1.00", "paid_on": "2026-11-16"}) == (409, "invoice_replaced")


def test_two_corrections_of_one_invoice_end_with_one_C_02(till: Till) -> None:
    wrong = till.invoices()
    first, second = corrects(till, wrong), corrects(till, wrong)
    till.issues(first)
    assert till.refused(f"/v1/invoices/{second['id']}/issue") == (409, "invoice_replaced")
    third = till.issues(corrects(till, till.again(first)))
    assert till.again(first)["replaced_by"] == third["id"]


def test_what_was_credited_is_not_replaced(till: Till) -> None:
    invoice = till.invoices()
    draft = corrects(till, invoice)
    till.credits(invoice, amounts=[{"net": "1.00", "vat_rate": "20"}])
    assert till.refused(f"/v1/invoices/{draft['id']}/issue") == (409, "credited")


def test_a_corrected_final_invoice_deducts_the_same_deposits_C_02_D_02(till: Till) -> None:
    quote = till.accepted_quote()
    deposit = till.bills(quote, kind="deposit", percent="30")
    final = till.bills(quote, kind="balance")
    corrective = till.issues(corrects(till, final))
    assert [one["number"] for one in corrective["document"]["deductions"]] == [deposit["number"]]
    assert till.again(deposit)["deducted_by"] == corrective["id"]
    kept = till.totals["invoiced_gross"] - till.totals["replaced_gross"]
    assert kept == cents(quote["totals"]["gross"])
    assert till.refused(f"/v1/quotes/{quote['id']}/invoices") == (409, "quote_invoiced")


def test_a_deposit_that_is_deducted_is_not_replaced(till: Till) -> None:
    quote = till.accepted_quote()
    deposit = till.bills(quote, kind="deposit", percent="30")
    draft = corrects(till, deposit)
    assert till.refused(f"/v1/quotes/{quote['id']}/invoices", {"kind": "deposit", "percent": "71"})[0] == 409
    assert till.me.invoices.delete(f"/v1/invoices/{draft['id']}", if_match='"1"').status == 204
    till.bills(quote, kind="balance")
    again = till.me.invoices.post(f"/v1/invoices/{deposit['id']}/corrections", {"reason": "x"})
    assert till.refused(f"/v1/invoices/{again.json['id']}/issue") == (409, "quote_invoiced")


def corrects(till: Till, invoice: dict[str, object]) -> dict[str, object]:
    """The draft of the corrective invoice of one."""
    answer = till.me.invoices.post(f"/v1/invoices/{invoice['id']}/corrections", {"reason": "Adresse erronée"})
    assert answer.status == 201, answer.body
    draft: dict[str, object] = answer.json
    return draft


def frozen(till: Till, invoice: dict[str, object]) -> Invoice:
    """All of it that must never change."""
    stored = till.server.store.get(TENANT, Invoice, str(invoice["id"]))
    assert stored is not None
    return replace(stored, rev=0, updated_at=stored.created_at, payments=(), credits=())
