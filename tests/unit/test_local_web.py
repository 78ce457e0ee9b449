"""The small web server of the local cloud: who hangs up is not told of, what breaks is."""

from __future__ import annotations

import socket
import struct
from contextlib import ExitStack
from threading import Event

import pytest

from local.web import Handler, Server, Threads

RESET = struct.pack("ii", 1, 0)  # SO_LINGER: closing sends a reset, so that writing to it fails


def asked(server: Server) -> socket.socket:
    """A connection over which a page was asked for."""
    host, port = server.url.removeprefix("http://").split(":")
    caller = socket.create_connection((host, int(port)))
    caller.sendall(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
    return caller


def test_a_caller_who_hangs_up_is_no_failure(capfd: pytest.CaptureFixture[str]) -> None:
    began, hung_up, failed = Event(), Event(), Event()

    class Slow(Handler):
        def do_GET(self) -> None:
            began.set()
            hung_up.wait()
            try:
                for _ in range(64):
                    self.answer(200, bytes(2**20), {})
            except ConnectionError:
                failed.set()
                raise

    server = Server(0, Slow)
    caller = asked(server)
    began.wait()
    caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    caller.close()
    hung_up.set()
    assert failed.wait(10)
    server.stop()
    assert capfd.readouterr().err == ""


def test_a_crowd_that_comes_at_once_is_let_in_while_nobody_is_at_the_door() -> None:
    with Threads(("127.0.0.1", 0), Handler) as not_serving, ExitStack() as crowd:
        for _ in range(200):
            crowd.enter_context(socket.create_connection(("127.0.0.1", not_serving.server_port), timeout=0.5))


def test_a_handler_that_breaks_is_told_of(capfd: pytest.CaptureFixture[str]) -> None:
    class Broken(Handler):
        def do_GET(self) -> None:
            raise ValueError("broken on purpose")

    server = Server(0, Broken)
    with asked(server) as caller:
        assert caller.recv(1) == b""
    server.stop()
    assert "broken on purpose" in capfd.readouterr().err
