"""What penalties came to over a period: claimed, received, given up. Pure. [M-16]"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from relance.domain.calendar_fr import civil_date
from relance.domain.money import Cents
from relance.domain.penalty_claim import PenaltyClaim


@dataclass(frozen=True, slots=True)
class PenaltyFigures:
    """Over a period, in euro cents: the claims last made in it, what came in for any, what was given up. [M-16]"""

    claims: int
    claimed: Cents
    received: Cents
    waived: Cents


def penalty_figures(claims: Iterable[PenaltyClaim], first: date, last: date) -> PenaltyFigures:
    """The figures of the civil days from `first` to `last`. The sums leave out claims in another currency."""
    count = claimed_sum = received_sum = waived_sum = 0
    for claim in claims:
        sums = claim.currency == "EUR"
        if claim.claimed_at is not None and first <= civil_date(claim.claimed_at) <= last:
            count += 1
            claimed_sum += claim.total * sums
        received_sum += sum(one.amount for one in claim.payments if first <= one.paid_on <= last) * sums
        if claim.waived_at is not None and first <= civil_date(claim.waived_at) <= last:
            waived_sum += (claim.total - claim.paid) * sums
    return PenaltyFigures(count, Cents(claimed_sum), Cents(received_sum), Cents(waived_sum))
