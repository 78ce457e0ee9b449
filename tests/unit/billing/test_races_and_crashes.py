"""Many writers at once, and a process that dies anywhere between two writes: the accounts stay right. [N-07, C-04]"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import cycle, islice
from threading import Barrier

import pytest

from relance.domain.errors import Retry
from relance.domain.invoice import Invoice
from relance.domain.reminder.run import Run
from tests.builders import TENANT
from tests.doubles.store import Crash, Fault
from tests.doubles.till import ODD_LINES, Till, audit, cents


def at_once(writers: int, work: Callable[[int], int]) -> list[int]:
    """What each writer is told (an HTTP status), all starting together; 503 is asked again with the same key."""
    start = Barrier(writers)

    def writer(n: int) -> int:
        start.wait()
        while (status := work(n)) == 503:
            pass
        return status

    with ThreadPoolExecutor(writers) as pool:
        return list(pool.map(writer, range(writers)))


def test_twenty_credit_notes_at_once_never_exceed_the_invoice_C_04(till: Till) -> None:
    invoice = till.invoices(lines=ODD_LINES[:1])  # 99.99 HT
    path = f"/v1/invoices/{invoice['id']}/credit-notes"
    body = {"reason": "x", "issue": True, "amounts": [{"net": "9.00", "vat_rate": "20"}]}
    told = at_once(20, lambda n: till.me.invoices.post(path, body, key=f"writer-{n}").status)
    assert sorted(told) == [201] * 11 + [422] * 9
    after = till.again(invoice)
    assert cents(after["credited"]) == 99_00 + 19_80
    assert len(till.events("credit_note.issued")) == 11
    audit(till.server)


def test_fifty_documents_of_every_type_at_once_number_1_to_n_in_two_series_N_01_N_07(till: Till) -> None:
    invoices = [till.invoices(lines=ODD_LINES[:1]) for _ in range(10)]
    drafts = [till.me.drafts_invoice(lines=ODD_LINES, type=kind).json for kind in islice(cycle(("380", "386")), 20)]
    drafts += [till.credits(invoice, issue=False) for invoice in invoices]
    drafts += [till.me.invoices.post(f"/v1/invoices/{one['id']}/corrections", {"reason": "x"}).json for one in invoices]
    quote = till.accepted_quote()
    drafts += [till.drafts(quote, kind="deposit", percent="10") for _ in range(10)]

    def issue(n: int) -> int:
        return till.me.invoices.post(f"/v1/invoices/{drafts[n]['id']}/issue", key=f"writer-{n}").status

    told = at_once(50, issue)
    # Each of the ten invoices is either credited or replaced: whoever comes second is told so.
    assert sorted(told) == [200] * 40 + [409] * 10
    numbers = {event.ref.number for event in till.events("invoice.issued", "credit_note.issued")}
    credits = sum(number.startswith("A-") for number in numbers)
    assert len(numbers) == 50
    assert {f"A-2026-{n:04d}" for n in range(1, credits + 1)} < numbers
    assert {f"F-2026-{n:04d}" for n in range(1, 51 - credits)} < numbers
    audit(till.server)


def test_one_final_invoice_is_made_of_two_asked_at_once(till: Till) -> None:
    quote = till.accepted_quote()
    path = f"/v1/quotes/{quote['id']}/invoices"
    told = at_once(8, lambda n: till.me.quotes.post(path, {"kind": "balance"}, key=f"writer-{n}").status)
    assert sorted(told) == [201] + [409] * 7


def test_a_payment_and_a_credit_note_at_once_are_both_kept(till: Till) -> None:
    invoice = till.invoices(lines=ODD_LINES[:1])
    at = f"/v1/invoices/{invoice['id']}"
    money = {"amount": "1.00", "paid_on": "2026-11-16"}
    credit = {"reason": "x", "issue": True, "amounts": [{"net": "1.00", "vat_rate": "20"}]}

    def work(n: int) -> int:
        path, body = (f"{at}/payments", money) if n % 2 else (f"{at}/credit-notes", credit)
        return till.me.invoices.post(path, body, key=f"writer-{n}").status

    assert at_once(12, work) == [201] * 12
    assert till.again(invoice)["balance"] == "106.79"
    audit(till.server)


Ask = Callable[[], int]


def issuing(till: Till) -> Ask:
    draft = till.me.drafts_invoice(lines=ODD_LINES).json
    return lambda: till.me.invoices.post(f"/v1/invoices/{draft['id']}/issue", key="once").status


def crediting(till: Till) -> Ask:
    path = f"/v1/invoices/{till.invoices(lines=ODD_LINES[:1])['id']}/credit-notes"
    return lambda: till.me.invoices.post(path, {"reason": "x", "issue": True}, key="once").status


def correcting(till: Till) -> Ask:
    wrong = till.invoices(lines=ODD_LINES[:1])
    till.pays(wrong, "10.00")
    draft = till.me.invoices.post(f"/v1/invoices/{wrong['id']}/corrections", {"reason": "x"}).json
    return lambda: till.me.invoices.post(f"/v1/invoices/{draft['id']}/issue", key="once").status


def closing(till: Till) -> Ask:
    quote = till.accepted_quote()
    till.bills(quote, kind="deposit", percent="30")
    draft = till.drafts(quote, kind="balance")
    return lambda: till.me.invoices.post(f"/v1/invoices/{draft['id']}/issue", key="once").status


def paying_several(till: Till) -> Ask:
    ids = [{"id": till.invoices(lines=ODD_LINES[:1])["id"]} for _ in range(2)]
    body = {"amount": "200.00", "paid_on": "2026-11-16", "invoices": ids}
    return lambda: till.me.invoices.post("/v1/payments", body, key="once").status


def refunding(till: Till) -> Ask:
    overpaid = till.pays(till.invoices(lines=ODD_LINES[:1]), "130.00")
    body = {"amount": "5.00", "paid_on": "2026-11-16"}
    return lambda: till.me.invoices.post(f"/v1/invoices/{overpaid['id']}/refunds", body, key="once").status


def spending(till: Till) -> Ask:
    overpaid = till.pays(till.invoices(lines=ODD_LINES[:1]), "130.00")
    path = f"/v1/invoices/{till.invoices(lines=ODD_LINES[:1])['id']}/payments"
    body = {"amount": "5.00", "paid_on": "2026-11-16", "mode": "credit", "credit_from": overpaid["id"]}
    return lambda: till.me.invoices.post(path, body, key="once").status


@pytest.mark.parametrize("fault", list(Fault), ids=lambda fault: fault.value)
@pytest.mark.parametrize(
    "operation",
    [issuing, crediting, correcting, closing, paying_several, refunding, spending],
    ids=lambda op: op.__name__,
)
def test_a_process_that_dies_leaves_all_of_it_or_nothing_and_asking_again_ends_it_N_02(
    till: Till, operation: Callable[[Till], Ask], fault: Fault
) -> None:
    ask = operation(till)
    before = len(till.server.store.events(TENANT))
    till.server.store.fail_next(fault)
    with suppress(Crash, Retry):
        ask()
    audit(till.server)
    assert ask() in (200, 201)
    audit(till.server)
    events = till.server.store.events(TENANT)[before:]
    assert ask() in (200, 201)
    assert till.server.store.events(TENANT)[before:] == events, "once means once"
    for invoice in till.server.store.page(TENANT, Invoice, limit=100).items:
        assert (till.server.store.get(TENANT, Run, invoice.id) is not None) == (invoice.content is not None)
