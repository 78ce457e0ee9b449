"""The authorizer: API keys, and tokens checked against the keys that a real issuer publishes on this machine."""

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from functions.authorizer.app import authorize
from functions.authorizer.wiring import Parts
from relance.adapters.oidc import ASK_AGAIN_S, KEYS_KEPT_S, OidcVerifier, fetch_json
from relance.app.ports.access import Grant
from relance.domain.errors import Retry, Stop
from tests.builders import TENANT

AUDIENCE = "relance"
NOW = 1_800_000_000
API_KEY = "rl_0123456789abcdefghij"
Key = RSAKey | ECKey | OKPKey


@dataclass
class Issuer:
    """An OpenID Connect issuer on 127.0.0.1: a discovery document, a key set, and how often they were asked for."""

    url: str = ""
    name: str = ""
    keys: list[dict[str, Any]] = field(default_factory=list)
    asked: int = 0
    status: int = 200

    def publishes(self, *keys: Key) -> None:
        self.keys = [key.as_dict(private=False) for key in keys]

    def document(self, path: str) -> dict[str, Any] | None:
        self.asked += 1
        documents: dict[str, dict[str, Any]] = {
            "/.well-known/openid-configuration": {"issuer": self.name or self.url, "jwks_uri": f"{self.url}/keys"},
            "/keys": {"keys": self.keys},
        }
        return documents.get(path)


@dataclass
class Directory:
    """Keys and memberships in memory."""

    keys: dict[str, Grant] = field(default_factory=dict)
    members: dict[tuple[str, str], Grant] = field(default_factory=dict)
    away: bool = False

    def of_api_key(self, api_key: str) -> Grant | None:
        if self.away:
            raise Retry("La table ne répond pas.")
        return self.keys.get(api_key)

    def of_member(self, issuer: str, subject: str) -> Grant | None:
        return self.members.get((issuer, subject))


@dataclass
class Clock:
    at: float = NOW

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    served = Issuer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            document = served.document(self.path)
            self.send_response(served.status if document else 404)
            self.send_header("Location", f"{served.url}/keys")
            self.end_headers()
            self.wfile.write(json.dumps(document).encode())

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.url = f"http://127.0.0.1:{server.server_address[1]}"
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()  # its stop is asked for every 10 ms
    yield served
    server.shutdown()
    server.server_close()


RSA = RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig"})
EC = ECKey.generate_key("P-256", {"kid": "ec"})
ED = OKPKey.generate_key("Ed25519", {"kid": "ed"})
ALGORITHMS: dict[str, Key] = {"RS256": RSA, "ES256": EC, "EdDSA": ED, "Ed25519": ED}


@dataclass
class Door:
    """The authorizer with its issuer and its directory."""

    issuer: Issuer
    clock: Clock = field(default_factory=Clock)
    directory: Directory = field(default_factory=Directory)

    def __post_init__(self) -> None:
        self.issuer.publishes(RSA, EC, ED)
        self.tokens = OidcVerifier(self.issuer.url, AUDIENCE, now=self.clock)

    def asks(self, credential: str, *, header: str = "authorization", scheme: str = "Bearer ") -> dict[str, Any]:
        event = {"headers": {header: f"{scheme}{credential}"}, "requestContext": {"requestId": "r"}}
        return authorize(event, Parts(self.directory, self.tokens))

    def token(self, key: Key = RSA, alg: str = "RS256", header: dict[str, Any] | None = None, **claims: Any) -> str:
        said = {
            "iss": self.issuer.url,
            "aud": AUDIENCE,
            "sub": "louise",
            "exp": NOW + 300,
            "iat": NOW,
            "tenant": TENANT,
            "role": "owner",
            **claims,
        }
        kept = {name: value for name, value in said.items() if value is not None}
        return jwt.encode({"alg": alg, "kid": key.kid, **(header or {})}, kept, key, algorithms=[alg])


@pytest.fixture
def door(issuer: Issuer) -> Door:
    return Door(issuer)


