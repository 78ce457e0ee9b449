"""A small web server in a thread, on 127.0.0.1 only: what the front and the mailbox have in common."""

from __future__ import annotations

import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Handler(BaseHTTPRequestHandler):
    """Answers with one body; logs nothing."""

    protocol_version = "HTTP/1.1"
    server_version = "Relance"
    sys_version = ""

    def answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        return


class Threads(ThreadingHTTPServer):
    """One thread for each caller; listens once it is made."""

    daemon_threads = True
    # The library's 5 is for a page now and then. Beyond it the kernel drops what comes (callers wait in doubling steps,
    # up to a minute) or answers with cookies, and a cookie that it no longer knows is a "connection reset by peer".
    request_queue_size = 512

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever hangs up before he has his answer (Ctrl-C in the middle of a demo) is no failure to tell of."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Server:
    """Serves `handler` until `stop`; `settings` become attributes of the server that the handler reads."""

    def __init__(self, port: int, handler: type[Handler], **settings: Any) -> None:
        self._server = Threads(("127.0.0.1", port), handler)
        for name, value in settings.items():
            setattr(self._server, name, value)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name=self.url, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop listening. Safe to call twice."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()
