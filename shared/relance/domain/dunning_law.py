"""What the law says of payments that are late, as dated data: the indemnity, the prescription, the words of letters.

The data are `resources/legal/late_payment.toml`; here is only how they are asked. [P-04, P-05, DU-03, DU-04]
"""

from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar

from relance.domain.money import Cents
from relance.domain.party import CustomerKind


class Dated(Protocol):
    """Something in force from a day to another, both included."""

    @property
    def valid_from(self) -> date: ...
    @property
    def valid_to(self) -> date | None: ...


D = TypeVar("D", bound=Dated)


@dataclass(frozen=True, slots=True)
class Indemnity:
    """The flat indemnity (indemnité forfaitaire de recouvrement), in euro cents."""

    amount: Cents
    source: str
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class LegalRate:
    """The legal interest between businesses (taux de l’intérêt légal) of one semester, in ten-thousandths a year."""

    rate_bp: int
    source: str
    valid_from: date
    valid_to: date


@dataclass(frozen=True, slots=True)
class ContractRate:
    """How many times the legal interest a contract's rate of late interest is at least."""

    times: int
    source: str
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Floor:
    """The least rate of a contract: so many times the legal interest of a semester."""

    times: int
    legal: LegalRate

    @property
    def rate_bp(self) -> int:
        """In ten-thousandths a year."""
        return self.times * self.legal.rate_bp


@dataclass(frozen=True, slots=True)
class PrescriptionTerm:
    """How long a debt of such a customer can be claimed, in years."""

    who: CustomerKind
    years: int
    source: str
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class DunningText:
    """Words that a letter or a view uses."""

    id: str
    text: str
    source: str
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class DunningLaw:
    """All of it, past and present."""

    indemnities: tuple[Indemnity, ...]
    prescriptions: tuple[PrescriptionTerm, ...]
    texts: tuple[DunningText, ...]
    legal_rates: tuple[LegalRate, ...] = ()
    contract_rates: tuple[ContractRate, ...] = ()

    def indemnity(self, kind: CustomerKind, on: date) -> Cents:
        """What an invoice that became late on that day costs a business, in euro cents; nothing a consumer. [P-04]"""
        if kind is CustomerKind.CONSUMER:
            return Cents(0)
        found = _in_force(self.indemnities, on)
        return found.amount if found else Cents(0)

    def contract_floor(self, since: date, until: date | None) -> Floor | None:
        """The least that a contract may say from `since` on and before `until` (None: for good).

        None where no semester of those days is known. C. com. L441-10 II (checked 2026-11). [P-02]
        """
        known = [row for row in self.legal_rates if since <= row.valid_to and (until is None or row.valid_from < until)]
        floors = [
            Floor(rule.times, row)
            for row in known
            if (rule := _in_force(self.contract_rates, max(since, row.valid_from)))
        ]
        return max(floors, key=lambda floor: floor.rate_bp, default=None)

    def prescription(self, kind: CustomerKind, on: date) -> PrescriptionTerm | None:
        """How long a debt that arose on that day can be claimed. [DU-04]"""
        return _in_force([term for term in self.prescriptions if term.who is kind], on)

    def text(self, id: str, on: date) -> str:
        """The words of that day. Raises KeyError for an id that the data do not have then: a mistake of ours."""
        found = _in_force([text for text in self.texts if text.id == id], on)
        if found is None:
            raise KeyError(f"{id} on {on}")
        return found.text


def _in_force(rows: "tuple[D, ...] | list[D]", on: date) -> D | None:
    return next((row for row in rows if row.valid_from <= on and (row.valid_to is None or on <= row.valid_to)), None)
