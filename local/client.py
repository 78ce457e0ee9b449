"""The HTTP API and the customer's browser, as small as the main job and the tests need them."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from uuid import uuid4

TIMEOUT_S = 180  # seventy who write at once wait for their turn at the front


class UnexpectedAnswerError(RuntimeError):
    """The other side answered something else than what was asked for."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whatever the status."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()


class _Stay(urllib.request.HTTPRedirectHandler):
    """A redirection is an answer to look at, not to follow."""

    def redirect_request(self, *_: object, **__: object) -> None:
        return None


_OPENER = urllib.request.build_opener(_Stay)


def call(method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None) -> Answer:
    """One request; an error status is an answer like another."""
    request = urllib.request.Request(url, data=body, method=method, headers=dict(headers or {}))  # noqa: S310
    try:
        with _OPENER.open(request, timeout=TIMEOUT_S) as response:
            return Answer(response.status, dict(response.headers.items()), response.read())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, dict(error.headers.items()), error.read())


class Api:
    """The API with a key: JSON in, JSON out; anything but the wanted status raises with what was said."""

    def __init__(self, base: str, key: str) -> None:
        self.base = base.rstrip("/")
        self.key = key

    def send(self, method: str, path: str, body: object = None, *, headers: Mapping[str, str] | None = None) -> Answer:
        """One call as it is, with a fresh Idempotency-Key on POST unless one is given."""
        sent = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        if method == "POST":
            sent["Idempotency-Key"] = str(uuid4())
        data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        return call(method, f"{self.base}{path}", headers={**sent, **(headers or {})}, body=data)

    def get(self, path: str) -> Any:
        return self._wanted(self.send("GET", path), "GET", path)

    def post(self, path: str, body: object = None) -> Any:
        return self._wanted(self.send("POST", path, body), "POST", path)

    def put(self, path: str, body: object, *, etag: str | None = None) -> Any:
        headers = {"If-Match": etag} if etag else {}
        return self._wanted(self.send("PUT", path, body, headers=headers), "PUT", path)

    def bytes(self, path: str) -> bytes:
        answer = self.send("GET", path)
        self._wanted(answer, "GET", path, parse=False)
        return answer.body

    def _wanted(self, answer: Answer, method: str, path: str, *, parse: bool = True) -> Any:
        if not 200 <= answer.status < 300:
            raise UnexpectedAnswerError(f"{method} {path}: {answer.status} {answer.text[:2000]}")
        return answer.json if parse and answer.body else None


class _Forms(HTMLParser):
    """What each form of a page sends as it stands, by the form's action: a box that is not ticked sends nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: dict[str, dict[str, str]] = {}
        self._by_id: dict[str, dict[str, str]] = {}
        self._current: dict[str, str] | None = None
        self._area: tuple[dict[str, str], str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._current = self.forms.setdefault(said.get("action", ""), {})
            if id := said.get("id"):  # fields may stand outside of their form, before it or after
                self._current |= self._by_id.get(id, {})
                self._by_id[id] = self._current
        elif tag in {"input", "textarea"} and "name" in said and _is_sent(said):
            owner = self._by_id.setdefault(said["form"], {}) if "form" in said else self._current
            if owner is not None:
                owner[said["name"]] = said.get("value", "")
                self._area = (owner, said["name"]) if tag == "textarea" else None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            owner, name = self._area
            owner[name] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._current = None
        elif tag == "textarea":
            self._area = None


def _is_sent(field: Mapping[str, str]) -> bool:
    kind = field.get("type")
    return "checked" in field if kind in {"checkbox", "radio"} else kind != "submit"


class Customer:
    """A customer's browser: looks at pages, fills the forms that are on them, never more."""

    def look(self, url: str) -> Answer:
        return call("GET", url, headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"})

    def submit(self, url: str, form_ending: str, **typed: str) -> Answer:
        """Fill the form of the page at `url` whose action ends with `form_ending`, and send it."""
        page = self.look(url)
        return self.fill(url, page.text, form_ending, **typed)

    def fill(self, url: str, page: str, form_ending: str, **typed: str) -> Answer:
        """Send a form of a page that is already on the screen."""
        parser = _Forms()
        parser.feed(page)
        for action, fields in parser.forms.items():
            if action.endswith(form_ending):
                body = urllib.parse.urlencode({**fields, **typed}).encode()
                target = urllib.parse.urljoin(url, action)
                headers = {
                    "Content-Type": "application/x-www-form-urlencoded",
                    "User-Agent": "Mozilla/5.0 Firefox/140.0",
                }
                return call("POST", target, headers=headers, body=body)
        raise UnexpectedAnswerError(f"no form for {form_ending} on {url}: {sorted(parser.forms)}")
