"""A purge takes whole closed years that are archived, verified and stamped, says what is missing, and survives crashes.

[AF-07, K-01, K-03, KX-20]
"""

import io
import zipfile
from contextlib import suppress
from dataclasses import replace
from datetime import date

import pytest

from relance.adapters.scenario_data import PackagedScenarios
from relance.app.archiving import export, prove, rebuilding, verify
from relance.app.archiving.proofs import prove_consistency
from relance.app.archiving.whole import purged_to
from relance.app.bookkeeping import facts
from relance.app.context import Caller
from relance.app.ports.store import Commit
from relance.app.purging import PurgeRefused, _ordered, order, page, plan
from relance.app.recovery import carry
from relance.app.recovery.desk import Desk
from relance.app.removing import carry_out, resume
from relance.domain.archive_export import Period
from relance.domain.calendar_fr import to_ms
from relance.domain.chain.event import parse
from relance.domain.closing import CLOSED
from relance.domain.errors import Corrupted, Forbidden, NotFound, OutcomeUnknown, Retry
from relance.domain.purge import PURGED, Purge
from relance.domain.retention import Work
from relance.resources import verify_archive
from tests.builders import TENANT
from tests.doubles.activity import InMemoryActivityLog
from tests.doubles.api import Server
from tests.doubles.archive import Bucket
from tests.doubles.commits import issue
from tests.doubles.exported import Files
from tests.doubles.outside import InMemoryDocuments, RecordingExecutions
from tests.doubles.store import Crash, Fault, InMemoryStore
from tests.doubles.till import Till
from tests.doubles.years import AFTER_IT, NEXT_YEAR, OWNER, YEAR, Firm, Stamper, a_closed_year


def unmet(firm: Firm, year: date = YEAR) -> list[str]:
    """The conditions that are not met, and that the refusal names in as many sentences."""
    found = [one for one in plan(firm.ctx, OWNER, firm.live, year).conditions if not one.is_met]
    if found:
        with pytest.raises(PurgeRefused) as caught:
            order(firm.ctx, OWNER, firm.live, year, firm.worker)
        assert [fault.code for fault in caught.value.faults] == [one.name for one in found]
        assert all(one.text in caught.value.message and one.text.endswith(".") for one in found)
        assert not firm.worker.begun
    return [one.name for one in found]


def test_the_dry_run_tells_what_would_go_and_writes_nothing() -> None:
    firm = a_closed_year()
    commits = firm.store.commits
    found = plan(firm.ctx, OWNER, firm.live, YEAR)
    closings = [event for event in firm.store.events(TENANT) if event.type == CLOSED and event.seq <= found.last_seq]
    assert (found.first_seq, found.lines, found.kept) == (1, 9, len(closings))
    assert found.last_seq == found.lines + found.kept
    assert [one.name for one in found.conditions] == ["closed", "archived", "verified", "stamped"]
    assert all(one.is_met for one in found.conditions)
    assert firm.store.commits == commits


def test_what_is_missing_is_said_one_by_one() -> None:
    """Closed, then archived, then verified, then stamped: each refusal says how to mend it."""
    firm = Firm().sells(3)
    assert unmet(firm) == ["closed"]
    firm.lives_until(date(2027, 1, 4))
    assert unmet(firm) == ["archived", "verified", "stamped"]
    firm.archives()
    assert unmet(firm) == ["verified", "stamped"]
    firm.verifies()
    assert unmet(firm) == ["stamped"]
    firm.stamps()
    assert unmet(firm) == []


def test_a_walk_that_found_a_fault_or_an_object_rewritten_since_refuses_it() -> None:
    firm = a_closed_year()
    segment = next(key for key in firm.world.objects if "/seg/" in key)
    Bucket(firm.world).overwrite(segment, b"forged")
    assert unmet(firm) == ["verified"], "after the walk"
    firm.verifies()
    assert unmet(firm) == ["verified"], "by the walk"
    assert "récrit" not in plan(firm.ctx, OWNER, firm.live, YEAR).conditions[2].text


def test_a_quarantine_refuses_it() -> None:
    firm = a_closed_year()
    issue(firm.ctx, TENANT)
    journal = firm.store._journal[TENANT]
    journal[-1] = journal[-1]._replace(line=b"{}")
    firm.archives()
    assert unmet(firm)[0] == "archived"


