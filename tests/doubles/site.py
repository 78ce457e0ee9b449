"""The customer's pages around doubles: the handler as a browser meets it, over a store that a test fills."""

import re
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin

from functions.public_page import wiring
from functions.public_page.app import answer
from relance.adapters.page_jinja import JinjaPages
from relance.adapters.robot_data import load_robots
from relance.app.context import Context
from relance.app.looking import Watch
from relance.app.ports.activity import Activity, ActivityKind
from relance.app.ports.store import Commit, Entity
from relance.app.viewing import Door
from relance.domain.content import InvoiceContent, QuoteContent, content_sha256
from relance.domain.invoice import Invoice, InvoiceStatus
from relance.domain.links import Link, Pixel, link_id, link_token, pixel_token
from relance.domain.party import Company, Customer
from relance.domain.quote import Quote, QuoteStatus
from relance.domain.reminder.run import Run, new_run
from tests.builders import (
    TENANT,
    a_company,
    a_customer,
    a_quote,
    a_quote_content,
    an_invoice,
    an_invoice_content,
)
from tests.doubles.activity import InMemoryActivityLog
from tests.doubles.outside import InMemoryDocuments, ManualClock, RecordingExecutions, SeededEntropy
from tests.doubles.store import InMemoryStore

KEY = b"a deployment's secret, 32 bytes!"
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
_ROUTES = (
    (re.compile(r"/q/([^/]*)"), "/q/{token}"),
    (re.compile(r"/q/([^/]*)/(\w+)"), "/q/{token}/%s"),
    (re.compile(r"/u/([^/]*)"), "/u/{token}"),
)