REFUSED = {"isAuthorized": False}


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_a_token_of_the_issuer_opens_its_tenant(door: Door, alg: str) -> None:
    answer = door.asks(door.token(ALGORITHMS[alg], alg))
    assert answer == {"isAuthorized": True, "context": {"tenant": TENANT, "user": "louise", "role": "owner"}}


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://other.example"},
        {"iss": None},
        {"aud": "another-application"},
        {"aud": None},
        {"aud": []},
        {"exp": NOW - 31},
        {"exp": None},
        {"exp": "never"},
        {"nbf": NOW + 3600},
        {"iat": NOW + 3600},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"tenant": "a#b"},
        {"tenant": "tenants/../x"},
        {"tenant": "x" * 65},
        {"role": "Owner; drop"},
    ],
    ids=str,
)
def test_a_token_that_says_something_else_opens_nothing(door: Door, claims: dict[str, Any]) -> None:
    assert door.asks(door.token(**claims)) == REFUSED


def test_an_audience_among_others_is_ours(door: Door) -> None:
    assert door.asks(door.token(aud=["another", AUDIENCE]))["isAuthorized"]


def test_cognito_s_own_claim_names_the_tenant_too(door: Door) -> None:
    claims: dict[str, Any] = {"tenant": None, "custom:tenant": TENANT}
    answer = door.asks(door.token(**claims))
    assert answer["context"]["tenant"] == TENANT


def test_a_token_without_tenant_opens_what_its_bearer_is_a_member_of(door: Door) -> None:
    token = door.token(tenant=None)
    assert door.asks(token) == REFUSED
    door.directory.members[door.issuer.url, "louise"] = Grant(TENANT, "louise", "accountant")
    assert door.asks(token)["context"] == {"tenant": TENANT, "user": "louise", "role": "accountant"}


def test_a_foreign_key_opens_nothing_even_under_a_known_name(door: Door) -> None:
    stranger = RSAKey.generate_key(2048, {"kid": "rsa"})
    assert door.asks(door.token(stranger)) == REFUSED


def test_no_signature_no_shared_secret_no_other_algorithm(door: Door) -> None:
    unsigned = jwt.encode(
        {"alg": "none"}, {"iss": door.issuer.url, "aud": AUDIENCE}, OctKey.generate_key(), algorithms=["none"]
    )
    # The public key as an HMAC secret, by hand: joserfc itself refuses to sign such a thing.
    claims = {"iss": door.issuer.url, "aud": AUDIENCE, "sub": "x", "exp": NOW + 9, "tenant": TENANT}
    signed = b".".join(
        urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in ({"alg": "HS256", "kid": "rsa"}, claims)
    )
    mac = urlsafe_b64encode(hmac.digest(RSA.as_pem(private=False), signed, "sha256")).rstrip(b"=")
    confused = (signed + b"." + mac).decode()
    other = door.token(RSA, "PS256")
    crossed = door.token(RSA, "RS256").replace(".", "x.", 1)
    assert [door.asks(token) for token in (unsigned, confused, other, crossed)] == [REFUSED] * 4


def test_a_token_that_brings_its_own_key_opens_nothing(door: Door, issuer: Issuer) -> None:
    mallory = RSAKey.generate_key(2048, {"kid": "mallory"})
    for header in ({"jwk": mallory.as_dict(private=False)}, {"jku": "http://127.0.0.1:1/keys"}):
        assert door.asks(door.token(mallory, header=header)) == REFUSED


@pytest.mark.parametrize("bit", range(0, 800, 7))
def test_a_changed_token_opens_nothing(door: Door, bit: int) -> None:
    token = bytearray(door.token(ED, "Ed25519").encode())
    at = bit % (len(token) - 2)  # the last character of a signature carries padding bits
    token[at] = ord("A") if token[at] != ord("A") else ord("B")
    assert door.asks(token.decode()) == REFUSED


@pytest.mark.parametrize("credential", ["", "x", "a.b.c", "x" * 9_000, "rl_", "rl_short", f"rl_{'x' * 200}", "é.é.é"])
def test_what_is_no_credential_opens_nothing(door: Door, credential: str) -> None:
    assert door.asks(credential) == REFUSED


@pytest.mark.parametrize("scheme", ["", "Basic ", "Bearer"])
def test_only_bearer_credentials_are_read(door: Door, scheme: str) -> None:
    assert door.asks(door.token(), scheme=scheme) == REFUSED
    assert authorize({}, Parts(door.directory, door.tokens)) == REFUSED


