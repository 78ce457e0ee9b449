"""Deliveries, bounces and complaints, as SES tells them: each is kept in the claim of its mail, once, in any order."""

from functools import cache

from functions.mail_events.wiring import Parts, wire
from relance.app.context import SYSTEM, Caller
from relance.app.pins import settle_pin
from relance.app.settling import settle
from relance.contracts.mail_events import MailEvent, read
from relance.domain.errors import NotFound
from relance.domain.pin_mail import month_told
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
        if (month := month_told(news.claim_id)) is not None:
            _take_pin(parts, news, month)
        else:
            _take_mail(parts, news)
    except NotFound:
        log.warning("event without claim", tenant=news.tenant)


def _take_mail(parts: Parts, news: MailEvent) -> None:
    caller = Caller(news.tenant, "mail_service", SYSTEM)
    claim = settle(parts.ctx, caller, news.claim_id, news.lesson, parts.activity, at=news.at)
    metric("MailFate", 1, fate=claim.fate.value)
    log.info(
        "mail settled", tenant=news.tenant, document_id=claim.document_id, step=claim.step, reason=claim.fate.value
    )


def _take_pin(parts: Parts, news: MailEvent, month: str) -> None:
    """The monthly copy of a checkpoint: its owner finds in the status what became of it."""
    mail = settle_pin(parts.ctx, news.tenant, month, news.lesson, at=news.at)
    metric("MailFate", 1, fate=mail.fate.value)
    (log.warning if mail.is_lost else log.info)("pin settled", tenant=mail.tenant, reason=mail.fate.value)
