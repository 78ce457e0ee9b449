"""The journal table is restored alone and writers go on: a hole below a head that is right. [AR-02, K-01]

It is filled from the archive, byte for byte, under that head. Nothing is written over, nobody is written to twice or
kept silent. What the archive has not all of: `test_lost_lines`.
"""

import io
import zipfile
from contextlib import suppress
from datetime import timedelta
from functools import partial
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relance.adapters.dynamo.keys import head_key
from relance.app.archiving import export, prove
from relance.app.archiving.agreement import CannotRebuild, agree
from relance.app.archiving.head_fold import HeadFold
from relance.app.archiving.locked import locked
from relance.app.archiving.proofs import prove_consistency
from relance.app.archiving.putting_back import BATCH
from relance.app.archiving.rebuilding import plan
from relance.app.archiving.sources import Sources
from relance.app.bookkeeping import facts
from relance.app.closing import close_due
from relance.app.context import Context
from relance.app.ports.store import EntityMoved, HeadMoved
from relance.domain.archive_export import Period
from relance.domain.calendar_fr import civil_date
from relance.domain.chain.event import parse
from relance.domain.closing import CLOSED
from relance.domain.errors import Corrupted, OutcomeUnknown, Retry
from relance.domain.rebuild import ID, REBUILT, Hole, Rebuild, joined, told
from relance.domain.reminder.claim import Claim
from relance.resources import verify_archive
from tests.builders import TENANT
from tests.doubles.exported import Files
from tests.doubles.holes import GOES_ON, LOADS, OPENING, SHIPPED, Site, a_hole, a_large_hole
from tests.doubles.lost_hour import STEPS
from tests.doubles.outside import SeededEntropy
from tests.doubles.racing import LettingIn
from tests.doubles.store import Crash, Fault

choices = st.lists(st.tuples(st.integers(0, len(STEPS) - 1), st.integers(0, 7)), max_size=6)


def documents(site: Site) -> dict[tuple[str, str], bytes]:
    """Every entity but the mark of a rebuild, and closings: the fact of its end may close a day."""
    return {(one.kind, one.id): one.body for one in site.store.items() if one.kind not in ("Rebuild", "Closing")}


