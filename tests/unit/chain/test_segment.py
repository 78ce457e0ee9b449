"""Segments: bytes that are a function of their lines, and nothing else that unpacks."""

import gzip
import zlib

import pytest

from relance.domain.chain.errors import BadSegment
from relance.domain.chain.segment import HEADER, cut, pack, unpack

LINES = (b'{"a":"premier"}', '{"a":"deuxième"}'.encode(), b"x" * 500)
STORED = pack(LINES)


def test_a_segment_is_plain_gzip_and_json_lines_for_everybody() -> None:
    assert gzip.decompress(STORED) == b"".join(line + b"\n" for line in LINES)
    assert unpack(STORED) == LINES


def test_the_same_lines_give_the_same_bytes() -> None:
    assert pack(list(LINES)) == STORED
    assert STORED[:10] == HEADER


def test_every_flipped_bit_is_either_seen_or_leaves_the_lines_as_they_are() -> None:
    seen = 0
    for position in range(len(STORED)):
        for bit in range(8):
            changed = bytearray(STORED)
            changed[position] ^= 1 << bit
            try:
                assert unpack(bytes(changed)) == LINES  # another deflate spelling of the same lines
            except BadSegment:
                seen += 1
    assert seen > 0.99 * 8 * len(STORED)


@pytest.mark.parametrize("length", range(len(STORED)))
def test_every_truncation_is_refused(length: int) -> None:
    with pytest.raises(BadSegment):
        unpack(STORED[:length])


def test_anything_after_the_end_is_refused() -> None:
    for more in (b"\x00", STORED):
        with pytest.raises(BadSegment):
            unpack(STORED + more)


def test_a_last_line_without_its_newline_is_refused() -> None:
    data = b"no newline"
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    trailer = zlib.crc32(data).to_bytes(4, "little") + len(data).to_bytes(4, "little")
    with pytest.raises(BadSegment, match="incomplète"):
        unpack(HEADER + deflate.compress(data) + deflate.flush() + trailer)


def test_a_bomb_is_not_unpacked_beyond_the_limit() -> None:
    with pytest.raises(BadSegment, match="trop long"):
        unpack(STORED, max_bytes=100)


@pytest.mark.parametrize(
    ("max_lines", "max_bytes", "expected"),
    [(10, 10_000, 3), (2, 10_000, 2), (10, 40, 2), (10, 1, 1), (10, 16, 1), (10, 34, 2), (10, 33, 1)],
)
def test_a_cut_respects_both_limits_and_always_advances(max_lines: int, max_bytes: int, expected: int) -> None:
    assert cut(LINES, max_lines=max_lines, max_bytes=max_bytes) == expected
