"""Writing down what was noticed around a document, and reading it again as signals.

At most once per minute and subject, and only for a while: of a visitor a network and a family of programs are kept, his
address and his user agent go no further than here. [T-06]
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, time
from typing import Final

from relance.app.ports.activity import Activity, ActivityKind
from relance.domain.calendar_fr import at_paris, civil_date, to_ms
from relance.domain.ids import TenantId
from relance.domain.tracking.opens import OpenClass, Verdict, Via
from relance.domain.tracking.signals import Signal, reconsider
from relance.domain.tracking.visitor import agent_class, network_of

_MINUTE_MS: Final = 60_000
_AUDIENCE: Final = "T-06"  # figures of audience
_OTHERWISE: Final = "K-07"  # a prospect's file
_FIGURES: Final = frozenset(
    {
        ActivityKind.OPENED,
        ActivityKind.LAST_OPENED,
        ActivityKind.FOLLOWED,
        ActivityKind.VIEWED,
        ActivityKind.DOWNLOADED,
    }
)
_VIA: Final = {
    ActivityKind.OPENED: Via.PIXEL,
    ActivityKind.FOLLOWED: Via.LINK,
    ActivityKind.VIEWED: Via.PAGE,
    ActivityKind.DOWNLOADED: Via.PDF,
}
_LAST: Final = "last-open"


def noticed(
    kind: ActivityKind,
    at: datetime,
    *,
    tenant: TenantId,
    document_kind: str,
    document_id: str,
    subject: str = "",
    data: Mapping[str, str] | None = None,
) -> Activity:
    """The record of one thing; two of the same kind and `subject` in one minute have one id, so one is kept.

    Ids begin with the minute in milliseconds: they sort by time.
    """
    minute = to_ms(at) // _MINUTE_MS * _MINUTE_MS
    return Activity(
        tenant=tenant,
        document_kind=document_kind,
        document_id=document_id,
        id="-".join(filter(None, (f"{minute:013d}", kind.value, subject))),
        kind=kind,
        at=at,
        data=data or {},
        kept_by=_AUDIENCE if kind in _FIGURES else _OTHERWISE,
    )


def last_opened(at: datetime, *, tenant: TenantId, document_kind: str, document_id: str) -> Activity:
    """The record of the last day on which a mail about the document was opened: one, without an hour. [T-02]"""
    day = civil_date(at)
    midnight = at_paris(day, time())
    return Activity(
        tenant=tenant,
        document_kind=document_kind,
        document_id=document_id,
        id=_LAST,
        kind=ActivityKind.LAST_OPENED,
        at=midnight,
        data={"day": day.isoformat()},
        kept_by=_AUDIENCE,
    )


def told(verdict: Verdict, *, ip: str, user_agent: str) -> dict[str, str]:
    """What is kept of a hit. [T-06]"""
    return {
        "class": verdict.open_class.value,
        "confidence": str(verdict.confidence),
        "reasons": " ".join(verdict.reasons),
        "network": network_of(ip),
        "agent": agent_class(user_agent),
    }


def signals_of(activities: Iterable[Activity]) -> tuple[Signal, ...]:
    """The hits among what was noticed. What an earlier release kept without a class was a page really shown."""
    return tuple(_signal(activity, _VIA[activity.kind]) for activity in activities if activity.kind in _VIA)


def judged(activities: Iterable[Activity]) -> tuple[tuple[Activity, Signal], ...]:
    """Each hit among what was noticed, with what it is now known for, in order of time."""
    known = sorted(activities, key=lambda activity: activity.at)
    hits = [activity for activity in known if activity.kind in _VIA]
    return tuple(zip(hits, reconsider(signals_of(hits), deliveries_of(known)), strict=True))


def deliveries_of(activities: Iterable[Activity]) -> tuple[datetime, ...]:
    """When mails about the document were handed over."""
    return tuple(activity.at for activity in activities if activity.kind is ActivityKind.DELIVERED)


def _signal(activity: Activity, via: Via) -> Signal:
    data = activity.data
    verdict = Verdict(
        OpenClass(data.get("class", OpenClass.HUMAN_PROBABLE)),
        int(data.get("confidence", "75")),
        tuple(data.get("reasons", "visible_3s").split()),
    )
    return Signal(
        via,
        activity.at,
        verdict,
        subject=data.get("claim_id", ""),
        network=data.get("network", ""),
        agent=data.get("agent", ""),
        seconds=int(data.get("seconds", "3" if via is Via.PAGE else "0")),
        trap="trap" in data,
        opt_out="opt_out" in data,
    )
