"""The checkpoint as the user's pin: once a month his own mailbox keeps a copy that we cannot change. [AR-02, AR-07]

Two things no verifier can see without such a copy kept elsewhere: an archive whose end was taken off together with its
checkpoints, and another history signed by whoever holds the key. One mail for each company and month: its claim is
stored before the mail leaves and never goes, as that of any other mail (`domain.reminder.claim`).
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Final

from relance.domain.ids import TenantId

LAST_DAY: Final = 7  # of a month: until then a mail that could not be written on the first is caught up with
_GROUP: Final = 4


class PinState(StrEnum):
    """How far the mail got, as `domain.reminder.claim.ClaimState` says it of the others."""

    CLAIMED = "claimed"
    SENT = "sent"
    UNKNOWN = "unknown"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class PinMail:
    """The mail of one month, `id` `YYYY-MM`: the checkpoint of `size` events, whose note has `note_sha256` (hex)."""

    tenant: TenantId
    id: str
    rev: int
    state: PinState
    at: datetime
    settled_at: datetime
    recipient: str
    size: int
    note_sha256: str
    provider_id: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Pin:
    """A checkpoint as it is handed out on a day: the signed note of `size` events, byte for byte."""

    size: int
    note: bytes
    on: date

    @property
    def sha256(self) -> str:
        """Of the note (hex): what is read over the telephone."""
        return sha256(self.note).hexdigest()

    @property
    def fingerprint(self) -> str:
        """The same in groups of four, for people to compare."""
        digest = self.sha256
        return " ".join(digest[at : at + _GROUP] for at in range(0, len(digest), _GROUP))

    @property
    def filename(self) -> str:
        """Under which name it is kept."""
        return f"point-de-controle-{self.on.isoformat()}.note"


def month_of(day: date) -> str:
    """Which mail a day belongs to."""
    return f"{day:%Y-%m}"


def is_due(day: date) -> bool:
    """Whether the mail of the month may leave: on the first, or in the days that follow when it could not."""
    return day.day <= LAST_DAY


def claimed(pin: Pin, tenant: TenantId, recipient: str, at: datetime) -> PinMail:
    """The claim, before the mail leaves."""
    return PinMail(tenant, month_of(pin.on), 1, PinState.CLAIMED, at, at, recipient, pin.size, pin.sha256)


def settled(mail: PinMail, state: PinState, at: datetime, *, provider_id: str = "", reason: str = "") -> PinMail:
    """The claim with what the mail service answered."""
    return replace(mail, rev=mail.rev + 1, state=state, settled_at=at, provider_id=provider_id, reason=reason)
