"""Numbers without gap or double, time that only goes forward, and one state of a quote for each day."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from relance.domain.calendar_fr import at_paris, civil_date, from_ms, is_working_day, next_working_day, to_ms
from relance.domain.chain.event import GENESIS_HASH, Fact, Ref
from relance.domain.journal import Head, allocate, append, is_number_format, next_instant
from relance.domain.quote import QuoteState, QuoteStatus
from tests.builders import a_quote, a_quote_content

days = st.dates(date(2024, 1, 1), date(2035, 12, 31))
instants = st.datetimes(datetime(2024, 1, 1), datetime(2035, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive by contract of hypothesis
formats = st.sampled_from(["F-{year}-{n:04d}", "{year}{n}", "{n}/{year}", "A_{year}+{n:02d}"])


@given(st.lists(st.tuples(st.sampled_from(["quote", "invoice"]), st.integers(0, 400)), max_size=60), formats)
def test_the_numbers_of_a_series_are_1_2_3_without_gap_or_double_N_01(steps: list[tuple[str, int]], text: str) -> None:
    head, today = Head(), date(2026, 1, 1)
    ranks: dict[str, list[int]] = {}
    numbers: dict[str, set[str]] = {}
    for kind, later in steps:
        today += timedelta(days=later)
        taken = allocate(head, kind=kind, number_format=text, on=today)
        head = taken.head
        ranks.setdefault(taken.series, []).append(taken.rank)
        assert taken.number not in numbers.setdefault(kind, set())
        numbers[kind].add(taken.number)
    assert all(series == list(range(1, len(series) + 1)) for series in ranks.values())


@given(st.text(alphabet="{}year:n0d49-/F. !", max_size=20), st.integers(1, 9999), st.integers(1, 9999))
def test_an_accepted_format_never_gives_two_ranks_one_number_N_04(text: str, one: int, other: int) -> None:
    if is_number_format(text):
        assert (text.format(year=2026, n=one) == text.format(year=2026, n=other)) == (one == other)
        assert text.format(year=2026, n=one) != text.format(year=2027, n=one)


@given(st.lists(st.tuples(instants, st.integers(1, 4)), max_size=20))
def test_time_and_sequence_only_go_forward_whatever_the_clock_does_AR_02(writes: list[tuple[datetime, int]]) -> None:
    head, last_ms, last_hash, seq = Head(), 0, GENESIS_HASH, 0
    for now, count in writes:
        facts = [Fact("payment.recorded", Ref("invoice", "inv_1"), "user:a", {"n": n}) for n in range(count)]
        head, events = append(head, "ten_a", facts, next_instant(head, now))
        for event in events:
            seq += 1
            assert event.seq == seq
            assert event.at_ms > last_ms
            assert last_hash.encode() in event.line
            last_ms, last_hash = event.at_ms, event.hash
    assert (head.seq, head.last_at_ms, head.last_hash) == (seq, last_ms, last_hash)


@given(instants)
def test_milliseconds_come_back_and_never_run_ahead(instant: datetime) -> None:
    back = from_ms(to_ms(instant))
    assert timedelta(0) <= instant - back < timedelta(milliseconds=1)


@given(days, st.times(timezones=st.none()))
def test_an_hour_in_paris_falls_on_its_own_day_also_when_clocks_change(day: date, hour: time) -> None:
    instant = at_paris(day, hour)
    assert civil_date(instant) == day
    assert instant.tzinfo is UTC


@given(instants)
def test_the_civil_date_in_paris_is_that_of_one_or_two_hours_later_than_utc(instant: datetime) -> None:
    assert civil_date(instant) in {(instant + timedelta(hours=1)).date(), (instant + timedelta(hours=2)).date()}


@given(days)
def test_the_next_working_day_is_worked_near_and_skips_none_DR_06(day: date) -> None:
    worked = next_working_day(day)
    assert is_working_day(worked)
    assert timedelta(0) <= worked - day <= timedelta(days=5)
    assert not any(is_working_day(day + timedelta(days=n)) for n in range((worked - day).days))


@given(st.sampled_from(QuoteStatus), days, days)
def test_a_quote_has_exactly_one_state_each_day_Q_03(status: QuoteStatus, validity: date, today: date) -> None:
    quote = a_quote(status=status, content=a_quote_content(validity_until=validity))
    state = quote.state_on(today)
    if status is QuoteStatus.SENT:
        assert state is (QuoteState.OPEN if today <= validity else QuoteState.EXPIRED)
    else:
        assert state.value == status.value
