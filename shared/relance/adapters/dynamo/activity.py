"""What was noticed around documents. Port: relance.app.ports.activity.ActivityLog.

DynamoDB removes an expired item within days, not at once, so what has expired is left out when it is read. The term of
a record is that of the dated data when it is written.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pynamodb.exceptions import PutError, PynamoDBException
from pynamodb.expressions.condition import Condition

from relance.adapters.dynamo import codec
from relance.adapters.dynamo.attempts import code_of, read, write
from relance.adapters.dynamo.items import ActivityItem, Database
from relance.adapters.dynamo.keys import tenant_pk
from relance.app.ports.activity import Activity
from relance.app.ports.outside import Clock
from relance.domain.errors import Conflict, OutcomeUnknown, RelanceError, Retry
from relance.domain.ids import TenantId

if TYPE_CHECKING:
    from relance.domain.retention import Retention

_VERSION: Final = 1


class _Kept(Conflict):
    """There is a record of that id."""


def _dated_data() -> "Retention":
    from relance.adapters.retention_data import load_retention  # noqa: PLC0415 - whoever only reads goes without

    return load_retention()


@dataclass(frozen=True, slots=True)
class DynamoActivityLog:
    """One item per record, under its document."""

    database: Database
    clock: Clock
    retention: Callable[[], "Retention"] = _dated_data

    def record(self, activity: Activity) -> bool:
        """A write that is not known to be stored is a Retry here: recording again is harmless."""
        return self._put(activity, ActivityItem.pk.does_not_exist())

    def replace(self, activity: Activity) -> bool:
        """One conditional write; on a day that is known already it changes nothing."""
        return self._put(
            activity, ActivityItem.pk.does_not_exist() | (ActivityItem.expires_at < self._expires_at(activity))
        )

    def _expires_at(self, activity: Activity) -> int:
        return int(self.retention().expires_at(activity.kept_by, activity.at).timestamp())

    def _put(self, activity: Activity, condition: Condition) -> bool:
        row = self.database.activity(_pk(activity.tenant, activity.document_kind, activity.document_id), activity.id)
        row.body = codec.encode(activity, _VERSION).decode()
        row.expires_at = self._expires_at(activity)
        try:
            write(lambda: row.save(condition=condition), _kept)
        except _Kept:
            return False
        except OutcomeUnknown as error:
            raise Retry(error.message) from error
        return True

    def of_document(
        self, tenant: TenantId, document_kind: str, document_id: str, *, limit: int = 100
    ) -> tuple[Activity, ...]:
        table, pk = self.database.activity, _pk(tenant, document_kind, document_id)
        live = table.expires_at > int(self.clock.now().timestamp())
        rows = read(
            lambda: list(table.query(pk, filter_condition=live, scan_index_forward=False, limit=limit, page_size=limit))
        )
        return tuple(codec.decode(Activity, row.body.encode(), _VERSION) for row in reversed(rows))

    def forget(self, tenant: TenantId, document_kind: str, document_id: str) -> None:
        """Port: relance.app.ports.retention.ActivityEraser. One delete for each record, which may be repeated."""
        table, pk = self.database.activity, _pk(tenant, document_kind, document_id)
        for row in read(lambda: list(table.query(pk, consistent_read=True))):
            try:
                write(row.delete, lambda _error: None)
            except OutcomeUnknown as error:
                raise Retry(error.message) from error


def _pk(tenant: str, document_kind: str, document_id: str) -> str:
    return f"{tenant_pk(tenant)}#{document_kind}#{document_id}"


def _kept(error: PynamoDBException) -> RelanceError | None:
    if isinstance(error, PutError) and code_of(error) == "ConditionalCheckFailedException":
        return _Kept("Déjà noté.")
    return None
