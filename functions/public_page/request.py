"""One request to the pages: token, route and form, each read only when asked for."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from functions.public_page.wiring import Parts
from relance.app.answering import Signed, Visitor
from relance.app.looking import Look
from relance.app.viewing import Shown
from relance.app.withdrawing import Statement
from relance.domain.errors import Fault, Invalid
from relance.domain.quote import Choice
from relance.runtime.pages import Event, cookie_of, form

OWN_COOKIE: Final = "relance_own"
LINK_LETTERS: Final = 22

_CHOICE = re.compile(r"(?:choice|quantity)-([0-9]{1,3})")
_QUANTITY = re.compile(r"[0-9]{1,9}(?:[.,][0-9]{1,9})?")
_ANSWERS = frozenset({"name", "mention", "reason", "text", "email", "statement", "early_start", "choices"})


@dataclass(frozen=True)
class Request:
    """One request, read only as far as its route asks."""

    event: Event
    parts: Parts

    @property
    def token(self) -> str:
        return str((self.event.get("pathParameters") or {}).get("token", ""))

    @property
    def is_of_document(self) -> bool:
        """Whether the token is that of a document's page (16 bytes), and not that of a pixel (22)."""
        return len(self.token) == LINK_LETTERS

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
    def typed(self) -> dict[str, str]:
        """What the visitor himself put into the form."""
        return {key: text for key, text in self.form.items() if key in _ANSWERS or _CHOICE.fullmatch(key)}

    @property
    def wishes(self) -> tuple[Choice, ...] | None:
        """His choices, None when the form held none. An option that is not ticked is not sent. Raises Invalid."""
        if self.form.get("choices") != "yes":
            return None
        lines = sorted({int(match[1]) for key in self.form if (match := _CHOICE.fullmatch(key))})
        return tuple(self._wish(line) for line in lines)

    def _wish(self, line: int) -> Choice:
        typed = "".join(self.form.get(f"quantity-{line}", "").split())
        if typed and not _QUANTITY.fullmatch(typed):
            fault = Fault(f"/quantity-{line}", "Écrivez un nombre, par exemple 2 ou 12,5.", "not_a_number")
            raise Invalid("Vérifiez vos choix : une quantité n’est pas un nombre.", faults=[fault])
        quantity = Decimal(typed.replace(",", ".")) if typed else None
        return Choice(line, f"choice-{line}" in self.form, quantity)

    @property
    def signed(self) -> Signed:
        sent = self.form
        early_start = sent.get("early_start") == "yes"
        return Signed(sent.get("name", ""), sent.get("mention", ""), self.wishes, early_start)

    @property
    def statement(self) -> Statement:
        sent = self.form
        return Statement(sent.get("name", ""), sent.get("email", ""), sent.get("statement", ""))

    @property
    def visitor(self) -> Visitor:
        return Visitor(str(self._http.get("sourceIp", "")), str(self._http.get("userAgent", "")))

    @property
    def preview(self) -> str:
        """The proof that a seller's preview carries in its address, "" without one."""
        return str((self.event.get("queryStringParameters") or {}).get("preview", ""))

    @property
    def look(self) -> Look:
        """How the visitor presents himself; what the page's script says of time and gestures only when it spoke."""
        said = self.form if self._http.get("method") == "POST" else {}
        return Look(
            method=str(self._http.get("method", "")),
            ip=self.visitor.ip,
            user_agent=self.visitor.user_agent,
            mark=cookie_of(self.event, OWN_COOKIE),
            preview=self.preview,
            seconds=int(said["seconds"]) if re.fullmatch(r"[0-9]{1,4}", said.get("seconds", "")) else 0,
            gesture=said.get("gesture") == "yes",
        )

    @property
    def _http(self) -> dict[str, Any]:
        return (self.event.get("requestContext") or {}).get("http") or {}
