"""What a company says of late payment, in settings: its dated rates with their source, and what a payment pays first.

No percentage is ours: the rate is the contract's, at least three times the legal interest, or by default the ECB's main
refinancing rate plus ten points, which changes each semester. Its user copies it with where he read it, and may do so
before it begins. Code de commerce L441-10 II (checked 2026-11). [P-02, P-07]
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from relance.domain.errors import Fault
from relance.domain.ids import TenantId
from relance.domain.late_payment import Imputation, LateRate, LateRates
from relance.domain.money import BASIS_POINTS

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


def rate_faults(entries: Iterable[LateRate]) -> Iterator[Fault]:
    """Everything wrong in a table of rates: pointers begin at the entry's index."""
    seen: set[date] = set()
    for index, entry in enumerate(entries):
        if not 0 < entry.rate_bp <= BASIS_POINTS:
            yield Fault(f"/{index}/rate", "Un taux annuel entre 0,01 et 100 % est attendu.", "P-02")
        if not entry.source.strip():
            message = "Dites d’où vient ce taux (contrat, Banque de France…) : il sera imprimé à côté du calcul."
            yield Fault(f"/{index}/source", message, "P-02")
        if entry.valid_from in seen:
            message = f"Deux taux commencent le {entry.valid_from:%d/%m/%Y} : gardez-en un."
            yield Fault(f"/{index}/valid_from", message, "twice")
        seen.add(entry.valid_from)
