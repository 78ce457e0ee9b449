"""HTTP for thin handlers: a route gets a `Call` (who asks, what, under which conditions) and gives a `Reply`.

    api = Api("quotes_api")

    @api.post("/v1/quotes")
    def create(call: Call) -> Reply:
        quote = quoting.create(ctx, call.caller, to_draft(call.body(QuoteBody)), idem=call.idem)
        return created(quote_view(quote), rev=quote.rev, location=f"/v1/quotes/{quote.id}")

An entity's `rev` is its ETag. Errors leave through `relance.runtime.problems` only.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPMethod, HTTPStatus
from typing import Any, Final

import msgspec
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from relance.domain.errors import RelanceError, Stop
from relance.runtime.call import Call, Event
from relance.runtime.observability import Log, metric
from relance.runtime.problems import CONTENT_TYPE, NoSuchRoute, problem

__all__ = [
    "Api",
    "Call",
    "Event",
    "Handler",
    "Reply",
    "accepted",
    "created",
    "csv",
    "no_content",
    "ok",
    "on_first_call",
    "pdf",
    "zipped",
]

MAX_FILE_BYTES: Final = 4_400_000  # Lambda answers at most 6 MB, and base64 adds a third

_COMMON_HEADERS: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}

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


def accepted(view: object, *, rev: int, location: str) -> Reply:
    """202: begun, and where to see how far it is."""
    return Reply(HTTPStatus.ACCEPTED, view, headers={**_etag(rev), "Location": location})


def no_content() -> Reply:
    """204."""
    return Reply(HTTPStatus.NO_CONTENT)


def pdf(document: bytes, *, filename: str) -> Reply:
    """A PDF to show in the browser. Raises Stop when it is larger than what Lambda can answer."""
    _require_answerable(document, "pdf_too_large")
    disposition = {"Content-Disposition": f'inline; filename="{_safe_name(filename)}"'}
    return Reply(HTTPStatus.OK, document, content_type="application/pdf", headers=disposition)


def csv(file: bytes, *, filename: str) -> Reply:
    """A file for a spreadsheet, to save."""
    disposition = {"Content-Disposition": f'attachment; filename="{_safe_name(filename)}"'}
    return Reply(HTTPStatus.OK, file, content_type="text/csv; charset=utf-8", headers=disposition)


def zipped(file: bytes, *, filename: str) -> Reply:
    """A zip, to save. Raises Stop when it is larger than what Lambda can answer."""
    _require_answerable(file, "zip_too_large")
    disposition = {"Content-Disposition": f'attachment; filename="{_safe_name(filename)}"'}
    return Reply(HTTPStatus.OK, file, content_type="application/zip", headers=disposition)


Route = Callable[[Call], Reply]


class Api:
    """The routes of one function, over Powertools' resolver; calling it answers a Lambda event of payload 2.0."""

    def __init__(self, service: str) -> None:
        self.log = Log(service)
        self._resolver = APIGatewayHttpResolver()
        self._resolver.not_found(self._no_such_route)
        self._resolver.exception_handler(Exception)(self._answer_error)

    def get(self, path: str) -> Callable[[Route], Route]:
        """Serve GET `path`; `{id}` and `{item_id}` in it become `call.id` and `call.item_id`."""
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
            def serve(id: str = "", item_id: str = "") -> Response[Any]:
                return _response(route(Call(self._resolver.current_event.raw_event, id, item_id)))

            self._resolver.route(path.replace("{", "<").replace("}", ">"), method=method.value)(serve)
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


def _require_answerable(file: bytes, code: str) -> None:
    if len(file) > MAX_FILE_BYTES:
        raise Stop("Ce fichier est trop volumineux pour être servi par l’API.", code=code)


def _safe_name(filename: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "-", filename)


def _etag(rev: int | None) -> dict[str, str]:
    return {} if rev is None else {"ETag": f'"{rev}"'}


def _request_id(event: Event) -> str:
    return str(event.get("requestContext", {}).get("requestId", ""))
