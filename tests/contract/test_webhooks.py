"""What every Webhooks promises, held against the double and the adapter with a receiver on this machine; then what is
HTTPS's own: who is called, and who never is. [S-07]"""

import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from relance.adapters.https_webhooks import HttpsWebhooks, body_of, is_public, signed
from relance.app.ports.outside import Acceptance
from relance.app.ports.webhooks import WebhookCall, Webhooks
from tests.doubles.webhooks import HookFate, RecordingWebhooks

AT = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
CALL = WebhookCall(
    "quo_1#call", "https://hooks.example/relance?x=1", SECRET, "reminder.due", AT, {"document": "D-1", "level": 2}
)


@dataclass
class Receiver:
    """A web server on this machine: what it heard, and what it answers."""

    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    is_silent: bool = False
    heard: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)
    port: int = 0

    @contextmanager
    def serving(self, tls: ssl.SSLContext | None = None) -> Iterator["Receiver"]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                receiver.heard.append((self.path, dict(self.headers.items()), self.rfile.read(length)))
                if receiver.is_silent:
                    receiver.release.wait(5)
                    return
                self.send_response(receiver.status)
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                return

        class Quiet(HTTPServer):
            def handle_error(self, *_: Any) -> None:
                return  # a caller that hangs up is what some tests want

        server = Quiet(("127.0.0.1", 0), Handler)
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        self.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.release.set()
            server.shutdown()
            server.server_close()


@dataclass
class Case:
    """One implementation, and how its receiver is told to answer."""

    hooks: Webhooks
    url: str
    heard: Any
    answers: Any


@pytest.fixture(params=["double", "https"])
def case(request: pytest.FixtureRequest) -> Iterator[Case]:
    if request.param == "double":
        double = RecordingWebhooks()
        yield Case(double, CALL.url, lambda: len(double.heard), double.next)
        return
    with Receiver().serving() as receiver:

        def answers(fate: HookFate) -> None:
            statuses = {HookFate.ACCEPTED: 204, HookFate.REFUSED: 410, HookFate.BUSY: 503}
            receiver.status = statuses.get(fate, 204)
            receiver.is_silent = fate is HookFate.LOST

        hooks = HttpsWebhooks(allows_loopback=True, total_s=0.3)
        yield Case(hooks, f"http://127.0.0.1:{receiver.port}/", lambda: len(receiver.heard), answers)


@pytest.mark.parametrize(
    ("fate", "outcome", "retryable", "heard"),
    [
        (HookFate.ACCEPTED, Acceptance.ACCEPTED, False, {1}),
        (HookFate.REFUSED, Acceptance.REFUSED, False, {0, 1}),
        (HookFate.BUSY, Acceptance.REFUSED, True, {0, 1}),
        (HookFate.LOST, Acceptance.UNKNOWN, False, {1}),
    ],
)
def test_one_call_is_one_message_and_its_outcome_is_told_for_what_it_is(
    case: Case, fate: HookFate, outcome: Acceptance, retryable: bool, heard: set[int]
) -> None:
    case.answers(fate)
    told = case.hooks.post(replace(CALL, url=case.url))
    assert (told.acceptance, told.retryable) == (outcome, retryable)
    assert case.heard() in heard


def test_an_address_that_is_no_https_is_never_called(case: Case) -> None:
    told = case.hooks.post(replace(CALL, url="ftp://hooks.example/"))
    assert (told.acceptance, told.retryable, case.heard()) == (Acceptance.REFUSED, False, 0)


# --- HTTPS's own ------------------------------------------------------------------------------------------------------


