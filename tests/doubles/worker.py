"""Who carries out purges and erasures, as the rest of the product sees him."""

from dataclasses import dataclass, field

from relance.domain.retention import Work


@dataclass(slots=True)
class Worker:
    """A RetentionWorker that remembers what it was asked for."""

    begun: list[tuple[str, Work, str]] = field(default_factory=list)

    def begin(self, tenant: str, work: Work, id: str) -> None:
        self.begun.append((tenant, work, id))