@pytest.mark.parametrize("broken", ["note", "jsonl.gz", "tsr"])
def test_a_stamp_whose_chain_does_not_hold_is_none(broken: str) -> None:
    """Checkpoint, list, note, token: each names the SHA-256 of the one before."""
    firm = a_closed_year()
    (key,) = [key for key in firm.world.objects if key.startswith("_all/") and key.endswith(broken)]
    firm.world.objects[key] = [firm.world.objects[key][0][:-9] + b"\0" * 9]
    assert unmet(firm) == ["stamped"]


def test_a_stamp_of_another_note_is_none() -> None:
    firm = a_closed_year()
    firm.world.objects["_all/2027-01-04.tsr"] = [Stamper().stamp(b"\1" * 32)]
    assert unmet(firm) == ["stamped"]


def test_the_stamp_of_before_the_closing_does_not_date_it_and_the_next_one_does() -> None:
    firm = Firm().sells(3).archives().stamps()
    firm.lives_until(date(2027, 1, 4)).archives().verifies()
    assert unmet(firm) == ["stamped"]
    firm.stamps()
    found = plan(firm.ctx, OWNER, firm.live, YEAR).purge
    assert found is not None
    assert found.stamped_on == date(2027, 1, 4)


@pytest.mark.parametrize("role", ["member", "system", ""])
def test_only_an_owner_may_order_it(role: str) -> None:
    """Nor whoever comes in under the name that our own functions have."""
    firm = a_closed_year()
    with pytest.raises(Forbidden, match="propriétaire"):
        order(firm.ctx, Caller(TENANT, "user:paul", role), firm.live, YEAR, firm.worker)
    assert purged_to(firm.store, TENANT) == 0


def test_the_lines_of_the_year_go_and_nothing_else() -> None:
    """Closings, the fact itself, what comes after: all stay; totals and numbers go on as they were."""
    firm = a_closed_year()
    before, totals = firm.store.events(TENANT), firm.store.head(TENANT).totals
    purge = order(firm.ctx, OWNER, firm.live, YEAR, firm.worker)
    assert firm.worker.begun == [(TENANT, Work.PURGE, "2026-12-31")]
    assert firm.store.live(TENANT)[:-1] == before, "the fact is chained before the first line goes"
    settled = firm.removes()
    assert settled.done_at is not None
    kept = [event for event in before if event.seq > purge.last_seq or event.type == CLOSED]
    assert [*firm.store.live(TENANT)] == [*kept, firm.store.events(TENANT)[-1]]
    assert len(before) - len(kept) == purge.lines == 9
    fact = parse(firm.store.live(TENANT)[-1].line)
    assert (fact.type, fact.ref.id, fact.data["last_hash"]) == (PURGED, "2026-12-31", before[purge.last_seq - 1].hash)
    assert firm.store.head(TENANT).totals == totals, "K-03: totals stay on line, and a purge counts nothing"
    assert issue(firm.ctx, TENANT).number == "F-2027-0003"


def test_the_same_order_again_is_the_same_purge() -> None:
    firm = a_closed_year()
    first = order(firm.ctx, OWNER, firm.live, YEAR, firm.worker)
    assert order(firm.ctx, OWNER, firm.live, YEAR, firm.worker) == first
    assert len(firm.worker.begun) == 2, "an order that was lost on the way is given again"
    done = firm.removes()
    assert order(firm.ctx, OWNER, firm.live, YEAR, firm.worker) == done
    assert len(firm.worker.begun) == 2
    assert page(firm.ctx, OWNER).items == (done,)
    facts = [event for event in firm.store.events(TENANT) if event.type == PURGED]
    assert len(facts) == 1


@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER, Fault.NOT_STORED, Fault.STORED])
@pytest.mark.parametrize("after", range(3))
def test_a_crash_between_the_writes_is_gone_on_from(fault: Fault, after: int) -> None:
    """Of the fact with its mark, the lines, the end: whichever write dies, the next call ends it; one fact, ever."""
    firm = a_closed_year()
    before = firm.store.events(TENANT)
    firm.store.fail_next(*[None] * after, fault)
    with suppress(Crash, OutcomeUnknown, Retry):
        order(firm.ctx, OWNER, firm.live, YEAR, firm.worker)
        firm.removes()
    firm.store.forget_faults()
    begun = firm.store.get(TENANT, Purge, "2026-12-31")
    if begun is None:
        order(firm.ctx, OWNER, firm.live, YEAR, firm.worker)
    is_open = begun is None or begun.is_open
    assert resume(firm.ctx, TENANT, firm.live, firm.store, firm.store) == is_open, "the daily call finds what is open"
    assert firm.removes().done_at is not None
    assert resume(firm.ctx, TENANT, firm.live, firm.store, firm.store) == 0
    gone = {event.seq for event in before} - {event.seq for event in firm.store.live(TENANT)}
    assert len(gone) == 9
    assert [event.type for event in firm.store.events(TENANT)].count(PURGED) == 1
    firm.archives().verifies()
    assert firm.world.stored_heads[TENANT].verification.faults == 0  # type: ignore[union-attr]  # it was walked