@dataclass(frozen=True, slots=True)
class Page:
    """What a browser got, and where it is now."""

    url: str
    status: int
    headers: dict[str, str]
    body: str
    cookies: tuple[str, ...] = ()

    @property
    def forms(self) -> dict[str, dict[str, str]]:
        """The fields of each form, by the last word of its action; a box that is not ticked is no field."""
        reader = _Forms()
        reader.feed(self.body)
        for owner, name, value in reader.elsewhere:
            reader.forms[reader.named[owner]][name] = value
        return {action.rpartition("/")[2]: fields for action, fields in reader.forms.items()}


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: dict[str, dict[str, str]] = {}
        self.named: dict[str, str] = {}
        self.elsewhere: list[tuple[str, str, str]] = []
        self._fields: dict[str, str] | None = None
        self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._fields = self.forms.setdefault(said["action"], {})
            self.named[said.get("id", "")] = said["action"]
        elif tag in {"input", "textarea"} and "name" in said:
            if said.get("type") == "checkbox" and "checked" not in said:
                return
            if "form" in said:
                self.elsewhere.append((said["form"], said["name"], said.get("value", "")))
            elif self._fields is not None:
                self._fields[said["name"]] = said.get("value", "")
                self._area = said["name"] if tag == "textarea" else ""

    def handle_data(self, data: str) -> None:
        if self._area and self._fields is not None:
            self._fields[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        self._area = ""
        if tag == "form":
            self._fields = None


@dataclass(slots=True)
class Site:
    """One seller with one customer; a browser that does what it is told."""

    store: InMemoryStore = field(default_factory=InMemoryStore)
    clock: ManualClock = field(default_factory=ManualClock)
    activity: InMemoryActivityLog = field(init=False)
    documents: InMemoryDocuments = field(default_factory=InMemoryDocuments)
    executions: RecordingExecutions = field(default_factory=RecordingExecutions)
    company: Company = field(default_factory=a_company)
    customer: Customer = field(default_factory=a_customer)
    entropy: SeededEntropy = field(default_factory=SeededEntropy)

    def __post_init__(self) -> None:
        self.activity = InMemoryActivityLog(self.clock)
        self.put(self.company, self.customer)

    @property
    def ctx(self) -> Context:
        return Context(self.store, self.clock, self.entropy)

    @property
    def door(self) -> Door:
        return Door(self.store, KEY)

    @property
    def parts(self) -> wiring.Parts:
        return wiring.Parts(
            self.ctx,
            self.door,
            Watch(self.activity, load_robots()),
            JinjaPages(),
            lambda: self.documents,
            lambda: self.executions,
        )

    # --- what is there ----------------------------------------------------------------------------------------------

    def put(self, *entities: Entity) -> None:
        self.store.commit(Commit(TENANT, self.entropy.bytes(16).hex(), puts=entities))

    def quote(self, printed: QuoteContent | None = None, **changes: Any) -> str:
        """A sent quote, rendered and linked; the token of its page."""
        content = printed or a_quote_content(self.company, self.customer)
        sent = replace(
            a_quote(
                status=QuoteStatus.SENT,
                number=content.number,
                version=content.version,
                content=content,
                content_sha256=content_sha256(content),
                pdf_sha256=self.documents.put(b"%PDF-1.7 " + content.number.encode() + b"%d" % content.version),
                sent_at=self.clock.now(),
            ),
            **changes,
        )
        run = new_run(TENANT, "quote", sent.id, "standard.quote@1", self.clock.now())
        return self._linked("quote", sent, run)

    def invoice(self, printed: InvoiceContent | None = None, **changes: Any) -> str:
        """An issued invoice, rendered and linked; the token of its page."""
        content = printed or an_invoice_content(self.company, self.customer)
        issued = replace(
            an_invoice(
                status=InvoiceStatus.ISSUED,
                number=content.number,
                content=content,
                content_sha256=content_sha256(content),
                pdf_sha256=self.documents.put(b"%PDF-1.7 " + content.number.encode()),
                issued_at=self.clock.now(),
            ),
            **changes,
        )
        return self._linked("invoice", issued)

    def pixel(self, token_bytes: bytes = b"0123456789", **changes: Any) -> str:
        """A pixel in a mail to the customer; its token."""
        self.put(
            replace(
                Pixel(
                    TENANT,
                    token_bytes.hex(),
                    1,
                    self.customer.id,
                    "quote",
                    a_quote().id,
                    "claim#delivery",
                    self.clock.now(),
                ),
                **changes,
            )
        )
        return pixel_token(KEY, token_bytes)

    def noticed(self) -> list[Activity]:
        """What was noticed, but for the addresses that were merely fetched."""
        return [one for one in self.activity.kept.values() if one.kind is not ActivityKind.FOLLOWED]

    def stored(self) -> Quote:
        """The quote as it is now."""
        quote = self.store.get(TENANT, Quote, a_quote().id)
        assert quote is not None
        return quote

    def stored_invoice(self) -> Invoice:
        """The invoice as it is now."""
        invoice = self.store.get(TENANT, Invoice, an_invoice().id)
        assert invoice is not None
        return invoice

    def run(self) -> Run:
        """The run of the quote as it is now."""
        run = self.store.get(TENANT, Run, a_quote().id)
        assert run is not None
        return run

    def change(self, **changes: Any) -> Quote:
        """The quote, changed by somebody else."""
        quote = self.stored()
        self.put(replace(quote, rev=quote.rev + 1, **changes))
        return self.stored()

    def _linked(self, kind: str, document: Quote | Invoice, *others: Entity) -> str:
        token = link_token(KEY, TENANT, kind, document.id)
        self.put(document, *others, Link(TENANT, link_id(token), 1, kind, document.id, self.clock.now()))
        return token

    # --- the browser ------------------------------------------------------------------------------------------------

    def get(self, url: str, **client: Any) -> Page:
        """`client`: its `agent`, `ip` and `cookies`, where they matter."""
        return self.send("GET", url, **client)

    def post(self, url: str, fields: dict[str, str], **client: Any) -> Page:
        headers = {"content-type": "application/x-www-form-urlencoded"}
        return self.send("POST", url, urlencode(fields), headers, **client)

    def fill(self, page: Page, action: str, client: dict[str, Any] | None = None, /, **typed: str) -> Page:
        """Send the form of a page whose action ends with that word."""
        fields = page.forms[action] | typed
        return self.post(urljoin(page.url, self._action(page, action)), fields, **(client or {}))

    def follow(self, page: Page) -> Page:
        """Go where an answer 303 says."""
        assert page.status == 303, page.status
        return self.get(urljoin(page.url, page.headers["Location"]))

    def send(self, method: str, url: str, body: str = "", headers: dict[str, str] | None = None, **client: Any) -> Page:
        """One request as it is; to one container when its `parts` are given, else to a new one each time."""
        parts = client.pop("parts", None) or self.parts
        got = answer(an_event(method, url, body, headers, **client), parts)
        return Page(url, got["statusCode"], got["headers"], got.get("body", ""), tuple(got.get("cookies", ())))

    @staticmethod
    def _action(page: Page, word: str) -> str:
        actions: list[str] = re.findall(r'<form[^>]*action="([^"]*)"', page.body)
        return next(action for action in actions if action.rpartition("/")[2] == word)


def an_event(
    method: str,
    url: str,
    body: str = "",
    headers: dict[str, str] | None = None,
    *,
    agent: str = AGENT,
    ip: str = "203.0.113.7",
    cookies: tuple[str, ...] = (),
) -> dict[str, Any]:
    """The event of payload 2.0 that API Gateway makes of a request; routes that it does not know are `$default`."""
    path, _, query = url.partition("?")
    found = [(m, route) for pattern, route in _ROUTES if (m := pattern.fullmatch(path))]
    match, route = found[0] if found else (None, "")
    key = f"{method} {route % match[2] if '%s' in route else route}" if match else "$default"
    return {
        "version": "2.0",
        "routeKey": key,
        "rawPath": path,
        "headers": headers or {},
        "queryStringParameters": dict(parse_qsl(query)),
        "pathParameters": {"token": match[1]} if match else {},
        "requestContext": {
            "requestId": "req-1",
            "http": {"method": method, "path": path, "sourceIp": ip, "userAgent": agent},
        },
        "cookies": list(cookies),
        "body": body,
        "isBase64Encoded": False,
    }
