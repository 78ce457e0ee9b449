"""Lines of before go back to their places under a head that stays: all of a commit or none, over nothing. [AR-02]"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from relance.app.ports.store import Commit, EntityMoved, HeadMoved, PutBack
from relance.domain.chain.event import SealedEvent
from relance.domain.errors import Invalid, OutcomeUnknown, Retry
from relance.domain.ids import CustomerId
from relance.domain.journal import Head
from relance.domain.party import Customer
from tests.builders import a_customer, a_quote
from tests.contract.store.conftest import ON_CLOUD, Place, in_memory
from tests.contract.store.test_journal_eraser import _eraser
from tests.doubles.commits import a_commit, a_move
from tests.doubles.store import Fault


@dataclass(frozen=True, slots=True)
class Case:
    """A journal of eight events that lacks its third to sixth; another company's lacks nothing."""

    place: Place
    events: Sequence[SealedEvent]
    head: Head

    def back(self, *seqs: int, expected_seq: int = 8) -> PutBack:
        """These lines as they were."""
        return PutBack(expected_seq, tuple(self.events[seq - 1] for seq in seqs))

    def commit(self, back: PutBack, *customers: Customer) -> Commit:
        return a_commit(self.place.tenant, *customers, back=back)

    def assert_untouched(self) -> None:
        assert self.there == [1, 2, 7, 8]
        assert self.place.store.head(self.place.tenant) == self.head
        assert self.place.store.get(self.place.tenant, Customer, a_customer().id) is None

    @property
    def there(self) -> list[int]:
        return [event.seq for event in self.place.journal.read(self.place.tenant, 0, 100)]


@pytest.fixture(params=["memory", "moto", ON_CLOUD])
def case(request: pytest.FixtureRequest) -> Case:
    place: Place = in_memory() if request.param == "memory" else request.getfixturevalue(f"{request.param}_place")
    for tenant in (place.tenant, place.other):
        place.store.commit(a_commit(tenant, move=a_move(tenant, place.store.head(tenant), events=8)))
    events = tuple(place.journal.read(place.tenant, 0, 10))
    _eraser(place).remove(events[2:6])
    return Case(place, events, place.store.head(place.tenant))


def test_lines_are_back_byte_for_byte_and_the_head_did_not_move(case: Case) -> None:
    case.place.store.commit(case.commit(case.back(3, 4), a_customer(case.place.tenant)))
    assert case.there == [1, 2, 3, 4, 7, 8]
    case.place.store.commit(case.commit(case.back(5, 6)))
    assert tuple(case.place.journal.read(case.place.tenant, 0, 100)) == tuple(case.events)
    assert case.place.store.head(case.place.tenant) == case.head
    assert case.place.store.get(case.place.tenant, Customer, a_customer().id) is not None, "with what is put beside"
    case.place.store.commit(a_commit(case.place.tenant, move=a_move(case.place.tenant, case.head)))
    assert len(case.place.journal.read(case.place.other, 0, 100)) == 8


def test_a_head_that_moved_stops_it(case: Case) -> None:
    with pytest.raises(HeadMoved):
        case.place.store.commit(case.commit(case.back(3, expected_seq=7), a_customer(case.place.tenant)))
    case.assert_untouched()


def test_nothing_is_written_over(case: Case) -> None:
    """Not even the same line: somebody else puts it back, and what he does is not known here."""
    wrong = case.events[6]._replace(line=b'{"forged":1}')
    for lines in (case.events[2:7], (*case.events[2:6], wrong)):
        with pytest.raises(HeadMoved, match="déjà à sa place"):
            case.place.store.commit(case.commit(PutBack(8, tuple(lines)), a_customer(case.place.tenant)))
        case.assert_untouched()
    assert tuple(case.place.journal.read(case.place.tenant, 6, 1)) == (case.events[6],)


def test_a_moved_entity_is_heard_of_before_a_line_that_is_there(case: Case) -> None:
    wanted = case.commit(case.back(3, 7))
    with pytest.raises(EntityMoved):
        case.place.store.commit(replace(wanted, puts=(a_quote(case.place.tenant, rev=7),)))
    case.assert_untouched()


def test_beyond_the_head_or_beside_a_move_of_it_is_no_place_to_put_back_to(case: Case) -> None:
    with pytest.raises(ValueError, match="under a head that stays"):
        case.place.store.commit(case.commit(case.back(8, expected_seq=7)))
    move = a_move(case.place.tenant, case.head)
    with pytest.raises(ValueError, match="under a head that stays"):
        case.place.store.commit(replace(case.commit(case.back(3)), move=move))
    case.assert_untouched()


def test_the_head_that_is_looked_at_counts_among_the_hundred(case: Case) -> None:
    def some(n: int) -> tuple[Customer, ...]:
        return tuple(a_customer(case.place.tenant, id=CustomerId(f"cus_{i:03d}")) for i in range(n))

    with pytest.raises(Invalid) as refused:
        case.place.store.commit(case.commit(case.back(3, 4), *some(98)))
    assert refused.value.code == "too_many_items"
    case.assert_untouched()
    case.place.store.commit(case.commit(case.back(3, 4), *some(97)))


@pytest.mark.parametrize("fault", [Fault.NOT_STORED, Fault.STORED, Fault.THROTTLED])
def test_after_a_lost_answer_the_journal_tells(case: Case, fault: Fault) -> None:
    """Where tokens are applied once, it is asked again in silence; moto has none, and finds the lines there."""
    case.place.fail_next(fault)
    with pytest.raises((OutcomeUnknown, Retry)):
        case.place.store.commit(case.commit(case.back(3, 4, 5, 6)))
    if case.there == [1, 2, 7, 8]:
        case.place.store.commit(case.commit(case.back(3, 4, 5, 6)))
    assert tuple(case.place.journal.read(case.place.tenant, 0, 100)) == tuple(case.events)
