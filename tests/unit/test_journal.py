from dataclasses import replace
from datetime import date, timedelta

import pytest

from relance.domain.calendar_fr import to_ms
from relance.domain.chain.event import Fact, Ref
from relance.domain.errors import Corrupted, Invalid
from relance.domain.journal import Head, add_totals, allocate, append, is_number_format, next_instant
from tests.builders import an_instant

DAY = date(2026, 11, 16)
FORMAT = "F-{year}-{n:04d}"


def a_fact(type: str = "invoice.issued") -> Fact:
    return Fact(type, Ref("invoice", "inv_1", "F-2026-0001"), "user:louise", {"amount": 12_000})


def test_the_first_number_of_a_year_is_1_and_the_next_follows_N_01() -> None:
    first = allocate(Head(), kind="invoice", number_format=FORMAT, on=DAY)
    second = allocate(first.head, kind="invoice", number_format=FORMAT, on=DAY)
    assert (first.number, first.series, first.rank) == ("F-2026-0001", "invoice:2026", 1)
    assert (second.number, second.rank) == ("F-2026-0002", 2)


def test_each_kind_and_each_year_has_its_own_series_N_01() -> None:
    head = allocate(Head(), kind="invoice", number_format=FORMAT, on=DAY).head
    assert allocate(head, kind="quote", number_format="D{n}/{year}", on=DAY).number == "D1/2026"
    assert allocate(head, kind="invoice", number_format=FORMAT, on=date(2027, 1, 1)).number == "F-2027-0001"


def test_allocating_leaves_the_given_head_as_it_was_N_02() -> None:
    head = Head()
    allocate(head, kind="invoice", number_format=FORMAT, on=DAY)
    assert head == Head()


def test_a_series_never_goes_back_in_time_N_03() -> None:
    head = allocate(Head(), kind="invoice", number_format=FORMAT, on=DAY).head
    assert allocate(head, kind="invoice", number_format=FORMAT, on=DAY).rank == 2
    with pytest.raises(Corrupted) as refused:
        allocate(head, kind="invoice", number_format=FORMAT, on=DAY - timedelta(days=1))
    assert refused.value.code == "backdated"


@pytest.mark.parametrize("text", [FORMAT, "{year}{n}", "{n}/{year}", "AB_{year}+{n:09d}", "{year}-{n}-{year}"])
def test_a_format_with_year_and_rank_is_allowed_N_04(text: str) -> None:
    assert is_number_format(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "F-{n}",  # January would give last January's numbers again
        "{year}",
        "{year}{n}{n}",
        "{year} {n}",
        "{year}-{n}é",
        "{year}-{n:999999999}",
        "{year}-{n.__class__}",
        "{year}-{n!r}",
        "{year}-{n:04d}\n",
        "{year}-{n}-{0}",
        "{{year}}{n}",
    ],
)
def test_any_other_format_is_refused_before_it_is_used_N_04(text: str) -> None:
    assert not is_number_format(text)
    with pytest.raises(Invalid) as refused:
        allocate(Head(), kind="quote", number_format=text, on=DAY)
    assert [fault.pointer for fault in refused.value.faults] == ["/company/quote_number_format"]


def test_a_number_of_more_than_35_characters_is_refused_N_04() -> None:
    fits = "F" * 30 + "{year}{n}"
    assert len(allocate(Head(), kind="invoice", number_format=fits, on=DAY).number) == 35
    with pytest.raises(Invalid):
        allocate(Head(), kind="invoice", number_format="F" + fits, on=DAY)


def test_perpetual_totals_only_grow_by_what_is_added_AF_05() -> None:
    head = add_totals(add_totals(Head(), {"received": 100}), {"received": 50, "invoiced_net": 7})
    assert head.totals == {"received": 150, "invoiced_net": 7}


def test_facts_of_one_transaction_follow_each_other_by_a_millisecond_AR_02() -> None:
    at = an_instant()
    head, events = append(Head(), "ten_atelier", [a_fact(), a_fact("document.sealed")], at)
    assert [event.seq for event in events] == [1, 2]
    assert [event.at_ms for event in events] == [to_ms(at), to_ms(at) + 1]
    assert (head.seq, head.last_hash, head.last_at_ms) == (2, events[-1].hash, to_ms(at) + 1)


def test_nothing_to_say_leaves_the_head() -> None:
    head = Head(seq=3)
    assert append(head, "ten_atelier", [], an_instant()) == (head, ())


def test_a_clock_that_goes_back_does_not_turn_the_journal_back() -> None:
    at = an_instant()
    head = replace(Head(), last_at_ms=to_ms(at))
    assert next_instant(head, at - timedelta(hours=1)) == at + timedelta(milliseconds=1)
    assert next_instant(head, at) == at + timedelta(milliseconds=1)
    assert next_instant(head, at + timedelta(seconds=1)) == at + timedelta(seconds=1)
