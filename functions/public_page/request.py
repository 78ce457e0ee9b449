"""One request to the pages: token, route and form, each read only when asked for."""

from dataclasses import dataclass
from functools import cached_property

from functions.public_page.wiring import Parts
from relance.app.answering import Visitor
from relance.app.viewing import Shown
from relance.runtime.pages import Event, form


@dataclass(frozen=True)
class Request:
    """One request, read only as far as its route asks."""

    event: Event
    parts: Parts

    @property
    def token(self) -> str:
        return str((self.event.get("pathParameters") or {}).get("token", ""))

    @property
    def route(self) -> str:
        return str(self.event.get("routeKey", ""))

    @property
    def up(self) -> str:
        """How to come back from this address to that of the page."""
        return "../" if self.route.count("/") > 2 else ""

    @cached_property
    def form(self) -> dict[str, str]:
        return form(self.event)

    @property
    def shown(self) -> Shown:
        return Shown(self.form.get("document_sha256", ""), self.form.get("form_token", ""))

    @property
    def visitor(self) -> Visitor:
        http = (self.event.get("requestContext") or {}).get("http") or {}
        return Visitor(str(http.get("sourceIp", "")), str(http.get("userAgent", "")))
