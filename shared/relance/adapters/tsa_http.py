"""Time stamps of an authority that is asked over HTTP. RFC 3161 §§ 2.4 and 3.4, X.690 (DER), checked 2026-11.

The request has one variable part, the digest, so it is written out; of the answer only what tells that the authority
granted this very digest is read here. Whoever doubts the stamp checks it whole: `openssl ts -verify`.
"""

from typing import TYPE_CHECKING, Final

from relance.domain.errors import Retry

if TYPE_CHECKING:
    import urllib3

_TIMEOUT_S: Final = 10.0
_MAX_BYTES: Final = 64 * 1024
# TimeStampReq: version 1, MessageImprint {sha256, 32 bytes}, certReq TRUE
_BEFORE: Final = bytes.fromhex("30390201013031300d060960864801650304020105000420")
_AFTER: Final = bytes.fromhex("0101ff")
_GRANTED: Final = (0, 1)  # granted, grantedWithMods


class HttpTimeStamper:
    """Keeps the promises of TimeStamper."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._made: urllib3.PoolManager | None = None

    def stamp(self, sha256: bytes) -> bytes:
        """Raises Retry also for an answer that is no stamp of this digest."""
        from urllib3.exceptions import HTTPError  # noqa: PLC0415 - once a day: every other cold start goes without

        try:
            answer = self._pool().request(
                "POST",
                self._url,
                body=_BEFORE + sha256 + _AFTER,
                headers={"Content-Type": "application/timestamp-query"},
                redirect=False,
                preload_content=False,
            )
            body = answer.read(_MAX_BYTES + 1)
        except HTTPError as error:
            raise Retry("L’autorité d’horodatage ne répond pas.", code="stamp_failed") from error
        if answer.status != 200 or len(body) > _MAX_BYTES or _status(body) not in _GRANTED or sha256 not in body:
            raise Retry("L’autorité d’horodatage n’a pas horodaté cette empreinte.", code="stamp_failed")
        return body

    def _pool(self) -> "urllib3.PoolManager":
        import urllib3  # noqa: PLC0415 - see `stamp`

        if self._made is None:
            self._made = urllib3.PoolManager(retries=False, timeout=_TIMEOUT_S)
        return self._made


def _status(response: bytes) -> int:
    """PKIStatus of a TimeStampResp; -1 when it is none."""
    try:
        info = _content(_content(response, 0x30), 0x30)
        (status,) = _content(info, 0x02)
    except (ValueError, IndexError):
        return -1
    return status


def _content(der: bytes, tag: int) -> bytes:
    """The content of the first element, which must be of that type (X.690 § 8.1.3)."""
    if der[0] != tag:
        raise ValueError(f"{der[0]:#x} instead of {tag:#x}")
    length, start = der[1], 2
    if length & 0x80:
        start += length & 0x7F
        length = int.from_bytes(der[2:start], "big")
    if len(der) < start + length:
        raise ValueError("cut short")
    return der[start : start + length]
