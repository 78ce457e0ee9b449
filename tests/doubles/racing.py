"""Two actors who meet at every point: the one is let in before the n-th call that the other makes of its store."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from relance.app.ports.store import Store


@dataclass
class LettingIn:
    """A store through which somebody else comes in, once, before its `n`-th call."""

    store: Store
    n: int
    somebody: Callable[[], object]
    calls: int = 0

    def __getattr__(self, name: str) -> Any:
        original = getattr(self.store, name)

        def call(*args: Any, **parts: Any) -> Any:
            self.calls += 1
            if self.calls == self.n:
                self.somebody()
            return original(*args, **parts)

        return call
