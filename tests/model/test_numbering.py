"""Gapless numbers, explored: two writers, answers that get lost, crashes anywhere, clients that ask again.

The protocol of relance.app.journaling holds in every reachable state. Three simpler ones do not, and the shortest way
into their trouble is shown: they are here because a checker that cannot fail proves nothing.

The model. Each of two clients wants one invoice (its *intent*) and asks again, with the same key, until it hears an
answer or has asked `TRIES` times. Its request *reads* the head and whether its key was answered, and *writes*. A
request may die before any step, and the answer of a write may be lost whether it was stored or not. [N-01, N-02, N-07]
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import Enum

import pytest

from tests.model.explore import Explored, explore

TRIES = 3


class At(Enum):
    """Where a request stands."""

    READ = "read"
    WRITE = "write"
    PUT = "put"
    ANSWERED = "answered"
    GAVE_UP = "gave up"


@dataclass(frozen=True, slots=True)
class Client:
    """Where its request stands, the counter that it read, the number that it took, and how often it asked."""

    at: At = At.READ
    seen: int = 0
    taken: int = 0
    tries: int = 1


@dataclass(frozen=True, slots=True)
class World:
    """`counter` of the series, the invoices as (number, intent), the keys that were answered."""

    clients: tuple[Client, ...] = (Client(), Client())
    counter: int = 0
    invoices: frozenset[tuple[int, int]] = frozenset()
    keys: frozenset[int] = frozenset()


Step = tuple[str, World]
Protocol = Callable[[World, int], Iterator[Step]]


def moves(world: World, i: int, **changes: object) -> World:
    client = replace(world.clients[i], **changes)  # type: ignore[arg-type]  # the fields of Client
    return replace(world, clients=tuple(client if j == i else other for j, other in enumerate(world.clients)))


def asks_again(world: World, i: int) -> World:
    """Nothing was heard: the same request once more, or the client gives up."""
    if world.clients[i].tries >= TRIES:
        return moves(world, i, at=At.GAVE_UP)
    return moves(world, i, at=At.READ, seen=0, taken=0, tries=world.clients[i].tries + 1)


def written(world: World, i: int, number: int, *, key: bool) -> World:
    keys = world.keys | {i} if key else world.keys
    return replace(world, invoices=world.invoices | {(number, i)}, keys=keys)


def dies(world: World, i: int) -> Iterator[Step]:
    if world.clients[i].at in (At.WRITE, At.PUT):
        yield f"{i} dies", asks_again(world, i)


def reads(world: World, i: int) -> Iterator[Step]:
    if i in world.keys:
        yield f"{i} reads: answered already", moves(world, i, at=At.ANSWERED)
    else:
        yield f"{i} reads {world.counter}", moves(world, i, at=At.WRITE, seen=world.counter)


def transacts(world: World, i: int, *, key: bool) -> Iterator[Step]:
    """Head, invoice and perhaps the key in one transaction, or nothing."""
    client = world.clients[i]
    if client.seen != world.counter or (key and i in world.keys):
        yield f"{i} writes: moved", moves(world, i, at=At.READ)
        return
    stored = replace(written(world, i, client.seen + 1, key=key), counter=client.seen + 1)
    yield f"{i} writes {client.seen + 1}", moves(stored, i, at=At.ANSWERED)
    yield f"{i} writes {client.seen + 1}, the answer is lost", asks_again(stored, i)
    yield f"{i} writes nothing, the answer is lost", asks_again(world, i)


# --- the protocol ----------------------------------------------------------------------------------------------------


def ours(world: World, i: int) -> Iterator[Step]:
    """Counter, invoice and key in one transaction, on condition that the head is the one that was read."""
    match world.clients[i].at:
        case At.READ:
            yield from reads(world, i)
        case At.WRITE:
            yield from transacts(world, i, key=True)


# --- three that break ------------------------------------------------------------------------------------------------


def add_then_put(world: World, i: int) -> Iterator[Step]:
    """An atomic counter gives the number, then the invoice is put: two writes."""
    client = world.clients[i]
    match client.at:
        case At.WRITE:
            n = world.counter + 1
            yield f"{i} takes {n}", moves(replace(world, counter=n), i, at=At.PUT, taken=n)
        case At.PUT:
            yield f"{i} puts {client.taken}", moves(written(world, i, client.taken, key=True), i, at=At.ANSWERED)
        case _:
            yield from ours(world, i)


def without_a_key(world: World, i: int) -> Iterator[Step]:
    """Compare and swap, but nothing remembers that the request was served."""
    if world.clients[i].at is At.WRITE:
        yield from transacts(world, i, key=False)
    else:
        yield from ours(world, i)


def key_first(world: World, i: int) -> Iterator[Step]:
    """The key is put first, so that a second request is known at once; the invoice follows."""
    client = world.clients[i]
    if client.at is At.READ and i not in world.keys:
        keyed = replace(world, keys=world.keys | {i})
        yield f"{i} puts its key", moves(keyed, i, at=At.WRITE, seen=world.counter)
    elif client.at is At.WRITE:
        if client.seen != world.counter:
            yield f"{i} writes: moved", moves(world, i, seen=world.counter)
        else:
            n = client.seen + 1
            yield f"{i} writes {n}", moves(replace(written(world, i, n, key=True), counter=n), i, at=At.ANSWERED)
    else:
        yield from ours(world, i)


# --- what must hold --------------------------------------------------------------------------------------------------


def resting(world: World) -> bool:
    return all(client.at in (At.READ, At.ANSWERED, At.GAVE_UP) for client in world.clients)


def sound(world: World) -> bool:
    """No number twice, no intent twice, none missing at rest, and nobody is told of an invoice that is not there."""
    numbers = [number for number, _ in world.invoices]
    intents = [intent for _, intent in world.invoices]
    once = len(set(numbers)) == len(numbers) and len(set(intents)) == len(intents)
    gapless = not resting(world) or sorted(numbers) == list(range(1, world.counter + 1))
    told = {i for i, client in enumerate(world.clients) if client.at is At.ANSWERED}
    return once and gapless and told <= set(intents)


def run(protocol: Protocol) -> Explored[World]:
    def nexts(world: World) -> Iterator[Step]:
        for i in range(len(world.clients)):
            yield from protocol(world, i)
            yield from dies(world, i)

    return explore(World(), nexts, sound)


def test_numbers_are_gapless_and_single_in_every_reachable_state_N_07() -> None:
    explored = run(ours)
    assert explored.counterexample is None
    assert explored.states > 150, "too few states to be the real thing"


def test_both_get_their_invoice() -> None:
    """An empty protocol would be safe as well: there is a way on which both are answered."""

    def nexts(world: World) -> Iterator[Step]:
        for i in range(len(world.clients)):
            yield from ours(world, i)

    both = explore(World(), nexts, lambda world: any(client.at is not At.ANSWERED for client in world.clients))
    assert both.counterexample == ("0 reads 0", "0 writes 1", "1 reads 1", "1 writes 2")


@pytest.mark.parametrize(
    ("broken", "trouble"),
    [
        (add_then_put, ("0 reads 0", "0 takes 1", "0 dies")),
        (without_a_key, ("0 reads 0", "0 writes 1, the answer is lost", "0 reads 1", "0 writes 2")),
        (key_first, ("0 puts its key", "0 dies", "0 reads: answered already")),
    ],
    ids=["a gap", "a double", "a lost intent"],
)
def test_each_simpler_protocol_breaks_and_the_explorer_shows_how(broken: Protocol, trouble: tuple[str, ...]) -> None:
    assert run(broken).counterexample == trouble
