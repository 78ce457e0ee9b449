"""The life of an invoice on the platforms (cycle de vie): the fourteen statuses, and what each means for the seller.

AFNOR XP Z12-012 and the external specifications of the reform (v3.1), codes 200 to 213; mandatory ones are told to the
tax administration within 24 hours. Checked 2026-11. [E-05]
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final


class StatusCode(StrEnum):
    """In the order of the standard; names as the platforms print them."""

    DEPOSITED = "200"  # Déposée
    SENT = "201"  # Émise
    RECEIVED = "202"  # Reçue
    MADE_AVAILABLE = "203"  # Mise à disposition
    TAKEN_IN_CHARGE = "204"  # Prise en charge
    APPROVED = "205"  # Approuvée
    PARTLY_APPROVED = "206"  # Approuvée partiellement
    DISPUTED = "207"  # En litige
    SUSPENDED = "208"  # Suspendue
    COMPLETED = "209"  # Complétée
    REFUSED = "210"  # Refusée
    PAYMENT_SENT = "211"  # Paiement transmis
    CASHED = "212"  # Encaissée
    REJECTED = "213"  # Rejetée

    @property
    def label(self) -> str:
        """In French, as the standard says it."""
        return _LABELS[self]

    @property
    def is_mandatory(self) -> bool:
        """Whether the administration must be told."""
        return self in _MANDATORY

    @property
    def wants_reason(self) -> bool:
        """Whether who sets it must say why."""
        return self in _REASONED


_LABELS: Final = {
    StatusCode.DEPOSITED: "Déposée",
    StatusCode.SENT: "Émise",
    StatusCode.RECEIVED: "Reçue",
    StatusCode.MADE_AVAILABLE: "Mise à disposition",
    StatusCode.TAKEN_IN_CHARGE: "Prise en charge",
    StatusCode.APPROVED: "Approuvée",
    StatusCode.PARTLY_APPROVED: "Approuvée partiellement",
    StatusCode.DISPUTED: "En litige",
    StatusCode.SUSPENDED: "Suspendue",
    StatusCode.COMPLETED: "Complétée",
    StatusCode.REFUSED: "Refusée",
    StatusCode.PAYMENT_SENT: "Paiement transmis",
    StatusCode.CASHED: "Encaissée",
    StatusCode.REJECTED: "Rejetée",
}
_MANDATORY: Final = frozenset({StatusCode.DEPOSITED, StatusCode.REFUSED, StatusCode.CASHED, StatusCode.REJECTED})
_REASONED: Final = frozenset(
    {
        StatusCode.PARTLY_APPROVED,
        StatusCode.DISPUTED,
        StatusCode.SUSPENDED,
        StatusCode.REFUSED,
        StatusCode.REJECTED,
    }
)
_FINAL: Final = frozenset({StatusCode.REFUSED, StatusCode.REJECTED})
# Dunning waits while one of these is the last word; whatever comes after it ends the pause.
_PAUSING: Final = frozenset({StatusCode.DISPUTED, StatusCode.SUSPENDED, StatusCode.PAYMENT_SENT})


class Source(StrEnum):
    """Who said it: a platform, or the seller himself."""

    PLATFORM = "platform"
    SELLER = "seller"


@dataclass(frozen=True, slots=True)
class StatusEntry:
    """One status as it was told: `at` by its author, `recorded_at` here. `id` is the platform's, or ours.

    `amount` (cents TTC) is what came in, with 212.
    """

    id: str
    code: StatusCode
    at: datetime
    recorded_at: datetime
    source: Source
    reason: str = ""
    amount: int = 0


def is_refused(entries: Sequence[StatusEntry]) -> bool:
    """Refused by the customer, or rejected by a platform: an internal credit note ends it. [C-03]"""
    return any(entry.code in _FINAL for entry in entries)


def pause_of(entries: Sequence[StatusEntry]) -> str:
    """Why no reminder leaves for now: the code of the last status when it pauses dunning, else "". [E-05, DU-06]"""
    last = max(entries, key=lambda entry: (entry.at, entry.recorded_at), default=None)
    return last.code.value if last and last.code in _PAUSING else ""
