"""Listings: newest first, cut where the caller wants, and what is still open without reading what is finished."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from time import monotonic, sleep

import pytest

from relance.domain.catalogue import ItemReference
from relance.domain.errors import Invalid
from relance.domain.ids import CustomerId, ItemId
from relance.domain.links import Link
from relance.domain.party import Customer
from relance.domain.quote import Quote
from relance.domain.reminder.run import Run, RunStatus, new_run
from tests.builders import a_customer, a_quote
from tests.contract.store.conftest import Place
from tests.doubles.commits import a_commit, a_move
from tests.doubles.outside import START


def customers(place: Place, n: int) -> list[Customer]:
    """In an order of creation that is not that of their ids."""
    made = [a_customer(place.tenant, id=CustomerId(f"cus_{i * 5 % n:03d}"), name=f"Client {i}") for i in range(n)]
    place.store.commit(a_commit(place.tenant, *made))
    return sorted(made, key=lambda customer: customer.id, reverse=True)


def test_a_listing_is_newest_first_and_ends(place: Place) -> None:
    expected = customers(place, 7)
    place.store.commit(a_commit(place.tenant, a_quote(place.tenant)))
    seen: list[Customer] = []
    cursor = None
    for _ in range(4):
        page = place.store.page(place.tenant, Customer, limit=2, cursor=cursor)
        seen.extend(page.items)
        cursor = page.cursor
    assert seen == expected
    assert cursor is None


def test_a_full_last_page_has_no_cursor(place: Place) -> None:
    expected = customers(place, 4)
    first = place.store.page(place.tenant, Customer, limit=2)
    last = place.store.page(place.tenant, Customer, limit=2, cursor=first.cursor)
    assert (*first.items, *last.items) == tuple(expected)
    assert last.cursor is None
    assert place.store.page(place.tenant, Customer).items == tuple(expected)


def test_a_listing_goes_on_although_its_last_entity_is_gone(place: Place) -> None:
    expected = customers(place, 4)
    page = place.store.page(place.tenant, Customer, limit=2)
    place.store.commit(a_commit(place.tenant, deletes=(expected[1],)))
    assert place.store.page(place.tenant, Customer, cursor=page.cursor).items == tuple(expected[2:])


def test_a_cursor_is_good_for_its_own_listing_only(place: Place) -> None:
    customers(place, 3)
    cursor = place.store.page(place.tenant, Customer, limit=1).cursor
    assert cursor
    with pytest.raises(Invalid):
        place.store.page(place.other, Customer, cursor=cursor)
    with pytest.raises(Invalid):
        place.store.page(place.tenant, Quote, cursor=cursor)


def references(place: Place, *ids: str) -> None:
    place.store.commit(a_commit(place.tenant, *(ItemReference(place.tenant, id, 1, ItemId("itm_1")) for id in ids)))


def test_what_begins_alike_is_listed_in_its_own_order(place: Place) -> None:
    references(place, "par-02", "pla-01", "par-10", "écl-01", "par-01", "paré")
    place.store.commit(a_commit(place.other, ItemReference(place.other, "par-00", 1, ItemId("itm_1"))))
    seen: list[str] = []
    cursor = None
    for _ in range(2):
        page = place.store.starting_with(place.tenant, ItemReference, "par", limit=2, cursor=cursor)
        seen += [reference.id for reference in page.items]
        cursor = page.cursor
    assert (seen, cursor) == (["par-01", "par-02", "par-10", "paré"], None)
    everything = place.store.starting_with(place.tenant, ItemReference, "")
    assert [reference.id for reference in everything.items] == [*seen, "pla-01", "écl-01"]
    assert place.store.starting_with(place.tenant, ItemReference, "PAR").items == ()


def test_what_begins_alike_is_listed_newest_first_too(place: Place) -> None:
    references(place, "day.1", "day.2", "day.3", "month.1")
    first = place.store.page(place.tenant, ItemReference, limit=2, prefix="day.")
    rest = place.store.page(place.tenant, ItemReference, limit=2, prefix="day.", cursor=first.cursor)
    assert [reference.id for reference in (*first.items, *rest.items)] == ["day.3", "day.2", "day.1"]
    assert rest.cursor is None
    with pytest.raises(Invalid):
        place.store.page(place.tenant, ItemReference, prefix="month.", cursor=first.cursor)


def test_a_cursor_goes_on_within_what_begins_alike_only(place: Place) -> None:
    references(place, "par-01", "par-02")
    cursor = place.store.starting_with(place.tenant, ItemReference, "par", limit=1).cursor
    with pytest.raises(Invalid):
        place.store.starting_with(place.tenant, ItemReference, "pla", cursor=cursor)


def otherwise_begun(cursor: str) -> str:
    return ("B" if cursor[0] == "A" else "A") + cursor[1:]


@pytest.mark.parametrize("alter", [lambda c: c[:-1], lambda c: c + "=", otherwise_begun, lambda _c: "é", str.swapcase])
def test_a_cursor_that_was_not_given_is_refused(place: Place, alter: Callable[[str], str]) -> None:
    customers(place, 3)
    cursor = place.store.page(place.tenant, Customer, limit=1).cursor
    assert cursor
    with pytest.raises(Invalid) as refused:
        place.store.page(place.tenant, Customer, cursor=alter(cursor))
    assert refused.value.faults[0].pointer == "/cursor"


def test_there_is_no_listing_of_links_or_of_nothing(place: Place) -> None:
    with pytest.raises(ValueError, match="listing"):
        place.store.page(place.tenant, Link)
    with pytest.raises(ValueError, match="listing"):
        place.store.page(place.tenant, Customer, limit=0)


def test_open_work_is_listed_until_it_is_closed(place: Place) -> None:
    runs = [new_run(place.tenant, "quote", f"quo_{n}", scenario_id="standard.quote@1", at=START) for n in range(3)]
    place.store.commit(a_commit(place.tenant, *runs, a_quote(place.tenant)))
    eventually(lambda: list(place.open_work.open_ids(place.tenant, Run)) == ["quo_0", "quo_1", "quo_2"])
    done = replace(runs[1], rev=2, status=RunStatus.DONE)
    place.store.commit(a_commit(place.tenant, done, deletes=(runs[0],)))
    eventually(lambda: list(place.open_work.open_ids(place.tenant, Run)) == ["quo_2"])
    place.store.commit(a_commit(place.tenant, replace(done, rev=3, status=RunStatus.ACTIVE)))
    eventually(lambda: list(place.open_work.open_ids(place.tenant, Run)) == ["quo_1", "quo_2"])
    assert list(place.open_work.open_ids(place.other, Run)) == []


def test_the_followed_documents_of_a_customer_are_found_while_they_are_open(place: Place) -> None:
    whose = {"quo_0": "cus_1", "quo_1": "cus_1", "quo_2": "cus_2", "quo_3": ""}
    made = [new_run(place.tenant, "quote", id, "standard.quote@1", START, customer_id=c) for id, c in whose.items()]
    elsewhere = new_run(place.other, "quote", "quo_4", "standard.quote@1", START, customer_id="cus_1")
    place.store.commit(a_commit(place.tenant, *made))
    place.store.commit(a_commit(place.other, elsewhere))

    def found(customer_id: str) -> list[str]:
        return list(place.by_customer.open_of_customer(place.tenant, customer_id))

    eventually(lambda: found("cus_1") == ["quo_0", "quo_1"])
    place.store.commit(a_commit(place.tenant, replace(made[0], rev=2, status=RunStatus.DONE)))
    eventually(lambda: found("cus_1") == ["quo_1"])
    place.store.commit(a_commit(place.tenant, replace(made[0], rev=3, customer_id="cus_2")))
    eventually(lambda: found("cus_2") == ["quo_0", "quo_2"])
    assert found("cus_9") == []


def test_the_runs_that_are_due_are_found_in_their_order_and_what_waits_is_not_read(place: Place) -> None:
    days = {"quo_0": 3, "quo_1": 1, "quo_2": 9, "quo_3": 2}
    made = [new_run(place.tenant, "quote", id, "standard.quote@1", START + timedelta(n)) for id, n in days.items()]
    place.store.commit(a_commit(place.tenant, *made))

    def due(after: int) -> list[str]:
        return list(place.open_work.due_ids(place.tenant, START + timedelta(after)))

    eventually(lambda: due(5) == ["quo_1", "quo_3", "quo_0"])
    assert due(1) == [], "not before its second"
    waiting = replace(made[1], rev=2, next_at=START + timedelta(20))
    place.store.commit(a_commit(place.tenant, waiting, replace(made[3], rev=2, status=RunStatus.DONE)))
    eventually(lambda: due(5) == ["quo_0"])
    assert list(place.open_work.due_ids(place.other, START + timedelta(30))) == []


def test_a_tenant_is_in_the_register_from_its_first_event_on(place: Place) -> None:
    place.store.commit(a_commit(place.tenant, a_quote(place.tenant)))
    assert place.tenant not in list(place.open_work.tenants())
    for _ in range(2):
        place.store.commit(a_commit(place.tenant, move=a_move(place.tenant, place.store.head(place.tenant))))
    assert list(place.open_work.tenants()).count(place.tenant) == 1


def eventually(condition: Callable[[], bool]) -> None:
    """An index follows its table after a moment."""
    give_up = monotonic() + 60
    while not condition():
        assert monotonic() < give_up
        sleep(0.02)
