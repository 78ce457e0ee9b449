"""The longest payment terms between businesses, read once per process. Apart from the rest of the law: customers need
no more of it, and a cold start pays for what it imports.
"""

from functools import cache

from relance.adapters.legal_file import read
from relance.domain.payment_terms import TermSector
from relance.domain.term_limits import Basis, TermLimit, TermLimits


@cache
def load_term_limits() -> TermLimits:
    """The longest payment terms between businesses."""
    return TermLimits(
        tuple(
            TermLimit(
                sector=TermSector(row["sector"]) if "sector" in row else None,
                days=row["days"],
                basis=Basis(row["basis"]),
                source=row["source"],
                text=row["text"],
                valid_from=row["valid_from"],
                valid_to=row.get("valid_to"),
                end_of_month_days=row.get("end_of_month_days", 0),
                months=frozenset(row.get("months", ())),
            )
            for row in read("payment_terms.toml")["limit"]
        )
    )
