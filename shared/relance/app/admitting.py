"""Who may come in, and as whom: a credential becomes a caller's tenant, user and role, or nothing at all.

Two credentials: an API key (`rl_…`), known by its hash, and a token of the deployment's issuer. The tenant comes from
the token's own claim, which only the issuer can write, or else from the membership. Why somebody was refused is never
said to him. [protocols § 8]
"""

import re
from typing import Final

from relance.app.ports.access import AccessDirectory, Grant
from relance.app.ports.tokens import InvalidToken, TokenVerifier
from relance.domain.ids import TenantId

API_KEY_PREFIX: Final = "rl_"
DEFAULT_ROLE: Final = "member"

_API_KEY = re.compile(r"rl_[A-Za-z0-9_-]{16,128}")
_TENANT = re.compile(r"[A-Za-z0-9_-]{1,64}")
_ROLE = re.compile(r"[a-z_]{1,32}")


def admit(credential: str, *, directory: AccessDirectory, tokens: TokenVerifier | None) -> Grant:
    """What `credential` opens. Raises InvalidToken when it opens nothing, Retry when that cannot be known now.

    `tokens` is None where the deployment has no issuer: then only API keys open the door.
    """
    if credential.startswith(API_KEY_PREFIX):
        grant = directory.of_api_key(credential) if _API_KEY.fullmatch(credential) else None
        if grant is None:
            raise InvalidToken("unknown API key")
        return grant
    if tokens is None:
        raise InvalidToken("no issuer is configured")
    identity = tokens.verify(credential)
    if identity.tenant:
        if not _TENANT.fullmatch(identity.tenant) or not _ROLE.fullmatch(identity.role or DEFAULT_ROLE):
            raise InvalidToken("tenant or role claim malformed")
        return Grant(TenantId(identity.tenant), identity.subject, identity.role or DEFAULT_ROLE)
    grant = directory.of_member(identity.issuer, identity.subject)
    if grant is None:
        raise InvalidToken("not a member of any tenant")
    return grant
