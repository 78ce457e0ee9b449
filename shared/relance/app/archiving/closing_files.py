"""The closings of each day as a file of their own in an export, `close/2026/11/21.json`, for whom lines are too many.

A file is an array of the very lines of the chain (day, then month and accounting year when they end with it), so both
verifiers can hold it against them byte for byte. BOI-TVA-DECLA-30-10-30 § 170, checked 2026-11. [AF-05, AF-07, K-03]
"""

from collections.abc import Iterator

from relance.app.archiving import layout
from relance.domain.chain.event import Event
from relance.domain.closing import CLOSED


class ClosingFiles:
    """Gathers closings as the events come by; holds those of one day at a time."""

    def __init__(self) -> None:
        self._day = ""
        self._lines: list[bytes] = []

    def take(self, event: Event) -> Iterator[tuple[str, bytes]]:
        """The file of the day before, once a closing of another day comes."""
        if event.type == CLOSED:
            if (day := str(event.data.get("to"))) != self._day:
                yield from self.rest()
                self._day = day
            self._lines.append(event.line)

    def rest(self) -> Iterator[tuple[str, bytes]]:
        """The file that is not given yet, if any."""
        if self._lines:
            yield layout.closings(self._day), b"[" + b",".join(self._lines) + b"]"
            self._lines = []
