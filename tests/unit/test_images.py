"""Logos: only what is a PNG, rewritten; nothing that inflates, hides text or points anywhere."""

import struct
import zlib

import pytest

from relance.domain.errors import Invalid
from relance.domain.images import MAX_BYTES, MAX_SIDE_PX, clean_png

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I4s", len(data), kind) + data + zlib.crc32(kind + data).to_bytes(4, "big")


def png(width: int = 3, height: int = 2, *extra: bytes, pixels: bytes | None = None, header: bytes = b"") -> bytes:
    """An 8-bit grey picture."""
    rows = b"".join(b"\0" + bytes(range(width)) for _ in range(height)) if pixels is None else pixels
    ihdr = header or struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        SIGNATURE + chunk(b"IHDR", ihdr) + b"".join(extra) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    )


def test_a_picture_comes_through_and_a_second_time_unchanged() -> None:
    once = clean_png(png())
    assert clean_png(once) == once
    assert once.startswith(SIGNATURE)


def test_text_profiles_and_animation_are_left_behind() -> None:
    cleaned = clean_png(
        png(3, 2, chunk(b"tEXt", b"Comment\0file:///etc/passwd"), chunk(b"eXIf", b"x"), chunk(b"acTL", b"y"))
    )
    assert cleaned == clean_png(png())


def test_what_follows_the_end_is_left_behind() -> None:
    assert clean_png(png() + b"<script>") == clean_png(png())


def test_a_palette_and_its_transparency_are_kept() -> None:
    header = struct.pack(">IIBBBBB", 8, 1, 1, 3, 0, 0, 0)
    image = png(8, 1, chunk(b"PLTE", b"\0\0\0\xff\xff\xff"), chunk(b"tRNS", b"\0"), pixels=b"\0\xaa", header=header)
    assert b"PLTE" in clean_png(image)
    assert b"tRNS" in clean_png(image)


def test_an_interlaced_picture_has_the_bytes_of_its_seven_passes() -> None:
    header = struct.pack(">IIBBBBB", 3, 2, 8, 0, 0, 0, 1)
    passes = b"\0\0" + b"\0\0" + b"\0\0" + b"\0\0\0\0"  # 1x1, none, none, 1x1, none, 1x1, 3x1 pixels
    assert clean_png(png(pixels=passes, header=header)).startswith(SIGNATURE)


@pytest.mark.parametrize(
    "image",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>",
        b"GIF89a",
        SIGNATURE,
        png()[:-20],
        png().replace(b"IDAT", b"IDAX"),
        SIGNATURE + chunk(b"IDAT", b"") + chunk(b"IEND", b""),
        SIGNATURE + chunk(b"IHDR", b"short") + chunk(b"IEND", b""),
        png(pixels=b"\0" * 1_000_000),
        png(pixels=b"\0"),
        png(header=struct.pack(">IIBBBBB", 0, 1, 8, 0, 0, 0, 0)),
        png(header=struct.pack(">IIBBBBB", MAX_SIDE_PX + 1, 1, 8, 0, 0, 0, 0)),
        png(header=struct.pack(">IIBBBBB", 2**31, 2**31, 8, 0, 0, 0, 0)),
        png(header=struct.pack(">IIBBBBB", 3, 2, 8, 5, 0, 0, 0)),
        png(header=struct.pack(">IIBBBBB", 3, 2, 7, 0, 0, 0, 0)),
        SIGNATURE
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 3, 2, 8, 0, 0, 0, 0))
        + chunk(b"IDAT", b"not zlib")
        + chunk(b"IEND", b""),
        png() + b"\0" * MAX_BYTES,
    ],
    ids=lambda image: image[:12].hex() or "empty",
)
def test_everything_else_is_refused_with_a_reason(image: bytes) -> None:
    with pytest.raises(Invalid, match="Ce logo ne convient pas : ") as refused:
        clean_png(image)
    assert refused.value.code == "not_a_logo"


def test_every_flipped_bit_is_found_or_harmless() -> None:
    """Each chunk carries a checksum: a flipped bit is refused, or lies in a part that is not kept."""
    image, cleaned = png(), clean_png(png())
    for position in range(len(image) * 8):
        broken = bytearray(image)
        broken[position // 8] ^= 1 << position % 8
        try:
            assert clean_png(bytes(broken)) == cleaned
        except Invalid:
            continue


def test_a_file_cut_within_the_head_of_a_part_is_refused() -> None:
    with pytest.raises(Invalid, match="tronqué"):
        clean_png(SIGNATURE + b"\0\0\0")