def test_a_line_that_is_not_what_is_archived_stops_it() -> None:
    firm = a_closed_year()
    order(firm.ctx, OWNER, firm.live, YEAR, firm.worker)
    journal = firm.store._journal[TENANT]
    journal[4] = journal[4]._replace(line=journal[4].line.replace(b"F-2026", b"F-2O26"))
    with pytest.raises(Corrupted) as caught:
        firm.removes()
    assert caught.value.code == "purge.line_changed"
    assert len(firm.store.live(TENANT)) == len(journal), "not a line went"


def test_what_was_not_ordered_is_not_carried_out() -> None:
    firm = a_closed_year()
    with pytest.raises(NotFound):
        carry_out(firm.ctx, TENANT, "2026-12-31", firm.live, firm.store)


def a_purged_year() -> Firm:
    firm = a_closed_year()
    order(firm.ctx, OWNER, firm.live, YEAR, firm.worker)
    firm.removes()
    return firm.archives()


def test_the_archiver_goes_on_and_the_daily_walk_finds_nothing_wrong() -> None:
    """The line that the archiver reads next to, its anchor, is never among those that go."""
    firm = a_purged_year().sells(3).archives()
    head = firm.world.stored_heads[TENANT]
    assert (head.size, head.quarantine) == (firm.store.head(TENANT).seq, None)
    walked = verify(TENANT, firm.whole, now_ms=to_ms(firm.clock.now()))
    assert (walked.faults, walked.journal_intact) == ((), True)


def test_a_line_that_lacks_above_the_mark_is_still_told() -> None:
    """[AR-02] Only what the mark covers is read from the archive."""
    firm = a_purged_year()
    victim = firm.store.live(TENANT)[-3]
    assert victim.seq > purged_to(firm.store, TENANT)
    firm.store.remove([victim])
    assert verify(TENANT, firm.whole, now_ms=1).faults == ("[contredit] le journal n’est plus ce qui a été archivé",)


def test_a_closing_that_is_altered_below_the_mark_is_still_told() -> None:
    """What is left of a purged year is held against the archive as everything else."""
    firm = a_purged_year()
    closing = next(event for event in firm.store.live(TENANT) if event.type == CLOSED)
    firm.store._journal[TENANT][closing.seq - 1] = closing._replace(line=closing.line.replace(b"day", b"dry"))
    assert not verify(TENANT, firm.whole, now_ms=1).journal_intact


def test_a_closing_that_is_gone_below_the_mark_is_told() -> None:
    """[AR-02, K-03] No purge takes a closing, so none is read from the archive in silence; seen on the local cloud.

    A rebuild puts it back (`test_holes`).
    """
    firm = a_purged_year()
    closing = next(event for event in firm.store.live(TENANT) if event.type == CLOSED)
    assert closing.seq < purged_to(firm.store, TENANT)
    firm.store.remove([closing])
    assert not verify(TENANT, firm.whole, now_ms=1).journal_intact


def test_proofs_and_periods_of_purged_lines_are_made_from_the_archive() -> None:
    firm, untouched = a_purged_year(), a_closed_year()
    for seq in (1, 5, purged_to(firm.store, TENANT)):
        assert prove(TENANT, seq, firm.whole).line == untouched.store.events(TENANT)[seq - 1].line
    sizes = sorted(int(key[-17:-5]) for key in firm.world.objects if f"{TENANT}/ckpt/" in key)
    assert prove_consistency(TENANT, sizes[0], sizes[-1], firm.whole).size == sizes[-1]
    of_2027 = Period(date(2027, 1, 4), date(2027, 1, 5))
    assert verify_archive.verify(exported(firm, of_2027)).ok
    assert verify_archive.verify(exported(firm, Period(date(2026, 12, 1), date(2026, 12, 31)))).ok


def exported(firm: Firm, period: Period | None = None) -> Files:
    target = io.BytesIO()
    export(TENANT, firm.whole, target, period)
    with zipfile.ZipFile(target) as opened:
        return Files({name: opened.read(name) for name in opened.namelist()})


