"""Typed identifiers. An id says what it names (`quo_…`), sorts by creation time and tells nothing of the tenant."""

from typing import NewType

TenantId = NewType("TenantId", str)
CustomerId = NewType("CustomerId", str)
QuoteId = NewType("QuoteId", str)
InvoiceId = NewType("InvoiceId", str)
PaymentId = NewType("PaymentId", str)
ItemId = NewType("ItemId", str)
TemplateId = NewType("TemplateId", str)

_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"


def make_id(prefix: str, at_ms: int, entropy: bytes) -> str:
    """`prefix_` and 26 characters: 48 bits of milliseconds, then 80 bits of `entropy` (a ULID in lower case).

    `entropy` must hold 10 bytes from a cryptographic source: ids are unguessable, although never used as secrets.
    """
    if len(entropy) != 10:
        raise ValueError("an id takes exactly 10 bytes of entropy")
    value = (at_ms << 80) | int.from_bytes(entropy, "big")
    return f"{prefix}_" + "".join(_CROCKFORD[(value >> shift) & 31] for shift in range(125, -5, -5))
