"""Takes purged lines out of the journal's table. Port: relance.app.ports.retention.JournalEraser.

The only code that removes a line, and one role alone has the right (template.yaml). A line goes while it has the hash
that its caller read from the archive, or is gone already: so a repeated call, and a second process, do no harm.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pynamodb.exceptions import PynamoDBException, TransactWriteError
from pynamodb.transactions import TransactWrite

from relance.adapters.dynamo.attempts import code_of, write
from relance.adapters.dynamo.items import Database
from relance.adapters.dynamo.keys import tenant_pk
from relance.app.ports.retention import MOST_LINES
from relance.domain.chain.event import SealedEvent
from relance.domain.errors import Conflict, Invalid, RelanceError, Retry


@dataclass(frozen=True, slots=True)
class DynamoJournalEraser:
    """One transaction of conditional deletes."""

    database: Database

    def remove(self, events: Sequence[SealedEvent]) -> None:
        """See the port."""
        if not 1 <= len(events) <= MOST_LINES:
            raise Invalid(f"{len(events)} lignes à la fois : de 1 à {MOST_LINES}.", code="too_many_items")
        write(lambda: self._send(events), _judge)

    def _send(self, events: Sequence[SealedEvent]) -> None:
        journal = self.database.journal
        with TransactWrite(connection=self.database.connection) as transaction:
            for event in events:
                same = journal.tenant.does_not_exist() | (journal.hash == event.hash)
                transaction.delete(journal(tenant_pk(event.tenant), event.seq), condition=same)


def _judge(error: PynamoDBException) -> RelanceError | None:
    if not isinstance(error, TransactWriteError) or code_of(error) != "TransactionCanceledException":
        return None
    codes = {reason.code for reason in error.cancellation_reasons if reason}
    if "ConditionalCheckFailed" in codes:
        return Conflict("Une ligne du journal n’est plus celle qui est archivée.", code="line_changed")
    return Retry("La base de données est occupée : réessayez dans quelques secondes.", code="throttled")
