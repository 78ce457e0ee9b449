"""Who may do what cannot be undone. Everything else is open to every member of a company."""

from typing import Final

from relance.app.context import Caller
from relance.domain.errors import Forbidden

OWNER: Final = "owner"
SYSTEM: Final = "system"  # what we do ourselves, decided by the dated data and the company's settings


def require_owner(caller: Caller) -> None:
    """Raises Forbidden unless the caller is an owner of the company, or one of our own functions."""
    if caller.role not in (OWNER, SYSTEM):
        raise Forbidden("Seul un propriétaire du compte (rôle « owner ») peut faire ce qui ne se défait pas.")
