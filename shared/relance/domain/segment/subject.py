"""One document as a query sees it: the document itself, its customer, how it is followed, on one day in Paris."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from relance.domain.invoice import Invoice
from relance.domain.party import Customer
from relance.domain.quote import Quote
from relance.domain.reminder.claim import Claim
from relance.domain.reminder.run import Run


def _no_claims() -> Sequence[Claim]:
    return ()


@dataclass(frozen=True, slots=True)
class Subject:
    """A quote that was sent, or an invoice that was issued. `claims` is asked only by filters that read reminders."""

    document: Quote | Invoice
    today: date
    customer: Customer | None = None
    run: Run | None = None
    is_last_quote: bool = False
    claims: Callable[[], Sequence[Claim]] = _no_claims

    @property
    def quote(self) -> Quote | None:
        """It, when it is a quote."""
        return self.document if isinstance(self.document, Quote) else None

    @property
    def invoice(self) -> Invoice | None:
        """It, when it is an invoice."""
        return self.document if isinstance(self.document, Invoice) else None
