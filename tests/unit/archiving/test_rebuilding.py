"""A table restored to an earlier hour: fatal, until its journal is rebuilt from the archive. [AR-02, K-01]"""

from contextlib import suppress
from datetime import datetime, timedelta
from itertools import product
from typing import Final

import pytest

from local import demo_data
from relance.adapters.scenario_data import PackagedScenarios
from relance.app.archiving import Archive, drain
from relance.app.archiving.agreement import CannotRebuild
from relance.app.archiving.head_fold import HeadFold
from relance.app.archiving.putting_back import BATCH
from relance.app.archiving.rebuilding import plan, rebuild
from relance.app.archiving.stored import StoredArchive
from relance.domain.calendar_fr import from_ms
from relance.domain.chain import segment
from relance.domain.chain.event import SealedEvent, parse
from relance.domain.closing import CLOSED
from relance.domain.errors import NotFound, OutcomeUnknown, Retry
from relance.domain.journal import Head
from relance.domain.rebuild import REBUILT
from relance.resources import verify_archive
from tests.builders import TENANT, a_context
from tests.doubles.activity import InMemoryActivityLog
from tests.doubles.api import Server, wanted
from tests.doubles.archive import World
from tests.doubles.commits import issue
from tests.doubles.outside import InMemoryDocuments, ManualClock, RecordingExecutions
from tests.doubles.store import Crash, Fault, InMemoryStore
from tests.doubles.till import ODD_LINES, Till

KEPT: Final = 5
SHIPPED: Final = PackagedScenarios()


def a_season() -> Till:
    """Weeks of a firm: a quote accepted, a deposit, payments, credit notes, a moved accounting year, silent days."""
    store, clock = InMemoryStore(), ManualClock()
    ctx = a_context(store=store, clock=clock)
    server = Server(ctx, store, clock, RecordingExecutions(), InMemoryDocuments(), InMemoryActivityLog(clock))
    till = Till(server, server.caller()).opens()
    quote = till.accepted_quote()
    deposit = till.bills(quote, kind="deposit", percent="30")
    clock.advance(timedelta(days=3))
    paid = {"amount": "100.00", "mode": "card", "paid_on": clock.now().date().isoformat()}
    wanted(till.me.invoices.post(f"/v1/invoices/{deposit['id']}/payments", paid), 201)
    company = {**demo_data.COMPANY, "branding": {}, "fiscal_year_start": "10-01"}
    assert till.me.settings.put("/v1/company", company, if_match='"1"').status == 200
    clock.advance(timedelta(days=20))
    till.bills(quote, kind="balance")
    till.credits(till.invoices(lines=ODD_LINES[:1]))
    clock.advance(timedelta(days=40))
    till.invoices()
    return till


@pytest.fixture(scope="module")
def season() -> InMemoryStore:
    """Only read: whoever writes works on a restored copy."""
    return a_season().server.store


def archive_of(season: InMemoryStore, journal: InMemoryStore) -> Archive:
    """What the archiver made of the season, beside the journal that is left of it."""
    world = World(events={TENANT: list(season.events(TENANT))})
    archiver = world.archive()
    drain(TENANT, archiver, max_events=20)
    return Archive(journal, archiver.heads, archiver.store)


def restored(season: InMemoryStore, events: int, head: int | None = None) -> InMemoryStore:
    """The tables after `events` events; the head, which is in another table, after `head` of them."""
    older = InMemoryStore()
    kept = season.events(TENANT)
    older.restore(TENANT, kept[:events], folded(kept[: events if head is None else head]))
    return older


def folded(events: tuple[SealedEvent, ...]) -> Head:
    fold = HeadFold()
    for event in events:
        fold.take(parse(event.line))
    return fold.head


def assert_rebuilt(left: InMemoryStore, season: InMemoryStore) -> None:
    """Every lost event is back at its place, the head is their fold, and one fact more says that it was rebuilt."""
    events, lost = left.events(TENANT), season.events(TENANT)
    assert events[: len(lost)] == lost
    assert [event.type for event in events[len(lost) :] if event.type != CLOSED] == [REBUILT]
    assert left.head(TENANT) == folded(events)


