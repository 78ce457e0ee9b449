"""A month of invoices issued at once: all or none, numbered in the order that was asked for. [N-01, N-02, N-07]"""

from typing import Any

import pytest

from relance.adapters.legal_data import load_law
from relance.app import invoicing
from relance.app.ports.store import Idem
from relance.domain.invoice import Invoice
from relance.domain.reminder.run import Run
from tests.builders import TENANT, a_caller
from tests.doubles.store import Crash, Fault
from tests.doubles.till import ODD_LINES, Till, audit

LAW = load_law()
ME = a_caller()


def drafts(till: Till, count: int) -> list[str]:
    return [till.me.drafts_invoice(lines=ODD_LINES[:1]).json["id"] for _ in range(count)]


def issue(till: Till, ids: list[str], idem: Idem | None = None) -> tuple[Invoice, ...]:
    server = till.server
    return invoicing.issue_many(server.ctx, ME, ids, idem=idem, catalogue=LAW, executions=server.executions)


def post(till: Till, ids: list[str], **more: Any) -> Any:
    return till.me.invoices.post("/v1/invoices/issue", {"ids": ids, **more})


def test_a_full_load_of_drafts_is_one_transaction_and_takes_the_numbers_in_order_N_01(till: Till) -> None:
    ids = drafts(till, invoicing.MAX_TOGETHER)
    before = till.server.store.commits
    answer = post(till, list(reversed(ids)))
    assert answer.status == 200
    assert till.server.store.commits == before + 1
    assert [one["id"] for one in answer.json["items"]] == list(reversed(ids))
    assert [one["number"] for one in answer.json["items"]] == [f"F-2026-{n:04d}" for n in range(1, len(ids) + 1)]
    assert all(till.server.store.get(TENANT, Run, id) for id in ids)
    audit(till.server)


def test_one_bad_draft_keeps_all_of_them_drafts_and_is_named_N_02(till: Till) -> None:
    ids = drafts(till, 3)
    unprintable = {**ODD_LINES[0], "description": "Pose 🙂"}
    ids.insert(1, till.me.drafts_invoice(lines=[unprintable]).json["id"])
    answer = post(till, ids)
    assert answer.status == 422
    assert {fault["pointer"].split("/")[2] for fault in answer.json["faults"]} == {"1"}
    assert all(till.me.invoices.get(f"/v1/invoices/{id}").json["status"] == "draft" for id in ids)
    assert not till.events("invoice.issued")


def test_two_drafts_that_credit_the_same_invoice_are_issued_apart_C_04(till: Till) -> None:
    invoice = till.invoices(lines=ODD_LINES[:1])
    notes = [till.credits(invoice, issue=False)["id"] for _ in range(2)]
    answer = post(till, notes)
    assert (answer.status, answer.json["code"]) == (409, "issue_apart")
    assert till.me.invoices.get(f"/v1/invoices/{notes[0]}").json["status"] == "draft"


@pytest.mark.parametrize("count", [0, invoicing.MAX_TOGETHER + 1])
def test_how_many_is_told_before_anything_is_read(till: Till, count: int) -> None:
    answer = post(till, [f"inv_{n}" for n in range(count)])
    assert (answer.status, answer.json["faults"][0]["pointer"]) == (422, "/ids")


def test_the_same_draft_twice_an_unknown_and_an_issued_one_are_refused(till: Till) -> None:
    (first, second) = drafts(till, 2)
    assert post(till, [first, first]).json["faults"][0]["pointer"] == "/ids/1"
    assert post(till, [first, "inv_0000000000000000000000009"]).status == 404
    till.issues({"id": second})
    assert post(till, [first, second]).json["code"] == "invoice_frozen"


def test_the_same_request_again_gives_the_same_invoices_N_02(till: Till) -> None:
    ids = drafts(till, 3)
    key = Idem("once", "a" * 64)
    assert issue(till, ids, key) == issue(till, ids, key)
    assert len(till.events("invoice.issued")) == 3


@pytest.mark.parametrize("fault", list(Fault))
def test_whatever_becomes_of_the_write_all_are_issued_once_or_none_N_07(till: Till, fault: Fault) -> None:
    ids = drafts(till, 4)
    key = Idem("once", "a" * 64)
    till.server.store.fail_next(fault)
    try:
        issue(till, ids, key)
    except (Crash, Exception):
        assert len(till.events("invoice.issued")) in (0, 4)
    issue(till, ids, key)
    assert [event.ref.number for event in till.events("invoice.issued")] == [f"F-2026-{n:04d}" for n in range(1, 5)]
    audit(till.server)