@settings(max_examples=settings().max_examples // 8, deadline=None)
@given(before=choices, within=choices, after=choices, archived=st.booleans(), rings=st.booleans())
def test_whatever_happened_on_each_side_the_hole_is_filled_or_told(
    before: list[tuple[int, int]],
    within: list[tuple[int, int]],
    after: list[tuple[int, int]],
    *,
    archived: bool,
    rings: bool,
) -> None:
    """Random business, a random moment, writers who go on; what the archiver had seen by then, or had not."""
    site = Site().lives(*OPENING, *before)
    site.archives()
    backup, first = site.store.copied(), site.head_seq + 1
    site.lives((2, 3), *within)
    if archived:
        site.archives()
    hole, later = Hole(first, site.head_seq), site.store.copied()
    site.journal_restored(backup).lives(*after)
    if rings:
        site.archives()
        site.walks()
    head, kept = site.store.head(TENANT), documents(site)
    if not archived:
        with pytest.raises(CannotRebuild, match=rf"ments? {told([hole])} n"):
            site.rebuild()
        assert (site.lacks(), site.store.get(TENANT, Rebuild, ID)) == (tuple(range(hole.first, hole.last + 1)), None)
    done = site.rebuild(copy=later)
    assert (done.holes, done.missing, done.copied) == ((hole,), hole.lines, 0 if archived else hole.lines)
    assert (done.writes, done.documents, done.doubts) == ((), (), ())
    assert documents(site) == kept, "the other table was right: nothing of it is touched"
    _the_fact_tells(site, head.seq, done.holes)
    site.assert_whole()


def _the_fact_tells(site: Site, since: int, holes: tuple[Hole, ...]) -> None:
    facts = [parse(event.line) for event in site.store.events(TENANT)[since:]]
    (fact,) = [event for event in facts if event.type != CLOSED]
    assert fact.type == REBUILT
    assert fact.data["lines"] == sum(hole.lines for hole in holes)
    assert fact.data["holes"] == [[hole.first, hole.last] for hole in holes]


@pytest.mark.parametrize("after", [(), GOES_ON], ids=["nobody wrote since", "writers went on"])
def test_a_dry_run_says_where_and_writes_nothing(after: tuple[tuple[int, int], ...]) -> None:
    site, hole = a_hole(*after)
    commits, lacks = site.store.commits, site.lacks()
    shown = site.plan()
    assert (shown.is_needed, shown.is_older, shown.holes) == (True, False, (hole,))
    assert (site.store.commits, site.lacks()) == (commits, lacks)
    assert site.rebuild() == shown
    site.assert_whole()


def test_what_is_restored_twice_has_two_holes() -> None:
    site, hole = a_hole(*GOES_ON)
    site.rebuild()
    site.archives()
    others = [Hole(3, 3), Hole(hole.last + 2, hole.last + 4)]
    site.store.lose(TENANT, *(seq for one in [hole, *others] for seq in range(one.first, one.last + 1)))
    assert site.plan().holes == joined([hole, *others])
    site.rebuild()
    site.assert_whole()
    marks = [parse(event.line).data["lines"] for event in site.store.events(TENANT) if event.type == REBUILT]
    assert marks == [hole.lines, hole.lines + 4]


@pytest.mark.parametrize("head_at", [1, 3, 5])
def test_tables_of_two_moments_get_lines_below_the_head_and_events_with_it(head_at: int) -> None:
    """The journal is the older one: what the other table knows already goes back under its head, the rest with it."""
    site, hole = a_hole()
    events = site.store.events(TENANT)
    fold = HeadFold()
    for event in events[: hole.first - 1 + head_at]:
        fold.take(parse(event.line))
    site.store._heads[head_key(TENANT)] = fold.head
    done = site.rebuild()
    assert (done.head_seq, done.holes, done.is_older) == (fold.head.seq, (hole,), True)
    told = {event for document in done.documents for event in document.events}
    assert told == {event.type for event in events[fold.head.seq :]}, "what the head knew is not lost"
    assert site.store.events(TENANT)[: len(events)] == events
    site.assert_whole()


def test_what_a_purge_took_is_cut_off_wherever_it_ends() -> None:
    """Purges end with the closing of a year; nothing here leans on it."""
    site, hole = a_hole(*GOES_ON)
    site.store.lose(TENANT, 2)
    sources = Sources(TENANT, locked(TENANT, site.whole), site.store)
    for purged_to, holes in (
        (1, (Hole(2, 2), hole)),
        (2, (hole,)),
        (hole.first, (Hole(hole.first + 1, hole.last),)),
        (hole.last, ()),
    ):
        assert agree(sources, site.store.head(TENANT), purged_to).holes == holes


# --- what happens before anybody mends it ---------------------------------------------------------------------------


def test_the_archiver_waits_and_chains_nothing_wrong() -> None:
    """`archive.ahead_of_journal`, at the event that it archived last; what is stored stays as it is."""
    site, hole = a_hole(*GOES_ON)
    stored = dict(site.world.objects)
    for _ in range(2):
        quarantine = site.archives().quarantine
        assert quarantine is not None
        assert (quarantine.code, quarantine.seq) == ("archive.ahead_of_journal", hole.last)
        site.lives((2, 7))
    assert site.world.objects == stored
    site.rebuild()
    site.assert_whole()
    assert {key: site.world.objects[key] for key in stored} == stored


def test_what_was_not_archived_yet_is_awaited_and_never_skipped() -> None:
    """Facts that the table lost before the archiver saw them: it stops before the first of them."""
    site, hole = a_hole(*GOES_ON, archived=False)
    drained = site.archives()
    assert (drained.size, drained.quarantine) == (hole.first - 1, None), "as before a transaction seen in part"


def test_the_daily_walk_tells_of_it_in_a_chain_that_goes_on() -> None:
    """The head is right, so its fact is chained where it belongs."""
    site, _ = a_hole(*GOES_ON)
    walked = site.walks()
    assert walked.faults == ("[contredit] le journal n’est plus ce qui a été archivé",)
    assert not walked.journal_behind
    assert parse(site.store.live(TENANT)[-1].line).type == "archive.integrity_failed"
    site.rebuild()
    site.assert_whole()


def test_days_that_end_over_a_hole_are_closed_with_the_totals_of_all_their_facts() -> None:
    """[AF-05] A closing takes its totals from the head, which lost nothing; a reader of the lines adds them up."""
    site, hole = a_hole((2, 5))
    site.firm.clock.advance(timedelta(days=40))  # the day, its month
    while close_due(site.ctx, TENANT):
        pass
    closings = [parse(one.line) for one in site.store.live(TENANT) if one.type == CLOSED and one.seq > hole.last]
    (of_the_hole,) = [one for one in closings if one.data["kind"] == "day" and _covers(one.data, hole)]
    assert {one.data["kind"] for one in closings} == {"day", "month"}
    site.rebuild()
    site.assert_whole()  # the verifier refuses a closing that does not say what the lines before it come to
    said: Any = of_the_hole.data
    issued: list[Any] = [parse(one.line).data for one in site.store.events(TENANT) if one.type == "invoice.issued"]
    assert said["totals"]["invoiced_gross"] == sum(one["content"]["totals"]["gross"] for one in issued)


@pytest.mark.parametrize("after", [(), GOES_ON], ids=["nobody wrote since", "writers went on"])
def test_no_paper_is_made_over_a_hole(after: tuple[tuple[int, int], ...]) -> None:
    """[AF-07, F-01] Proofs and entries are refused in words; the whole archive is handed out, for it lacks nothing."""
    site, hole = a_hole(*after)
    today = civil_date(site.firm.clock.now())
    year = Period(today.replace(month=1, day=1), today.replace(month=12, day=31))
    said = rf"L’événement {hole.first} manque .*: rien n’est établi .* rétabli d’après l’archive\. Prévenez"
    for paper in (
        lambda: prove(TENANT, 2, site.whole),
        lambda: prove(TENANT, hole.last, site.whole),
        lambda: prove_consistency(TENANT, 4, hole.last, site.whole),
        lambda: list(facts(site.ctx, TENANT, site.whole.journal, year)),
    ):
        with pytest.raises(Corrupted, match=said) as caught:
            paper()
        assert caught.value.code == "journal.hole"
    assert exported(site).events == hole.last
    site.rebuild()
    assert prove(TENANT, hole.last, site.whole).line == site.store.events(TENANT)[hole.last - 1].line
    assert [type(one).__name__ for one in facts(site.ctx, TENANT, site.whole.journal, year)].count("Sold") >= 4


def test_the_export_of_a_period_after_a_hole_is_refused_until_it_is_filled() -> None:
    """What comes before it is attested by the tree of the journal."""
    site, hole = a_hole(*GOES_ON)
    site.rebuild()
    site.archives()
    tomorrow = civil_date(site.firm.clock.now())
    site.store.lose(TENANT, *range(hole.first, hole.last + 1))
    with pytest.raises(Corrupted, match="manque ou n’est pas à sa place"):
        exported(site, Period(tomorrow, tomorrow))
    site.rebuild()
    assert exported(site, Period(tomorrow, tomorrow)).ok


def exported(site: Site, period: Period | None = None) -> verify_archive.Report:
    """What the verifier in the zip says of it."""
    target = io.BytesIO()
    export(TENANT, site.whole, target, period)
    with zipfile.ZipFile(target) as opened:
        report = verify_archive.verify(Files({name: opened.read(name) for name in opened.namelist()}))
    assert report.ok, [fault.sentence() for fault in report.faults]
    return report


def _covers(data: Any, hole: Hole) -> bool:
    return bool(data["first_seq"] <= hole.first and hole.last <= data["last_seq"])


# --- crashes, and others who write -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("write", "fault"),
    [
        *product(range(LOADS + 2), [Fault.CRASH_AFTER]),
        (0, Fault.CRASH_BEFORE),
        (1, Fault.NOT_STORED),
        (2, Fault.STORED),
    ],
)
def test_stopped_at_any_write_it_is_started_again(write: int, fault: Fault) -> None:
    """The mark, the loads, the end. Started again it keeps no mail from leaving: the other table was never restored."""
    site = a_large_hole()
    site.store.fail_next(*[None] * write, fault)
    with suppress(Crash, OutcomeUnknown, Retry):
        site.rebuild()
    site.store.forget_faults()
    done = site.rebuild()
    assert (done.doubts, done.writes) == ((), ())
    assert not site.store.page(TENANT, Claim).items
    assert [event.type for event in site.store.events(TENANT)].count(REBUILT) == 1
    fact = parse(next(event.line for event in site.store.events(TENANT) if event.type == REBUILT))
    assert fact.data["lines"] == LOADS * BATCH // 2
    site.assert_whole()


