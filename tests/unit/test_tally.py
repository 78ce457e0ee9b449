"""What seals the chain adds it up again: a closing that says something else, or is not there, is not sealed. [AF-05]"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from relance.domain.chain.canonical import Json
from relance.domain.chain.errors import BrokenChain
from relance.domain.chain.event import Event, Fact, Ref, parse, seal
from relance.domain.closing import CLOSED
from relance.domain.errors import Corrupted
from relance.domain.tally import Tally, Tallying, WrongClosing
from relance.resources import verify_archive
from tests.doubles.bookkeeper import TENANT, Bookkeeper, claimed, payment, sent, settings_changed, utc


def counted(event: Event) -> dict[str, int]:
    """As an independent reader reads it from the line."""
    return verify_archive.counted(verify_archive.parse_line(event.line))


def taken(events: Iterable[Event], tally: Tally | None = None) -> Tally:
    work = Tallying(tally or Tally(), counted)
    for event in events:
        work.take(event)
    return work.tally()


def two_months() -> Bookkeeper:
    """Something on most days, a silence, a year of accounting that ends on the way."""
    book = Bookkeeper(fiscal_year_start="03-01")
    book.write(utc("2026-01-30T09:00"), settings_changed("03-01"))
    book.write(utc("2026-01-30T10:00"), book.invoice(10_000), payment(12_000))
    book.write(utc("2026-01-31T22:59"), payment(500, "cash"))
    book.write(utc("2026-02-02T10:00"), sent(), claimed(70))
    book.write(utc("2026-03-02T10:00"), book.invoice(2_000), payment(-300))
    book.close(utc("2026-04-02T00:10"))
    return book


BOOK = two_months()
LINES = BOOK.lines()
CLOSINGS = [event for event in LINES if event.type == CLOSED]


def a_year_end() -> Event:
    (year,) = (event for event in CLOSINGS if event.data["kind"] == "year")
    return year


def altered(event: Event, **changes: Json) -> Event:
    return replace(event, data={**event.data, **changes})


def with_closing(changed: Event) -> list[Event]:
    return [changed if event.seq == changed.seq else event for event in LINES[: changed.seq]]


def test_what_the_writer_closes_is_what_the_lines_come_to_AF_05() -> None:
    tally = taken(LINES)
    assert tally.size == len(LINES)
    assert tally.periods == BOOK.head.periods
    assert tally.perpetual == BOOK.head.totals
    assert {event.data["kind"] for event in CLOSINGS} == {"day", "month", "year"}


@pytest.mark.parametrize("size", range(0, len(LINES), 3))
def test_it_goes_on_from_wherever_it_was_put_down(size: int) -> None:
    assert taken(LINES[size:], taken(LINES[:size])) == taken(LINES)


@pytest.mark.parametrize("event", [*CLOSINGS[:3], a_year_end()], ids=lambda event: str(event.ref.id))
@pytest.mark.parametrize("field", ["totals", "cumulated", "perpetual"])
def test_an_amount_that_does_not_add_up_is_refused_and_named(event: Event, field: str) -> None:
    sums = event.data[field]
    assert isinstance(sums, dict)
    for changed in ({**sums, "received": 1}, {**sums, "invented": 0}, {}):
        if changed != sums:
            with pytest.raises(WrongClosing, match=f"{event.seq} .* dit {field}"):
                taken(with_closing(altered(event, **{field: changed})))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "month"),
        ("label", "2026-01-29"),
        ("from", "2026-01-29"),
        ("to", "2026-01-31"),
        ("opens_at", 0),
        ("closes_at", 0),
        ("first_seq", 2),
        ("last_seq", 2),
        ("totals", None),
        ("more", 1),
    ],
)
def test_whatever_else_a_closing_says_wrongly_is_refused(field: str, value: Json) -> None:
    with pytest.raises(WrongClosing, match=field):
        taken(with_closing(altered(CLOSINGS[0], **{field: value})))


def test_the_same_value_in_another_type_is_another_value() -> None:
    first = altered(CLOSINGS[0], first_seq=True)
    assert first.data == CLOSINGS[0].data, "python takes true for one"
    with pytest.raises(WrongClosing, match="forme"):
        taken(with_closing(first))


def test_a_closing_under_the_name_of_another_is_refused() -> None:
    with pytest.raises(WrongClosing, match="forme"):
        taken(with_closing(replace(CLOSINGS[0], ref=Ref("period", "day.2026-01-29"))))


def test_nothing_is_sealed_of_a_day_before_the_last_is_closed_AF_05() -> None:
    first = CLOSINGS[0]
    with pytest.raises(WrongClosing, match="clôture de la journée 2026-01-30 manque"):
        taken([*LINES[: first.seq - 1], replace(LINES[first.seq], seq=first.seq)])


def test_the_month_is_closed_before_the_next_begins_AF_05() -> None:
    month = next(event for event in CLOSINGS if event.data["kind"] == "month")
    following = next(event for event in LINES[month.seq :] if event.type != CLOSED)
    with pytest.raises(WrongClosing, match="clôture du mois 2026-01 manque"):
        taken([*LINES[: month.seq - 1], following])


def test_a_day_is_not_closed_before_it_ends_AF_06() -> None:
    first = CLOSINGS[0]
    with pytest.raises(WrongClosing, match="avant la fin de la journée 2026-01-30"):
        taken(with_closing(replace(first, at_ms=LINES[first.seq - 2].at_ms + 1)))


def test_a_setting_that_is_no_day_of_a_year_is_refused() -> None:
    with pytest.raises(WrongClosing, match="« 13-01 »"):
        taken([*LINES[:1], replace(LINES[0], data={"fiscal_year_start": "13-01"})])


def test_an_older_kind_of_line_does_not_come_after_a_newer_one() -> None:
    with pytest.raises(BrokenChain, match="plus ancienne"):
        taken([*LINES[:2], replace(LINES[2], v=1)])


def test_what_cannot_be_counted_is_not_sealed() -> None:
    def unreadable(_: Event) -> dict[str, int]:
        raise Corrupted("unreadable")

    work = Tallying(Tally(), unreadable)
    with pytest.raises(Corrupted, match="unreadable"):
        work.take(LINES[1])


# --- a chain that began before anything was closed --------------------------------------------------------------------


def a_chain_of_before(count: int = 2) -> tuple[list[Event], Bookkeeper]:
    """`count` payments of version 1, of which only the head knew what they count; then a journal that closes."""
    old: list[Event] = []
    book = Bookkeeper()
    for n in range(count):
        fact = Fact("payment.recorded", Ref("invoice", "inv_1", "F-2026-0001"), "user:usr_1", payment(100).fact.data)
        event = parse(seal(fact, tenant=TENANT, seq=n + 1, at_ms=1_767_600_000_000 + n, prev=book.head.last_hash).line)
        old.append(replace(event, v=1))
        book.head = replace(book.head, seq=event.seq, last_hash=event.hash, last_at_ms=event.at_ms)
    book.head = replace(book.head, totals={"received": 100 * count})
    book.write(utc("2026-01-30T10:00"), payment(12_000))
    book.write(utc("2026-02-01T10:00"), payment(500))
    book.close(utc("2026-02-03T10:00"))
    return old, book


def test_what_came_before_closings_is_learned_from_the_first_and_checked_from_then_on() -> None:
    old, book = a_chain_of_before()
    assert taken(old) == Tally(size=2, perpetual=None)
    assert taken(old + book.lines()).perpetual == {"received": 12_700, "received_transfer": 12_500}
    first, second = (event for event in book.lines() if event.data.get("label") in ("2026-01-30", "2026-02-01"))
    changes: dict[str, Any] = {"perpetual": {"received": 1, "received_transfer": 12_500}}
    assert taken([*old, *book.lines()[: first.seq - 3], altered(first, **changes)]).perpetual == changes["perpetual"]
    with pytest.raises(WrongClosing, match=r"perpetual\.received"):
        taken([*old, *book.lines()[: second.seq - 3], altered(second, **changes)])


@pytest.mark.parametrize("value", [None, {"received": "1"}, {"received": True}])
def test_what_is_learned_must_be_whole_cents(value: Json) -> None:
    old, book = a_chain_of_before()
    first = book.closed()[0]
    with pytest.raises(WrongClosing):
        taken([*old, *book.lines()[: first.seq - 3], altered(first, perpetual=value)])


def test_settings_of_before_count_for_the_first_year_that_is_closed() -> None:
    old, _ = a_chain_of_before(1)
    setting = replace(old[0], type="settings.changed", data={"fiscal_year_start": "07-01"})
    assert taken([setting]).fiscal_year_start == "07-01"


def test_what_is_lost_is_held_against_nothing() -> None:
    assert taken(LINES[-1:], Tally(size=LINES[-2].seq, lost=True)) == Tally(size=LINES[-1].seq, lost=True)
