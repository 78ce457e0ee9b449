"""What a walk over a stored archive found wrong, kept: when the company knew is a fact too. [AF-11, AR-07]"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from relance.domain.ids import TenantId

MAX_TOLD: Final = 20  # faults that are kept, of what may be thousands; `count` is of all
MAX_CHARACTERS: Final = 300  # of each


@dataclass(frozen=True, slots=True)
class ArchiveAlarm:
    """`count` faults in an archive of `size` events, the first of them in French. The same faults make one alarm."""

    tenant: TenantId
    id: str
    rev: int
    at: datetime
    size: int
    count: int
    faults: tuple[str, ...]


def alarm_id(size: int, faults: tuple[str, ...]) -> str:
    """One id for the same faults, whenever and however often they are found."""
    told = "\n".join((str(size), *sorted(faults)))
    return f"alm_{sha256(told.encode()).hexdigest()[:26]}"


def told(faults: tuple[str, ...]) -> tuple[str, ...]:
    """What is kept of them."""
    return tuple(fault[:MAX_CHARACTERS] for fault in faults[:MAX_TOLD])
