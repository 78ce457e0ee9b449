"""When the seller is told that his document is being looked at: on a human view, at most once a day and document.

A view is the page really shown, or its PDF fetched by the button; an opened mail is none. Two views within a day, or
two minutes on the page, are a hot document: worth a call now. What was told is named after its day, so it is told once,
whoever asks how often, and one document's alerts can never exceed two a day. [T-10, T-11, C.2]
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from relance.domain.calendar_fr import civil_date
from relance.domain.tracking.signals import Signal

HOT_WITHIN: Final = timedelta(hours=24)
HOT_VIEWS: Final = 2
HOT_SECONDS: Final = 120
FRESH: Final = timedelta(hours=1)  # a view that is learnt of later than this is history, not news


class AlertKind(StrEnum):
    """What is told."""

    VIEWED = "viewed"
    HOT = "hot"


@dataclass(frozen=True, slots=True)
class Alert:
    """One message to the seller. `views` within the last 24 hours, `seconds` the longest of them stayed visible."""

    kind: AlertKind
    day: date
    at: datetime
    views: int
    seconds: int

    @property
    def name(self) -> str:
        """What makes it one: `viewed_20261122`."""
        return f"{self.kind.value}_{self.day:%Y%m%d}"


def is_hot(views: Sequence[Signal]) -> bool:
    """Whether somebody came back within a day, or stayed two minutes, at any time. `views` oldest first."""
    together = zip(views, views[HOT_VIEWS - 1 :], strict=False)
    came_back = any(later.at - sooner.at <= HOT_WITHIN for sooner, later in together)
    return came_back or any(view.seconds >= HOT_SECONDS for view in views)


def alert_due(views: Sequence[Signal], told: Collection[str], now: datetime) -> Alert | None:
    """What to tell now, or None. `views` are `signals.views`, `told` the names of the alerts of this document so far.

    A hot document is said to be hot, and no more that it was viewed. A day without news tells nothing.
    """
    recent = [view for view in views if now - HOT_WITHIN <= view.at <= now]
    if not recent or now - recent[-1].at > FRESH:
        return None
    seconds = max(view.seconds for view in recent)
    day = civil_date(now)
    hot = Alert(AlertKind.HOT, day, recent[-1].at, len(recent), seconds)
    viewed = Alert(AlertKind.VIEWED, day, recent[-1].at, len(recent), seconds)
    if is_hot(recent):
        return None if hot.name in told else hot
    return None if {viewed.name, hot.name} & set(told) else viewed
