"""The archiver, explored: two of them on one journal, events that become visible late, crashes, answers that get lost.

The protocol of relance.app.archiving.drain holds in every reachable state. Three simpler ones do not, and the shortest
way into their trouble is shown: they are here because a checker that cannot fail proves nothing.

The model. The journal holds three events, committed in order but visible in any order (records of one transaction may
come apart). An archiver *reads* the head and the journal, *puts* a segment, *reads it back*, *swaps* the head over it,
*signs*. It may die before any step, and be rung again at any moment. The archive is a map from the first event of a
segment to its events; a signature fixes what it says for ever. [AR-02, AR-04]
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import Enum

import pytest

from tests.model.explore import Explored, explore

EVENTS = 3
Segment = tuple[int, ...]


class At(Enum):
    """Where an archiver stands."""

    READ = "read"
    PUT = "put"
    BACK = "back"
    SWAP = "swap"
    SIGN = "sign"


@dataclass(frozen=True, slots=True)
class Archiver:
    """Where it stands, the head that it read, and the segment that it means to put or has read back."""

    at: At = At.READ
    head: int = 0
    segment: Segment = ()


@dataclass(frozen=True, slots=True)
class World:
    """`visible` events of the journal, `stored` segments by their first event, the head, and what was signed."""

    archivers: tuple[Archiver, ...] = (Archiver(), Archiver())
    visible: frozenset[int] = frozenset()
    stored: frozenset[tuple[int, Segment]] = frozenset()
    head: int = 0
    signed: int = 0
    covered: frozenset[tuple[int, Segment]] = frozenset()  # what signatures speak of

    def segment(self, first: int) -> Segment | None:
        return dict(self.stored).get(first)


Step = tuple[str, World]
Protocol = Callable[[World, int], Iterator[Step]]


def moves(world: World, i: int, **changes: object) -> World:
    mine = replace(world.archivers[i], **changes)  # type: ignore[arg-type]  # the fields of Archiver
    return replace(world, archivers=tuple(mine if j == i else other for j, other in enumerate(world.archivers)))


def stores(world: World, first: int, segment: Segment) -> World:
    others = frozenset(row for row in world.stored if row[0] != first)
    return replace(world, stored=others | {(first, segment)})


def rests(world: World, i: int) -> World:
    return moves(world, i, at=At.READ, head=0, segment=())


def contiguous(world: World, after: int) -> Segment:
    """The visible events after `after` up to the first that is not."""
    found: list[int] = []
    while after + len(found) + 1 in world.visible:
        found.append(after + len(found) + 1)
    return tuple(found)


# --- the protocol ----------------------------------------------------------------------------------------------------


def ours(world: World, i: int) -> Iterator[Step]:
    """What is stored counts, whoever stored it: put if absent, read back, swap the head, then sign."""
    mine = world.archivers[i]
    match mine.at:
        case At.READ if world.signed < world.head:
            yield f"{i} signs again", moves(world, i, at=At.SIGN, head=world.head)
        case At.READ:
            if segment := contiguous(world, world.head):
                yield f"{i} reads {segment}", moves(world, i, at=At.PUT, head=world.head, segment=segment)
        case At.PUT:
            first = mine.head + 1
            absent = world.segment(first) is None
            after = stores(world, first, mine.segment) if absent else world
            yield f"{i} puts {mine.segment}" if absent else f"{i} finds one there", moves(after, i, at=At.BACK)
        case At.BACK:
            yield f"{i} reads it back", moves(world, i, at=At.SWAP, segment=world.segment(mine.head + 1))
        case At.SWAP if world.head != mine.head:
            yield f"{i} swaps: moved", rests(world, i)
        case At.SWAP:
            end = mine.segment[-1]
            yield f"{i} swaps to {end}", moves(replace(world, head=end), i, at=At.SIGN, head=end)
        case At.SIGN:
            yield f"{i} signs {mine.head}", rests(signs(world, mine.head), i)


def signs(world: World, head: int) -> World:
    """A signature over the archive up to `head`, as it is stored now."""
    covered = frozenset(row for row in world.stored if row[0] <= head)
    return replace(world, signed=max(world.signed, head), covered=world.covered | covered)


# --- three that break ------------------------------------------------------------------------------------------------


def in_order_of_the_stream(world: World, i: int) -> Iterator[Step]:
    """Append what the stream brings, in the order in which it comes, and trust it."""
    mine = world.archivers[i]
    archived = {event for _, segment in world.stored for event in segment}
    if mine.at is At.READ and world.signed == world.head:
        for event in sorted(world.visible - archived):
            if event > world.head:  # a head that only knows the last event: what comes late looks old
                yield f"{i} is brought {event}", moves(world, i, at=At.PUT, head=world.head, segment=(event,))
    else:
        yield from ours(world, i)


def ignoring_gaps(world: World, i: int) -> Iterator[Step]:
    """Everything visible after the head, holes or not."""
    mine = world.archivers[i]
    if mine.at is At.READ and world.signed == world.head:
        if segment := tuple(sorted(event for event in world.visible if event > world.head)):
            yield f"{i} reads {segment}", moves(world, i, at=At.PUT, head=world.head, segment=segment)
    else:
        yield from ours(world, i)


def overwriting(world: World, i: int) -> Iterator[Step]:
    """Put whatever is there already: the last writer is right."""
    mine = world.archivers[i]
    if mine.at is At.PUT:
        yield f"{i} puts {mine.segment}", moves(stores(world, mine.head + 1, mine.segment), i, at=At.BACK)
    else:
        yield from ours(world, i)


# --- what must hold --------------------------------------------------------------------------------------------------


def sound(world: World) -> bool:
    """Up to the head the archive is the journal, without a hole; and nothing signed ever changes."""
    archived: list[int] = []
    while len(archived) < world.head and (segment := world.segment(len(archived) + 1)):
        archived.extend(segment)
    return archived == list(range(1, world.head + 1)) and world.covered <= world.stored


def run(protocol: Protocol) -> Explored[World]:
    def nexts(world: World) -> Iterator[Step]:
        for event in range(1, EVENTS + 1):
            if event not in world.visible:
                yield f"{event} becomes visible", replace(world, visible=world.visible | {event})
        for i in range(len(world.archivers)):
            yield from protocol(world, i)
            if world.archivers[i].at is not At.READ:
                yield f"{i} dies", rests(world, i)

    return explore(World(), nexts, sound)


def test_the_archive_is_the_journal_in_every_reachable_state_AR_02() -> None:
    explored = run(ours)
    assert explored.counterexample is None
    assert explored.states > 500, "too few states to be the real thing"


def test_everything_is_archived_and_signed_in_the_end() -> None:
    """An archiver that does nothing would be safe as well."""

    def nexts(world: World) -> Iterator[Step]:
        yield from ours(world, 0)

    start = World(visible=frozenset(range(1, EVENTS + 1)))
    done = explore(start, nexts, lambda world: world.signed < EVENTS)
    assert done.counterexample is not None
    assert done.counterexample[-1] == f"0 signs {EVENTS}"


@pytest.mark.parametrize(
    ("broken", "trouble"),
    [
        (in_order_of_the_stream, ("2 becomes visible", "0 is brought 2", "0 puts (2,)")),
        (ignoring_gaps, ("2 becomes visible", "0 reads (2,)", "0 puts (2,)")),
        (overwriting, ("0 puts (1,)", "1 reads (1, 2)", "0 swaps to 1", "1 puts (1, 2)")),
    ],
    ids=["a hole by the order of the stream", "a hole by a query", "a segment that changes under its head"],
)
def test_each_simpler_protocol_breaks_and_the_explorer_shows_how(broken: Protocol, trouble: tuple[str, ...]) -> None:
    steps = run(broken).counterexample
    assert steps is not None
    assert tuple(step for step in steps if step in trouble) == trouble, steps
