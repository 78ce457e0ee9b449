"""What one customer was written, over all his documents, and whether he can be: one entity for each customer.

Each reminder moves it in the transaction of its claim, so two reminders to one customer cannot leave on the same day,
whichever documents they are about and however many machines run. [DR-08, S-03, S-04, S-05]
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from relance.domain.ids import CustomerId, TenantId

SOFT_BOUNCES: Final = 3
SOFT_WITHIN: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class BadAddress:
    """An address that takes no mail of ours: `bounced` or `complained`, and since when."""

    address: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Correspondence:
    """The state of one customer's letter box. `id` is the customer's.

    `on_hold`: the seller wants no reminder of anything to leave for him; `unsubscribed_at`: he wants none of quotes.
    """

    tenant: TenantId
    id: CustomerId
    rev: int
    last_reminder_at: datetime | None = None
    bad: tuple[BadAddress, ...] = ()
    soft_bounces: tuple[datetime, ...] = ()
    unsubscribed_at: datetime | None = None
    on_hold: bool = False
    hold_note: str = ""

    def refuses(self, address: str) -> str:
        """Why nothing may be sent to that address: `complained`, `bounced`, or "" when something may."""
        reasons = {bad.reason for bad in self.bad if bad.address == address}
        return "complained" if "complained" in reasons else "bounced" if reasons else ""


def first_letter(tenant: TenantId, customer_id: CustomerId) -> Correspondence:
    """Of a customer who was never reminded: `rev` 0, not stored yet."""
    return Correspondence(tenant, customer_id, 0)


def reminded(found: Correspondence, at: datetime) -> Correspondence:
    """After a reminder was claimed at `at`."""
    return replace(found, rev=found.rev + 1, last_reminder_at=at)


def not_reminded(found: Correspondence, at: datetime, before: datetime | None) -> Correspondence:
    """After the reminder that was claimed at `at` turned out not to have left; the very same when another did since."""
    return replace(found, rev=found.rev + 1, last_reminder_at=before) if found.last_reminder_at == at else found


def bounced(found: Correspondence, address: str, at: datetime, *, is_soft: bool) -> Correspondence:
    """After a mail came back. Soft bounces count when there are three within fourteen days. [S-04]"""
    if found.refuses(address) or (is_soft and at in found.soft_bounces):  # events come more than once
        return found
    if is_soft:
        recent = tuple(t for t in (*found.soft_bounces, at) if at - t <= SOFT_WITHIN)
        if len(recent) < SOFT_BOUNCES:
            return replace(found, rev=found.rev + 1, soft_bounces=recent)
    bad = (*found.bad, BadAddress(address, "bounced", at))
    return replace(found, rev=found.rev + 1, bad=bad, soft_bounces=())


def complained(found: Correspondence, address: str, at: datetime) -> Correspondence:
    """After he called a mail of ours spam: nothing but legal documents from now on. [S-04]"""
    if found.refuses(address) == "complained":
        return found
    return replace(found, rev=found.rev + 1, bad=(*found.bad, BadAddress(address, "complained", at)))


def unsubscribed(found: Correspondence, at: datetime) -> Correspondence:
    """After he asked for no more reminders of quotes; the very same when he had. [S-05]"""
    return found if found.unsubscribed_at else replace(found, rev=found.rev + 1, unsubscribed_at=at)
