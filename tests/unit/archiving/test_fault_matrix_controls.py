"""The fault matrix can fail: each simpler protocol of an archiver, a writer or a purge is caught by its very cases.

What is broken on purpose replaces the real thing for one case at a time; the invariants are those of everybody.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from importlib import import_module
from itertools import count
from typing import cast

import pytest

from relance.adapters.dynamo.keys import head_key
from relance.app import purging
from relance.app.archiving.drain import Archiver, _Drain
from relance.app.context import Context
from relance.app.ports.archive import ArchiveHead
from relance.app.ports.store import Commit, Store
from relance.domain.chain.event import Event, SealedEvent, parse
from relance.domain.purge import Condition, Purge
from relance.domain.tally import Tallying
from tests.builders import TENANT
from tests.doubles.archive import Bucket, World
from tests.doubles.faults import OPERATIONS, YEAR_END, Case, Operation, cases, daily_log, purge, run_case, walk
from tests.doubles.house import LAST_AFTERNOON, NEXT_MORNING, House, Operated
from tests.doubles.store import InMemoryStore


def caught(name: str, variant: Callable[[House], House] = lambda house: house) -> list[tuple[Case, str]]:
    """The cases of an operation that end in a broken invariant, with what was said; stops at the third."""
    found: list[tuple[Case, str]] = []
    for case in cases(name):
        try:
            run_case(case, variant)
        except AssertionError as error:
            found.append((case, str(error)))
        if len(found) == 3:
            break
    return found


def said(found: list[tuple[Case, str]]) -> str:
    return " | ".join(reason for _, reason in found)


# --- archivers --------------------------------------------------------------------------------------------------------


class OfTheStream(_Drain):
    """Takes events as they come, after a head that only knows the last one: neither gap nor link is looked at."""

    def _checked(self, head: ArchiveHead, read: Sequence[SealedEvent], sums: Tallying) -> Iterator[Event]:
        for item in read:
            yield parse(item.line)
            sums.size = item.seq


class ClosingGaps(_Drain):
    """A query that ignores gaps: what comes after a hole is numbered on."""

    def _checked(self, head: ArchiveHead, read: Sequence[SealedEvent], sums: Tallying) -> Iterator[Event]:
        for n, item in enumerate(read):
            yield replace(parse(item.line), seq=head.size + 1 + n)
        sums.size = head.size + len(read)


class SigningFirst(_Drain):
    """Signs what it is about to archive, then moves the head."""

    def _swap(self, head: ArchiveHead, new: ArchiveHead) -> None:
        if new.size > head.size:
            self.sign(replace(new, version=head.version))
        else:
            super()._swap(head, new)


@pytest.mark.parametrize(
    ("broken", "trouble"),
    [(OfTheStream, "does not follow event"), (ClosingGaps, "the archive is not a prefix of the journal")],
)
def test_an_archiver_that_takes_what_it_sees_is_caught(
    broken: type[_Drain], trouble: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not caught("drain what is seen in part")
    monkeypatch.setattr(import_module("relance.app.archiving.drain"), "_Drain", broken)
    assert trouble in said(caught("drain what is seen in part"))


def test_a_signature_before_the_head_moves_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("relance.app.archiving.drain"), "_Drain", SigningFirst)
    assert "a checkpoint of what no head names yet" in said(caught("drain"))


class Overwriting(Bucket):
    """A bucket that takes every PUT."""

    def put_new(self, key: str, body: bytes, media_type: str) -> None:
        self.world.operate(f"put {key}", lambda: self.world.objects.setdefault(key, []).append(body))


@dataclass(slots=True)
class OverwritingWorld(World):
    """Its archivers put without a condition."""

    def archive(self) -> Archiver:
        return replace(World.archive(self), store=Overwriting(self))


def test_a_put_that_overwrites_is_caught() -> None:
    def variant(house: House) -> House:
        mine = house.world
        fields = {name: getattr(mine, name) for name in World.__dataclass_fields__}
        return replace(house, world=OverwritingWorld(**fields))

    assert "was overwritten" in said(caught("drain", variant))


# --- writers ----------------------------------------------------------------------------------------------------------


class Forgetful(InMemoryStore):
    """Forgets tokens at once, and keeps the answer to a key apart from what the key did: it comes too late."""

    def commit(self, commit: Commit) -> None:
        self.forget_tokens()
        InMemoryStore.commit(self, replace(commit, answer=None))


class Blind(InMemoryStore):
    """Moves the head of the journal whatever it stands at, and looks at no place before it writes there: each of the
    two guards alone is enough.
    """

    def _require_expected(self, commit: Commit) -> None:
        if commit.move is not None:
            commit = replace(commit, move=replace(commit.move, expected_seq=self.head(commit.tenant).seq))
        InMemoryStore._require_expected(self, commit)

    def _is_there(self, tenant: str, seq: int) -> bool:
        return False


@dataclass
class TwoWrites(Operated):
    """Takes the number first and writes the document afterwards: a process may die between them."""

    def commit(self, commit: Commit) -> None:
        store, key = self.store, head_key(commit.tenant)
        before = store.head(commit.tenant)

        def count() -> None:
            if commit.move is not None:
                store._heads[key] = replace(store.head(commit.tenant), counters=commit.move.head.counters)

        if commit.move is not None and commit.move.head.counters != before.counters:
            self.world.operate("store commit", count)
        self.world.operate("store commit", lambda: store.commit(commit))


class TwoWriting(House):
    """A house whose writers do so."""

    @property
    def ctx(self) -> Context:
        return Context(cast(Store, TwoWrites(self.store, self.world)), self.clock, self.entropy)


def with_store(broken: type[InMemoryStore]) -> Callable[[House], House]:
    def variant(house: House) -> House:
        mine = house.store
        return replace(house, store=broken(mine._items, mine._heads, mine._answers, mine._journal))

    return variant


def test_an_answer_outside_the_transaction_is_caught_N_07() -> None:
    assert "one key, two payments" in said(caught("be paid", with_store(Forgetful)))


def test_a_head_that_moves_without_comparing_is_caught_N_02(monkeypatch: pytest.MonkeyPatch) -> None:
    payments = count(1)

    def pay(house: House) -> None:
        """Each time another payment, now on the one invoice and now on the other: only the head tells two writers."""
        n = next(payments)
        house.be_paid(1 + n % 2, f"payment {n}", 10_000 + n)

    monkeypatch.setitem(OPERATIONS, "pay again", Operation(pay, lambda house: house.issue(2)))
    assert not caught("pay again")
    assert caught("pay again", with_store(Blind))


def test_a_number_taken_before_its_document_is_caught_N_01() -> None:
    def variant(house: House) -> House:
        return TwoWriting(**{name: getattr(house, name) for name in House.__dataclass_fields__})

    assert caught("issue", variant)


# --- purges -----------------------------------------------------------------------------------------------------------


def hasty(house: House) -> None:
    """Lets the closed year go without asking the archive for its lines."""
    purge = Purge(
        tenant=TENANT,
        id=YEAR_END.isoformat(),
        rev=1,
        fiscal_year_end=YEAR_END,
        first_seq=1,
        last_seq=4,
        last_hash="0" * 64,
        lines=4,
        checkpoint_size=3,
        checkpoint_sha256="",
        stamp_sha256="",
        stamped_on=YEAR_END,
        at=house.clock.now(),
        by="user:x",
    )
    if house.store.get(TENANT, Purge, purge.id) is None:
        house.store.commit(Commit(TENANT, house.entropy.bytes(16).hex(), puts=(purge,)))
    house.remove([event for event in house.store.live(TENANT) if event.seq <= 4])


def an_evening_that_is_not_archived(house: House) -> None:
    walk(house)
    house.clock.move_to(LAST_AFTERNOON + timedelta(hours=1))
    house.be_paid(1, "evening", 4_000)
    house.clock.move_to(NEXT_MORNING)
    house.close()


def test_a_purge_of_what_is_not_archived_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(OPERATIONS, "purge in haste", Operation(hasty, an_evening_that_is_not_archived))
    assert "event 4 went before it was archived" in said(caught("purge in haste"))


def test_a_purge_before_verification_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def unwalked(house: House) -> None:
        house.close()
        house.drain()
        daily_log(house)

    monkeypatch.setattr(purging, "_verified", lambda *_: Condition("verified", True, ""))
    monkeypatch.setitem(OPERATIONS, "purge unverified", Operation(purge, unwalked))
    assert "went before its archive was verified" in said(caught("purge unverified"))
