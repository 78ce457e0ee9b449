"""HTTP for thin handlers: a route gets a `Call` (who asks, what, under which conditions) and gives a `Reply`.

    api = Api("quotes_api")

    @api.post("/v1/quotes")
    def create(call: Call) -> Reply:
        quote = quoting.create(ctx, call.caller, to_draft(call.body(QuoteBody)), idem=call.idem)
        return created(quote_view(quote), rev=quote.rev, location=f"/v1/quotes/{quote.id}")

The tenant comes from the authorizer's context alone. Conditions are RFC 9110: `ETag` is the entity's `rev`, a PUT
needs `If-Match` (428 without, RFC 6585), POST honours `Idempotency-Key`. Errors leave through `runtime.problems` only.
"""

import re
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from http import HTTPMethod, HTTPStatus
from typing import Any, Final, TypeVar

import msgspec
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from relance.app.context import Caller
from relance.app.ports.store import Idem
from relance.contracts.parse import parse
from relance.domain.errors import Fault, Invalid, NotFound, RelanceError, Stop
from relance.domain.ids import TenantId
from relance.runtime.observability import Log, metric
from relance.runtime.problems import (
    CONTENT_TYPE,
    NoSuchRoute,
    PreconditionRequired,
    TooLarge,
    Unauthenticated,
    problem,
)

MAX_BODY_BYTES: Final = 1_000_000
MAX_PDF_BYTES: Final = 4_400_000  # Lambda answers at most 6 MB, and base64 adds a third
MAX_PAGE: Final = 100
DEFAULT_PAGE: Final = 50

_ID = re.compile(r"[a-z]{2,8}_[0-9a-z]{26}")
_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_ETAG = re.compile(r'"(\d{1,9})"')
_COMMON_HEADERS: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}

