"""Whatever is written when: closings are the fold of the events, days make months, months make years. [AF-05]

The model is a plain list of (instant, amounts), grouped by what the calendar in Paris says of each instant.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from hypothesis import example, given, settings
from hypothesis import strategies as st

from relance.domain.calendar_fr import civil_date, from_ms
from relance.domain.closing import Closing
from relance.domain.periods import PeriodKind, midnight_ms
from relance.resources import verify_archive
from tests.doubles.bookkeeper import Bookkeeper, Entry, payment, sent, settings_changed, utc

MODES = ["transfer", "cash", "card", "credit"]
STARTS = ["01-01", "07-01", "03-01", "10-26", "12-31"]


class Step(NamedTuple):
    """Something written `hours` after what came before it; `start` changes the accounting year."""

    hours: float
    cents: int
    mode: str
    rate_bp: int
    start: str


# Two hours around midnight as often as days and months: the edges of periods are where this can go wrong.
waits = st.one_of(st.floats(0, 3), st.floats(3, 72), st.floats(72, 24 * 100))
steps = st.lists(
    st.builds(
        Step,
        waits,
        st.integers(-5_000, 500_000),
        st.sampled_from(MODES),
        st.sampled_from([2000, 1000, 550, 0]),
        st.one_of(st.just(""), st.just(""), st.just(""), st.sampled_from(STARTS)),
    ),
    min_size=1,
    max_size=14,
)
begins = st.datetimes(datetime(2025, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - naive bounds


def written(begin: datetime, story: Iterable[Step], start: str) -> Bookkeeper:
    book, now = Bookkeeper(fiscal_year_start=start), begin
    book.write(now, settings_changed(start))
    for step in story:
        now += timedelta(hours=step.hours)
        book.close(now)
        if step.start:
            book.setting(step.start)
            book.write(now, settings_changed(step.start))
        elif step.cents % 3 == 0:
            book.write(now, sent())
        elif step.cents % 3 == 1 and step.cents > 0:
            book.write(now, book.invoice(step.cents, step.rate_bp), payment(step.cents, step.mode))
        else:
            book.write(now, payment(step.cents, step.mode))
    book.close(now + timedelta(days=40))
    return book


def faults_of(book: Bookkeeper) -> list[str]:
    report = verify_archive.Report()
    closings = verify_archive.Closings(report)
    for event in book.events:
        read = verify_archive.read_line(event.line)
        assert read.event is not None
        closings.take("journal", read.event, read.totals, read.text)
    assert report.closings == len(book.closings)
    return [fault.sentence() for fault in report.faults]


def of(book: Bookkeeper, kind: PeriodKind) -> list[Closing]:
    return [closing for closing in book.closings if closing.kind is kind]


def total(closings: Iterable[Closing]) -> Counter[str]:
    summed: Counter[str] = Counter()
    for closing in closings:
        summed.update(closing.totals)
    return summed


@settings(max_examples=30)
@given(begins, steps, st.sampled_from(STARTS))
@example(utc("2026-03-28T22:30"), [Step(0.6, 1000, "cash", 2000, ""), Step(22.5, 500, "card", 1000, "")], "01-01")
@example(utc("2026-10-24T21:30"), [Step(0.6, 1000, "cash", 2000, ""), Step(24.5, 500, "card", 1000, "")], "07-01")
@example(utc("2026-12-31T22:59:59.999"), [Step(0, 1000, "cash", 2000, "07-01")], "01-01")
def test_closings_are_the_fold_of_the_events_as_an_independent_reader_adds_them_up_AF_05(
    begin: datetime, story: list[Step], start: str
) -> None:
    assert faults_of(written(begin, story, start)) == []


@settings(max_examples=30)
@given(begins, steps, st.sampled_from(STARTS))
def test_days_make_months_and_months_within_a_year_make_it_AF_05(
    begin: datetime, story: list[Step], start: str
) -> None:
    book = written(begin, story, start)
    days, years = of(book, PeriodKind.DAY), of(book, PeriodKind.YEAR)
    for longer in [*of(book, PeriodKind.MONTH), *years]:
        within = [day for day in days if longer.first <= day.first <= longer.last]
        assert total(within) == Counter(longer.totals)
        assert (within[0].first_seq, within[-1].last_seq) == (longer.first_seq, longer.last_seq)
        assert longer.cumulated == within[-1].cumulated
    for year in years:
        assert year.cumulated == year.totals
    if all(year.last.replace(day=1) == year.last or (year.last + timedelta(days=1)).day == 1 for year in years):
        for year in years:
            months = [m for m in of(book, PeriodKind.MONTH) if year.first <= m.first and m.last <= year.last]
            assert total(months) == Counter(year.totals)


@settings(max_examples=25)
@given(begins, steps, st.sampled_from(STARTS))
def test_every_event_is_in_exactly_one_day_and_the_perpetual_totals_are_never_reset_AF_05(
    begin: datetime, story: list[Step], start: str
) -> None:
    book = written(begin, story, start)
    days = of(book, PeriodKind.DAY)
    seq, sums = 1, Counter[str]()
    for n, day in enumerate(days):
        assert day.first == days[0].first + timedelta(days=n)
        assert day.first_seq == seq
        assert all(civil_date(from_ms(book.events[s - 1].at_ms)) == day.first for s in range(seq, day.last_seq + 1))
        sums.update(day.totals)
        assert Counter(day.perpetual) == sums
        assert day.closed_at >= day.closes_at
        seq = day.last_seq + 1


@settings(max_examples=25)
@given(st.lists(st.tuples(waits, st.integers(1, 10_000)), min_size=1, max_size=20), begins)
def test_a_clock_that_jumps_and_turns_back_never_puts_an_event_into_a_closed_day_AF_06(
    writes: list[tuple[float, int]], begin: datetime
) -> None:
    book, now = Bookkeeper(), begin
    for hours, cents in writes:
        now += timedelta(hours=hours if cents % 4 else -hours / 2)
        book.write(now, payment(cents))
    closed_until = 0
    for event in book.lines():
        assert event.at_ms >= closed_until
        if event.type == "period.closed":
            closes_at = event.data["closes_at"]
            assert isinstance(closes_at, int)
            closed_until = max(closed_until, closes_at)
            assert event.at_ms >= closes_at
    assert faults_of(book) == []


@given(st.dates(date(1997, 1, 1), date(2037, 12, 31)))
def test_the_verifier_knows_the_midnights_of_paris_without_a_table_of_time_zones(day: date) -> None:
    """Python 3.9 on Windows has none. When the law on summer time changes this fails: teach the verifier."""
    midnight = midnight_ms(day)
    assert verify_archive.paris_midnight(day) == midnight
    assert [verify_archive.paris_day(midnight + ms) for ms in (-1, 0, 1)] == [day - timedelta(days=1), day, day]


def an_entry(fact: Entry) -> dict[str, int]:
    return dict(fact.counts)


@given(st.integers(1, 10**9), st.sampled_from([2000, 1000, 550, 210, 0]), st.sampled_from(MODES))
def test_what_a_fact_counts_is_read_from_its_line_alone(cents: int, rate_bp: int, mode: str) -> None:
    book = Bookkeeper()
    for entry in (book.invoice(cents, rate_bp), payment(cents, mode), payment(-cents, mode), sent()):
        book.write(utc("2026-11-21T10:00"), entry)
        assert verify_archive.counted(verify_archive.parse_line(book.events[-1].line)) == an_entry(entry)
