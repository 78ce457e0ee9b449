"""What a company says of late payment, in settings: its dated rates with their source, and what a payment pays first.

No percentage is ours: the rate is the contract's, at least three times the legal interest of each semester that the
dated law knows, or by default the ECB's main refinancing rate plus ten points, which changes each semester. Its user
copies it with where he read it, and may do so before it begins. Code de commerce L441-10 II (checked 2026-11).
[P-02, P-07]
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from relance.domain.dunning_law import DunningLaw
from relance.domain.errors import Fault
from relance.domain.ids import TenantId
from relance.domain.late_payment import Imputation, LateRate, LateRates, RateBasis
from relance.domain.money import BASIS_POINTS, percent

MAX_ENTRIES: Final = 100  # fifty years of semesters


@dataclass(frozen=True, slots=True)
class LateTerms:
    """The settings of one company; `rev` 0 while it never entered any."""

    tenant: TenantId
    rev: int
    updated_at: datetime | None = None
    rates: LateRates = field(default_factory=lambda: LateRates(()))
    imputation: Imputation = Imputation.PRINCIPAL_FIRST

    @property
    def id(self) -> str:
        """One per tenant: it goes by the tenant's id."""
        return self.tenant


def rate_faults(entries: Sequence[LateRate], law: DunningLaw) -> Iterator[Fault]:
    """Everything wrong in a table of rates, with pointers into `/rates`."""
    seen: set[date] = set()
    for index, entry in enumerate(entries):
        if not 0 < entry.rate_bp <= BASIS_POINTS:
            yield Fault(f"/rates/{index}/rate", "Un taux annuel entre 0,01 et 100 % est attendu.", "P-02")
        elif message := _below_the_floor(entry, entries, law):
            yield Fault(f"/rates/{index}/rate", message, "P-02")
        if not entry.source.strip():
            message = "Dites d’où vient ce taux (contrat, Banque de France…) : il sera imprimé à côté du calcul."
            yield Fault(f"/rates/{index}/source", message, "P-02")
        if entry.valid_from in seen:
            message = f"Deux taux commencent le {entry.valid_from:%d/%m/%Y} : gardez-en un."
            yield Fault(f"/rates/{index}/valid_from", message, "twice")
        seen.add(entry.valid_from)


def _below_the_floor(entry: LateRate, entries: Sequence[LateRate], law: DunningLaw) -> str:
    """Why a contract may not say that rate on every day until the next one begins; "" when it may."""
    if entry.basis is not RateBasis.CONTRACT:
        return ""
    until = min((other.valid_from for other in entries if other.valid_from > entry.valid_from), default=None)
    floor = law.contract_floor(entry.valid_from, until)
    if floor is None or entry.rate_bp >= floor.rate_bp:
        return ""
    legal = floor.legal
    return (
        f"Entre professionnels, un contrat prévoit au moins {percent(floor.rate_bp)} : {floor.times} fois l’intérêt "
        f"légal du {legal.valid_from:%d/%m/%Y} au {legal.valid_to:%d/%m/%Y} ({percent(legal.rate_bp)}). "
        "Relevez ce taux, ou indiquez basis = statutory si c’est celui de la loi (BCE + 10 points)."
    )
