"""Why a document's reminders wait or end although nothing was paid or answered: a dispute, a promise, a reply, a word.

A hold is written down by a person, ends by a decision or by itself, and is kept: how many disputes there were and how
many promises were kept is told from them. It holds one document, so a dispute about one invoice leaves the others
alone. [DR-01, DR-02, M-16, M-17]
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from relance.domain.calendar_fr import civil_date, working_days_after
from relance.domain.money import Cents

PROMISE_GRACE: Final = 2  # working days: a transfer takes its time


class HoldKind(StrEnum):
    """What happened."""

    DISPUTE = "dispute"  # the customer contests it (litige): until somebody decides
    PROMISE = "promise"  # he said when he will pay
    REPLY = "reply"  # he answered: a person takes over
    MANUAL = "manual"  # the seller said wait, or stop
    INCOMPLETE = "incomplete"  # a mail could not be written: something is missing
    INSOLVENCY = "insolvency"  # collective proceedings (procédure collective): nobody may ask for payment


@dataclass(frozen=True, slots=True)
class Hold:
    """One of them. `until`: the last day, None when only a decision ends it; `amount` what was promised or contested.

    `id` is unique within the document. `step` is the one that could not be written (`incomplete`). `outcome` says how
    it ended, in a word of whoever ended it.
    """

    id: str
    kind: HoldKind
    at: datetime
    by: str
    until: date | None = None
    amount: Cents | None = None
    note: str = ""
    ended_at: datetime | None = None
    outcome: str = ""
    step: str = ""

    def last_day(self, area: str = "") -> date | None:
        """The last day on which it holds: a promise has two working days more. None without an end."""
        if self.until is None or self.kind is not HoldKind.PROMISE:
            return self.until
        return working_days_after(self.until, PROMISE_GRACE, area)

    def holds(self, now: datetime, area: str = "") -> bool:
        """Whether it does, at `now`."""
        last = self.last_day(area)
        return self.ended_at is None and (last is None or civil_date(now) <= last)


def broken_on(holds: tuple[Hold, ...], now: datetime, area: str = "") -> date | None:
    """The day on which the last promise turned out not to be kept, None when none did: of an unpaid invoice. [DR-02]"""
    over = [
        last + timedelta(days=1)
        for hold in holds
        if hold.kind is HoldKind.PROMISE
        and hold.ended_at is None
        and (last := hold.last_day(area)) is not None
        and last < civil_date(now)
    ]
    return max(over, default=None)
