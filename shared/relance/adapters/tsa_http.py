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


class HttpTimeStamper:
    """Keeps the promises of TimeStamper."""

    def __init__(self, url: str, timeout_s: float = _TIMEOUT_S) -> None:
        self._url = url
        self._timeout_s = timeout_s
        self._made: urllib3.PoolManager | None = None

    def stamp(self, sha256: bytes) -> bytes:
        """Raises Retry also for an answer that is no stamp of this digest."""
        from urllib3.exceptions import HTTPError  # noqa: PLC0415 - once a day: every other cold start goes without

        from relance.domain.chain.stamp import is_stamp_of  # noqa: PLC0415 - likewise

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
        if answer.status != 200 or len(body) > _MAX_BYTES or not is_stamp_of(body, sha256):
            raise Retry("L’autorité d’horodatage n’a pas horodaté cette empreinte.", code="stamp_failed")
        return body

    def _pool(self) -> "urllib3.PoolManager":
        import urllib3  # noqa: PLC0415 - see `stamp`

        if self._made is None:
            self._made = urllib3.PoolManager(retries=False, timeout=self._timeout_s)
        return self._made
