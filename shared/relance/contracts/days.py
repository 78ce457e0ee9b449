"""Civil days in a query: `?on=2026-11-30`, `?from=2026-11-01&to=2026-11-30`."""

from datetime import date

from relance.domain.errors import Fault, Invalid

_LENGTH = len("2026-11-01")  # date.fromisoformat also reads 20261101 and 2026-W44


def day_of(name: str, text: str | None) -> date | None:
    """The day of a parameter, None when it was not given. Raises Invalid, naming it, when it is no day."""
    if text is None:
        return None
    if (day := read_day(text)) is None:
        message = "Un jour au format AAAA-MM-JJ est attendu."
        raise Invalid(message, faults=[Fault(f"/{name}", message, "wrong_type")])
    return day


def read_day(text: str | None) -> date | None:
    """`2026-11-30` as a day; None for anything else."""
    try:
        return date.fromisoformat(text) if text and len(text) == _LENGTH else None
    except ValueError:
        return None
