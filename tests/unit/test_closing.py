"""Days, months and accounting years close by themselves, at Paris midnight, with totals inside the chain. [AF-05]"""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest

from relance.domain.calendar_fr import civil_date, to_ms
from relance.domain.closing import MOST_DAYS_AT_ONCE, close_periods, is_due, open_from
from relance.domain.journal import Head, next_instant
from relance.domain.periods import PeriodKind, first_day_of_year, midnight_ms, opened
from tests.doubles.bookkeeper import TENANT, Bookkeeper, payment, sent, settings_changed, utc


def labels(book: Bookkeeper) -> list[str]:
    return [f"{closing.kind} {closing.label}" for closing in book.closings]


def test_a_day_is_closed_before_the_first_event_of_the_next_AF_05() -> None:
    book = Bookkeeper()
    book.write(utc("2026-11-20T10:00"), payment(10_000))
    book.write(utc("2026-11-20T22:59"), payment(2_000, "cash"))  # 23:59 in Paris
    book.write(utc("2026-11-20T23:00"), payment(500))  # midnight
    assert [event.type for event in book.lines()] == [
        "payment.recorded",
        "payment.recorded",
        "period.closed",
        "payment.recorded",
    ]
    (closing,) = book.closings
    assert (closing.kind, closing.label, closing.first_seq, closing.last_seq) == (PeriodKind.DAY, "2026-11-20", 1, 2)
    assert closing.totals == {"received": 12_000, "received_transfer": 10_000, "received_cash": 2_000}
    assert closing.perpetual == closing.cumulated == closing.totals
    assert (closing.seq, closing.hash) == (3, book.events[2].hash)
    assert book.head.totals["received"] == 12_500


def test_complaint_6_days_months_and_years_close_without_anybody_asking_AF_05() -> None:
    """Dolibarr#24450, #9331: "can only close by year; wants monthly"."""
    book = Bookkeeper()
    book.write(utc("2026-11-29T10:00"), payment(100))
    book.write(utc("2026-12-31T10:00"), payment(10))
    book.write(utc("2027-01-01T10:00"), payment(1))
    days = [f"day {date(2026, 11, 29) + timedelta(days=n)}" for n in range(33)]
    expected = [*days[:2], "month 2026-11", *days[2:], "month 2026-12", "year 2026-12-31"]
    assert labels(book) == expected
    month, year = book.closings[-2:]
    assert (month.totals["received"], year.totals["received"], year.perpetual["received"]) == (10, 110, 110)
    book.close(utc("2027-01-02T10:00"))
    assert (book.closings[-1].cumulated, book.closings[-1].perpetual["received"]) == (
        {"received": 1, "received_transfer": 1},
        111,
    )


def test_a_silent_day_is_closed_too_with_zeros_and_no_event_AF_05() -> None:
    book = Bookkeeper()
    book.write(utc("2026-11-20T10:00"), payment(100))
    book.close(utc("2026-11-23T10:00"))
    assert [(c.label, c.first_seq, c.last_seq, c.totals.get("received", 0)) for c in book.closings] == [
        ("2026-11-20", 1, 1, 100),
        ("2026-11-21", 2, 1, 0),
        ("2026-11-22", 2, 1, 0),
    ]
    book.close(utc("2026-11-24T10:00"))
    assert (book.closings[-1].first_seq, book.closings[-1].last_seq) == (2, 4)  # the closings written that day


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-12-31", 24), ("2028-02-29", 24)]
)
def test_a_day_has_the_hours_that_a_clock_in_paris_counts(day: str, hours: int) -> None:
    book = Bookkeeper()
    book.write(utc(f"{day}T09:00"), sent())
    book.close(utc(f"{day}T09:00") + timedelta(days=1))
    (closing,) = [c for c in book.closings if c.kind is PeriodKind.DAY]
    assert closing.closes_at - closing.opens_at == timedelta(hours=hours)
    data = book.closed("day")[0].data
    assert (data["opens_at"], data["closes_at"]) == (to_ms(closing.opens_at), to_ms(closing.closes_at))


def test_an_accounting_year_need_not_be_the_civil_one_AF_05() -> None:
    book = Bookkeeper(fiscal_year_start="07-01")
    book.write(utc("2026-06-30T10:00"), payment(100))
    book.write(utc("2026-07-01T10:00"), payment(7))
    year = book.closings[-1]
    assert (year.kind, year.label, year.first, year.last) == (
        PeriodKind.YEAR,
        "2026-06-30",
        date(2025, 7, 1),
        date(2026, 6, 30),
    )
    assert book.head.periods is not None
    assert book.head.periods.year.totals == {"received": 7, "received_transfer": 7}
    book.close(utc("2027-01-01T10:00"))
    assert [c.label for c in book.closings if c.kind is PeriodKind.YEAR] == ["2026-06-30"]


