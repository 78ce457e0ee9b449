"""How far the archive is behind the journal, and whether somebody must look. Promise: locked within 15 minutes.
[AR-04]
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from relance.app.archiving import layout
from relance.app.archiving.drain import Archive
from relance.app.archiving.keys import keys_of
from relance.app.ports.archive import Quarantine, Verification
from relance.app.ports.store import Store
from relance.domain.ids import TenantId

PROMISE_MS: Final = 15 * 60 * 1000


class Health(StrEnum):
    """`current`: nothing waits longer than promised. `late`: something does. The others: see the fault."""

    CURRENT = "current"
    LATE = "late"
    QUARANTINED = "quarantined"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Status:
    """`journal_size` events are chained, `size` locked, `signed_size` covered by a checkpoint (`checkpoint`, a note).

    `waiting_ms`: age of the oldest event that is not locked yet, 0 when there is none. `verifier_key`: the public key
    in the form that other tools take (C2SP vkey), "" before the first checkpoint. `keys`: every key of this archive
    after the first size that it signs, oldest first.
    """

    health: Health
    journal_size: int
    size: int
    signed_size: int
    waiting_ms: int
    checkpoint: bytes
    verifier_key: str
    quarantine: Quarantine | None
    verification: Verification | None
    keys: tuple[tuple[int, str], ...] = ()


def status(tenant: TenantId, archive: Archive, store: Store, *, now_ms: int) -> Status:
    """Read, never written: asking changes nothing."""
    head = archive.heads.get(tenant)
    waiting = archive.journal.read(tenant, head.size, 1)
    waiting_ms = max(0, now_ms - waiting[0].at_ms) if waiting else 0
    name = layout.prefix(tenant) + layout.checkpoint(head.signed_size)
    log = keys_of(tenant, head.signed_size, archive.store) if head.signed_size else None
    keys = tuple((key.from_size, log.verifier_key(key)) for key in log.keys) if log else ()
    return Status(
        health=_health(head.quarantine, head.verification, waiting_ms),
        journal_size=store.head(tenant).seq,
        size=head.size,
        signed_size=head.signed_size,
        waiting_ms=waiting_ms,
        checkpoint=archive.store.get(name) if head.signed_size else b"",
        verifier_key=keys[-1][1] if keys else "",
        quarantine=head.quarantine,
        verification=head.verification,
        keys=keys,
    )


def _health(quarantine: Quarantine | None, verification: Verification | None, waiting_ms: int) -> Health:
    if verification is not None and verification.faults:
        return Health.REFUSED
    if quarantine is not None:
        return Health.QUARANTINED
    return Health.LATE if waiting_ms > PROMISE_MS else Health.CURRENT