def season_end(season: InMemoryStore) -> datetime:
    return from_ms(season.head(TENANT).last_at_ms)


def test_a_head_is_nothing_but_the_fold_of_its_events(season: InMemoryStore) -> None:
    """Counters, dates, totals, open periods: what each writer computed, read again from the lines alone."""
    events = season.events(TENANT)
    assert len(events) > 2 * BATCH // 3
    assert folded(events) == season.head(TENANT)


@pytest.mark.parametrize("lost", [1, 7, 60])
@pytest.mark.parametrize("behind", [0, 3])
def test_what_was_lost_comes_back_from_the_archive_with_its_head(season: InMemoryStore, lost: int, behind: int) -> None:
    events = season.events(TENANT)
    left = restored(season, len(events) - lost, len(events) - lost - behind)
    archive, ctx = archive_of(season, left), a_context(store=left)
    told = plan(ctx, TENANT, archive, SHIPPED)
    assert (told.missing, told.is_needed) == (lost, True)
    assert left.commits == 0, "a plan writes nothing"
    assert rebuild(ctx, TENANT, archive, SHIPPED) == told
    assert_rebuilt(left, season)
    assert not plan(ctx, TENANT, archive, SHIPPED).is_needed
    assert rebuild(ctx, TENANT, archive, SHIPPED).missing == 0


@pytest.mark.parametrize("is_signed", [True, False], ids=["signed", "locked and not signed"])
@pytest.mark.parametrize("kept", [0, KEPT, 21, 40])
def test_heads_that_were_restored_too_hide_nothing_that_is_archived(
    season: InMemoryStore, kept: int, is_signed: bool
) -> None:
    """The head of the archive is in the table of the documents, so it is as old as the journal: the bucket is asked.

    Else the plan says that nothing lacks, a number is given a second time, and the archive never goes on: the places of
    the next events are locked.
    """
    events = season.events(TENANT)
    world = World(events={TENANT: list(events[:kept])})
    archiver = world.archive()
    drain(TENANT, archiver, max_events=20)
    old = dict(world.stored_heads)
    world.events[TENANT] = list(events)
    drain(TENANT, archiver, max_events=20)
    if not is_signed:  # it died before the last signature
        del world.objects[max(key for key in world.objects if "/ckpt/" in key)]
    bucket = dict(world.objects)
    world.stored_heads = old
    left = restored(season, kept)
    archive, ctx = Archive(left, archiver.heads, archiver.store), a_context(store=left)
    told = plan(ctx, TENANT, archive, SHIPPED)
    assert (told.archived, told.missing) == (len(events), len(events) - kept)
    rebuild(ctx, TENANT, archive, SHIPPED)
    assert_rebuilt(left, season)
    world.events[TENANT] = list(left.events(TENANT))
    drained = drain(TENANT, archiver, max_events=20)
    assert (drained.signed_size, drained.quarantine) == (len(world.events[TENANT]), None)
    assert {key: world.objects[key] for key in bucket} == bucket
    assert verify_archive.verify(StoredArchive.open(TENANT, archiver), export=False).ok


def test_a_tail_that_is_locked_and_does_not_follow_is_not_taken(season: InMemoryStore) -> None:
    left = restored(season, KEPT)
    world = World(events={TENANT: list(season.events(TENANT)[:20])})
    archiver = world.archive()
    drain(TENANT, archiver, max_events=20)
    stray = season.events(TENANT)[25].line
    world.objects[f"{TENANT}/seg/000000000021.jsonl.gz"] = [segment.pack([stray])]
    with pytest.raises(CannotRebuild, match="n’est pas intacte"):
        plan(a_context(store=left), TENANT, Archive(left, archiver.heads, archiver.store), SHIPPED)


