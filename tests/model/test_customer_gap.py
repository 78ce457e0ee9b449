"""One customer, two documents, a machine each: of the days that he is left in peace, whichever way they meet.

The letter box of relance.domain.reminder.correspondence is moved in the transaction of a claim. That holds in
every reachable state; three simpler ways do not, and the shortest way into their trouble is shown: they are here
because a checker that cannot fail proves nothing. [DR-08]

The model. Each machine *reads* its claim and the letter box, *claims*, *calls* the mail service, *settles*, or gives
back what was refused for now. It may die before any step and is started again, `TRIES` times in all. Time stands still:
all of it happens within the days between two reminders.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import Enum

import pytest

from tests.model.explore import Explored, explore

TRIES = 2
NOBODY = -1


class At(Enum):
    """Where a machine stands."""

    READ = "read"
    CLAIM = "claim"
    CALL = "call"
    SETTLE = "settle"
    RELEASE = "release"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Machine:
    """Where it stands, how often it was started, what it read of the letter box, and its document's claim."""

    at: At = At.READ
    tries: int = 1
    seen: int = 0
    claim: str = "free"


@dataclass(frozen=True, slots=True)
class World:
    """The letter box: `rev` moves with each write, `reminded` is whose reminder it remembers. `mails` left."""

    machines: tuple[Machine, ...] = (Machine(), Machine())
    rev: int = 0
    reminded: int = NOBODY
    mails: int = 0


Step = tuple[str, World]
Protocol = Callable[[World, int], Iterator[Step]]


def with_machine(world: World, i: int, **changes: object) -> World:
    changed = replace(world.machines[i], **changes)  # type: ignore[arg-type]  # fields of Machine
    return replace(world, machines=tuple(changed if j == i else other for j, other in enumerate(world.machines)))


def again(world: World, i: int) -> World:
    """Tried once more, or given up."""
    machine = world.machines[i]
    if machine.tries >= TRIES:
        return with_machine(world, i, at=At.OVER)
    return with_machine(world, i, at=At.READ, tries=machine.tries + 1)


def reads(world: World, i: int) -> Iterator[Step]:
    if world.reminded != NOBODY or world.machines[i].claim != "free":
        yield f"{i} reads: not now", with_machine(world, i, at=At.OVER)
    else:
        yield f"{i} reads: due", with_machine(world, i, at=At.CLAIM, seen=world.rev)


def claims(world: World, i: int) -> Iterator[Step]:
    """The claim and the letter box in one transaction, whatever was read of the latter."""
    moved = replace(with_machine(world, i, claim="claimed"), rev=world.rev + 1, reminded=i)
    yield f"{i} claims", with_machine(moved, i, at=At.CALL)
    yield f"{i} claims, the answer is lost", again(moved, i)


def ours(world: World, i: int) -> Iterator[Step]:
    """The box must be what was read: it is moved by whoever claims."""
    machine = world.machines[i]
    match machine.at:
        case At.READ:
            yield from reads(world, i)
        case At.CLAIM:
            if world.rev != machine.seen:
                yield f"{i} claims: the box has moved", again(world, i)
            else:
                yield from claims(world, i)
        case At.CALL:
            left = replace(world, mails=min(world.mails + 1, 2))
            yield f"{i} sends: accepted", with_machine(left, i, at=At.SETTLE)
            yield f"{i} sends: refused for now", with_machine(world, i, at=At.RELEASE)
            for after, what in ((left, "it leaves"), (world, "it does not leave")):
                yield f"{i} sends: {what}, the answer is lost", with_machine(after, i, at=At.OVER, claim="unknown")
        case At.SETTLE:
            yield f"{i} settles", with_machine(world, i, at=At.OVER, claim="sent")
        case At.RELEASE:
            forgets = NOBODY if world.reminded == i else world.reminded
            freed = replace(with_machine(world, i, claim="free"), rev=world.rev + 1, reminded=forgets)
            yield f"{i} gives back", again(freed, i)


# --- three that break ------------------------------------------------------------------------------------------------


def without_box(world: World, i: int) -> Iterator[Step]:
    """Each document minds its own claims: what a scheduler for each document does."""
    for label, after in ours(world, i):
        yield label, replace(after, reminded=NOBODY, rev=0)


def box_without_condition(world: World, i: int) -> Iterator[Step]:
    """Read the box, and write it with the claim, but do not ask that it be still what was read."""
    if world.machines[i].at is At.CLAIM:
        yield from claims(world, i)
    else:
        yield from ours(world, i)


def box_after_the_mail(world: World, i: int) -> Iterator[Step]:
    """Remember the reminder once it has left."""
    machine = world.machines[i]
    if machine.at is At.CLAIM:
        yield f"{i} claims", with_machine(world, i, at=At.CALL, claim="claimed")
    elif machine.at is At.SETTLE:
        settled = with_machine(world, i, at=At.OVER, claim="sent")
        yield f"{i} settles", replace(settled, rev=world.rev + 1, reminded=i)
    else:
        yield from ours(world, i)


# --- what must hold --------------------------------------------------------------------------------------------------


def run(protocol: Protocol) -> Explored[World]:
    def nexts(world: World) -> Iterator[Step]:
        for i, machine in enumerate(world.machines):
            yield from protocol(world, i)
            if machine.at not in (At.READ, At.OVER):
                yield f"{i} dies before its next step", again(world, i)

    return explore(World(), nexts, lambda world: world.mails <= 1)


def test_the_letter_box_holds_in_every_reachable_state() -> None:
    explored = run(ours)
    assert explored.counterexample is None
    assert explored.states > 150, "too few states to be the real thing"


def test_what_was_given_back_lets_the_other_one_send() -> None:
    """A protocol that never sends would be safe as well: after a refusal for now, the other document has its turn."""

    def nexts(world: World) -> Iterator[Step]:
        for i in range(2):
            yield from ours(world, i)

    def given_back_then_sent(world: World) -> bool:
        first, second = world.machines
        return not (first.claim == "free" and first.tries == TRIES and second.claim == "sent")

    assert explore(World(), nexts, given_back_then_sent).counterexample is not None


@pytest.mark.parametrize("broken", [without_box, box_without_condition, box_after_the_mail])
def test_each_simpler_way_breaks_and_the_explorer_shows_how(broken: Protocol) -> None:
    steps = run(broken).counterexample
    assert steps is not None
    assert len([step for step in steps if "accepted" in step or "it leaves" in step]) == 2, steps
