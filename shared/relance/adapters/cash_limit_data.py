"""The limits of payments in cash, read once per process."""

from functools import cache

from relance.adapters.legal_file import read
from relance.domain.cash_limits import CashLimit, CashLimits
from relance.domain.money import Cents


@cache
def load_cash_limits() -> CashLimits:
    """The limits, past and present."""
    return CashLimits(
        tuple(
            CashLimit(
                resident=row["resident"],
                amount=Cents(row["amount"] * 100),
                text=row["text"],
                source=row["source"],
                valid_from=row["valid_from"],
                valid_to=row.get("valid_to"),
            )
            for row in read("cash_limits.toml")["limit"]
        )
    )
