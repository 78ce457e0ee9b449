"""Many writers at once, and a process that dies anywhere between two writes: the accounts stay right. [N-07, C-04]

Writers race on the use cases: the HTTP resolver serves one request at a time, as a Lambda environment does.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from itertools import cycle, islice
from threading import Barrier
from typing import Any

import pytest

from relance.adapters.legal_data import load_law
from relance.app import invoicing, quoting
from relance.app.ports.store import Commit, EntityMoved, Idem
from relance.domain import credit_note
from relance.domain.billing import Part
from relance.domain.credit_note import AmountBack
from relance.domain.errors import Rejected, Retry
from relance.domain.invoice import Billing, Invoice
from relance.domain.money import Cents
from relance.domain.quote import Quote
from relance.domain.reminder.run import Run
from relance.domain.settlement import Transfer
from relance.domain.vat import VatCategory
from tests.builders import TENANT, a_caller
from tests.doubles.store import Crash, Fault, InMemoryStore
from tests.doubles.till import ODD_LINES, Till, audit, cents

LAW = load_law()
ME = a_caller()


def at_once(works: Sequence[Callable[[Idem], object]]) -> Counter[str]:
    """How often each outcome came, all starting together: `done`, or the code of a refusal; contention asks again."""
    start = Barrier(len(works))

    def writer(n: int) -> str:
        start.wait()
        while True:
            try:
                works[n](Idem(f"writer-{n}", f"{n:064x}"))
            except Retry:
                continue
            except Rejected as refused:
                return refused.code
            return "done"

    with ThreadPoolExecutor(len(works)) as pool:
        return Counter(pool.map(writer, range(len(works))))


def issuing_of(till: Till, draft: dict[str, Any]) -> Callable[[Idem], object]:
    return lambda idem: invoicing.issue(
        till.server.ctx, ME, draft["id"], idem=idem, catalogue=LAW, executions=till.server.executions
    )


def crediting_of(till: Till, invoice: dict[str, Any], net: int) -> Callable[[Idem], object]:
    back = [AmountBack(VatCategory.STANDARD, 2000, Cents(net))]
    return lambda idem: invoicing.credit(
        till.server.ctx,
        ME,
        invoice["id"],
        lambda original: credit_note.by_amounts(original, back, "Geste"),
        issue=True,
        idem=idem,
        catalogue=LAW,
        executions=till.server.executions,
    )


def test_twenty_credit_notes_at_once_never_exceed_the_invoice_C_04(till: Till) -> None:
    invoice = till.invoices(lines=ODD_LINES[:1])  # 99.99 HT
    told = at_once([crediting_of(till, invoice, 900)] * 20)
    assert told == {"done": 11, "invalid": 9}
    assert cents(till.again(invoice)["credited"]) == 99_00 + 19_80
    assert len(till.events("credit_note.issued")) == 11
    audit(till.server)


def test_fifty_documents_of_every_type_at_once_number_1_to_n_in_two_series_N_01_N_07(till: Till) -> None:
    invoices = [till.invoices(lines=ODD_LINES[:1]) for _ in range(10)]
    drafts = [till.me.drafts_invoice(lines=ODD_LINES, type=kind).json for kind in islice(cycle(("380", "386")), 20)]
    drafts += [till.credits(invoice, issue=False) for invoice in invoices]
    drafts += [till.me.invoices.post(f"/v1/invoices/{one['id']}/corrections", {"reason": "x"}).json for one in invoices]
    quote = till.accepted_quote()
    drafts += [till.drafts(quote, kind="deposit", percent="10") for _ in range(10)]
    told = at_once([issuing_of(till, draft) for draft in drafts])
    # Each of the ten invoices is either credited or replaced: whoever comes second is told so.
    assert told["done"] == 40
    assert told["credited"] + told["invoice_replaced"] == 10
    numbers = {event.ref.number for event in till.events("invoice.issued", "credit_note.issued")}
    credits = sum(number.startswith("A-") for number in numbers)
    assert len(numbers) == 50
    assert {f"A-2026-{n:04d}" for n in range(1, credits + 1)} < numbers
    assert {f"F-2026-{n:04d}" for n in range(1, 51 - credits)} < numbers
    audit(till.server)


def test_one_final_invoice_is_made_of_several_asked_at_once(till: Till) -> None:
    quote = till.accepted_quote()
    balance = Part(Billing.BALANCE)

    def draft(idem: Idem) -> object:
        return invoicing.create_from_quote(till.server.ctx, ME, quote["id"], balance, idem=idem)

    told = at_once([draft] * 8)
    assert told["done"] == 1
    assert told["quote_invoiced"] + told["entity_moved"] == 7


def test_a_payment_and_a_credit_note_at_once_are_both_kept(till: Till) -> None:
    invoice = till.invoices(lines=ODD_LINES[:1])
    money = Transfer(Cents(100), till.server.clock.now().date())

    def pay(idem: Idem) -> object:
        return invoicing.record_payment(till.server.ctx, ME, invoice["id"], money, idem=idem)

    assert at_once([pay, crediting_of(till, invoice, 100)] * 6) == {"done": 12}
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


def receiving_a_deposit(till: Till) -> Ask:
    path = f"/v1/quotes/{till.accepted_quote()['id']}/payments"
    body = {"amount": "50.00", "paid_on": "2026-11-16"}
    return lambda: till.me.invoices.post(path, body, key="once").status


def transmitting(till: Till) -> Ask:
    path = f"/v1/invoices/{till.invoices(lines=ODD_LINES[:1])['id']}/transmissions"
    return lambda: till.me.invoices.post(path).status


def noting_a_status(till: Till) -> Ask:
    path = f"/v1/invoices/{till.invoices(lines=ODD_LINES[:1])['id']}/statuses"
    body = {"code": "207", "at": "2026-11-16T09:00:00Z", "reason": "Prix", "id": "pdp-1"}
    return lambda: till.me.invoices.post(path, body).status


@pytest.mark.parametrize("fault", list(Fault), ids=lambda fault: fault.value)
@pytest.mark.parametrize(
    "operation",
    [
        issuing,
        crediting,
        correcting,
        closing,
        paying_several,
        refunding,
        spending,
        receiving_a_deposit,
        transmitting,
        noting_a_status,
    ],
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


def test_an_amendment_is_drafted_while_the_contract_is_being_sealed(till: Till) -> None:
    """The PDF of what was accepted is drawn a moment after: whoever goes on at once is not told to try again."""
    quote = till.accepted_quote()
    server = till.server
    missed: list[bool] = []

    class Sealing(InMemoryStore):
        """Somebody else stores the quote between the reading and the first writing."""

        def commit(self, commit: Commit) -> None:
            if not missed:
                missed.append(True)
                raise EntityMoved("planted")
            server.store.commit(commit)

        def __getattribute__(self, name: str) -> Any:
            return object.__getattribute__(self, name) if name == "commit" else getattr(server.store, name)

    ctx = replace(server.ctx, store=Sealing())
    stored = server.store.get(TENANT, Quote, quote["id"])
    assert stored is not None
    amendment = quoting.amend(ctx, ME, stored.id, replace(stored.draft, subject="En plus"))
    assert missed
    assert amendment.amends == stored.id
