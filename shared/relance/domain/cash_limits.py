"""How much of one invoice may be paid in cash: dated limits, told as a warning when a payment goes beyond them.

The money is in the till already, so recording it is never refused: the books must say what happened. The limits are
data (`resources/legal/cash_limits.toml`). Code monétaire et financier L112-6, D112-3. [KX-16]
"""

from dataclasses import dataclass
from datetime import date

from relance.domain.countries import SIREN_COUNTRIES
from relance.domain.invoice import Invoice, PaymentMode, require_issued
from relance.domain.money import Cents, format_amount
from relance.domain.party import CustomerKind
from relance.domain.perpetual import in_euros


@dataclass(frozen=True, slots=True)
class CashLimit:
    """The most that may be paid in cash from `valid_from` to `valid_to`, both included, in euro cents.

    `resident`: for who is tax resident in France or acts for his trade; else for a consumer who lives abroad.
    """

    resident: bool
    amount: Cents
    text: str
    source: str
    valid_from: date
    valid_to: date | None = None

    def is_in_force(self, on: date) -> bool:
        """Whether it holds for a payment of that day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True, slots=True)
class CashLimits:
    """The limits, past and present."""

    limits: tuple[CashLimit, ...] = ()

    def warnings(self, invoice: Invoice) -> tuple[str, ...]:
        """One sentence when more cash came in for the invoice than the law of the last payment's day allows."""
        content = require_issued(invoice)
        cash = [payment for payment in invoice.payments if payment.mode is PaymentMode.CASH]
        if not cash:
            return ()
        buyer, last = content.buyer, max(payment.paid_on for payment in cash)
        resident = buyer.kind is CustomerKind.BUSINESS or buyer.address.country in SIREN_COUNTRIES
        received = in_euros(sum(payment.amount for payment in cash), content.exchange)
        return tuple(
            f"{format_amount(received)} € reçus en espèces : la loi permet {limit.text} ({limit.source})."
            for limit in self.limits
            if limit.resident is resident and limit.is_in_force(last) and received > limit.amount
        )
