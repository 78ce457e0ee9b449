"""The journal of the in-memory store, as its readers see it."""

from collections.abc import Sequence
from dataclasses import dataclass

from relance.domain.chain.event import SealedEvent
from tests.doubles.store import InMemoryStore


@dataclass(frozen=True, slots=True)
class StoreJournal:
    """A JournalReader over the events that were committed."""

    store: InMemoryStore

    def read(self, tenant: str, after_seq: int, limit: int) -> Sequence[SealedEvent]:
        return [event for event in self.store.events(tenant) if event.seq > after_seq][:limit]
