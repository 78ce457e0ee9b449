"""How long nobody asks again after a refusal, read once per process."""

from functools import cache

from relance.adapters.legal_file import read
from relance.domain.tracking.consent import SilenceRule


@cache
def load_silence() -> tuple[SilenceRule, ...]:
    """The rules by date."""
    return tuple(
        SilenceRule(row["months"], row["source"], row["valid_from"], row.get("valid_to"))
        for row in read("tracking.toml")["silence"]
    )
