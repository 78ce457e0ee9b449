"""Which runs are going on, over all tenants: what the sweep walks through."""

from collections.abc import Iterator
from typing import Protocol

from relance.domain.reminder.run import Run


class ActiveRuns(Protocol):
    """The index of active runs. Only the sweep, which acts for every tenant, is given it."""

    def iterate(self) -> Iterator[Run]:
        """Every run that was active before the call and stays so during it, in no order.

        What is given may be older than what is stored, and one may be given that has just ended: read a run again
        before changing it. Memory does not grow with the number of runs. Raises Retry when the store does not answer.
        """
        ...
