"""What issuing an invoice costs the processor: the request from its JSON to its answer, and the XML that goes with it.

`issue_cpu_ms` is `POST /v1/invoices/{id}/issue` of the demo company's invoice: routing, contracts, every rule, totals,
mentions, the sealed event and the answer, on a store in memory, so without waiting for any service. `facturx_xml_ms`
is its Factur-X as XML. Both in processor time, the median of many.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

from relance.adapters.facturx.cii import cii_xml
from tests.builders import a_context, an_invoice_content, some_lines
from tests.doubles.activity import InMemoryActivityLog
from tests.doubles.api import Server, wanted
from tests.doubles.gateway import Answer
from tests.doubles.outside import InMemoryDocuments, ManualClock, RecordingExecutions
from tests.doubles.store import InMemoryStore

ISSUES = 40
DOCUMENTS = 60


def measure() -> dict[str, float]:
    """Milliseconds."""
    content = an_invoice_content(lines=some_lines() * 2)
    return {
        "facturx_xml_ms": _median_ms(lambda: cii_xml(content), DOCUMENTS),
        "issue_cpu_ms": _issue_ms(),
    }


def _issue_ms() -> float:
    """Each on a store of its own: the one of the tests checks its whole chain at every commit."""
    waiting = iter([_draft() for _ in range(ISSUES)])
    return _median_ms(lambda: wanted(next(waiting)()), ISSUES)


def _draft() -> Callable[[], Answer]:
    """The call that issues an invoice drafted before."""
    store, clock = InMemoryStore(), ManualClock()
    ctx = a_context(store=store, clock=clock)
    server = Server(ctx, store, clock, RecordingExecutions(), InMemoryDocuments(), InMemoryActivityLog(clock))
    caller = server.caller()
    invoices, draft = caller.invoices, wanted(caller.drafts_invoice(), 201)
    return lambda: invoices.post(f"/v1/invoices/{draft['id']}/issue")


def _median_ms(work: Callable[[], object], runs: int) -> float:
    took = []
    for _ in range(runs):
        start = time.process_time_ns()
        work()
        took.append(time.process_time_ns() - start)
    return median(took) / 1e6
