"""Who may come in: each change of it is a fact, and no door opens that the journal does not know of. [AF-11]"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from relance.app.context import Caller
from relance.app.granting import Credential, grant, revoke
from relance.app.holding_rights import Gap, close, differences
from relance.app.ports.access import Grant
from relance.domain.chain.event import Event, parse
from relance.domain.errors import NotFound, Retry
from relance.domain.ids import TenantId
from relance.domain.right import CredentialKind, Right
from tests.builders import OTHER_TENANT, TENANT, a_context
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

    def of_tenant(self, tenant: TenantId) -> Iterator[tuple[str, Grant]]:
        self._answer()
        return iter([(address, grant) for address, grant in self.kept.items() if grant.tenant == tenant])

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


# --- After a restore


OTHER = Credential(CredentialKind.MEMBER, "member#" + "cd" * 32)
NEW = Credential(CredentialKind.API_KEY, "apikey#" + "ef" * 32)


def test_after_a_restore_what_was_taken_back_or_lowered_is_so_again_and_what_was_lost_is_told() -> None:
    """[AF-11] The credentials of a backup, beside the decisions that came back from the archive."""
    store, registry = InMemoryStore(), Registry()
    ctx = a_context(store=store)
    by_hand = "apikey#" + "12" * 32
    registry.kept[by_hand] = Grant(TENANT, "usr_old", "owner")
    registry.kept["apikey#" + "34" * 32] = Grant(OTHER_TENANT, "usr_else", "owner")
    grant(ctx, OPERATOR, registry, KEY, LOUISE)
    grant(ctx, OPERATOR, registry, OTHER, Grant(TENANT, "usr_paul", "owner"))
    backup = dict(registry.kept)
    assert differences(ctx, TENANT, registry) == ()
    revoke(ctx, OPERATOR, registry, KEY)
    grant(ctx, OPERATOR, registry, OTHER, Grant(TENANT, "usr_paul", "member"))
    grant(ctx, OPERATOR, registry, NEW, Grant(TENANT, "usr_nadia", "member"))
    today = dict(registry.kept)
    registry.kept = dict(backup)
    found = differences(ctx, TENANT, registry)
    assert {(one.right.user, one.gap, one.address) for one in found} == {
        ("usr_louise", Gap.REOPENED, KEY.address),
        ("usr_paul", Gap.OTHERWISE, OTHER.address),
        ("usr_nadia", Gap.LOST, ""),
    }
    assert registry.kept == backup, "looking changes nothing"
    before = len(facts(store))
    close(registry, found)
    close(registry, found)
    assert registry.kept == {address: one for address, one in today.items() if address != NEW.address}
    assert [one.gap for one in differences(ctx, TENANT, registry)] == [Gap.LOST]
    assert len(facts(store)) == before, "nothing was decided, so nothing is told"


def test_a_registry_that_does_not_answer_is_asked_again() -> None:
    store, registry = InMemoryStore(), Registry()
    ctx = a_context(store=store)
    grant(ctx, OPERATOR, registry, KEY, LOUISE)
    backup = dict(registry.kept)
    revoke(ctx, OPERATOR, registry, KEY)
    registry.kept = backup
    found = differences(ctx, TENANT, registry)
    registry.fails = True
    with pytest.raises(Retry):
        close(registry, found)
    close(registry, differences(ctx, TENANT, registry))
    assert registry.kept == {}
