"""A segment: consecutive event lines in one gzip file of JSON Lines, written once and locked.

Its bytes are a function of its lines alone (fixed header, no name, no date), so two archivers that work on the same
events write the same object. RFC 1952, checked 2026-11. The deflate stream itself may differ between builds of zlib:
whoever finds a segment already there compares *lines*, and signs the bytes that are stored.
"""

import zlib
from collections.abc import Iterable, Sequence
from typing import Final

from relance.domain.chain.errors import BadSegment

HEADER: Final = bytes.fromhex("1f8b080000000000") + b"\x02\xff"  # deflate, no flags, mtime 0, unknown system
# (the 02 once told of level 9; it stays, since every stored segment begins with it and readers make nothing of it)
LEVEL: Final = 6  # level 9 takes a quarter of the archiver's processor time, to save 3 % of the bytes
MAX_BYTES: Final = 64 * 2**20  # of lines: bounds what a hostile object can make a reader unpack
_TRAILER_BYTES: Final = 8


def pack(lines: Iterable[bytes]) -> bytes:
    """The stored bytes of `lines` (each without its newline)."""
    data = b"".join(line + b"\n" for line in lines)
    deflate = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return HEADER + deflate.compress(data) + deflate.flush() + _trailer(data)


def unpack(stored: bytes, *, max_bytes: int = MAX_BYTES) -> tuple[bytes, ...]:
    """The lines of a segment. Raises BadSegment for what `pack` could not have written, or beyond the limit."""
    if not stored.startswith(HEADER):
        raise BadSegment("en-tête gzip inattendu")
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        data = inflate.decompress(stored[len(HEADER) :], max_bytes)
    except zlib.error as error:
        raise BadSegment("flux gzip abîmé") from error
    if not inflate.eof:
        raise BadSegment("flux gzip tronqué ou trop long")
    if inflate.unused_data != _trailer(data):
        raise BadSegment("somme de contrôle gzip fausse")
    if not data.endswith(b"\n"):
        raise BadSegment("dernière ligne incomplète")
    return tuple(data[:-1].split(b"\n"))


def cut(lines: Sequence[bytes], *, max_lines: int, max_bytes: int) -> int:
    """How many of `lines` go into one segment: at least one, at most `max_lines`, together at most `max_bytes`."""
    total = 0
    for count, line in enumerate(lines[:max_lines]):
        total += len(line) + 1
        if count and total > max_bytes:
            return count
    return min(len(lines), max_lines)


def _trailer(data: bytes) -> bytes:
    return zlib.crc32(data).to_bytes(_TRAILER_BYTES // 2, "little") + (len(data) & 0xFFFFFFFF).to_bytes(4, "little")
