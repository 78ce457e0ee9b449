"""Handing a small message on without waiting for what becomes of it."""

from typing import Protocol


class TrackingQueue(Protocol):
    """Messages wait here until they are worked off: at least once, in any order, kept for days."""

    def send(self, body: str) -> None:
        """Hand one message over. Raises OSError when the queue did not take it within its short time limit."""
        ...
