"""What `authorizer` is made of."""

from dataclasses import dataclass

from relance.adapters.dynamo.access import DynamoAccess
from relance.adapters.dynamo.items import Database
from relance.app.ports.access import AccessDirectory
from relance.app.ports.tokens import TokenVerifier
from relance.runtime.settings import Access, load


@dataclass(frozen=True, slots=True)
class Parts:
    """What one container keeps. `tokens` is None where only API keys open the door."""

    directory: AccessDirectory
    tokens: TokenVerifier | None


def wire() -> Parts:
    """From the environment. Raises MissingSettings."""
    settings = load(Access)
    return Parts(DynamoAccess(Database(core_table=settings.core_table)), _tokens(settings))


def _tokens(settings: Access) -> TokenVerifier | None:
    if not settings.oidc_issuer:
        return None
    from relance.adapters.oidc import OidcVerifier  # noqa: PLC0415 - a deployment without an issuer loads no crypto

    return OidcVerifier(settings.oidc_issuer, settings.oidc_audience)
