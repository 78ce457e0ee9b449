"""Must there be a written quote, accepted before the work? What the law wants of whom, from which amount. [Q-02]

The thresholds and texts are dated data (`resources/legal/quote_obligations.toml`): they changed in 2017 and will change
again. Arrêtés of 24 January 2017, 17 March 2015, 27 April 2010 …, checked 2026-11. [QO-S1..QO-L7, I-04]
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from relance.domain.content import DocumentContent
from relance.domain.money import Cents
from relance.domain.party import CustomerKind, Sector


class Act(StrEnum):
    """What follows: nothing, a warning, or a consumer's acceptance before the work may begin."""

    NONE = "none"
    WARN = "warn"
    ACCEPTANCE_REQUIRED = "acceptance_required"


@dataclass(frozen=True, slots=True)
class Obligation:
    """One duty from `valid_from` to `valid_to`, both included.

    For `who` (None: anybody), in `sectors` (none: any), from `from_gross` cents TTC. `is_default`: where no other
    duty to the same customer holds.
    """

    id: str
    who: CustomerKind | None
    act: Act
    text: str
    source: str
    valid_from: date
    valid_to: date | None = None
    sectors: frozenset[Sector] = frozenset()
    from_gross: Cents = Cents(0)
    is_default: bool = False

    def holds(self, content: DocumentContent, on: date) -> bool:
        """Whether it is a duty around this document."""
        return (
            self.valid_from <= on
            and (self.valid_to is None or on <= self.valid_to)
            and self.who in (None, content.buyer.kind)
            and (not self.sectors or content.seller.sector in self.sectors)
            and content.totals.gross >= self.from_gross
        )


@dataclass(frozen=True, slots=True)
class Obligations:
    """Every duty, past, present and announced."""

    duties: tuple[Obligation, ...] = ()

    def of(self, content: DocumentContent, on: date) -> tuple[Obligation, ...]:
        """The duties around this document on that day, in the order of the data."""
        held = [duty for duty in self.duties if duty.holds(content, on)]
        specific = any(not duty.is_default for duty in held)
        return tuple(duty for duty in held if not (duty.is_default and specific))