B = TypeVar("B", bound=msgspec.Struct)
Event = dict[str, Any]
Handler = Callable[[Event, object], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a route answers: a JSON body (a Struct or plain data), bytes of another type, or nothing."""

    status: HTTPStatus
    body: object = None
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


def ok(view: object, *, rev: int | None = None) -> Reply:
    """200, with the entity's `rev` as its ETag when it has one."""
    return Reply(HTTPStatus.OK, view, headers=_etag(rev))


def created(view: object, *, rev: int, location: str) -> Reply:
    """201, with where it is and its ETag."""
    return Reply(HTTPStatus.CREATED, view, headers={**_etag(rev), "Location": location})


def no_content() -> Reply:
    """204."""
    return Reply(HTTPStatus.NO_CONTENT)


def pdf(document: bytes, *, filename: str) -> Reply:
    """A PDF to show in the browser. Raises Stop when it is larger than what Lambda can answer."""
    if len(document) > MAX_PDF_BYTES:
        raise Stop("Ce PDF est trop volumineux pour être servi par l’API.", code="pdf_too_large")
    safe = re.sub(r"[^A-Za-z0-9._-]", "-", filename)
    disposition = {"Content-Disposition": f'inline; filename="{safe}"'}
    return Reply(HTTPStatus.OK, document, content_type="application/pdf", headers=disposition)


@dataclass(frozen=True, slots=True)
class Call:
    """One request, read only as far as the route asks."""

    event: Event
    path_id: str = ""

    @property
    def caller(self) -> Caller:
        """Who the authorizer says it is. Raises Unauthenticated when it did not say."""
        authorizer = self.event.get("requestContext", {}).get("authorizer") or {}
        vouched = authorizer.get("lambda") or {}
        if not vouched.get("tenant") or not vouched.get("user"):
            raise Unauthenticated("Cette adresse demande un jeton ou une clé d’API valide.")
        return Caller(TenantId(vouched["tenant"]), actor=vouched["user"], role=vouched.get("role", ""))

    @property
    def id(self) -> str:
        """The id in the path. What cannot be one of our ids is answered like one that names nothing: NotFound."""
        if not _ID.fullmatch(self.path_id):
            raise NotFound("Rien ne porte cet identifiant.")
        return self.path_id

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
        text = self._query("limit") or str(DEFAULT_PAGE)
        if not re.fullmatch(r"[0-9]{1,3}", text) or not 1 <= int(text) <= MAX_PAGE:
            raise _bad_parameter(f"limit : un nombre entre 1 et {MAX_PAGE}.", "limit")
        return int(text)

    @property
    def cursor(self) -> str | None:
        """Where the page before ended, as it was given."""
        return self._query("cursor")

    @property
    def _method(self) -> str:
        return str(self.event.get("requestContext", {}).get("http", {}).get("method", ""))

    def _header(self, name: str) -> str | None:
        headers = self.event.get("headers") or {}
        return next((str(value) for key, value in headers.items() if key.lower() == name), None)

    def _query(self, name: str) -> str | None:
        return (self.event.get("queryStringParameters") or {}).get(name)


Route = Callable[[Call], Reply]


class Api:
    """The routes of one function, over Powertools' resolver; calling it answers a Lambda event of payload 2.0."""

    def __init__(self, service: str) -> None:
        self.log = Log(service)
        self._resolver = APIGatewayHttpResolver()
        self._resolver.not_found(self._no_such_route)
        self._resolver.exception_handler(Exception)(self._answer_error)

    def get(self, path: str) -> Callable[[Route], Route]:
        """Serve GET `path`; `{id}` in it becomes `call.id`."""
        return self._route(HTTPMethod.GET, path)

    def post(self, path: str) -> Callable[[Route], Route]:
        """Serve POST `path`."""
        return self._route(HTTPMethod.POST, path)

    def put(self, path: str) -> Callable[[Route], Route]:
        """Serve PUT `path`."""
        return self._route(HTTPMethod.PUT, path)

    def delete(self, path: str) -> Callable[[Route], Route]:
        """Serve DELETE `path`."""
        return self._route(HTTPMethod.DELETE, path)

    def __call__(self, event: Event, context: object) -> dict[str, Any]:
        """Answer one event. Never raises for what a request holds."""
        self.log.correlate(_request_id(event))
        return self._resolver.resolve(event, context)  # type: ignore[arg-type]  # it reads nothing of the context

    def _route(self, method: HTTPMethod, path: str) -> Callable[[Route], Route]:
        def register(route: Route) -> Route:
            def serve(id: str = "") -> Response[Any]:
                return _response(route(Call(self._resolver.current_event.raw_event, id)))

            self._resolver.route(path.replace("{id}", "<id>"), method=method.value)(serve)
            return route

        return register

    def _no_such_route(self, _: Exception) -> Response[Any]:
        return self._answer_error(NoSuchRoute("Aucune ressource à cette adresse pour cette méthode."))

    def _answer_error(self, error: Exception) -> Response[Any]:
        request_id = _request_id(self._resolver.current_event.raw_event)
        if not isinstance(error, RelanceError) or isinstance(error, Stop):
            self.log.failure("request failed", error, request_id=request_id)
            metric("RequestFailed", service=self.log.service)
        body, headers = problem(error, request_id=request_id)
        return _response(Reply(HTTPStatus(body.status), body, content_type=CONTENT_TYPE, headers=headers))


def on_first_call(build: Callable[[], Handler]) -> Handler:
    """A handler that is built when first called: importing a function's module needs no environment and no SDK."""
    built: list[Handler] = []

    def handler(event: Event, context: object) -> dict[str, Any]:
        if not built:
            built.append(build())
        return built[0](event, context)

    return handler


def _response(reply: Reply) -> Response[Any]:
    body: str | bytes | None
    match reply.body:
        case None:
            body = None
        case bytes() as raw:
            body = raw.decode() if reply.content_type == "application/json" else raw
        case _:
            body = msgspec.json.encode(reply.body).decode()
    return Response(
        status_code=int(reply.status),
        content_type=reply.content_type if body is not None else None,
        headers={**_COMMON_HEADERS, **reply.headers},
        body=body,
    )


def _etag(rev: int | None) -> dict[str, str]:
    return {} if rev is None else {"ETag": f'"{rev}"'}


def _request_id(event: Event) -> str:
    return str(event.get("requestContext", {}).get("requestId", ""))


def _bad_parameter(message: str, code: str) -> Invalid:
    return Invalid(message, faults=[Fault("", message, code)])
