"""Asking for an export over the API: made once per key, journaled, fetched by its owner alone."""

from hashlib import sha256
from pathlib import Path

import pytest

from relance.app import exporting
from relance.app.context import Caller, Context
from relance.app.ports.store import Idem
from relance.domain.archive_export import ArchiveExport
from relance.domain.errors import IdempotencyMismatch, NotFound
from relance.domain.ids import TenantId
from relance.resources import verify_archive
from tests.doubles.exported import TENANT, Shelf, world_of
from tests.doubles.outside import ManualClock, SeededEntropy
from tests.doubles.store import InMemoryStore

OWNER = Caller(TenantId(TENANT), "user:usr_1")


def a_context() -> Context:
    return Context(InMemoryStore(), ManualClock(), SeededEntropy())


def test_an_export_is_kept_whole_and_leaves_its_trace_in_the_journal(tmp_path: Path) -> None:
    ctx, shelf = a_context(), Shelf()
    made = exporting.make(ctx, OWNER, world_of().archive(), shelf, idem=None)
    body = shelf.kept[TENANT, made.id]
    assert (made.size, made.length, made.sha256) == (18, len(body), sha256(body).hexdigest())
    assert exporting.get(ctx, OWNER, made.id) == made
    assert isinstance(ctx.store, InMemoryStore)
    (event,) = ctx.store.events(TENANT)
    assert event.type == "archive.exported"
    assert made.sha256.encode() in event.line
    (tmp_path / "export.zip").write_bytes(body)
    assert verify_archive.verify(verify_archive.Zip(str(tmp_path / "export.zip"))).root == made.root


def test_the_same_key_gives_the_same_export_and_makes_no_second_one() -> None:
    ctx, shelf, idem = a_context(), Shelf(), Idem("key", "0" * 64)
    first = exporting.make(ctx, OWNER, world_of().archive(), shelf, idem=idem)
    assert exporting.make(ctx, OWNER, world_of().archive(), shelf, idem=idem) == first
    assert len(shelf.kept) == 1
    with pytest.raises(IdempotencyMismatch):
        exporting.make(ctx, OWNER, world_of().archive(), shelf, idem=Idem("key", "1" * 64))


def test_another_company_does_not_find_it() -> None:
    ctx = a_context()
    made: ArchiveExport = exporting.make(ctx, OWNER, world_of().archive(), Shelf(), idem=None)
    with pytest.raises(NotFound):
        exporting.get(ctx, Caller(TenantId("ten_b"), "user:usr_2"), made.id)


def test_nothing_archived_is_nothing_to_export() -> None:
    shelf = Shelf()
    with pytest.raises(NotFound):
        exporting.make(a_context(), Caller(TenantId("ten_none"), "u"), world_of().archive(), shelf, idem=None)
    assert not shelf.kept
