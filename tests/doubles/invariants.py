"""What must be true of a company at every moment, whatever failed: read from what is stored, by other paths.

Each invariant is one function with its rule; `hold` asks them all, and raises AssertionError with what is broken. The
last, the verifier that travels in each export, judges each archive once: the same bytes have the same verdict.
"""

import io
import json
import zipfile
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import Any

from relance.app.archiving import export
from relance.domain.archive_export import ArchiveExport, ExportState
from relance.domain.closing import Closing
from relance.domain.ids import TenantId
from relance.domain.invoice import Invoice
from relance.domain.purge import Purge
from relance.resources import verify_archive
from tests.builders import TENANT
from tests.doubles.archive_auditor import audit
from tests.doubles.exported import Files
from tests.doubles.house import BYSTANDER, House

Event = dict[str, Any]


@dataclass(slots=True)
class Invariants:
    """All of them, over one house after the other."""

    verified: set[str] = field(default_factory=set)  # archives and journals that were judged before
    bystander: str = ""

    def hold(self, house: House, tenant: TenantId = TENANT, *, verified: bool = True) -> None:
        """Every invariant of one company, and that nobody else was touched; `verified`: the verifier is asked too."""
        journal = list(house.store.events(tenant))
        house.world.events[tenant] = journal
        events = [_read(event.line) for event in journal]
        is_one_chain(tenant, events, [event.line for event in journal])
        numbers_have_no_gap_and_dates_go_forward(events)
        net_and_vat_make_gross(events)
        each_document_is_one_fact(house, tenant, events)
        each_key_made_one_payment(house, tenant, events)
        only_what_was_archived_and_ordered_is_purged(house, tenant)
        audit(house.world, tenant)
        self._closings_are_the_fold(journal[-1].hash if journal else "", [event.line for event in journal])
        if verified:
            self._verifier_accepts(house, tenant)
        self._nobody_else_was_touched(house, tenant)

    def _closings_are_the_fold(self, key: str, lines: list[bytes]) -> None:
        """[AF-05]"""
        if key in self.verified:
            return
        report = verify_archive.Report()
        closings = verify_archive.Closings(report)
        for line in lines:
            read = verify_archive.read_line(line)
            assert read.event is not None
            closings.take("journal", read.event, read.totals, read.text)
        assert [fault.sentence() for fault in report.faults] == []
        self.verified.add(key)

    def _verifier_accepts(self, house: House, tenant: TenantId) -> None:
        """[AF-07] What is signed is handed out, and whoever gets it finds it intact."""
        mine = {key: versions for key, versions in house.world.objects.items() if key.startswith(f"{tenant}/")}
        head = house.world.stored_heads.get(tenant)
        key = sha256(repr((head and head.signed_size, sorted(mine.items()))).encode()).hexdigest()
        if head is None or not head.signed_size or key in self.verified:
            return
        made = io.BytesIO()
        export(tenant, house.whole, made)
        with zipfile.ZipFile(made) as opened:
            files = Files({name: opened.read(name) for name in opened.namelist()})
        report = verify_archive.verify(files)
        assert [fault.sentence() for fault in report.faults] == []
        assert report.events == head.signed_size
        self.verified.add(key)

    def _nobody_else_was_touched(self, house: House, tenant: TenantId) -> None:
        """No byte of one tenant in another's, and no change of what is another's."""
        others = [(key, body[0]) for key, body in house.world.objects.items() if key.startswith(f"{BYSTANDER}/")]
        found = sha256(repr((sorted(others), house.store.events(BYSTANDER))).encode()).hexdigest()
        self.bystander = self.bystander or found
        assert found == self.bystander, "somebody else's journal or archive changed"
        for key, versions in house.world.objects.items():
            if key.startswith(f"{tenant}/") and not key.endswith((".gz", ".pdf")):
                assert BYSTANDER.encode() not in versions[0], f"{key} speaks of somebody else"


@lru_cache(5_000)
def _read(line: bytes) -> Event:
    """Nobody changes what this gives: the same lines are met in every case."""
    event: Event = json.loads(line)
    return event


