"""Lambda authorizer of the HTTP API (payload 2.0, simple responses): `Authorization: Bearer …` to tenant, user, role.

The API answers 401 by itself without the header and 403 when this says no; it keeps an answer for five minutes. When
it cannot be known who is calling (table or issuer away), this fails and the API answers 500: never a wrong no.
"""

from functools import cache
from typing import Any

from functions.authorizer.wiring import Parts, wire
from relance.app.admitting import admit
from relance.app.ports.tokens import InvalidToken
from relance.runtime.observability import Log

log = Log("authorizer")
_parts = cache(wire)


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer one event."""
    return authorize(event, _parts())


def authorize(event: dict[str, Any], parts: Parts) -> dict[str, Any]:
    """Let in or not; what the functions behind are told of the caller is `context`, and nothing else."""
    log.correlate(str((event.get("requestContext") or {}).get("requestId", "")))
    try:
        grant = admit(_bearer(event), directory=parts.directory, tokens=parts.tokens)
    except InvalidToken as refused:
        log.info("refused", reason=refused.reason)
        return {"isAuthorized": False}
    return {"isAuthorized": True, "context": {"tenant": grant.tenant, "user": grant.user, "role": grant.role}}


def _bearer(event: dict[str, Any]) -> str:
    headers = event.get("headers") or {}
    value = next((str(text) for name, text in headers.items() if name.lower() == "authorization"), "")
    scheme, _, credential = value.partition(" ")
    if scheme.lower() != "bearer" or not credential.strip():
        raise InvalidToken("no bearer credential")
    return credential.strip()
