"""From a signed token to the person it was issued to."""

from dataclasses import dataclass
from typing import Protocol

from relance.domain.errors import Rejected


class InvalidToken(Rejected):
    """Not a token that this deployment accepts. `reason` is for the log, never for the bearer."""

    code = "invalid_token"

    def __init__(self, reason: str) -> None:
        super().__init__("Ce jeton n’est pas valide ici.")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom the issuer vouches for. `tenant` and `role` are "" when the token does not say."""

    issuer: str
    subject: str
    tenant: str = ""
    role: str = ""


class TokenVerifier(Protocol):
    """Tokens of the one issuer that this deployment trusts."""

    def verify(self, token: str) -> Identity:
        """Signature, issuer, audience and times hold. Raises InvalidToken; Retry when the issuer's keys are away."""
        ...
