"""What is left to the author of a quote once his costs are paid (marge brute): for him alone. [KB-23]

Costs never enter a document's content, so neither its PDF, its page nor the journal can hold them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from relance.domain.lines import Line
from relance.domain.money import BASIS_POINTS, Cents, to_cents
from relance.domain.totals import DocumentDiscount, allowances


@dataclass(frozen=True, slots=True)
class Margin:
    """In cents HT, of the lines that count and whose cost is known; `is_complete` when that is all of them."""

    net: Cents
    cost: Cents
    is_complete: bool

    @property
    def left(self) -> Cents:
        """What is left; below zero the document sells at a loss."""
        return Cents(self.net - self.cost)

    @property
    def rate_bp(self) -> int | None:
        """The margin in ten-thousandths of what is charged (taux de marque); None when nothing is."""
        if self.net == 0:
            return None
        return int((Decimal(self.left) * BASIS_POINTS / self.net).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def margin_of(
    lines: Sequence[Line], discounts: Sequence[DocumentDiscount], costs: Sequence[Decimal | None]
) -> Margin | None:
    """The margin of a document; `costs` are per unit HT, one per line or none. None when no cost is known.

    Discounts on the whole are taken off only when every cost is known: else they cannot be told apart.
    """
    known = [(line, cost) for line, cost in zip(lines, costs, strict=False) if cost is not None and line.counts]
    if not known:
        return None
    is_complete = len(known) == sum(line.counts for line in lines)
    taken = sum(part.amount for part in allowances(lines, discounts)) if is_complete else 0
    return Margin(
        net=Cents(sum(line.net for line, _ in known) - taken),
        cost=Cents(sum(to_cents(line.quantity * cost, line.step) for line, cost in known)),
        is_complete=is_complete,
    )
