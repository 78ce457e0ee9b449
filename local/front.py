"""One friendly address for the API and the customers' pages: http://127.0.0.1:PORT/.

`/v1`, `/q`, `/o` and `/u` go to the deployed HTTP API; `/` is a home page with the links that one needs. At most
ADMITTED requests are passed on at a time and the others wait: on a laptop every concurrent request is one more Python
process.
"""

from __future__ import annotations

import http.client
import threading
from urllib.parse import urlsplit

from local.web import Handler, Server

ADMITTED = 8
UPSTREAM_S = 120.0  # as long as a request may wait for a worker
PREFIXES = ("/v1/", "/q/", "/o/", "/u/")
# Of one connection, not of the message (RFC 9110 section 7.6.1).
HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "host", "content-length"}
)

HOME = """<!doctype html><html lang="fr"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Relance, en local</title><style>
       body{{font:17px/1.6 system-ui,sans-serif;max-width:38rem;margin:12vh auto;padding:0
       1.5rem;color:#1d2433;background:#fbfaf7}}
       h1{{font-size:1.5rem;margin-bottom:.2rem}}a{{color:#1f5fa8}}code{{background:#eee9df;padding:.1em
       .35em;border-radius:4px}} li{{margin:.5rem 0}}</style><h1>Relance</h1><p>Le nuage local tourne sur cette
       machine.</p><ul> <li><a href="{mailbox}">La boîte aux lettres</a> : chaque courriel envoyé par le système.</li>
       <li><a href="/v1/openapi.json">L’API</a>, sous <code>/v1</code> (en-tête <code>Authorization: Bearer
       rl_…</code>).</li> <li>Les pages des clients, sous <code>/q/…</code>, par les liens des
       courriels.</li></ul></html>"""


class Front(Server):
    """The front of one local cloud."""

    def __init__(self, port: int, emulator_url: str, api_id: str, mailbox_port: int) -> None:
        super().__init__(
            port,
            _FrontHandler,
            upstream=urlsplit(emulator_url).netloc,
            base=f"/_aws/execute-api/{api_id}/$default",
            home=HOME.format(mailbox=f"http://127.0.0.1:{mailbox_port}/").encode(),
            admitted=threading.BoundedSemaphore(ADMITTED),
        )


class _FrontHandler(Handler):
    def _pass_on(self) -> None:
        if self.path == "/":
            self.answer(200, self.server.home, {"Content-Type": "text/html; charset=utf-8"})  # type: ignore[attr-defined]
            return
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if not self.path.startswith(PREFIXES):
            self.answer(404, b"Page inconnue\n", {"Content-Type": "text/plain; charset=utf-8"})
            return
        with self.server.admitted:  # type: ignore[attr-defined]
            self._ask(body)

    def _ask(self, body: bytes) -> None:
        upstream = http.client.HTTPConnection(self.server.upstream, timeout=UPSTREAM_S)  # type: ignore[attr-defined]
        try:
            headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
            headers |= {"X-Forwarded-Host": self.headers.get("Host", ""), "X-Forwarded-Proto": "http"}
            upstream.request(self.command, self.server.base + self.path, body, headers)  # type: ignore[attr-defined]
            response = upstream.getresponse()
            content = response.read()
        except OSError:
            self.answer(503, b"Le nuage local ne repond pas.\n", {"Content-Type": "text/plain; charset=utf-8"})
            return
        finally:
            upstream.close()
        kept = {
            n: v
            for n, v in response.getheaders()
            if n.lower() not in HOP_BY_HOP and not n.lower().startswith("access-control")
        }
        self.answer(response.status, content, kept)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_OPTIONS = _pass_on
