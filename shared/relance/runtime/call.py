"""One HTTP request as a route sees it: who asks, what, and under which conditions. Read only as far as is asked.

The tenant comes from the authorizer's context alone: never from path, body, query or header. RFC 9110 §§ 8.8.3, 13.1.1
(ETag, If-Match), RFC 6585 § 3 (428), checked 2026-11.
"""

import re
from base64 import b64decode
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, TypeVar

import msgspec

from relance.app.context import Caller
from relance.app.ports.store import Idem
from relance.contracts.parse import parse
from relance.domain.errors import Fault, Invalid, NotFound
from relance.domain.ids import TenantId
from relance.runtime.problems import PreconditionRequired, TooLarge, Unauthenticated

MAX_BODY_BYTES: Final = 1_000_000
MAX_PAGE: Final = 100
DEFAULT_PAGE: Final = 50

_ID = re.compile(r"[a-z]{2,8}_[0-9a-z]{26}")
_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_ETAG = re.compile(r'"(\d{1,9})"')

B = TypeVar("B", bound=msgspec.Struct)
Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """One request, read only as far as the route asks."""

    event: Event
    path_id: str = ""
    path_item_id: str = ""

    @property
    def caller(self) -> Caller:
        """Who the authorizer says it is. Raises Unauthenticated when it did not say."""
        authorizer = self.event.get("requestContext", {}).get("authorizer") or {}
        vouched = authorizer.get("lambda") or {}
        if not vouched.get("tenant") or not vouched.get("user"):
            raise Unauthenticated("Cette adresse demande un jeton ou une clé d’API valide.")
        return Caller(TenantId(vouched["tenant"]), actor=vouched["user"], role=vouched.get("role", ""))

    @property
    def origin(self) -> str:
        """Where this API is, as the caller reached it; the pages of customers are at the same place by default."""
        return f"https://{self.event.get('requestContext', {}).get('domainName', '')}"

    @property
    def id(self) -> str:
        """The id in the path. What cannot be one of our ids is answered like one that names nothing: NotFound."""
        return _one_of_ours(self.path_id)

    @property
    def item_id(self) -> str:
        """The second id in the path, judged like the first."""
        return _one_of_ours(self.path_item_id)

    @property
    def raw_body(self) -> bytes:
        """The bytes that came. Raises TooLarge beyond one million."""
        text = self.event.get("body") or ""
        raw = b64decode(text) if self.event.get("isBase64Encoded") else text.encode("utf-8", "surrogatepass")
        if len(raw) > MAX_BODY_BYTES:
            raise TooLarge(f"Le corps de la demande dépasse {MAX_BODY_BYTES // 1000} ko.")
        return raw

    def body(self, kind: type[B]) -> B:
        """The body as `kind`. Raises Invalid with every fault in it."""
        return parse(self.raw_body, kind)

    @property
    def idem(self) -> Idem | None:
        """The Idempotency-Key with the SHA-256 of method, path and body; None without one. Raises Invalid."""
        key = self._header("idempotency-key")
        if key is None:
            return None
        if not _KEY.fullmatch(key):
            raise _bad_parameter("Idempotency-Key : 1 à 200 caractères ASCII visibles.", "idempotency_key")
        request = "\0".join((self._method, str(self.event.get("rawPath", "")), "")).encode()
        return Idem(key, sha256(request + self.raw_body).hexdigest())

    @property
    def expected_rev(self) -> int:
        """The `rev` that `If-Match` names; what is not ours matches nothing. Raises PreconditionRequired."""
        rev = self.expected_rev_if_any
        if rev is None:
            raise PreconditionRequired(
                "Relisez l’objet, puis renvoyez son ETag dans If-Match : ainsi personne n’écrase un autre."
            )
        return rev

    @property
    def expected_rev_if_any(self) -> int | None:
        """Like `expected_rev`, None without `If-Match`: for what may not exist yet."""
        text = self._header("if-match")
        if text is None:
            return None
        match = _ETAG.fullmatch(text.strip())
        return int(match[1]) if match else 0

    @property
    def limit(self) -> int:
        """How many entries a page holds at most. Raises Invalid outside 1..100."""
        text = self.query("limit") or str(DEFAULT_PAGE)
        if not re.fullmatch(r"[0-9]{1,3}", text) or not 1 <= int(text) <= MAX_PAGE:
            raise _bad_parameter(f"limit : un nombre entre 1 et {MAX_PAGE}.", "limit")
        return int(text)

    @property
    def cursor(self) -> str | None:
        """Where the page before ended, as it was given."""
        return self.query("cursor")

    def query(self, name: str) -> str | None:
        """A parameter of the query, None when it was not given."""
        return (self.event.get("queryStringParameters") or {}).get(name)

    def choice(self, name: str, *allowed: str) -> str:
        """A parameter that takes one of these words, the first when it was not given. Raises Invalid (`/name`)."""
        text = self.query(name) or allowed[0]
        if text not in allowed:
            message = f"Valeurs permises : {', '.join(filter(None, allowed))}."
            raise Invalid(message, faults=[Fault(f"/{name}", message, "not_allowed")])
        return text

    @property
    def _method(self) -> str:
        return str(self.event.get("requestContext", {}).get("http", {}).get("method", ""))

    def _header(self, name: str) -> str | None:
        headers = self.event.get("headers") or {}
        return next((str(value) for key, value in headers.items() if key.lower() == name), None)


def _one_of_ours(id: str) -> str:
    if not _ID.fullmatch(id):
        raise NotFound("Rien ne porte cet identifiant.")
    return id


def _bad_parameter(message: str, code: str) -> Invalid:
    return Invalid(message, faults=[Fault("", message, code)])
