"""Twenty writers on one invoice, and documents of every type at once, on each store fit for races. [C-04, N-07]"""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest

from relance.adapters.legal_data import load_law
from relance.app import invoicing
from relance.app.context import Caller, Context
from relance.app.ports.store import Commit, Idem
from relance.domain import credit_note
from relance.domain.chain.event import GENESIS_HASH, follow, parse
from relance.domain.content import InvoiceType
from relance.domain.credit_note import AmountBack
from relance.domain.errors import Rejected, Retry, Stop
from relance.domain.invoice import Invoice
from relance.domain.money import Cents
from relance.domain.vat import VatCategory
from tests.builders import a_caller, a_company, a_customer, a_line, an_invoice_draft
from tests.contract.store.conftest import ON_CLOUD, Place, in_memory
from tests.doubles.outside import ManualClock, RecordingExecutions, SeededEntropy

LAW = load_law()
WRITERS = 20


@pytest.fixture(params=["memory", ON_CLOUD])
def racetrack(request: pytest.FixtureRequest) -> Place:
    """Not moto: it loses writes of concurrent transactions (5.2.5)."""
    if request.param == "memory":
        return in_memory()
    place: Place = request.getfixturevalue("cloud_place")
    return place


class Firm:
    """A seller and his customer on a store, ready to issue."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.ctx = Context(place.store, ManualClock(), SeededEntropy(uuid4().int))
        self.me: Caller = a_caller(place.tenant)
        self.executions = RecordingExecutions()
        parties = (a_company(place.tenant), a_customer(place.tenant))
        place.store.commit(Commit(place.tenant, uuid4().hex, puts=parties))

    def drafts(self, type: InvoiceType = InvoiceType.COMMERCIAL) -> Invoice:
        lines = (a_line(quantity="3", unit_price="33.33"),)
        return invoicing.create(self.ctx, self.me, an_invoice_draft(lines=lines, type=type))

    def issues(self, draft: Invoice, idem: Idem | None = None) -> Invoice:
        return invoicing.issue(self.ctx, self.me, draft.id, idem=idem, catalogue=LAW, executions=self.executions)

    def credits(self, invoice: Invoice, idem: Idem) -> Invoice:
        back = [AmountBack(VatCategory.STANDARD, 2000, Cents(900))]
        return invoicing.credit(
            self.ctx,
            self.me,
            invoice.id,
            lambda original: credit_note.by_amounts(original, back, "Geste"),
            issue=True,
            idem=idem,
            catalogue=LAW,
            executions=self.executions,
        )


def at_once(works: Sequence[Callable[[Idem], object]]) -> Counter[str]:
    """How often each outcome came; contention and lost answers are asked again with the same key."""
    start = Barrier(len(works))

    def writer(n: int) -> str:
        start.wait()
        while True:
            try:
                works[n](Idem(f"writer-{n}", f"{n:064x}"))
            except (Retry, Stop):
                continue
            except Rejected as refused:
                return refused.code
            return "done"

    with ThreadPoolExecutor(len(works)) as pool:
        return Counter(pool.map(writer, range(len(works))))


def test_twenty_credit_notes_at_once_never_exceed_the_invoice_C_04(racetrack: Place) -> None:
    firm = Firm(racetrack)
    invoice = firm.issues(firm.drafts())  # 99.99 HT
    told = at_once([lambda idem: firm.credits(invoice, idem)] * WRITERS)
    assert told == {"done": 11, "invalid": 9}
    stored = racetrack.store.get(racetrack.tenant, Invoice, invoice.id)
    assert stored is not None
    assert [(row.base, row.vat) for row in stored.left] == [(99, 20)]
    assert racetrack.store.head(racetrack.tenant).totals["credited_gross"] == stored.credited == 99_00 + 19_80


def test_documents_of_every_type_at_once_leave_two_gapless_series_N_01_N_05(racetrack: Place) -> None:
    firm = Firm(racetrack)
    invoice = firm.issues(firm.drafts())
    drafts = [firm.drafts(type) for type in (InvoiceType.COMMERCIAL, InvoiceType.DEPOSIT) for _ in range(5)]
    works: list[Callable[[Idem], object]] = [
        *(lambda idem, draft=draft: firm.issues(draft, idem) for draft in drafts),
        *([lambda idem: firm.credits(invoice, idem)] * 10),
    ]
    assert at_once(works) == {"done": 20}
    events = [parse(event.line) for event in racetrack.journal.read(racetrack.tenant, 0, 100)]
    follow(events, tenant=racetrack.tenant, seq=0, prev=GENESIS_HASH, at_ms=0)
    numbers = [event.ref.number for event in events]
    assert [number for number in numbers if number and number[0] == "F"] == [f"F-2026-{n:04d}" for n in range(1, 12)]
    assert [number for number in numbers if number and number[0] == "A"] == [f"A-2026-{n:04d}" for n in range(1, 11)]
