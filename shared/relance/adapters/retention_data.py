"""How long things are kept, read once per process."""

from functools import cache

from relance.adapters.legal_file import read
from relance.domain.retention import Duty, Place, Retention, RetentionRule, Start


@cache
def load_retention() -> Retention:
    """The rules by date, and the places of regions."""
    data = read("retention.toml")
    rules = tuple(
        RetentionRule(**row | {"duty": Duty(row["duty"]), "starts": Start(row["starts"])}) for row in data["rule"]
    )
    return Retention(rules, tuple(Place(**row) for row in data["place"]))
