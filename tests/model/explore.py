"""Exhaustive exploration of small concurrent programs: every interleaving and every crash, breadth first.

A program is a function from a state to its next states. What is found is the shortest way to a state that breaks an
invariant, which is also how a person wants to read it.
"""

from collections import deque
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

S = TypeVar("S", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Explored(Generic[S]):
    """How many states there are, and the steps to the first one that breaks an invariant (None when none does)."""

    states: int
    counterexample: tuple[str, ...] | None


def explore(start: S, nexts: Callable[[S], Iterable[tuple[str, S]]], holds: Callable[[S], bool]) -> Explored[S]:
    """Visit every reachable state. The state space must be finite."""
    came_from: dict[S, tuple[S, str] | None] = {start: None}
    todo = deque([start])
    while todo:
        state = todo.popleft()
        if not holds(state):
            return Explored(len(came_from), _path(state, came_from))
        for label, after in nexts(state):
            if after not in came_from:
                came_from[after] = (state, label)
                todo.append(after)
    return Explored(len(came_from), None)


def _path(state: S, came_from: dict[S, tuple[S, str] | None]) -> tuple[str, ...]:
    steps: list[str] = []
    while (before := came_from[state]) is not None:
        state, label = before
        steps.append(label)
    return tuple(reversed(steps))
