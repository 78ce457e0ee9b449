"""Writing down what was noticed around a document: at most once per minute and subject, and only for a while. [T-06]"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from relance.app.ports.activity import Activity, ActivityKind
from relance.domain.calendar_fr import to_ms
from relance.domain.ids import TenantId

_MINUTE_MS: Final = 60_000
_KEPT: Final = {
    ActivityKind.OPENED: timedelta(days=395),  # thirteen months: CNIL's usual limit for audience figures [T-06]
    ActivityKind.VIEWED: timedelta(days=395),
}
_KEPT_OTHERWISE: Final = timedelta(days=3 * 365)  # a prospect's file: three years after the last contact [K-07]


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
        expires_at=at + _KEPT.get(kind, _KEPT_OTHERWISE),
        data=data or {},
    )