def is_one_chain(tenant: str, events: list[Event], lines: list[bytes]) -> None:
    """Seq is 1..n, each links to the one before, later by the clock, and belongs to its company. [AR-02]"""
    prev, at = "0" * 64, 0
    for n, (event, line) in enumerate(zip(events, lines, strict=True), 1):
        assert (event["tenant"], event["seq"], event["prev"]) == (tenant, n, prev), f"event {n} breaks the chain"
        assert event["at"] > at, f"event {n} is not later"
        prev, at = sha256(b"relance.event.v1\0" + line).hexdigest(), event["at"]


def numbers_have_no_gap_and_dates_go_forward(events: list[Event]) -> None:
    """Per series 1..n, each number once, dates that never go back. [N-01, N-03]"""
    ranks: dict[str, int] = defaultdict(int)
    days: dict[str, str] = {}
    numbers = set[tuple[str, str]]()
    for data in (event["data"] for event in events if event["type"].endswith(".issued")):
        series = data["series"]
        ranks[series] += 1
        assert data["rank"] == ranks[series], f"a gap in {series}"
        assert (series, data["number"]) not in numbers, f"{data['number']} twice"
        assert data["issue_date"] >= days.get(series, ""), f"{data['number']} is dated back"
        days[series] = data["issue_date"]
        numbers.add((series, data["number"]))


def net_and_vat_make_gross(events: list[Event]) -> None:
    """In cents, in all and by rate. [C-01]"""
    for event in events:
        if event["type"].endswith(".issued"):
            totals = event["data"]["content"]["totals"]
            assert totals["net"] + totals["vat"] == totals["gross"]
            assert totals["net"] == sum(row["base"] for row in totals["subtotals"])
            assert totals["vat"] == sum(row["vat"] for row in totals["subtotals"])


def each_document_is_one_fact(house: House, tenant: TenantId, events: list[Event]) -> None:
    """What the tables say and what the chain says are the same documents, payments, seals, closings and exports."""
    facts = Counter((event["type"], event["ref"]["id"]) for event in events)
    invoices = house.store.page(tenant, Invoice, limit=100).items
    for invoice in invoices:
        assert facts["invoice.issued", invoice.id] == (1 if invoice.number else 0), f"{invoice.id} and its fact"
        assert facts["document.sealed", invoice.id] == (1 if invoice.pdf_sha256 else 0)
        assert facts["payment.recorded", invoice.id] == len(invoice.payments), f"payments of {invoice.number}"
    closings = {closing.seq: closing.id for closing in house.store.page(tenant, Closing, limit=100).items}
    assert closings == {event["seq"]: event["ref"]["id"] for event in events if event["type"] == "period.closed"}
    for made in house.store.page(tenant, ArchiveExport, limit=100).items:
        is_made = made.state is ExportState.MADE
        assert facts["archive.exported", made.id] == is_made, "an export and its fact"
        if is_made:
            body = house.shelf.kept[tenant, made.stored_name]
            assert sha256(body).hexdigest() == made.sha256, "the file of an export is not what the chain says"


def each_key_made_one_payment(house: House, tenant: TenantId, events: list[Event]) -> None:
    """One document per Idempotency-Key: payments of the house carry their key as their amount. [N-07]"""
    amounts = Counter(event["data"]["amount"] for event in events if event["type"] == "payment.recorded")
    assert not [amount for amount, times in amounts.items() if times > 1], "one key, two payments"


def only_what_was_archived_and_ordered_is_purged(house: House, tenant: TenantId) -> None:
    """A line goes only once its purge is chained and the line itself signed in the archive; closings never. [KX-20]

    What the table lost went otherwise.
    """
    live = {event.seq for event in house.store.live(tenant)}
    marks = house.store.page(tenant, Purge, limit=100).items
    head = house.world.stored_heads.get(tenant)
    for event in house.store.events(tenant):
        if event.seq not in live | house.lost:
            assert any(mark.covers(event.seq, event.type) for mark in marks), f"event {event.seq} was not to go"
            assert head is not None
            assert event.seq <= head.signed_size, f"event {event.seq} went before it was archived"
            walk = head.verification
            is_verified = walk is not None and walk.size >= event.seq and not walk.faults
            assert is_verified, f"event {event.seq} went before its archive was verified"
