"""Fifty writers of one tenant at once: the head lets one through at a time. [N-02]"""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest

from relance.app.context import Context
from relance.domain.chain.event import GENESIS_HASH, follow, parse
from relance.domain.errors import Retry, Stop
from relance.domain.invoice import Invoice
from tests.contract.store.conftest import ON_CLOUD, Place, in_memory
from tests.doubles.commits import assert_numbers_are_gapless, issue
from tests.doubles.outside import ManualClock, SeededEntropy

WRITERS = 50


@pytest.fixture(params=["memory", ON_CLOUD])
def racetrack(request: pytest.FixtureRequest) -> Place:
    """Not moto: with four threads it acknowledged 32 writes and numbered 28 (5.2.5)."""
    if request.param == "memory":
        return in_memory()
    place: Place = request.getfixturevalue("cloud_place")
    return place


def test_fifty_concurrent_issues_get_the_numbers_1_to_50(racetrack: Place) -> None:
    place = racetrack
    ctx = Context(place.store, ManualClock(), SeededEntropy(uuid4().int))
    start = Barrier(WRITERS)

    def writer(n: int) -> Invoice:
        start.wait()
        while True:
            try:
                return issue(ctx, place.tenant, f"writer-{n}")
            except (Retry, Stop):
                continue  # what a client does with 503: the same request with the same key

    with ThreadPoolExecutor(WRITERS) as pool:
        issued = list(pool.map(writer, range(WRITERS)))

    assert sorted(invoice.number for invoice in issued) == [f"F-2026-{n:04d}" for n in range(1, WRITERS + 1)]
    events = place.journal.read(place.tenant, 0, 2 * WRITERS)
    assert_numbers_are_gapless(events, WRITERS)
    follow([parse(event.line) for event in events], tenant=place.tenant, seq=0, prev=GENESIS_HASH, at_ms=0)
    head = place.store.head(place.tenant)
    assert (head.seq, head.totals["invoiced_gross"]) == (WRITERS, WRITERS * 12_000)
    assert len(place.store.page(place.tenant, Invoice, limit=2 * WRITERS).items) == WRITERS
