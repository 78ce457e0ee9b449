"""`archive_stream`: rung by the journal's stream and by the sweep, drains the journal of a tenant into the locked
archive; once a day it signs the log of all archives, because nobody else may sign.
"""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Protocol

from functions.archive_stream.wiring import Parts, wire
from relance.app.archiving.daily_log import ALL, stamp, write_daily_log
from relance.app.archiving.drain import Archiver, Drained, drain
from relance.app.ports.archive import KeyUnusable
from relance.contracts.doorbell import Changed, Ring, changes, is_daily, rings
from relance.domain.calendar_fr import civil_date
from relance.domain.errors import Retry
from relance.runtime.observability import Log, metric

if TYPE_CHECKING:
    from relance.app.archiving.removals import Removals

_MARGIN_MS: Final = 20_000  # no new segment is begun with less time left than this
_SEGMENTS: Final = 4  # between two looks at the time that is left
_log = Log("archive_stream")


class LambdaContext(Protocol):
    """What the handler needs to know of its invocation."""

    def get_remaining_time_in_millis(self) -> int: ...


@cache
def _parts() -> Parts:
    return wire()


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Entry point of the Lambda: the stream, a direct ring, or once a day the log of all."""
    if is_daily(event):
        return log_of_all(_parts())
    return answer(_parts(), event, context)


def log_of_all(parts: Parts) -> dict[str, Any]:
    """Sign the last checkpoints of all companies, and have that stamped where there is an authority.

    Whatever it raises, Lambda repeats it, and finishes what is there. An authority that fails keeps nothing else up:
    the log of the day is durable without its stamp, which that of the next day makes good.
    """
    try:
        made = write_daily_log(parts.register.tenants(), parts.archiver, civil_date(parts.clock.now()))
    except KeyUnusable as error:
        _tell_key(error, ALL)
        raise
    _log.info("daily log signed", count=made.size if made else 0)
    if made is not None and parts.stamper is not None:
        try:
            stamp(parts.archiver, made, parts.stamper)
        except Retry as error:
            _log.failure("daily log not stamped", error, code=error.code, reason=error.message, tenant=ALL)
            metric("StampFailed")
            raise
    return {"size": made.size if made else 0}


def answer(parts: Parts, event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Drain each tenant that rang, and cry out when the stream shows that a stored event was changed, or removed by
    anything but a purge.

    A tenant that fails holds up no other.

    For a stream, the answer names the first record of the tenants that failed (ReportBatchItemFailures): Lambda comes
    back with the records from there on, and what was drained meanwhile costs a look. Raises Retry when a direct ring
    failed.
    """
    if changed := changes(event):
        _cry_out(changed, parts.removals())
    failed = [ring for ring in rings(event) if not _drained(parts.archiver, ring, context)]
    if any(not ring.sequence_number for ring in failed):
        raise Retry("L’archivage a échoué et sera repris.")
    return {"batchItemFailures": [{"itemIdentifier": ring.sequence_number} for ring in failed[:1]]}


def _cry_out(changed: Sequence[Changed], removals: "Removals") -> None:
    for change in changed:
        if not (change.is_removal and removals.is_covered(change.tenant, change.seq, change.type)):
            _log.warning("journal changed", tenant=change.tenant, seq=change.seq)
            metric("JournalChanged")


def _drained(archiver: Archiver, ring: Ring, context: LambdaContext) -> bool:
    try:
        drained = drain(ring.tenant, archiver, max_segments=_SEGMENTS)
        while drained.more and context.get_remaining_time_in_millis() > _MARGIN_MS:
            drained = drain(ring.tenant, archiver, max_segments=_SEGMENTS)
    except KeyUnusable as error:
        _tell_key(error, ring.tenant)
        return False
    except Exception as error:  # whatever it was, the other tenants have their turn and this one comes back
        _log.failure("drain failed", error, tenant=ring.tenant)
        return False
    _tell(ring.tenant, drained)
    return not drained.more


def _tell_key(error: KeyUnusable, tenant: str) -> None:
    """A key does not sign and trying again does not help: the message names it and what to do."""
    _log.failure("signing key unusable", error, code=error.code, reason=error.message, tenant=tenant)
    metric("SigningKeyUnusable")


def _tell(tenant: str, drained: Drained) -> None:
    _log.info("drained", tenant=tenant, seq=drained.signed_size, count=drained.segments)
    if drained.rotated_at is not None:
        _log.info("another key signs", tenant=tenant, seq=drained.rotated_at)
    if drained.quarantine is not None:
        fault = drained.quarantine
        _log.warning("archive quarantined", tenant=tenant, seq=fault.seq, code=fault.code, reason=fault.reason)
        metric("TenantQuarantined")
