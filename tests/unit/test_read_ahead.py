"""Reading ahead: one request, and then what was asked for is known, what was not is asked."""

from dataclasses import dataclass, field
from typing import Any

from relance.app.read_ahead import ahead
from relance.domain.catalogue import Item
from relance.domain.party import Company, Customer
from tests.builders import OTHER_TENANT, TENANT, a_company, a_context, a_customer, an_item
from tests.doubles.commits import a_commit
from tests.doubles.store import InMemoryStore


@dataclass
class Asked:
    """A store that writes down what it was asked."""

    store: InMemoryStore
    names: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        self.names.append(name)
        return getattr(self.store, name)


def a_shop() -> InMemoryStore:
    store = InMemoryStore()
    store.commit(a_commit(TENANT, a_company(), a_customer(), an_item()))
    store.commit(a_commit(OTHER_TENANT, a_company(OTHER_TENANT)))
    return store


def test_what_was_read_ahead_is_known_and_what_is_missing_too() -> None:
    asked = Asked(a_shop())
    reads = ahead(a_context(store=asked), TENANT, [(Company, TENANT), (Customer, "cus_none")])  # type: ignore[arg-type]
    assert asked.names == ["get_mixed"]
    assert reads.store.get(TENANT, Company, TENANT) == a_company()
    assert reads.store.get(TENANT, Customer, "cus_none") is None
    assert asked.names == ["get_mixed"]


def test_what_was_not_is_asked_and_so_is_what_is_another_s() -> None:
    asked = Asked(a_shop())
    reads = ahead(a_context(store=asked), TENANT, [(Company, TENANT)])  # type: ignore[arg-type]
    assert reads.store.get(TENANT, Customer, a_customer().id) == a_customer()
    assert reads.store.get(OTHER_TENANT, Company, OTHER_TENANT) == a_company(OTHER_TENANT)
    assert asked.names == ["get_mixed", "get", "get"]


def test_many_are_taken_from_what_is_known_and_the_rest_is_read_at_once() -> None:
    asked = Asked(a_shop())
    known = a_customer(name="Déjà lu")
    reads = ahead(a_context(store=asked), TENANT, [], known)  # type: ignore[arg-type]
    assert asked.names == [], "nothing to read, nothing asked"
    assert reads.store.get_many(TENANT, Customer, [known.id]) == {known.id: known}
    assert asked.names == []
    assert reads.store.get_many(TENANT, Item, [an_item().id, "itm_none"]) == {an_item().id: an_item()}
    assert asked.names == ["get_many"]


def test_everything_else_is_the_store_s_own() -> None:
    store = a_shop()
    reads = ahead(a_context(store=store), TENANT, [])
    assert reads.store.page(TENANT, Customer).items == (a_customer(),)
    assert reads.store.starting_with(TENANT, Customer, "cus_").items == (a_customer(),)
    assert reads.store.get_mixed(TENANT, [(Company, TENANT)]) == {(Company, TENANT): a_company()}
    assert (reads.store.head(TENANT), reads.store.answer(TENANT, "key")) == (store.head(TENANT), None)
