"""What was noticed, in memory: the first record of an id stays, and what has expired is not given."""

from dataclasses import dataclass, field

from relance.app.ports.activity import Activity
from relance.app.ports.outside import Clock
from relance.domain.errors import Retry
from relance.domain.ids import TenantId
from tests.doubles.outside import ManualClock


@dataclass(slots=True)
class InMemoryActivityLog:
    """`kept` in the order of recording; `failures` of the next records find the service silent; `records` asked for."""

    clock: Clock = field(default_factory=ManualClock)
    kept: dict[tuple[str, str, str, str], Activity] = field(default_factory=dict)
    failures: int = 0
    records: int = 0

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
        if key in self.kept and self.kept[key].expires_at >= activity.expires_at:
            return False
        self.kept[key] = activity
        return True

    def of_document(
        self, tenant: TenantId, document_kind: str, document_id: str, *, limit: int = 100
    ) -> tuple[Activity, ...]:
        now = self.clock.now()
        mine = [a for key, a in sorted(self.kept.items()) if key[:3] == (tenant, document_kind, document_id)]
        return tuple(a for a in mine if a.expires_at > now)[-limit:]

    def forget(self, tenant: TenantId, document_kind: str, document_id: str) -> None:
        """ActivityEraser."""
        if self.failures:
            self.failures -= 1
            raise Retry("Faute injectée : pas de réponse.")
        self.kept = {key: one for key, one in self.kept.items() if key[:3] != (tenant, document_kind, document_id)}
