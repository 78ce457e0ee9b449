"""What a journal lacks, in as few words as there can be, and what a rebuild that died remembers of it. [AR-02]"""

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.domain.rebuild import Hole, Rebuild, joined, told
from tests.builders import TENANT


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(0, 6))))
def test_holes_are_joined_without_a_place_more_or_less(found: list[tuple[int, int]]) -> None:
    """Ascending, none touching the next."""
    holes = [Hole(first, first + more) for first, more in found]
    made = joined(holes)
    assert {seq for one in made for seq in range(one.first, one.last + 1)} == {
        seq for one in holes for seq in range(one.first, one.last + 1)
    }
    assert all(one.last + 1 < other.first for one, other in pairwise(made))
    assert sum(one.lines for one in made) == len({seq for one in holes for seq in range(one.first, one.last + 1)})


@pytest.mark.parametrize(
    ("holes", "words"), [((), ""), ((Hole(6, 9),), "6 à 9"), ((Hole(2, 2), Hole(6, 9), Hole(14, 14)), "2, 6 à 9, 14")]
)
def test_they_are_told_in_french(holes: tuple[Hole, ...], words: str) -> None:
    assert told(holes) == words


def test_a_rebuild_under_way_takes_in_what_the_next_call_finds() -> None:
    mark = Rebuild(TENANT, 1, datetime(2026, 11, 22, tzinfo=UTC), 9, 12, 12, holes=(Hole(6, 9),), is_older=False)
    assert mark.widened([Hole(8, 9)], is_older=False) is mark, "what is left of them is nothing new"
    more = mark.widened([Hole(2, 2)], is_older=False)
    assert (more.rev, more.holes, more.is_older) == (2, (Hole(2, 2), Hole(6, 9)), False)
    assert mark.widened([], is_older=True).is_older
    assert mark.is_under_way
