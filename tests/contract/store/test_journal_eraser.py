"""Lines that a purge covers go, all of a call or none, and only as they were archived. [AF-07]"""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from relance.adapters.dynamo.journal_eraser import DynamoJournalEraser
from relance.adapters.dynamo.store import DynamoStore
from relance.app.ports.retention import MOST_LINES, JournalEraser
from relance.domain.chain.event import SealedEvent
from relance.domain.errors import Conflict, Invalid, OutcomeUnknown, RelanceError, Retry
from tests.contract.store.conftest import ON_CLOUD, Place, in_memory
from tests.doubles.commits import a_commit, a_move
from tests.doubles.store import Fault, InMemoryStore


@dataclass(frozen=True, slots=True)
class Case:
    """A journal of six events, and who may take lines out of it."""

    place: Place
    eraser: JournalEraser
    events: Sequence[SealedEvent]

    @property
    def left(self) -> list[int]:
        return [event.seq for event in self.place.journal.read(self.place.tenant, 0, 100)]


@pytest.fixture(params=["memory", "moto", ON_CLOUD])
def case(request: pytest.FixtureRequest) -> Case:
    place: Place = in_memory() if request.param == "memory" else request.getfixturevalue(f"{request.param}_place")
    for tenant in (place.tenant, place.other):
        place.store.commit(a_commit(tenant, move=a_move(tenant, place.store.head(tenant), events=6)))
    return Case(place, _eraser(place), place.journal.read(place.tenant, 0, 10))


def _eraser(place: Place) -> JournalEraser:
    if isinstance(place.store, InMemoryStore):
        return place.store
    assert isinstance(place.store, DynamoStore)
    return DynamoJournalEraser(place.store.database)


def test_lines_go_and_the_others_stay(case: Case) -> None:
    case.eraser.remove(case.events[1:4])
    assert case.left == [1, 5, 6]
    assert len(case.place.journal.read(case.place.other, 0, 100)) == 6, "another company's stay"


def test_what_is_gone_already_is_no_fault(case: Case) -> None:
    case.eraser.remove(case.events[:2])
    case.eraser.remove(case.events[:3])
    assert case.left == [4, 5, 6]


def test_a_line_that_is_not_what_was_archived_stays_with_all_of_its_call(case: Case) -> None:
    other = case.events[2]._replace(hash="0" * 64)
    with pytest.raises(Conflict) as caught:
        case.eraser.remove([case.events[0], other])
    assert caught.value.code == "line_changed"
    assert case.left == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("count", [0, MOST_LINES + 1])
def test_a_call_has_its_bounds(case: Case, count: int) -> None:
    with pytest.raises(Invalid):
        case.eraser.remove([case.events[0]] * count)


@pytest.mark.parametrize(
    ("fault", "error"), [(Fault.NOT_STORED, OutcomeUnknown), (Fault.STORED, OutcomeUnknown), (Fault.THROTTLED, Retry)]
)
def test_after_a_lost_answer_the_same_call_is_right(case: Case, fault: Fault, error: type[RelanceError]) -> None:
    case.place.fail_next(fault)
    with pytest.raises(error):
        case.eraser.remove(case.events[:2])
    case.eraser.remove(case.events[:2])
    assert case.left == [3, 4, 5, 6]
