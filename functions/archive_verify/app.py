"""`archive_verify`: once a day, walks every archive with the verifier that travels in the exports, and raises the
alarm; of an archive that is intact, its checkpoint is mailed to its company in the first days of each month.
"""

from functools import cache
from typing import Final

from functions.archive_verify.wiring import Watch, wire
from relance.app.archiving import Walked, verify
from relance.app.archiving.alarms import write_down
from relance.app.archiving.software import note_version
from relance.app.pin_mail import mail_pin
from relance.domain.calendar_fr import to_ms
from relance.domain.errors import Retry
from relance.domain.ids import TenantId
from relance.runtime.observability import Log, metric

_TOLD_FAULTS: Final = 20  # per tenant in the log; the metric counts them all
_log = Log("archive_verify")


@cache
def _watch() -> Watch:
    return wire()


def handler(event: object, context: object) -> dict[str, int]:
    """Entry point of the Lambda."""
    return walk(_watch())


def walk(watch: Watch) -> dict[str, int]:
    """How many archives were walked and how many were refused. Raises Retry when one could not be walked to its end."""
    walked = refused = failed = 0
    for tenant in watch.register.tenants():
        try:
            found = verify(tenant, watch.archive, now_ms=to_ms(watch.ctx.clock.now()))
            write_down(watch.ctx, found)
            if not found.journal_behind:  # else nothing more is chained before the rebuild: see `alarms`
                note_version(watch.ctx, TenantId(tenant), watch.version())
                _tell_keys(watch, found)
        except Exception as error:  # one archive that cannot be read must not hide the faults of the others
            _log.failure("verification failed", error, tenant=tenant)
            failed += 1
            continue
        _tell(found)
        _mail(watch, found)
        walked += 1
        refused += bool(found.faults)
    if failed:
        raise Retry(f"{failed} archive(s) n’ont pas pu être vérifiées.")
    return {"walked": walked, "refused": refused}


def _tell_keys(watch: Watch, found: Walked) -> None:
    if len(found.keys) > 1:
        from relance.app.archiving.key_changes import note_key_changes  # noqa: PLC0415 - most keys are never changed

        if note_key_changes(watch.ctx, found):
            _log.info("another key signs, told", tenant=found.tenant)


def _mail(watch: Watch, found: Walked) -> None:
    """What was just found intact may be kept as a pin. What keeps the mail from leaving keeps nothing else up."""
    if found.faults:
        return
    try:
        mail = mail_pin(watch.ctx, TenantId(found.tenant), watch.archive, watch.post)
    except Exception as error:  # tomorrow's walk tries again
        _log.failure("checkpoint not mailed", error, tenant=found.tenant)
        metric("PinFailed")
        return
    if mail is not None:
        _log.info("checkpoint mailed", tenant=found.tenant, seq=mail.size, reason=mail.state.value)
        metric("PinMailed")


def _tell(found: Walked) -> None:
    _log.info("archive walked", tenant=found.tenant, seq=found.size, count=len(found.faults))
    for fault in found.faults[:_TOLD_FAULTS]:
        _log.warning("archive fault", tenant=found.tenant, reason=fault)
    if found.faults:
        metric("ArchiveMismatch", len(found.faults))
    if not found.journal_intact:
        metric("JournalChanged")
