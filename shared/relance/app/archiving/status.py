"""How far the archive is behind the journal, and whether somebody must look. Promise: locked within 15 minutes.
[AR-04]
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from relance.app.archiving import layout
from relance.app.archiving.drain import Archive
from relance.app.archiving.keys import keys_of
from relance.app.ports.archive import ImmutableStore, Quarantine, Verification
from relance.app.ports.store import Store
from relance.domain.errors import Retry
from relance.domain.ids import TenantId

PROMISE_MS: Final = 15 * 60 * 1000


class Health(StrEnum):
    """`current`: nothing waits longer than promised for its lock or its signature. `late`: something does. The others:
    see the fault.
    """

    CURRENT = "current"
    LATE = "late"
    QUARANTINED = "quarantined"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Status:
    """`journal_size` events are chained, `size` locked, `signed_size` covered by a checkpoint (`checkpoint`, a note).

    `waiting_ms`: age of the oldest event that is not locked yet, 0 when there is none. `verifier_key`: the public key
    in the form that other tools take (C2SP vkey), "" before the first checkpoint. `keys`: every key of this archive
    after the first size that it signs, oldest first. While the bucket does not answer, the last three are empty: how
    long things wait is told all the same.
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
    unsigned_ms = now_ms - head.at_ms if head.signed_size < head.size else 0
    checkpoint, keys = _signed(tenant, head.signed_size, archive.store) if head.signed_size else (b"", ())
    return Status(
        health=_health(head.quarantine, head.verification, max(waiting_ms, unsigned_ms)),
        journal_size=store.head(tenant).seq,
        size=head.size,
        signed_size=head.signed_size,
        waiting_ms=waiting_ms,
        checkpoint=checkpoint,
        verifier_key=keys[-1][1] if keys else "",
        quarantine=head.quarantine,
        verification=head.verification,
        keys=keys,
    )


def _signed(tenant: TenantId, size: int, store: ImmutableStore) -> tuple[bytes, tuple[tuple[int, str], ...]]:
    """The last checkpoint and the keys, from the bucket; nothing while it does not answer."""
    try:
        log = keys_of(tenant, size, store)
        checkpoint = store.get(layout.prefix(tenant) + layout.checkpoint(size))
    except Retry:
        return b"", ()
    return checkpoint, tuple((key.from_size, log.verifier_key(key)) for key in log.keys)


def _health(quarantine: Quarantine | None, verification: Verification | None, waiting_ms: int) -> Health:
    if verification is not None and verification.faults:
        return Health.REFUSED
    if quarantine is not None:
        return Health.QUARANTINED
    return Health.LATE if waiting_ms > PROMISE_MS else Health.CURRENT
