"""Webhooks over HTTPS, signed as Standard Webhooks 1.0 says (headers webhook-id, -timestamp, -signature; `v1,` and the
base64 of HMAC-SHA256 over `id.timestamp.body`), checked 2026-11. Port: relance.app.ports.webhooks.Webhooks.

The address is a customer's word, so it is not to be trusted with what this machine can reach (SSRF). The name is looked
up once, every address found must be public, and the connection goes to the very address that was judged: a name that
changes between the two (DNS rebinding) changes nothing. No redirect is followed, no proxy of the environment is used,
and of the answer only its status is read.
"""

import json
import socket
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from hmac import new as hmac
from http import HTTPStatus
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from ssl import SSLCertVerificationError
from typing import Final
from urllib.parse import urlsplit

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, Timeout
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, SSLError

from relance.app.ports.outside import Acceptance, Handover
from relance.app.ports.webhooks import WebhookCall

TIMEOUT: Final = Timeout(connect=3, read=7)  # seconds
SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - what every secret begins with is none
_LATER: Final = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
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
    timeout: Timeout = TIMEOUT

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
            with self._pool(target) as pool:
                answer = pool.urlopen(
                    "POST",
                    target.path,
                    body=body,
                    headers=headers,
                    retries=False,
                    redirect=False,
                    preload_content=False,
                )
                answer.close()
        except (HTTPError, OSError) as error:
            if _heard_nothing(error):
                return Handover(Acceptance.REFUSED, reason=type(error).__name__, retryable=True)
            return Handover(Acceptance.UNKNOWN, reason=type(error).__name__)
        if HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
            return Handover(Acceptance.ACCEPTED, provider_id=str(answer.status))
        return Handover(Acceptance.REFUSED, reason=f"http_{answer.status}", retryable=answer.status in _LATER)

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
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        port = port or (443 if is_tls else 80)
        if is_local:
            return _Target(host, _LOOPBACK, port, path, is_tls)
        found = self.look_up(host, port)
        if not found or not all(is_public(address) for address in found):
            raise _Nowhere("not_public")
        return _Target(host, found[0], port, path, is_tls)

    def _pool(self, target: _Target) -> HTTPConnectionPool:
        if not target.is_tls:
            return HTTPConnectionPool(target.address, target.port, timeout=self.timeout)
        return HTTPSConnectionPool(
            target.address,
            target.port,
            timeout=self.timeout,
            cert_reqs="CERT_REQUIRED",
            ca_certs=self.ca_certs,
            server_hostname=target.host,
            assert_hostname=target.host,
        )


def _heard_nothing(error: Exception) -> bool:
    """Whether no connection was made, or one was left before a word was said because it led to a stranger."""
    is_stranger = isinstance(error, SSLError) and any(isinstance(e, SSLCertVerificationError) for e in error.args)
    return is_stranger or isinstance(error, NewConnectionError | ConnectTimeoutError)


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
