"""Asking for an export: begun once per key, made in the background, journaled, fetched by its owner alone."""

from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from relance.app import exporting
from relance.app.context import SYSTEM, Caller, Context
from relance.app.exporting import Writer, Written, archive_writer
from relance.app.ports.archive import Sink
from relance.app.ports.store import Idem
from relance.domain.archive_export import ArchiveExport, ExportKind, ExportState, Period
from relance.domain.errors import Corrupted, IdempotencyMismatch, NotFound, Retry
from relance.domain.ids import TenantId
from relance.resources import verify_archive
from tests.doubles.archive import World
from tests.doubles.exported import TENANT, Bell, Shelf, world_of
from tests.doubles.outside import ManualClock, SeededEntropy
from tests.doubles.store import InMemoryStore

OWNER = Caller(TenantId(TENANT), "user:usr_1")
MACHINE = Caller(TenantId(TENANT), "archive_export", SYSTEM)
WHOLE = ArchiveExport(TenantId(TENANT), "", 0, ManualClock().now(), "", state=ExportState.ASKED)
NEVER = Period(date(2019, 1, 1), date(2019, 12, 31))


@dataclass(slots=True)
class Office:
    """All that exporting is given, and what it was made to do."""

    world: World = field(default_factory=world_of)
    store: InMemoryStore = field(default_factory=InMemoryStore)
    shelf: Shelf = field(default_factory=Shelf)
    bell: Bell = field(default_factory=Bell)
    entropy: SeededEntropy = field(default_factory=SeededEntropy)

    @property
    def ctx(self) -> Context:
        return Context(self.store, ManualClock(), self.entropy)

    def asks(self, wanted: ArchiveExport = WHOLE, idem: Idem | None = None, caller: Caller = OWNER) -> ArchiveExport:
        return exporting.ask(self.ctx, caller, self.world.archive(), self.bell, wanted, idem=idem)

    def makes(self, asked: ArchiveExport, writer: Writer | None = None) -> ArchiveExport:
        writers = {ExportKind.ARCHIVE: writer or archive_writer(self.world.archive())}
        return exporting.make(self.ctx, MACHINE, asked.id, writers, self.shelf)


def test_an_export_is_asked_for_made_later_and_leaves_its_trace_in_the_journal(tmp_path: Path) -> None:
    office = Office()
    asked = office.asks()
    assert (asked.state, asked.sha256, office.shelf.kept) == (ExportState.ASKED, "", {})
    assert office.bell.rung == [(TENANT, asked.id)]
    made = office.makes(asked)
    body = office.shelf.kept[TENANT, made.stored_name]
    assert (made.state, made.size, made.length) == (ExportState.MADE, 18, len(body))
    assert made.sha256 == sha256(body).hexdigest()
    assert exporting.get(office.ctx, OWNER, made.id) == made
    (event,) = office.store.events(TENANT)
    assert event.type == "archive.exported"
    assert made.sha256.encode() in event.line
    assert b"user:usr_1" in event.line, "who asked for it, not who made it"
    (tmp_path / "export.zip").write_bytes(body)
    assert verify_archive.verify(verify_archive.Zip(str(tmp_path / "export.zip"))).root == made.root


def test_the_same_key_gives_the_same_export_and_begins_it_again_while_it_is_not_made() -> None:
    office, idem = Office(), Idem("key", "0" * 64)
    first = office.asks(idem=idem)
    assert office.asks(idem=idem) == first
    assert office.bell.rung == [(TENANT, first.id)] * 2
    made = office.makes(first)
    assert office.asks(idem=idem) == made
    assert len(office.bell.rung) == 2
    with pytest.raises(IdempotencyMismatch):
        office.asks(idem=Idem("key", "1" * 64))


def test_making_it_twice_writes_one_fact() -> None:
    office = Office()
    asked = office.asks()
    assert office.makes(asked) == office.makes(asked)
    assert len(office.store.events(TENANT)) == 1


def test_of_two_attempts_at_once_the_file_of_the_one_that_wrote_the_fact_is_handed_out() -> None:
    office = Office()
    asked = office.asks()
    inner: list[ArchiveExport] = []

    def slow(export: ArchiveExport, sink: Sink) -> Written:
        inner.append(office.makes(asked))
        return archive_writer(office.world.archive())(export, sink)

    assert office.makes(asked, slow) == inner[0]
    assert len(office.shelf.kept) == 2
    assert len(office.store.events(TENANT)) == 1
    assert sha256(office.shelf.kept[TENANT, inner[0].stored_name]).hexdigest() == inner[0].sha256


def test_an_attempt_that_dies_leaves_it_asked_for_and_no_file() -> None:
    office = Office()
    asked = office.asks()

    def dies(export: ArchiveExport, sink: Sink) -> Written:
        sink.write(b"half")
        raise Retry("S3")

    with pytest.raises(Retry):
        office.makes(asked, dies)
    assert exporting.get(office.ctx, OWNER, asked.id).state is ExportState.ASKED
    assert not office.shelf.kept
    assert office.makes(asked).state is ExportState.MADE


def test_an_archive_that_does_not_read_fails_with_a_reason_and_a_fact() -> None:
    """[AF-11] An integrity failure is a technical event."""
    office = Office()
    asked = office.asks()
    del office.world.objects[f"{TENANT}/seg/000000000007.jsonl.gz"]
    with pytest.raises(Corrupted):
        office.makes(asked)
    failed = exporting.get(office.ctx, OWNER, asked.id)
    assert failed.state is ExportState.FAILED
    assert "seg/000000000007" in failed.reason
    assert [event.type for event in office.store.events(TENANT)] == ["archive.export_failed"]
    assert office.makes(asked) == failed


def test_what_was_refused_meanwhile_fails_without_a_fact() -> None:
    office = Office()
    asked = office.asks()

    def refuses(export: ArchiveExport, sink: Sink) -> Written:
        raise NotFound("Rien à exporter.")

    failed = office.makes(asked, refuses)
    assert (failed.state, failed.reason) == (ExportState.FAILED, "Rien à exporter.")
    assert not office.store.events(TENANT)


def test_another_company_does_not_find_it() -> None:
    office = Office()
    asked = office.asks()
    with pytest.raises(NotFound):
        exporting.get(office.ctx, Caller(TenantId("ten_b"), "user:usr_2"), asked.id)


@pytest.mark.parametrize(("tenant", "period"), [("ten_none", None), (TENANT, NEVER)])
def test_nothing_archived_is_nothing_to_export(tenant: str, period: Period | None) -> None:
    office = Office()
    wanted = ArchiveExport(TenantId(tenant), "", 0, ManualClock().now(), "", period=period)
    with pytest.raises(NotFound):
        office.asks(wanted, caller=Caller(TenantId(tenant), "u"))
    assert not office.bell.rung


def test_exports_are_listed_newest_first() -> None:
    office = Office()
    first, second = office.asks(), office.asks()
    assert [item.id for item in exporting.page(office.ctx, OWNER).items] == sorted([first.id, second.id], reverse=True)
