"""Webhooks over HTTPS, signed as Standard Webhooks 1.0 says (headers webhook-id, -timestamp, -signature; `v1,` and the
base64 of HMAC-SHA256 over `id.timestamp.body`), checked 2026-11. Port: relance.app.ports.webhooks.Webhooks.

The address is a customer's word, so it is not to be trusted with what this machine can reach (SSRF). The name is looked
up once, every address found must be public, and the connection goes to the very address that was judged: a name that
changes between the two (DNS rebinding) changes nothing. No redirect is followed, no proxy of the environment is used,
and of the answer only its status is read. From the connection on, the whole call has one deadline: who answers a byte
at a time is hung up on, where a timeout of each read alone would wait for him for ever.
"""

import json
import socket
import ssl
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from hmac import new as hmac
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from threading import Timer
from typing import Final
from urllib.parse import quote, urlsplit

from relance.app.ports.outside import Acceptance, Handover
from relance.app.ports.webhooks import WebhookCall

CONNECT_S: Final = 3.0
TOTAL_S: Final = 10.0
SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - what every secret begins with is none
_LATER: Final = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
_IN_A_PATH: Final = "%/?:@!$&'()*+,;=~-._"  # what is sent as it is written; an address with a space is still one
_UNICAST: Final = IPv6Network("2000::/3")
_TUNNELS: Final = (IPv6Network("2001::/32"), IPv6Network("2002::/16"))  # Teredo and 6to4 hide an IPv4 address
_LOOPBACK: Final = "127.0.0.1"

Lookup = Callable[[str, int], list[str]]


class _Nowhere(Exception):
    """Nothing may be called at that address; why, in a word."""


@dataclass(frozen=True, slots=True)
class _Target:
    """Where to connect (`address`), and what to ask for there."""

    host: str
    address: str
    port: int
    path: str
    is_tls: bool

    @property
    def host_header(self) -> str:
        return self.host if self.port == (443 if self.is_tls else 80) else f"{self.host}:{self.port}"


def look_up(host: str, port: int) -> list[str]:
    """Every address of a name. Raises OSError."""
    return [str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


@dataclass(frozen=True, slots=True)
class HttpsWebhooks:
    """Calls over the public internet. `allows_loopback`: also http://127.0.0.1, on a developer's machine only."""

    allows_loopback: bool = False
    look_up: Lookup = look_up
    ca_certs: str | None = None  # a file of authorities in place of the system's
    connect_s: float = CONNECT_S
    total_s: float = TOTAL_S

    def post(self, call: WebhookCall) -> Handover:
        try:
            target = self._target(call.url)
        except _Nowhere as why:
            return Handover(Acceptance.REFUSED, reason=str(why))
        except (OSError, UnicodeError):
            return Handover(Acceptance.REFUSED, reason="no_address", retryable=True)
        body = body_of(call)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Relance-Webhooks/1",
            "Host": target.host_header,
            **signed(call.id, int(call.at.timestamp()), body, call.secret),
        }
        try:
            raw = socket.create_connection((target.address, target.port), self.connect_s)
        except OSError as error:
            return Handover(Acceptance.REFUSED, reason=type(error).__name__, retryable=True)
        with raw, _hung_up(raw, self.total_s):
            return self._posted(raw, target, body, headers)

    def _posted(self, raw: socket.socket, target: _Target, body: bytes, headers: dict[str, str]) -> Handover:
        """On an open connection. Until it is known to lead to the receiver, not a word is said."""
        try:
            connected = self._secured(raw, target) if target.is_tls else raw
        except OSError as error:
            return Handover(Acceptance.REFUSED, reason=type(error).__name__, retryable=True)
        with connected:
            connected.settimeout(self.total_s)
            connection = HTTPConnection(target.address, target.port)
            connection.sock = connected
            try:
                connection.request("POST", target.path, body=body, headers=headers)
                status = _status(connected)
            except (HTTPException, OSError) as error:
                return Handover(Acceptance.UNKNOWN, reason=type(error).__name__)
        if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            return Handover(Acceptance.ACCEPTED, provider_id=str(status))
        return Handover(Acceptance.REFUSED, reason=f"http_{status}", retryable=status in _LATER)

    def _secured(self, raw: socket.socket, target: _Target) -> socket.socket:
        context = ssl.create_default_context(cafile=self.ca_certs)
        return context.wrap_socket(raw, server_hostname=target.host)

    def _target(self, url: str) -> _Target:
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise _Nowhere("bad_url") from None
        host, is_tls = parts.hostname or "", parts.scheme == "https"
        is_local = self.allows_loopback and host == _LOOPBACK and parts.scheme in ("http", "https")
        if not host or parts.username is not None or parts.password is not None or not (is_tls or is_local):
            raise _Nowhere("bad_url")
        path = quote((parts.path or "/") + (f"?{parts.query}" if parts.query else ""), safe=_IN_A_PATH)
        port = port or (443 if is_tls else 80)
        if is_local:
            return _Target(host, _LOOPBACK, port, path, is_tls)
        host = host.encode("idna").decode() if not host.isascii() else host
        found = self.look_up(host, port)
        if not found or not all(is_public(address) for address in found):
            raise _Nowhere("not_public")
        return _Target(host, found[0], port, path, is_tls)


def _status(connected: socket.socket) -> int:
    """What was answered, as soon as that is known: it stands, whatever becomes of the headers behind it."""
    with HTTPResponse(connected, method="POST") as response:
        try:
            response.begin()
        except (HTTPException, OSError):
            read: object = response.status  # not a number before its line was read
            if not isinstance(read, int):
                raise
        return response.status


@contextmanager
def _hung_up(raw: socket.socket, after_s: float) -> Iterator[None]:
    """Hang up `after_s` from now, whatever is going on: a double does it, for TLS takes the socket away."""
    with raw.dup() as double:
        timer = Timer(after_s, _shut, (double,))
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()


def _shut(double: socket.socket) -> None:
    with suppress(OSError):  # the other side was faster
        double.shutdown(socket.SHUT_RDWR)


def is_public(address: str) -> bool:
    """Whether anybody on the internet could be at that address: not this machine, its network, nor what hides one."""
    try:
        ip: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_public(str(ip.ipv4_mapped))
        if ip not in _UNICAST or any(ip in tunnel for tunnel in _TUNNELS):
            return False
    return ip.is_global and not ip.is_multicast


def body_of(call: WebhookCall) -> bytes:
    """The message as it is sent: its type, its instant, its data."""
    told = {"type": call.type, "timestamp": f"{call.at:%Y-%m-%dT%H:%M:%S}Z", "data": dict(call.data)}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def signed(id: str, timestamp: int, body: bytes, secret: str) -> dict[str, str]:
    """The headers by which the receiver knows that it is us, and when: an old message is not replayed to him."""
    key = b64decode(secret.removeprefix(SECRET_PREFIX))
    digest = hmac(key, f"{id}.{timestamp}.".encode() + body, sha256).digest()
    return {
        "webhook-id": id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{b64encode(digest).decode()}",
    }