def test_the_names_of_header_and_scheme_are_read_in_any_case(door: Door) -> None:
    assert door.asks(door.token(), header="Authorization", scheme="bearer ")["isAuthorized"]


def test_an_api_key_opens_its_tenant_and_no_longer_once_removed(door: Door) -> None:
    assert door.asks(API_KEY) == REFUSED
    door.directory.keys[API_KEY] = Grant(TENANT, "caisse", "owner")
    assert door.asks(API_KEY)["context"] == {"tenant": TENANT, "user": "caisse", "role": "owner"}
    del door.directory.keys[API_KEY]
    assert door.asks(API_KEY) == REFUSED
    assert door.issuer.asked == 0


def test_without_an_issuer_only_keys_open_the_door(door: Door) -> None:
    event = {"headers": {"authorization": f"Bearer {door.token()}"}}
    assert authorize(event, Parts(door.directory, None)) == REFUSED


def test_what_cannot_be_known_is_an_error_and_not_a_no(door: Door, issuer: Issuer) -> None:
    door.directory.away = True
    with pytest.raises(Retry):
        door.asks(API_KEY)
    issuer.status = 500
    with pytest.raises(Retry):
        door.asks(door.token())
    issuer.status = 200
    assert door.asks(door.token())["isAuthorized"]


def test_keys_are_asked_for_once_an_hour(door: Door, issuer: Issuer) -> None:
    for _ in range(5):
        door.asks(door.token(exp=NOW + 99_999))
    assert issuer.asked == 2  # the discovery document and the keys
    door.clock.at += KEYS_KEPT_S
    door.asks(door.token(exp=NOW + 99_999))
    assert issuer.asked == 4


def test_a_new_key_is_found_when_it_is_first_named_and_strangers_do_not_make_us_ask(door: Door, issuer: Issuer) -> None:
    door.asks(door.token())
    rotated = RSAKey.generate_key(2048, {"kid": "rsa-2"})
    for _ in range(5):
        assert door.asks(door.token(rotated)) == REFUSED
    assert issuer.asked == 2
    issuer.publishes(rotated)
    door.clock.at += ASK_AGAIN_S
    assert door.asks(door.token(rotated))["isAuthorized"]
    assert door.asks(door.token()) == REFUSED  # a key that was withdrawn


def test_an_issuer_that_goes_away_leaves_us_its_last_keys(door: Door, issuer: Issuer) -> None:
    door.asks(door.token())
    issuer.status = 503
    door.clock.at += KEYS_KEPT_S
    assert door.asks(door.token(exp=NOW + 99_999))["isAuthorized"]


def test_a_document_of_another_issuer_is_not_believed(door: Door, issuer: Issuer) -> None:
    issuer.name = "https://other.example"
    with pytest.raises(Stop):
        door.asks(door.token())


def test_keys_for_encryption_and_shared_secrets_are_no_signing_keys(door: Door, issuer: Issuer) -> None:
    sealing = RSAKey.generate_key(2048, {"kid": "enc"})
    issuer.publishes(sealing)
    issuer.keys[0]["use"] = "enc"
    issuer.keys += [{"kty": "oct", "kid": "oct", "k": "c2VjcmV0"}, {"kty": "new", "kid": "pq"}]
    assert door.asks(door.token(sealing)) == REFUSED


@pytest.mark.parametrize("url", ["http://issuer.example", "ftp://127.0.0.1/x", "file:///etc/passwd", ""])
def test_an_address_that_is_not_https_is_never_asked(url: str) -> None:
    with pytest.raises(Stop):
        fetch_json(url)


def test_a_redirection_is_not_followed(issuer: Issuer) -> None:
    issuer.status = 302
    with pytest.raises(Retry):
        fetch_json(f"{issuer.url}/.well-known/openid-configuration")
    assert issuer.asked == 1


def test_an_issuer_without_audience_is_no_configuration() -> None:
    with pytest.raises(ValueError, match="audience"):
        OidcVerifier("https://issuer.example", "")


def test_a_refusal_is_logged_without_the_credential(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    token = door.token(exp=NOW - 99)
    door.asks(token)
    logged = vars(caplog.records[-1])
    assert logged["reason"] == "ExpiredTokenError"
    assert token not in str(logged)
    assert "louise" not in str(logged)
