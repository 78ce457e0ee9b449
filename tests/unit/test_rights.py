"""Who may come in: each change of it is a fact, and no door opens that the journal does not know of. [AF-11]"""

from dataclasses import dataclass, field

import pytest

from relance.app.context import Caller
from relance.app.granting import Credential, grant, revoke
from relance.app.ports.access import Grant
from relance.domain.chain.event import Event, parse
from relance.domain.errors import NotFound, Retry
from relance.domain.right import CredentialKind, Right
from tests.builders import TENANT, a_context
from tests.doubles.store import InMemoryStore

KEY = Credential(CredentialKind.API_KEY, "apikey#" + "ab" * 32)
OPERATOR = Caller(TENANT, "usr_operator")
LOUISE = Grant(TENANT, "usr_louise", "member")


@dataclass(slots=True)
class Registry:
    """Credentials in memory; `fails` makes the next call end without an answer."""

    kept: dict[str, Grant] = field(default_factory=dict)
    fails: bool = False

    def grant(self, address: str, grant: Grant) -> None:
        self._answer()
        self.kept[address] = grant

    def revoke(self, address: str) -> None:
        self._answer()
        self.kept.pop(address, None)

    def _answer(self) -> None:
        failing, self.fails = self.fails, False
        if failing:
            raise Retry("planted")


def facts(store: InMemoryStore) -> list[Event]:
    return [parse(one.line) for one in store.events(TENANT)]


def test_a_right_that_is_given_changed_and_taken_back_is_three_facts() -> None:
    store, registry = InMemoryStore(), Registry()
    ctx = a_context(store=store)
    grant(ctx, OPERATOR, registry, KEY, LOUISE)
    grant(ctx, OPERATOR, registry, KEY, LOUISE)
    assert registry.kept == {KEY.address: LOUISE}
    grant(ctx, OPERATOR, registry, KEY, Grant(TENANT, "usr_louise", "owner"))
    revoke(ctx, OPERATOR, registry, KEY)
    revoke(ctx, OPERATOR, registry, KEY)
    assert registry.kept == {}
    told = facts(store)
    assert [(one.type, one.data["role"]) for one in told] == [
        ("rights.granted", "member"),
        ("rights.granted", "owner"),
        ("rights.revoked", "owner"),
    ]
    assert {(one.ref.kind, one.ref.id, one.actor) for one in told} == {("right", "ab" * 8, "usr_operator")}
    assert b"ab" * 9 not in b"".join(one.line for one in told), "the journal gives no address away"
    right = store.get(TENANT, Right, KEY.fingerprint)
    assert right is not None
    assert not right.is_open
    grant(ctx, OPERATOR, registry, KEY, LOUISE)
    assert len(facts(store)) == 4, "given again, it is a fact again"


def test_a_crash_leaves_no_door_open_that_the_journal_does_not_know_of() -> None:
    store, registry = InMemoryStore(), Registry(fails=True)
    ctx = a_context(store=store)
    with pytest.raises(Retry):
        grant(ctx, OPERATOR, registry, KEY, LOUISE)
    assert registry.kept == {}
    grant(ctx, OPERATOR, registry, KEY, LOUISE)
    assert (registry.kept, len(facts(store))) == ({KEY.address: LOUISE}, 1)
    registry.fails = True
    with pytest.raises(Retry):
        revoke(ctx, OPERATOR, registry, KEY)
    assert len(facts(store)) == 1, "it still opens, and nobody said otherwise"


def test_what_was_given_by_hand_opens_nothing_any_more_and_is_told() -> None:
    registry = Registry({KEY.address: LOUISE})
    with pytest.raises(NotFound):
        revoke(a_context(), OPERATOR, registry, KEY)
    assert registry.kept == {}
