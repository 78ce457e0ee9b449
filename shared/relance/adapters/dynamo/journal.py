"""The journal as the archiver reads it. Port: relance.app.ports.archive.JournalReader."""

from collections.abc import Sequence
from dataclasses import dataclass

from relance.adapters.dynamo.attempts import read
from relance.adapters.dynamo.items import Database, EventItem
from relance.adapters.dynamo.keys import tenant_pk
from relance.domain.chain.event import SealedEvent


@dataclass(frozen=True, slots=True)
class DynamoJournal:
    """Committed events by tenant and seq. It has no way to write: `DynamoStore.commit` holds the only pen."""

    database: Database

    def read(self, tenant: str, after_seq: int, limit: int) -> Sequence[SealedEvent]:
        journal, pk = self.database.journal, tenant_pk(tenant)
        rows = read(lambda: list(journal.query(pk, journal.seq > after_seq, consistent_read=True, limit=limit)))
        return tuple(_event(row) for row in rows)


def _event(row: EventItem) -> SealedEvent:
    return SealedEvent(row.tenant, int(row.seq), int(row.at_ms), row.type, row.hash, row.line.encode())
