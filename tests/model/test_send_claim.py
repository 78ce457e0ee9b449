"""The claim of a mail, explored: two senders, crashes anywhere, answers that get lost, a payment at any moment.

The protocol of relance.app.sending holds in every reachable state. Four simpler ones do not, and the shortest way into
their trouble is shown: they are here because a checker that cannot fail proves nothing.

The model. A sender *reads* (is it open, is the step claimed), *claims*, *calls* the mail service, *settles*. A call is
accepted, or refused for now, or its answer is lost, with the mail gone or not. A sender may die before any step and the
machine starts it again, `TRIES` times in all. A payment may come between any two steps: what was claimed before it may
still leave after it, but nothing may be claimed after it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import Enum

import pytest

from tests.model.explore import Explored, explore

TRIES = 2
NOBODY = -1


class At(Enum):
    """Where a sender stands."""

    READ = "read"
    CLAIM = "claim"
    CALL = "call"
    SETTLE = "settle"
    RELEASE = "release"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Sender:
    """Where it stands, and how often it was started."""

    at: At = At.READ
    tries: int = 1


@dataclass(frozen=True, slots=True)
class World:
    """`rev` moves when the invoice is paid; `claim` is free, held by a sender, settled, or given up as unknown."""

    senders: tuple[Sender, ...] = (Sender(), Sender())
    paid: bool = False
    claim: str = "free"
    owner: int = NOBODY
    mails: int = 0
    claimed_after_payment: bool = False


Step = tuple[str, World]
Protocol = Callable[[World, int], Iterator[Step]]


def with_sender(world: World, i: int, sender: Sender) -> World:
    return replace(world, senders=tuple(sender if j == i else other for j, other in enumerate(world.senders)))


def goes(world: World, i: int, at: At) -> World:
    return with_sender(world, i, replace(world.senders[i], at=at))


def again(world: World, i: int) -> World:
    """The machine tries once more, or gives up."""
    sender = world.senders[i]
    if sender.tries >= TRIES:
        return goes(world, i, At.OVER)
    return with_sender(world, i, Sender(At.READ, sender.tries + 1))


def reads(world: World, i: int) -> Iterator[Step]:
    """Decide on fresh facts: nothing is sent of what is paid or claimed."""
    if world.paid or world.claim != "free":
        yield f"{i} reads: nothing to do", goes(world, i, At.OVER)
    else:
        yield f"{i} reads: due", goes(world, i, At.CLAIM)


def calls(world: World, i: int, lost: Callable[[World, int], World]) -> Iterator[Step]:
    """One call; `lost` says what a sender does when it does not know what became of it."""
    left = replace(world, mails=min(world.mails + 1, 2))
    yield f"{i} sends: accepted", goes(left, i, At.SETTLE)
    yield f"{i} sends: refused for now", goes(world, i, At.RELEASE)
    yield f"{i} sends: it leaves, the answer is lost", lost(left, i)
    yield f"{i} sends: it does not leave, the answer is lost", lost(world, i)


def dies(world: World, i: int) -> Iterator[Step]:
    if world.senders[i].at not in (At.READ, At.OVER):
        yield f"{i} dies before its next step", again(world, i)


def settles(world: World, i: int) -> Iterator[Step]:
    yield f"{i} settles: sent", goes(replace(world, claim="sent"), i, At.OVER)


def releases(world: World, i: int) -> Iterator[Step]:
    yield f"{i} gives its claim back", again(replace(world, claim="free", owner=NOBODY), i)


# --- the protocol ----------------------------------------------------------------------------------------------------


def ours(world: World, i: int) -> Iterator[Step]:
    """Check the document and put the claim in one transaction; a lost answer is unknown for ever."""
    match world.senders[i].at:
        case At.READ:
            yield from reads(world, i)
        case At.CLAIM:
            if world.claim != "free" or world.paid:
                yield f"{i} claims: moved", again(world, i)
            else:
                claimed = replace(world, claim="claimed", owner=i)
                yield f"{i} claims", goes(claimed, i, At.CALL)
                yield f"{i} claims, the answer is lost", again(claimed, i)
        case At.CALL:
            yield from calls(world, i, lambda w, j: goes(replace(w, claim="unknown"), j, At.OVER))
        case At.SETTLE:
            yield from settles(world, i)
        case At.RELEASE:
            yield from releases(world, i)


# --- four that break -------------------------------------------------------------------------------------------------


def check_then_send(world: World, i: int) -> Iterator[Step]:
    """Look whether it was sent, send, write that it was: no claim before the call."""
    match world.senders[i].at:
        case At.CLAIM:
            yield f"{i} claims nothing", goes(world, i, At.CALL)
        case At.RELEASE:
            yield f"{i} tries later", again(world, i)
        case At.CALL:
            yield from calls(world, i, again)
        case _:
            yield from ours(world, i)


def blind_retry(world: World, i: int) -> Iterator[Step]:
    """Claim as we do, but take a lost answer for a refusal: give the claim back and send again."""
    if world.senders[i].at is At.CALL:
        yield from calls(world, i, lambda w, j: goes(w, j, At.RELEASE))
    else:
        yield from ours(world, i)


def lease_expiry(world: World, i: int) -> Iterator[Step]:
    """Claim as we do, but a claim that is not settled expires: whoever died must not block the mail."""
    yield from ours(world, i)
    if world.claim == "claimed" and world.senders[i].at is At.OVER:
        expired = replace(world, claim="free", owner=NOBODY)
        yield "the lease expires", with_sender(expired, i, Sender(At.READ, TRIES))


def check_then_put_claim(world: World, i: int) -> Iterator[Step]:
    """Check the document, then put the claim: two requests instead of one transaction."""
    if world.senders[i].at is At.CLAIM:
        if world.claim != "free":
            yield f"{i} claims: taken", again(world, i)
        else:
            late = replace(world, claim="claimed", owner=i, claimed_after_payment=world.paid)
            yield f"{i} claims", goes(late, i, At.CALL)
    else:
        yield from ours(world, i)


# --- what must hold --------------------------------------------------------------------------------------------------


def sound(world: World) -> bool:
    """At most one mail, none claimed after payment, and no claim that says more than what happened."""
    told = world.claim != "sent" or world.mails == 1
    return world.mails <= 1 and not world.claimed_after_payment and told


def run(protocol: Protocol) -> Explored[World]:
    def nexts(world: World) -> Iterator[Step]:
        if not world.paid:
            yield "the invoice is paid", replace(world, paid=True)
        for i in range(len(world.senders)):
            yield from protocol(world, i)
            yield from dies(world, i)

    return explore(World(), nexts, sound)


def test_the_protocol_holds_in_every_reachable_state() -> None:
    explored = run(ours)
    assert explored.counterexample is None
    assert explored.states > 300, "too few states to be the real thing"


def test_the_protocol_does_send() -> None:
    """An empty protocol would be safe as well: there is a way to a settled mail."""

    def nexts(world: World) -> Iterator[Step]:
        for i in range(len(world.senders)):
            yield from ours(world, i)

    explored = explore(World(), nexts, lambda world: world.claim != "sent")
    assert explored.counterexample == ("0 reads: due", "0 claims", "0 sends: accepted", "0 settles: sent")


@pytest.mark.parametrize(
    ("broken", "trouble"),
    [
        (check_then_send, "twice"),
        (blind_retry, "twice"),
        (lease_expiry, "twice"),
        (check_then_put_claim, "after payment"),
    ],
)
def test_each_simpler_protocol_breaks_and_the_explorer_shows_how(broken: Protocol, trouble: str) -> None:
    steps = run(broken).counterexample
    assert steps is not None
    sends = [step for step in steps if "accepted" in step or "it leaves" in step]
    if trouble == "twice":
        assert len(sends) == 2, steps
    else:
        assert steps.index("the invoice is paid") < next(i for i, step in enumerate(steps) if "claims" in step), steps
