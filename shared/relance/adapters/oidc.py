"""Tokens of one OpenID Connect issuer, verified with the keys that it publishes. Port: app.ports.tokens.TokenVerifier.

The issuer and the audience are the deployment's, never the token's; algorithms are a short list of signatures (no
`none`, no HMAC); keys come from the issuer's own discovery document, over HTTPS, and are kept for an hour. RFC 7519,
RFC 8725 § 3 (best practices), OpenID Connect Discovery 1.0 § 4.3, checked 2026-11. joserfc is imported here alone.

The tenant claim is believed, so the issuer must not let users write it (Cognito: no write permission on `custom:tenant`
for any application client); an issuer that cannot promise it leaves the claim out, and memberships decide.
"""

import json
import time
import warnings
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from joserfc import jwt
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, GuestProtocol, KeySet, OctKey, OKPKey, RSAKey

from relance.app.ports.tokens import Identity, InvalidToken
from relance.domain.errors import Retry, Stop

ALGORITHMS: Final = ("RS256", "ES256", "Ed25519", "EdDSA")
MAX_TOKEN: Final = 8_192
KEYS_KEPT_S: Final = 3_600.0
ASK_AGAIN_S: Final = 60.0  # for an unknown key id: a stranger's tokens must not make us hammer the issuer
TIMEOUT_S: Final = 3.0
MAX_DOCUMENT: Final = 256_000
LEEWAY_S: Final = 30

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_TENANT_CLAIMS = ("tenant", "custom:tenant")

# « EdDSA » is the older name of Ed25519 (RFC 9864) and still what most issuers write.
warnings.filterwarnings("ignore", message="EdDSA", category=SecurityWarning)

Json = Mapping[str, Any]
SigningKey = RSAKey | ECKey | OKPKey


class _NoRedirect(HTTPRedirectHandler):
    """The issuer's address is the deployment's word; nobody sends us elsewhere."""

    def redirect_request(self, *_: object, **__: object) -> None:
        return None


def fetch_json(url: str) -> Json:
    """GET a JSON object over HTTPS; plain HTTP to this very machine only. Raises Retry, Stop `insecure_issuer`."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise Stop("L’adresse de l’émetteur des jetons doit être en https.", code="insecure_issuer")
    request = Request(url, headers={"Accept": "application/json"})  # noqa: S310 - the scheme was just checked
    try:
        with build_opener(_NoRedirect).open(request, timeout=TIMEOUT_S) as response:
            document = json.loads(response.read(MAX_DOCUMENT))
    except (URLError, OSError, ValueError) as error:
        raise Retry("L’émetteur des jetons ne répond pas.", code="issuer_away") from error
    if not isinstance(document, dict):
        raise Retry("L’émetteur des jetons répond mal.", code="issuer_away")
    return document


class OidcVerifier:
    """Holds the issuer's keys of the last hour; one per container."""

    def __init__(
        self,
        issuer: str,
        audience: str,
        *,
        fetch: Callable[[str], Json] = fetch_json,
        now: Callable[[], float] = time.time,
    ) -> None:
        if not issuer or not audience:
            raise ValueError("an issuer and an audience, or a token made for another application would be accepted")
        self._issuer, self._audience = issuer, audience
        self._fetch, self._now = fetch, now
        self._keys: dict[str | None, SigningKey] = {}
        self._asked_at = float("-inf")

    def verify(self, token: str) -> Identity:
        if len(token) > MAX_TOKEN:
            raise InvalidToken("too long")
        try:
            decoded = jwt.decode(token, self._key, algorithms=ALGORITHMS)
            self._require_claims(decoded.claims)
        except (JoseError, ValueError) as error:
            raise InvalidToken(type(error).__name__) from error
        claims = decoded.claims
        tenant = next((claims[name] for name in _TENANT_CLAIMS if claims.get(name)), "")
        return Identity(self._issuer, claims["sub"], str(tenant), str(claims.get("role", "")))

    def _require_claims(self, claims: dict[str, Any]) -> None:
        """`exp` is compared with real time: a token is not part of the simulated world."""
        registry = jwt.JWTClaimsRegistry(
            now=int(self._now()),
            leeway=LEEWAY_S,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": self._audience},
            sub={"essential": True, "allow_blank": False},
            exp={"essential": True},
        )
        registry.validate(claims)

    def _key(self, token: GuestProtocol) -> SigningKey:
        """The key that the token names. Asks the issuer when the keys are old, or when a new one may be out."""
        kid = token.headers().get("kid")
        age = self._now() - self._asked_at
        if age >= KEYS_KEPT_S or (kid not in self._keys and age >= ASK_AGAIN_S):
            self._refresh()
        key = self._keys.get(kid)
        if key is None:
            raise InvalidToken("unknown key")
        return key

    def _refresh(self) -> None:
        """If the issuer is away, the keys that we have still serve: they were its own."""
        self._asked_at = self._now()
        try:
            self._keys = self._published()
        except Retry:
            if not self._keys:
                self._asked_at = float("-inf")
                raise

    def _published(self) -> dict[str | None, SigningKey]:
        about = self._fetch(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
        if about.get("issuer") != self._issuer:
            raise Stop("Le document de l’émetteur porte un autre nom.", code="other_issuer")
        try:
            published = KeySet.import_key_set(self._fetch(str(about.get("jwks_uri", ""))))  # type: ignore[arg-type]  # checked by joserfc
        except (JoseError, KeyError, ValueError) as error:
            raise Retry("Les clés de l’émetteur sont illisibles.", code="issuer_away") from error
        signing = [key for key in published.keys if not isinstance(key, OctKey) and key.get("use", "sig") == "sig"]
        keys: dict[str | None, SigningKey] = {key.kid: key for key in signing}
        if len(signing) == 1:
            keys[None] = signing[0]  # RFC 7515 § 4.1.4: a key id is a hint, and one key needs none
        return keys
