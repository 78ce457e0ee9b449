"""What became of the mails of a period, and which quotes were looked at and not answered: honest figures of tracking.

Three numbers over those who agreed, never one rate; and a list of people to call, which rests on pages that were really
shown and on no pixel. [M-04, M-05, M-06, M-07]
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from relance.app import reading
from relance.app.context import Caller, Context
from relance.app.noticing import deliveries_of, judged, signals_of
from relance.app.ports.activity import ActivityLog
from relance.app.reporting import require_period
from relance.domain.calendar_fr import civil_date
from relance.domain.errors import Conflict, Fault, Invalid
from relance.domain.money import Cents
from relance.domain.party import TrackingConsent
from relance.domain.quote import Quote, QuoteState
from relance.domain.reminder.claim import Claim, ClaimState, Fate
from relance.domain.reminder.scenario import is_to_seller
from relance.domain.tracking.alerts import is_hot
from relance.domain.tracking.figures import Figures, MailRecord, best_of, figures, median_of
from relance.domain.tracking.signals import Signal, views

MAX_FOLLOWED: Final = 500  # documents whose activity is read for one answer: each is a query
MAX_HOT: Final = 50
MAX_QUIET_DAYS: Final = 365
_LATEST: Final = 500
_PREFIXES: Final = ("quo_", "inv_")


@dataclass(frozen=True, slots=True)
class Hot:
    """A quote that was looked at and not answered. `is_hot`: twice within a day or two minutes. `total` in cents."""

    id: str
    number: str
    customer: str
    total: Cents
    currency: str
    sent_at: datetime
    first_viewed_at: datetime
    last_viewed_at: datetime
    views: int
    is_hot: bool


@dataclass(frozen=True, slots=True)
class Audience:
    """The figures of a period, and the list of today, the latest look first."""

    figures: Figures
    first_view: timedelta | None
    hot: tuple[Hot, ...]


def audience(
    ctx: Context, caller: Caller, activity: ActivityLog, first: date, last: date, *, quiet_days: int = 3
) -> Audience:
    """The mails to customers sent from `first` to `last`, the median time to the first view of the quotes among them,
    and the quotes looked at `quiet_days` ago or longer that still wait for an answer.

    Raises Invalid on a period that is none or longer than a year, Conflict `too_many_…` beyond the bounds of `reading`
    and beyond 500 documents that are followed.
    """
    require_period(first, last)
    if not 0 <= quiet_days <= MAX_QUIET_DAYS:
        message = f"De 0 à {MAX_QUIET_DAYS} jours."
        raise Invalid(message, faults=[Fault("/days", message, "period")])
    mails = [claim for claim in _mails(ctx, caller) if first <= civil_date(claim.at) <= last]
    quotes = [quote for quote in reading.everything(ctx, caller, Quote) if quote.sent_at is not None]
    delays = [
        quote.first_viewed_at - quote.sent_at
        for quote in quotes
        if quote.sent_at and quote.first_viewed_at and first <= civil_date(quote.sent_at) <= last
    ]
    return Audience(
        figures(_records(caller, activity, mails)), median_of(delays), _hot(ctx, caller, activity, quotes, quiet_days)
    )


def _mails(ctx: Context, caller: Caller) -> Iterator[Claim]:
    """Mails that left for customers; one that asks for several invoices is one mail."""
    for prefix in _PREFIXES:
        for claim in reading.mails(ctx, caller, prefix):
            if claim.state is ClaimState.SENT and claim.is_letter and not claim.joined and not is_to_seller(claim.step):
                yield claim


def _records(caller: Caller, activity: ActivityLog, mails: Sequence[Claim]) -> list[MailRecord]:
    documents: dict[tuple[str, str], list[Claim]] = {}
    for claim in mails:
        documents.setdefault((claim.document_kind.value, claim.document_id), []).append(claim)
    wanted = [key for key, claims in documents.items() if any(_followed(claim) for claim in claims)]
    if len(wanted) > MAX_FOLLOWED:
        message = f"Plus de {MAX_FOLLOWED} documents suivis sur cette période : choisissez-en une plus courte."
        raise Conflict(message, code="too_many_followed")
    records = []
    for (kind, id), claims in documents.items():
        found = activity.of_document(caller.tenant, kind, id, limit=_LATEST) if (kind, id) in wanted else ()
        signals = [signal for _, signal in judged(found)]
        claims.sort(key=lambda claim: claim.at)
        records += [_record(claim, claims, signals) for claim in claims]
    return records


def _record(claim: Claim, claims: Sequence[Claim], signals: Sequence[Signal]) -> MailRecord:
    """A pixel speaks of its own mail; a page that was shown, of the last mail before it."""
    later = [one.at for one in claims if one.at > claim.at]
    until = later[0] if later else datetime.max.replace(tzinfo=claim.at.tzinfo)
    its = [one for one in signals if one.subject == claim.id or (one.is_view and claim.at <= one.at < until)]
    return MailRecord(
        delivered=claim.fate in (Fate.DELIVERED, Fate.COMPLAINED),
        bounced=claim.fate is Fate.BOUNCED,
        complained=claim.fate is Fate.COMPLAINED,
        consented=_followed(claim),
        best=best_of(its),
    )


def _followed(claim: Claim) -> bool:
    return claim.consent is TrackingConsent.CONSENTED


def _hot(
    ctx: Context, caller: Caller, activity: ActivityLog, quotes: Sequence[Quote], quiet_days: int
) -> tuple[Hot, ...]:
    now = ctx.clock.now()
    waiting = [
        quote
        for quote in quotes
        if quote.first_viewed_at is not None
        and now - quote.first_viewed_at >= timedelta(days=quiet_days)
        and quote.state_on(civil_date(now)) is QuoteState.OPEN
    ]
    waiting.sort(key=lambda quote: quote.first_viewed_at or now, reverse=True)
    listed = [_told(caller, activity, quote) for quote in waiting[:MAX_HOT]]
    return tuple(sorted(listed, key=lambda hot: hot.last_viewed_at, reverse=True))


def _told(caller: Caller, activity: ActivityLog, quote: Quote) -> Hot:
    assert quote.content is not None, "it was sent"
    assert quote.sent_at is not None, "it was sent"
    assert quote.first_viewed_at is not None, "it was looked at"
    found = activity.of_document(caller.tenant, "quote", quote.id, limit=_LATEST)
    looks = views(signals_of(found), deliveries_of(found))
    hot = Hot(
        id=quote.id,
        number=quote.number,
        customer=quote.content.buyer.name,
        total=quote.content.totals.gross,
        currency=quote.content.currency,
        sent_at=quote.sent_at,
        first_viewed_at=quote.first_viewed_at,
        last_viewed_at=quote.first_viewed_at,
        views=1,
        is_hot=False,
    )
    if not looks:  # it was looked at so long ago that the looks themselves are forgotten
        return hot
    return replace(hot, last_viewed_at=looks[-1].at, views=len(looks), is_hot=is_hot(looks))