def test_the_signature_is_the_one_of_the_specification() -> None:
    """Vector of the Standard Webhooks reference libraries (libraries/python/tests), checked 2026-11."""
    headers = signed("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}', SECRET)
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_what_is_sent_is_the_signed_body_to_the_whole_path() -> None:
    with Receiver().serving() as receiver:
        url = f"http://127.0.0.1:{receiver.port}/a?b=c"
        assert HttpsWebhooks(allows_loopback=True).post(replace(CALL, url=url)).acceptance is Acceptance.ACCEPTED
    ((path, headers, body),) = receiver.heard
    assert (path, body) == ("/a?b=c", body_of(CALL))
    assert json.loads(body) == {
        "type": "reminder.due",
        "timestamp": "2026-11-16T09:00:00Z",
        "data": {"document": "D-1", "level": 2},
    }
    assert (
        signed(CALL.id, int(AT.timestamp()), body, SECRET).items() <= {k.lower(): v for k, v in headers.items()}.items()
    )


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "198.18.0.1", "::1", "::", "fe80::1%eth0", "fc00::1", "fd00:ec2::254",
        "::ffff:169.254.169.254", "2002:a9fe:a9fe::1", "2001:0:1::1", "64:ff9b::a9fe:a9fe", "ff02::1", "not an address",
    ],
)  # fmt: skip
def test_nothing_is_called_that_could_be_this_machine_or_its_network(address: str) -> None:
    called = HttpsWebhooks(look_up=lambda _host, _port: ["93.184.215.14", address]).post(CALL)
    assert (called.acceptance, called.reason) == (Acceptance.REFUSED, "not_public")


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::ffff:8.8.8.8"])
def test_what_is_on_the_public_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example/", "https://", "https://user:pw@hooks.example/", "https://hooks.example:99999/",
        "https://[::1", "file:///etc/passwd", "http://127.0.0.1/", "https://@hooks.example/",
    ],
)  # fmt: skip
def test_an_address_with_anything_odd_in_it_is_refused(url: str) -> None:
    def nobody(_host: str, _port: int) -> list[str]:
        raise AssertionError("nothing to look up")

    assert HttpsWebhooks(look_up=nobody).post(replace(CALL, url=url)).reason == "bad_url"


def test_the_loopback_is_a_name_like_any_other_unless_the_stage_allows_it() -> None:
    hooks = HttpsWebhooks(look_up=lambda host, _port: [host])
    assert hooks.post(replace(CALL, url="https://127.0.0.1/")).reason == "not_public"


def test_a_name_that_leads_nowhere_may_lead_somewhere_later() -> None:
    def unknown(_host: str, _port: int) -> list[str]:
        raise socket.gaierror

    told = HttpsWebhooks(look_up=unknown).post(CALL)
    assert (told.acceptance, told.reason, told.retryable) == (Acceptance.REFUSED, "no_address", True)


def test_a_redirect_is_not_followed() -> None:
    with Receiver().serving() as inside, Receiver().serving() as receiver:
        receiver.status, receiver.headers = 307, {"Location": f"http://127.0.0.1:{inside.port}/"}
        url = f"http://127.0.0.1:{receiver.port}/"
        told = HttpsWebhooks(allows_loopback=True).post(replace(CALL, url=url))
    assert (told.acceptance, told.reason) == (Acceptance.REFUSED, "http_307")
    assert inside.heard == []


TOTAL_S = 1.5  # for an answer that is there at once, on a machine that does other things too
DRIPPING_S = 30


@pytest.mark.parametrize(
    ("scheme", "begun", "outcome"),
    [
        ("http", b"", Acceptance.UNKNOWN),
        ("http", b"HTTP/1.1 200 OK\r\nX-Slow: ", Acceptance.ACCEPTED),
        ("https", b"\x16\x03\x03\x02\x00", Acceptance.REFUSED),
    ],
    ids=["its status", "its headers", "its handshake"],
)
def test_who_answers_a_byte_at_a_time_is_hung_up_on(scheme: str, begun: bytes, outcome: Acceptance) -> None:
    """Each byte comes within the time of a read; the call ends all the same. A status that was read counts; in the
    middle of a handshake (a record of 512 bytes was promised) nothing was said yet."""
    with dripping(begun) as port:
        started = time.monotonic()
        told = HttpsWebhooks(allows_loopback=True, total_s=TOTAL_S).post(
            replace(CALL, url=f"{scheme}://127.0.0.1:{port}/")
        )
        took = time.monotonic() - started
    assert told.acceptance is outcome
    assert TOTAL_S <= took < DRIPPING_S