def test_numbers_go_on_where_the_archive_ends_N_01(season: InMemoryStore) -> None:
    """Without the rebuild the next invoice would take a number that a customer holds already."""
    left = restored(season, KEPT)
    ctx = a_context(store=left)
    ctx.clock.move_to(season_end(season))  # type: ignore[attr-defined]  # a ManualClock
    rebuild(ctx, TENANT, archive_of(season, left), SHIPPED)
    known = {parse(event.line).ref.number for event in season.events(TENANT)}
    assert issue(ctx, TENANT).number not in known


def test_the_plan_names_the_documents_that_a_person_must_look_at(season: InMemoryStore) -> None:
    left = restored(season, KEPT)
    told = plan(a_context(store=left), TENANT, archive_of(season, left), SHIPPED)
    lost = {(one.kind, one.number): one.events for one in told.documents}
    assert lost["invoice", "F-2026-0002"] == ("invoice.issued",)
    assert lost["invoice", "A-2026-0001"] == ("credit_note.issued",)
    assert ("payment.recorded",) in lost.values()
    assert not any("period.closed" in events for events in lost.values())


def test_an_untouched_journal_needs_nothing(season: InMemoryStore) -> None:
    left = restored(season, len(season.events(TENANT)))
    told = plan(a_context(store=left), TENANT, archive_of(season, left), SHIPPED)
    assert (told.missing, told.is_needed, told.documents) == (0, False, ())


def test_a_journal_that_is_ahead_of_its_archive_keeps_what_it_has(season: InMemoryStore) -> None:
    left = restored(season, len(season.events(TENANT)))
    archive = archive_of(season, left)
    ctx = a_context(store=left)
    issue(ctx, TENANT)
    assert not plan(ctx, TENANT, archive, SHIPPED).is_needed


def test_a_journal_that_went_on_after_the_restore_is_shown_and_not_touched(season: InMemoryStore) -> None:
    """Its own events have the places of archived ones: only a person can say what becomes of them."""
    left = restored(season, KEPT)
    ctx = a_context(store=left)
    issue(ctx, TENANT)
    with pytest.raises(CannotRebuild, match=r"F-2026-0002.* n’est pas celui qui est archivé") as caught:
        rebuild(ctx, TENANT, archive_of(season, left), SHIPPED)
    assert caught.value.code == "cannot_rebuild"


def test_nothing_is_taken_from_an_archive_that_was_altered(season: InMemoryStore) -> None:
    left = restored(season, KEPT)
    world = World(events={TENANT: list(season.events(TENANT))})
    archiver = world.archive()
    drain(TENANT, archiver, max_events=20)
    segment = next(key for key in world.objects if "/seg/" in key)
    world.objects[segment][0] = world.objects[segment][0][:-9] + b"\0" * 9
    with pytest.raises(CannotRebuild, match="n’est pas intacte"):
        plan(a_context(store=left), TENANT, Archive(left, archiver.heads, archiver.store), SHIPPED)


def test_without_an_archive_there_is_nothing_to_rebuild_from(season: InMemoryStore) -> None:
    archiver = World().archive()
    with pytest.raises(NotFound):
        plan(a_context(store=season), TENANT, Archive(season, archiver.heads, archiver.store), SHIPPED)


@pytest.mark.parametrize(
    ("write", "fault"), [*product(range(5), [Fault.CRASH_BEFORE, Fault.CRASH_AFTER]), *((2, one) for one in Fault)]
)
def test_stopped_at_any_write_it_is_started_again(season: InMemoryStore, write: int, fault: Fault) -> None:
    """The mark, each load, the end: whatever becomes of one of them, the next call goes on from what is stored."""
    left = restored(season, KEPT, KEPT - 1)
    archive, ctx = archive_of(season, left), a_context(store=left)
    left.fail_next(*[None] * write, fault)
    with suppress(Crash, OutcomeUnknown, Retry):
        rebuild(ctx, TENANT, archive, SHIPPED)
    left.forget_faults()
    rebuild(ctx, TENANT, archive, SHIPPED)
    assert_rebuilt(left, season)
    assert not plan(ctx, TENANT, archive, SHIPPED).is_needed
