"""The checkpoint as the user's pin: once a month his own mailbox keeps a copy that we cannot change. [AR-02, AR-07]

Two things no verifier can see without such a copy kept elsewhere: an archive whose end was taken off together with its
checkpoints, and another history signed by whoever holds the key. One mail for each company and month: its claim is
stored before the mail leaves and never goes, as that of any other mail (`domain.reminder.claim`), and it learns what
became of it in the same way: a copy that came back is no pin, and its owner must know. [S-04]
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Final

from relance.domain.ids import TenantId
from relance.domain.reminder.claim import ClaimState, Fate, Lesson, claim_id, surer, worse

LAST_DAY: Final = 7  # of a month: until then a mail that could not be written on the first is caught up with
_GROUP: Final = 4
_DOCUMENT: Final = "pin"  # in place of a document, in the tag of the mail
_BAD: Final = frozenset({Fate.BOUNCED, Fate.COMPLAINED})


@dataclass(frozen=True, slots=True)
class PinMail:
    """The mail of one month, `id` `YYYY-MM`: the checkpoint of `size` events, whose note has `note_sha256` (hex)."""

    tenant: TenantId
    id: str
    rev: int
    state: ClaimState
    at: datetime
    settled_at: datetime
    recipient: str
    size: int
    note_sha256: str
    provider_id: str = ""
    reason: str = ""
    fate: Fate = Fate.PENDING

    @property
    def is_lost(self) -> bool:
        """Whether it is certain that nobody keeps it: it came back, was thrown out, or never left."""
        return self.fate in _BAD or self.state is ClaimState.REFUSED

    def refuses(self, address: str, saved_at: datetime) -> bool:
        """Whether no more goes to this address, which the company's record of `saved_at` gives. [S-04]

        Where a copy came back, until the record is saved again; where one was reported as unwanted, for good.
        """
        if self.recipient != address:
            return False
        return self.fate is Fate.COMPLAINED or (self.fate is Fate.BOUNCED and saved_at <= self.settled_at)


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
    return PinMail(tenant, month_of(pin.on), 1, ClaimState.CLAIMED, at, at, recipient, pin.size, pin.sha256)


def claim_of(month: str) -> str:
    """The id of that mail's claim, as the tag of a mail carries it (`reminder.claim.tag`)."""
    return claim_id(_DOCUMENT, month)


def month_told(claim: str) -> str | None:
    """The month whose pin a claim id speaks of, None when it is that of a document."""
    document, _, month = claim.partition("#")
    return month if document == _DOCUMENT else None


def learn(mail: PinMail, lesson: Lesson, at: datetime) -> PinMail:
    """The claim with what was learnt; the very same when that was known already. See `reminder.claim.learn`."""
    learnt = replace(
        mail,
        state=surer(mail.state, lesson.state),
        fate=worse(mail.fate, lesson.fate),
        provider_id=lesson.provider_id or mail.provider_id,
        reason=lesson.reason or mail.reason,
    )
    return mail if learnt == mail else replace(learnt, rev=mail.rev + 1, settled_at=at)