def test_a_company_that_moves_its_accounting_year_ends_the_open_one_on_the_next_such_day() -> None:
    book = Bookkeeper()
    book.write(utc("2026-09-10T10:00"), payment(100))
    book.setting("10-01")
    book.write(utc("2026-09-10T11:00"), settings_changed("10-01"))
    book.close(utc("2026-10-01T10:00"))
    assert (book.closings[-1].label, book.closings[-1].first) == ("2026-09-30", date(2026, 1, 1))
    book.setting("01-01")  # nothing counts yet in the new year: it begins where the setting says, after the closed one
    assert book.head.periods is not None
    assert book.head.periods.year_first == date(2026, 10, 1)


def test_a_new_company_says_its_accounting_year_before_anything_counts() -> None:
    periods = opened(date(2026, 3, 2), "01-01", 1).with_fiscal_year_start("07-01")
    assert periods.year_first == date(2025, 7, 1)
    assert periods.counting({"received": 1}).with_fiscal_year_start("03-01").year_first == date(2025, 7, 1)


@pytest.mark.parametrize(
    ("day", "start", "first"),
    [
        (date(2026, 1, 1), "01-01", date(2026, 1, 1)),
        (date(2026, 6, 30), "07-01", date(2025, 7, 1)),
        (date(2026, 7, 1), "07-01", date(2026, 7, 1)),
        (date(2028, 2, 29), "03-01", date(2027, 3, 1)),
    ],
)
def test_an_accounting_year_begins_on_the_last_such_day(day: date, start: str, first: date) -> None:
    assert first_day_of_year(day, start) == first


def test_a_long_silence_is_closed_a_load_at_a_time_and_no_load_splits_a_day() -> None:
    book = Bookkeeper()
    book.write(utc("2026-01-10T10:00"), payment(100))
    assert book.close(utc("2026-06-10T10:00")) == -(-151 // MOST_DAYS_AT_ONCE)
    days = [c for c in book.closings if c.kind is PeriodKind.DAY]
    assert [c.first for c in days] == [date(2026, 1, 10) + timedelta(days=n) for n in range(151)]
    assert all(one.last_seq + 1 == other.first_seq for one, other in pairwise(days))
    assert len([c for c in book.closings if c.kind is PeriodKind.MONTH]) == 5


def test_a_load_fits_a_transaction_whatever_ends_in_it() -> None:
    """Two items a closing, one for the head, of at most 100."""
    for start in ("01-01", "02-01", "02-15"):
        head = open_from(Head(), utc("2027-01-31T10:00"), start)
        for _ in range(3):
            closed = close_periods(head, TENANT, utc("2027-12-31T10:00"))
            assert 2 * len(closed.closings) + 1 <= 64
            head = closed.head


def test_nothing_is_due_within_a_day_nor_of_a_journal_without_periods() -> None:
    head = open_from(Head(), utc("2026-11-20T10:00"), "01-01")
    assert not is_due(Head(), utc("2026-11-21T10:00"))
    assert not is_due(head, utc("2026-11-20T22:59"))
    assert is_due(head, utc("2026-11-20T23:00"))
    assert close_periods(head, TENANT, utc("2026-11-20T22:00")).events == ()
    assert close_periods(Head(), TENANT, utc("2026-11-21T10:00")).head == Head()
    assert open_from(head, utc("2026-12-24T10:00"), "07-01") is head


def test_a_journal_of_before_closings_goes_on_from_its_next_event_AF_05() -> None:
    """Its perpetual totals go on; its past days were never opened, so none is invented."""
    old = Head(seq=40, last_hash="a" * 64, last_at_ms=to_ms(utc("2026-11-01T10:00")), totals={"received": 5_000})
    book = Bookkeeper(head=old)
    book.write(utc("2026-11-20T10:00"), payment(100))
    book.close(utc("2026-11-21T10:00"))
    (closing,) = book.closings
    assert (closing.label, closing.first_seq, closing.last_seq) == ("2026-11-20", 41, 41)
    assert (closing.totals["received"], closing.cumulated["received"], closing.perpetual["received"]) == (
        100,
        100,
        5_100,
    )


def test_no_transaction_straddles_midnight_AF_06() -> None:
    midnight = midnight_ms(date(2026, 11, 21))
    for before in (1, 50, 200):
        at = next_instant(replace(Head(), last_at_ms=midnight - before - 1), utc("2026-11-01T10:00"))
        assert to_ms(at) == (midnight if before < 200 else midnight - 200)
        assert civil_date(at) == civil_date(at + timedelta(milliseconds=100))


def test_a_clock_that_goes_back_writes_nothing_into_a_closed_day_AF_06() -> None:
    book = Bookkeeper()
    book.write(utc("2026-11-20T10:00"), payment(100))
    book.write(utc("2026-11-21T10:00"), payment(10))
    book.write(utc("2026-11-20T12:00"), payment(1))  # the clock went back by a day
    assert [civil_date(utc("1970-01-01") + timedelta(milliseconds=e.at_ms)).day for e in book.lines()] == [
        20,
        21,
        21,
        21,
    ]
    book.close(utc("2026-11-22T10:00"))
    assert [c.totals["received"] for c in book.closings] == [100, 11]
