"""A real browser before the real handler: a small WSGI server hands each request over as API Gateway would.

Chromium is Debian's; where there is none, these tests are skipped and say so.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from socketserver import TCPServer
from threading import Thread
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest

from functions.public_page.app import answer
from tests.builders import a_customer
from tests.doubles.site import Site, an_event

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = Path("/usr/bin/chromium")
PATIENCE_MS = 60_000  # a busy machine is no failure
WIDTHS = {"phone": 375, "desktop": 1280}
# What a page does on a phone it does on a desktop: `make validate` holds it to that. What it looks like is measured on
# both (test_layout).
SCREENS = list(WIDTHS) if os.environ.get("WHOLE_CORPUS") else ["phone"]
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    is_here, here = CHROMIUM.exists(), f"{Path(__file__).parent}{os.sep}"
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(pytest.mark.browser)
            if not is_here:
                item.add_marker(pytest.mark.skip(reason=f"{CHROMIUM} is not installed"))


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        return


class _Server(WSGIServer):
    def server_bind(self) -> None:
        """Without asking a name server who 127.0.0.1 is: where there is none, that takes seconds."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]
        self.setup_environ()


@dataclass(slots=True)
class Served:
    """A site at an address, and the requests that reached it, in order."""

    url: str
    site: Site
    requests: list[str] = field(default_factory=list)

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        self.requests.append(f"{method} {path}")
        url = path + (f"?{environ['QUERY_STRING']}" if environ["QUERY_STRING"] else "")
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode()
        got = answer(an_event(method, url, body, {"content-type": environ.get("CONTENT_TYPE", "")}), self.site.parts)
        start(f"{got['statusCode']} -", list(got["headers"].items()))
        return [got.get("body", "").encode()]


def serve(site: Site) -> Iterator[Served]:
    served = Served("", site)
    with make_server("127.0.0.1", 0, served, server_class=_Server, handler_class=_Quiet) as server:
        served.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield served
        server.shutdown()
        thread.join()


@pytest.fixture
def served() -> Iterator[Served]:
    """A seller with one consumer, who consents to open tracking."""
    yield from serve(Site(customer=a_customer(consents=True)))


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    from playwright.sync_api import expect, sync_playwright  # noqa: PLC0415 - only where a browser is wanted

    expect.set_options(timeout=PATIENCE_MS)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGS)
        yield browser
        browser.close()


@pytest.fixture(params=SCREENS)
def page(browser: "Browser", request: pytest.FixtureRequest) -> "Iterator[Page]":
    """A page; whatever the policy or a script complains of fails the test."""
    context = browser.new_context(viewport={"width": WIDTHS[request.param], "height": 800}, locale="fr-FR")
    page, complaints = context.new_page(), list[str]()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.set_default_timeout(PATIENCE_MS)
    yield page
    context.close()
    expected = "the server responded with a status of"  # a 409 or a 422 is an answer here
    assert [text for text in complaints if expected not in text] == []


def wider_than_the_screen(page: "Page") -> list[str]:
    """The screens on which one would have to scroll sideways."""
    found = []
    for screen, width in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": 800})
        if page.evaluate("document.documentElement.scrollWidth - innerWidth") > 0:
            found.append(screen)
    return found
