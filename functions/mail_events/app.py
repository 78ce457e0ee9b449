"""Deliveries, bounces and complaints, as SES tells them: each is kept in the claim of its mail, once, in any order."""

from functools import cache

from functions.mail_events.wiring import Parts, wire
from relance.app.context import SYSTEM, Caller
from relance.app.settling import settle
from relance.contracts.mail_events import read
from relance.domain.errors import NotFound
from relance.runtime.observability import Log, metric

log = Log("mail_events")
_parts = cache(wire)


def handler(event: object, _context: object) -> None:
    """One event of EventBridge. When it raises, Lambda tries twice more, then the event waits in the dead letters."""
    take(_parts(), event)


def take(parts: Parts, event: object) -> None:
    """Settle the claim that the event is about; an event about anything else is none of our business."""
    news = read(event)
    if news is None:
        log.info("event ignored", reason="not one of our mails")
        return
    try:
        claim = settle(
            parts.ctx,
            Caller(news.tenant, "mail_service", SYSTEM),
            news.claim_id,
            news.lesson,
            parts.activity,
            at=news.at,
        )
    except NotFound:
        log.warning("event without claim", tenant=news.tenant)
        return
    metric("MailFate", 1, fate=claim.fate.value)
    log.info(
        "mail settled", tenant=news.tenant, document_id=claim.document_id, step=claim.step, reason=claim.fate.value
    )