def test_the_whole_archive_still_verifies_and_tells_of_the_purge() -> None:
    """Nothing goes from the archive: an export of before and one of after hold the same lines."""
    firm = a_purged_year()
    report = verify_archive.verify(exported(firm))
    assert report.ok, [fault.sentence() for fault in report.faults]
    assert report.events == firm.store.head(TENANT).seq
    assert report.purges == 1


def test_the_next_year_follows_where_the_last_purge_ended() -> None:
    firm = a_purged_year().sells(2).moves_its_year().lives_until(AFTER_IT).archives().verifies().stamps()
    first = page(firm.ctx, OWNER).items[0]
    (again,) = plan(firm.ctx, OWNER, firm.live, YEAR).conditions
    assert not again.is_met, "a year is purged once"
    second = order(firm.ctx, OWNER, firm.live, NEXT_YEAR, firm.worker)
    assert second.first_seq == first.last_seq + 1
    firm.removes(NEXT_YEAR)
    live = [event.type for event in firm.store.live(TENANT) if event.seq <= second.last_seq]
    assert set(live) == {CLOSED}
    firm.archives()
    assert verify_archive.verify(exported(firm)).ok


def test_two_orders_of_one_year_at_the_same_time_make_one_purge() -> None:
    firm = a_purged_year().sells(2).moves_its_year().lives_until(AFTER_IT).archives().verifies().stamps()
    found = plan(firm.ctx, OWNER, firm.live, NEXT_YEAR)
    order(firm.ctx, OWNER, firm.live, NEXT_YEAR, firm.worker)
    assert _ordered(firm.ctx, OWNER, found).id == "2027-01-15"


def test_a_purge_that_was_planned_on_an_older_mark_is_refused() -> None:
    firm = a_closed_year().sells(2).moves_its_year().lives_until(AFTER_IT).archives().verifies().stamps()
    both = plan(firm.ctx, OWNER, firm.live, NEXT_YEAR)
    order(firm.ctx, OWNER, firm.live, YEAR, firm.worker)
    with pytest.raises(PurgeRefused, match="Une autre purge"):
        _ordered(firm.ctx, OWNER, both)


def test_entries_of_a_purged_year_are_those_of_before() -> None:
    """[F-01] Books are written from the archived lines; a hole that no purge covers is told as ever."""
    firm = Firm()
    server = Server(firm.ctx, firm.store, firm.clock, RecordingExecutions(), InMemoryDocuments(), InMemoryActivityLog())
    till = Till(server, server.caller()).opens()
    till.pays(till.invoices(), paid_on="2026-12-20")
    firm.lives_until(date(2027, 1, 4)).archives().verifies().stamps()
    year = Period(date(2026, 1, 1), YEAR)
    before = list(facts(firm.ctx, TENANT, firm.store, year))
    assert [type(fact).__name__ for fact in before] == ["Sold", "Paid"]
    order(firm.ctx, OWNER, firm.live, YEAR, firm.worker)
    firm.removes()
    assert list(facts(firm.ctx, TENANT, firm.whole.journal, year)) == before
    with pytest.raises(Corrupted, match="manque ou n’est pas à sa place"):
        list(facts(firm.ctx, TENANT, firm.store, year))


def test_a_rebuild_after_a_purge_needs_nothing_and_one_that_lost_the_mark_brings_it_back() -> None:
    """[AR-02] The lines that a rebuild put back go once more."""
    firm = a_purged_year()
    assert not rebuilding.plan(firm.ctx, TENANT, firm.whole, PackagedScenarios()).is_needed
    done = page(firm.ctx, OWNER).items[0]
    desk = Desk(Firm(store=InMemoryStore()).ctx, TENANT)
    fact = next(event for event in firm.store.events(TENANT) if event.type == PURGED)
    for event in firm.store.events(TENANT):
        carry(desk, parse(event.line)) if event.type == CLOSED else None
    closings = desk.take()
    desk.ctx.store.commit(Commit(TENANT, "closings", puts=closings))
    carry(desk, parse(fact.line))
    (mark,) = desk.take()
    assert isinstance(mark, Purge)
    assert replace(mark, stamped_on=done.stamped_on, done_at=done.done_at, rev=done.rev, at=done.at) == done
    assert mark.is_open
    carry(Desk(firm.ctx, TENANT), parse(fact.line))
