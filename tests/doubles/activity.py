"""What was noticed, in memory: the first record of an id stays, and what has expired is not given."""

from dataclasses import dataclass, field
from datetime import datetime

from relance.adapters.retention_data import load_retention
from relance.app.ports.activity import Activity
from relance.app.ports.outside import Clock
from relance.domain.errors import Retry
from relance.domain.ids import TenantId
from relance.domain.retention import Retention
from tests.doubles.outside import ManualClock


@dataclass(slots=True)
class InMemoryActivityLog:
    """`kept` in the order of recording; `failures` of the next records find the service silent; `records` asked for."""

    clock: Clock = field(default_factory=ManualClock)
    kept: dict[tuple[str, str, str, str], Activity] = field(default_factory=dict)
    failures: int = 0
    records: int = 0
    retention: Retention = field(default_factory=load_retention)

    def record(self, activity: Activity) -> bool:
        self.records += 1
        if self.failures:
            self.failures -= 1
            raise Retry("Faute injectée : pas de réponse.")
        key = (activity.tenant, activity.document_kind, activity.document_id, activity.id)
        if key in self.kept:
            return False
        self.kept[key] = activity
        return True

    def replace(self, activity: Activity) -> bool:
        self.records += 1
        if self.failures:
            self.failures -= 1
            raise Retry("Faute injectée : pas de réponse.")
        key = (activity.tenant, activity.document_kind, activity.document_id, activity.id)
        if key in self.kept and self.expires_at(self.kept[key]) >= self.expires_at(activity):
            return False
        self.kept[key] = activity
        return True

    def of_document(
        self, tenant: TenantId, document_kind: str, document_id: str, *, limit: int = 100
    ) -> tuple[Activity, ...]:
        now = self.clock.now()
        mine = [a for key, a in sorted(self.kept.items()) if key[:3] == (tenant, document_kind, document_id)]
        return tuple(a for a in mine if self.expires_at(a) > now)[-limit:]

    def expires_at(self, activity: Activity) -> datetime:
        return self.retention.expires_at(activity.kept_by, activity.at)

    def forget(self, tenant: TenantId, document_kind: str, document_id: str) -> None:
        """ActivityEraser."""
        if self.failures:
            self.failures -= 1
            raise Retry("Faute injectée : pas de réponse.")
        self.kept = {key: one for key, one in self.kept.items() if key[:3] != (tenant, document_kind, document_id)}
