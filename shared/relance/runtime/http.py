"""HTTP for thin handlers: a route gets a `Call` (who asks, what, under which conditions) and gives a `Reply`.

    api = Api("quotes_api")

    @api.post("/v1/quotes")
    def create(call: Call) -> Reply:
        quote = quoting.create(ctx, call.caller, to_draft(call.body(QuoteBody)), idem=call.idem)
        return created(quote_view(quote), rev=quote.rev, location=f"/v1/quotes/{quote.id}")

An entity's `rev` is its ETag. Errors leave through `relance.runtime.problems` only.

API Gateway has chosen the function already, so what is left of routing is a look-up (`_Routes`). Powertools' resolver
does it too, and loads 101 modules for events that are none of ours (AppSync, Bedrock, asyncio): 66 of the 600 ms that
an import takes (measured 2026-11).
"""

import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPMethod, HTTPStatus
from typing import Any, Final

import msgspec

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
    """The routes of one function; calling it answers a Lambda event of payload 2.0."""

    def __init__(self, service: str) -> None:
        self.log = Log(service)
        self._routes = _Routes()

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
        try:
            http = event.get("requestContext", {}).get("http", {})
            route, ids = self._routes.find(str(http.get("method", "")), str(event.get("rawPath", "")))
            return _response(route(Call(event, ids.get("id", ""), ids.get("item_id", ""))))
        except Exception as error:  # the edge: from here on an error is a problem document
            return self._answer_error(event, error)

    def _route(self, method: HTTPMethod, path: str) -> Callable[[Route], Route]:
        def register(route: Route) -> Route:
            self._routes.add(method, path, route)
            return route

        return register

    def _answer_error(self, event: Event, error: Exception) -> dict[str, Any]:
        request_id = _request_id(event)
        if not isinstance(error, RelanceError) or isinstance(error, Stop):
            self.log.failure("request failed", error, request_id=request_id)
            metric("RequestFailed", service=self.log.service)
        body, headers = problem(error, request_id=request_id)
        return _response(Reply(HTTPStatus(body.status), body, content_type=CONTENT_TYPE, headers=headers))


class _Routes:
    """Which route serves an address: one that is written out before one with an id in it, else in the order given."""

    def __init__(self) -> None:
        self._fixed: dict[tuple[str, str], Route] = {}
        self._with_ids: list[tuple[str, re.Pattern[str], Route]] = []

    def add(self, method: HTTPMethod, path: str, route: Route) -> None:
        """Serve `path`, in which `{name}` stands for anything but a slash."""
        if "{" in path:
            pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(path))
            self._with_ids.append((method, re.compile(pattern), route))
        else:
            self._fixed[method, path] = route

    def find(self, method: str, path: str) -> tuple[Route, Mapping[str, str]]:
        """The route with what its names stand for. Raises NoSuchRoute."""
        if route := self._fixed.get((method, path)):
            return route, {}
        for wanted, pattern, route in self._with_ids:
            if wanted == method and (found := pattern.fullmatch(path)):
                return route, found.groupdict()
        raise NoSuchRoute("Aucune ressource à cette adresse pour cette méthode.")


def on_first_call(build: Callable[[], Handler]) -> Handler:
    """A handler that is built when first called: importing a function's module needs no environment and no SDK."""
    built: list[Handler] = []

    def handler(event: Event, context: object) -> dict[str, Any]:
        if not built:
            built.append(build())
        return built[0](event, context)

    return handler


def _response(reply: Reply) -> dict[str, Any]:
    """As API Gateway wants it (payload 2.0). Bytes that are not JSON travel in base64."""
    headers, body = {**_COMMON_HEADERS, **reply.headers}, reply.body
    if body is None:
        return {"statusCode": int(reply.status), "headers": headers}
    headers["Content-Type"] = reply.content_type
    raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
    is_text = "json" in reply.content_type
    return {
        "statusCode": int(reply.status),
        "headers": headers,
        "body": raw.decode() if is_text else b64encode(raw).decode(),
        "isBase64Encoded": not is_text,
    }


def _require_answerable(file: bytes, code: str) -> None:
    if len(file) > MAX_FILE_BYTES:
        raise Stop("Ce fichier est trop volumineux pour être servi par l’API.", code=code)


def _safe_name(filename: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "-", filename)


def _etag(rev: int | None) -> dict[str, str]:
    return {} if rev is None else {"ETag": f'"{rev}"'}


def _request_id(event: Event) -> str:
    return str(event.get("requestContext", {}).get("requestId", ""))
