"""The scenarios that the product ships."""

from collections.abc import Sequence
from typing import Protocol

from relance.domain.ids import TenantId
from relance.domain.reminder.scenario import Scenario


class PublishedScenarios(Protocol):
    """Every version of every scenario ever published with the product: a release only adds to them."""

    def get(self, tenant: TenantId, id: str) -> Scenario | None:
        """That version, as the tenant's; None when it was never published."""
        ...

    def all(self, tenant: TenantId) -> Sequence[Scenario]:
        """All of them, newest version first."""
        ...
