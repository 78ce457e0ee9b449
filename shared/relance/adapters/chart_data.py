"""The default charts of accounts, read once per process."""

from functools import cache

from relance.adapters.legal_file import read
from relance.domain.bookkeeping.accounts import Account, Chart, Charts, Journal, Role


@cache
def load_charts() -> Charts:
    """All of them. A role without its account raises here, so that no function starts on half a chart."""
    return Charts(
        tuple(
            Chart(
                valid_from=row["valid_from"],
                source=row["source"],
                accounts={role: Account(**row["accounts"][role.value]) for role in Role},
                sales=Journal(**row["journals"]["sales"]),
                bank=Journal(**row["journals"]["bank"]),
                cash=Journal(**row["journals"]["cash"]),
            )
            for row in read("accounts.toml")["chart"]
        )
    )