def test_what_is_lost_while_one_is_under_way_is_told_with_it() -> None:
    """Its fact tells of every line that went back, whenever it was found to lack."""
    site, hole = a_hole((2, 5))
    site.store.fail_next(Fault.CRASH_AFTER)
    with suppress(Crash):
        site.rebuild()
    site.store.lose(TENANT, 2)
    head = site.store.head(TENANT)
    assert site.rebuild().is_under_way
    _the_fact_tells(site, head.seq, (Hole(2, 2), hole))
    site.assert_whole()


def test_a_writer_who_comes_at_any_call_is_not_written_over() -> None:
    """Either he is first and the rebuild stops, or it is; called again, it is right. No mail is kept from leaving."""
    stopped = 0
    for n in (1, 2, 3, 5, 8, 11):
        site, _ = a_hole((2, 5))
        ctx = Context(LettingIn(site.store, n, partial(site.lives, (2, 6))), site.firm.clock, SeededEntropy(n))
        try:
            site.rebuild(ctx=ctx)
        except HeadMoved:
            stopped += 1
        assert site.rebuild().doubts == ()
        assert not site.store.page(TENANT, Claim).items
        site.assert_whole()
    assert stopped > 1, "he never came between reading and writing"


def test_a_dry_run_tells_nothing_of_who_writes_during_it() -> None:
    """Or says that somebody writes, when it cannot know better."""
    for n in range(1, 9):
        site, hole = a_hole((2, 5))
        ctx = Context(LettingIn(site.store, n, partial(site.lives, (2, 6))), site.firm.clock, SeededEntropy(n))
        with suppress(HeadMoved):
            shown = plan(ctx, TENANT, site.whole, SHIPPED)
            assert (shown.holes, shown.documents, shown.writes, shown.is_older) == ((hole,), (), (), False)


def test_two_who_rebuild_at_once_put_each_line_back_once() -> None:
    stopped = 0
    for n in range(1, 16, 3):
        site, _ = a_hole((2, 5))
        ctx = Context(LettingIn(site.store, n, site.rebuild), site.firm.clock, SeededEntropy(n))
        try:
            site.rebuild(ctx=ctx)
        except (HeadMoved, EntityMoved):
            stopped += 1
        site.rebuild()
        site.assert_whole()
    assert stopped, "they never met"
