"""Who may do what cannot be undone. Everything else is open to every member of a company."""

from typing import Final

from relance.app.context import Caller
from relance.domain.errors import Forbidden

OWNER: Final = "owner"


def require_owner(caller: Caller) -> None:
    """Raises Forbidden unless the caller is an owner of the company."""
    if caller.role != OWNER:
        raise Forbidden("Seul un propriétaire du compte (rôle « owner ») peut faire ce qui ne se défait pas.")
