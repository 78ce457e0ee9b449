"""The quote templates that the product ships."""

from collections.abc import Sequence
from typing import Protocol

from relance.domain.ids import TenantId
from relance.domain.template import QuoteTemplate


class StarterTemplates(Protocol):
    """Ready-made templates, the same for every tenant; none can be changed."""

    def get(self, tenant: TenantId, id: str) -> QuoteTemplate | None:
        """One of them, as the tenant's; None when there is none by that id."""
        ...

    def all(self, tenant: TenantId) -> Sequence[QuoteTemplate]:
        """All of them, by name."""
        ...