@contextmanager
def dripping(begun: bytes) -> Iterator[int]:
    """A receiver that answers `begun`, then a byte each twentieth of a second."""

    def answer() -> None:
        with suppress(OSError), listener.accept()[0] as heard:
            heard.sendall(begun)
            for _ in range(DRIPPING_S * 20):
                heard.sendall(b"x")
                stop.wait(0.05)

    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        stop.set()
        thread.join()


@pytest.mark.parametrize(
    ("begun", "outcome"),
    [
        (b"", Acceptance.UNKNOWN),
        (b"HTTP/1.1 20", Acceptance.UNKNOWN),
        (b"HTTP/1.1 200 OK\r\nX-Slow: ", Acceptance.ACCEPTED),
        (b"HTTP/1.1 503 Busy\r\nX-Slow: ", Acceptance.REFUSED),
    ],
    ids=["nothing", "half a status", "its status", "that it is busy"],
)
def test_a_status_stands_when_the_connection_is_reset_behind_it(begun: bytes, outcome: Acceptance) -> None:
    """So may he be hung up on: what the kernel tells us first, the end or the reset, is chance."""

    class Resetting(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.wfile.write(begun)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

        def log_message(self, format: str, *args: Any) -> None:
            return

    class Server(HTTPServer):
        def shutdown_request(self, request: Any) -> None:
            request.close()  # at once: no end is told before the reset

    with Server(("127.0.0.1", 0), Resetting) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/"
        told = HttpsWebhooks(allows_loopback=True).post(replace(CALL, url=url))
    assert told.acceptance is outcome
    assert told.retryable is (outcome is Acceptance.REFUSED)


def test_an_address_with_letters_of_its_own_is_called_as_it_is_meant() -> None:
    with Receiver().serving() as receiver:
        url = f"http://127.0.0.1:{receiver.port}/été 1?à=b%20c"
        assert HttpsWebhooks(allows_loopback=True).post(replace(CALL, url=url)).acceptance is Acceptance.ACCEPTED
    assert receiver.heard[0][0] == "/%C3%A9t%C3%A9%201?%C3%A0=b%20c"
    asked: list[str] = []

    def noted(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    HttpsWebhooks(look_up=noted).post(replace(CALL, url="https://écluse.example/"))
    assert asked == ["xn--cluse-9ra.example"]


def test_where_nobody_listens_nothing_was_heard() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and does not listen
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        told = HttpsWebhooks(allows_loopback=True, total_s=0.3).post(replace(CALL, url=url))
    assert (told.acceptance, told.retryable) == (Acceptance.REFUSED, True)


def test_the_certificate_must_be_the_receivers(tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_certificate(tmp_path))
    with Receiver().serving(context) as receiver:
        call = replace(CALL, url=f"https://127.0.0.1:{receiver.port}/")
        stranger = HttpsWebhooks(allows_loopback=True).post(call)
        known = HttpsWebhooks(allows_loopback=True, ca_certs=str(tmp_path / "cert.pem")).post(call)
    assert (stranger.acceptance, stranger.reason, stranger.retryable) == (
        Acceptance.REFUSED, "SSLCertVerificationError", True,
    )  # fmt: skip
    assert known.acceptance is Acceptance.ACCEPTED
    assert len(receiver.heard) == 1


def test_a_secret_is_in_no_representation() -> None:
    assert SECRET not in repr(CALL)


def _certificate(folder: Path) -> Path:
    """A key and a certificate for this machine's loopback address, for an hour."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "receiver")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    (folder / "cert.pem").write_bytes(pem)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "both.pem").write_bytes(private + pem)
    return folder / "both.pem"
