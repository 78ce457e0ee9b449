"""The HTTP API in front of a function: what API Gateway hands over (payload 2.0), and what a caller gets back."""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from relance.domain.ids import TenantId
from tests.builders import TENANT

Handler = Callable[[dict[str, Any], object], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def faults(self) -> set[tuple[str, str]]:
        """(pointer, code) of each fault of a problem."""
        return {(fault["pointer"], fault["code"]) for fault in self.json["faults"]}

    @property
    def etag(self) -> str:
        return self.headers["ETag"]


@dataclass(frozen=True, slots=True)
class Gateway:
    """One caller's way to one function. `tenant` None is a request that no authorizer vouched for."""

    handler: Handler
    tenant: TenantId | None = TENANT

    def get(self, path: str, **query: str) -> Answer:
        return self.send("GET", path, query=query)

    def post(self, path: str, body: object = None, *, key: str | None = None) -> Answer:
        return self.send("POST", path, body, headers={"Idempotency-Key": key} if key else {})

    def put(self, path: str, body: object, *, if_match: str | None = None) -> Answer:
        return self.send("PUT", path, body, headers={"If-Match": if_match} if if_match else {})

    def delete(self, path: str, *, if_match: str | None = None) -> Answer:
        return self.send("DELETE", path, headers={"If-Match": if_match} if if_match else {})

    def send(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request. `body` is sent as it is when it is bytes or text, as JSON otherwise."""
        event = an_event(method, path, body, headers=headers, query=query, tenant=self.tenant)
        answer = self.handler(event, object())
        raw = answer.get("body") or ""
        return Answer(
            answer["statusCode"],
            answer.get("headers") or {},
            b64decode(raw) if answer.get("isBase64Encoded") else raw.encode(),
        )


def an_event(
    method: str,
    path: str,
    body: object = None,
    *,
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
    tenant: TenantId | None = TENANT,
) -> dict[str, Any]:
    """A request as API Gateway tells it: header names in lower case, the authorizer's word beside it."""
    context: dict[str, Any] = {
        "requestId": "req-1",
        "stage": "$default",
        "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "test"},
    }
    if tenant is not None:
        context["authorizer"] = {"lambda": {"tenant": tenant, "user": "user:louise", "role": "owner"}}
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "&".join(f"{name}={value}" for name, value in (query or {}).items()),
        "headers": {name.lower(): value for name, value in (headers or {}).items()},
        "requestContext": context,
        "isBase64Encoded": False,
    }
    if query:
        event["queryStringParameters"] = dict(query)
    if body is not None:
        event["body"] = b64encode(body).decode() if isinstance(body, bytes) else _text(body)
        event["isBase64Encoded"] = isinstance(body, bytes)
    return event


def _text(body: object) -> str:
    return body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
