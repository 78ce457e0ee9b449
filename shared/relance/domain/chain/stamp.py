"""Whether the answer of a time stamping authority grants a stamp of one digest, read as far as that takes.

RFC 3161 §§ 2.4.2 (TimeStampResp, MessageImprint), X.690 § 8.1.3 (DER), checked 2026-11. The authority's own signature
is not judged here: whoever doubts the stamp checks it whole with `openssl ts -verify`. [AR-02]
"""

from typing import Final

_GRANTED: Final = (0, 1)  # granted, grantedWithMods
# MessageImprint {AlgorithmIdentifier {sha256, NULL or nothing}, OCTET STRING of 32 bytes}, without tag and length
_SHA256: Final = "0609608648016503040201"
_IMPRINTS: Final = (bytes.fromhex(f"300d{_SHA256}05000420"), bytes.fromhex(f"300b{_SHA256}0420"))


def is_stamp_of(response: bytes, sha256: bytes) -> bool:
    """Whether `response` (TimeStampResp, DER) says that this SHA-256 digest was stamped."""
    return _status(response) in _GRANTED and any(imprint + sha256 in response for imprint in _IMPRINTS)


def _status(response: bytes) -> int:
    """PKIStatus of a TimeStampResp; -1 when it is none."""
    try:
        info = _content(_content(response, 0x30), 0x30)
        (status,) = _content(info, 0x02)
    except (ValueError, IndexError):
        return -1
    return status


def _content(der: bytes, tag: int) -> bytes:
    """The content of the first element, which must be of that type."""
    if der[0] != tag:
        raise ValueError(f"{der[0]:#x} instead of {tag:#x}")
    length, start = der[1], 2
    if length & 0x80:
        start += length & 0x7F
        length = int.from_bytes(der[2:start], "big")
    if len(der) < start + length:
        raise ValueError("cut short")
    return der[start : start + length]
