"""Public links and open-tracking tokens: what the customer's browser shows us, and nothing else. [T-04]

A document's link carries 128 bits derived with HMAC-SHA256 (RFC 2104) from a secret of the deployment, so that each
reminder can print it again although only its hash is stored. A pixel token is key id (1) || random (10) || HMAC (11),
base64url: no tenant, document or address in clear, and a forged one is told apart without reading anything.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from relance.domain.ids import TenantId

_KEY_ID = b"\x01"


@dataclass(frozen=True, slots=True)
class Link:
    """What a public link opens. Stored under the SHA-256 of its token; `id` is that hash."""

    tenant: TenantId
    id: str
    rev: int
    document_kind: str
    document_id: str
    created_at: datetime
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class Pixel:
    """Which mail a pixel token stands for. `id` is the hex of its 10 random bytes.

    `scope` is what its reader had agreed to when it left (`tracking.consent.Scope`; a string, because the pixel imports
    this module and nothing of consent); `is_service`: it delivered an invoice or belonged to an accepted order. [T-02]
    """

    tenant: TenantId
    id: str
    rev: int
    customer_id: str
    document_kind: str
    document_id: str
    claim_id: str
    created_at: datetime
    scope: str = "events"
    is_service: bool = False


def _b64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def link_token(key: bytes, tenant: str, document_kind: str, document_id: str) -> str:
    """The 22-character token of a document's page: the same one each time it is asked for."""
    message = "\0".join(("link.v1", tenant, document_kind, document_id)).encode()
    return _b64(hmac.digest(key, message, "sha256")[:16])


def link_id(token: str) -> str:
    """Under which id a link is stored: the token itself is kept nowhere."""
    return sha256(token.encode()).hexdigest()


def form_token(key: bytes, token: str, document_sha256: str) -> str:
    """Proves that a POST comes from a page that showed this very document through this very link."""
    return _b64(hmac.digest(key, f"form.v1\0{token}\0{document_sha256}".encode(), "sha256")[:16])


def preview_proof(key: bytes, token: str) -> str:
    """What makes a link the seller's own look at his document: `?preview=…`. [T-07]"""
    return form_token(key, token, "preview")


def own_mark(key: bytes, tenant: str) -> str:
    """What a browser that opened a preview shows ever after: whatever it looks at of this seller, he does. [T-07]"""
    return _b64(hmac.digest(key, f"own.v1\0{tenant}".encode(), "sha256")[:16])


def pixel_token(key: bytes, random: bytes) -> str:
    """The 30-character token of one mail's pixel, from 10 random bytes."""
    body = _KEY_ID + random
    return _b64(body + hmac.digest(key, b"pixel.v1\0" + body, "sha256")[:11])


def pixel_id(key: bytes, token: str) -> str | None:
    """The hex of the random bytes of a genuine token, else None: forged, cut, of another key or not base64url."""
    try:
        raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return None
    body, mac = raw[:11], raw[11:]
    if len(raw) != 22 or _b64(raw) != token or body[:1] != _KEY_ID:
        return None
    expected = hmac.digest(key, b"pixel.v1\0" + body, "sha256")[:11]
    return body[1:].hex() if hmac.compare_digest(mac, expected) else None
