"""Logos as JPEG: rewritten from the parts that draw, nothing that tells, hides or claims gigabytes."""

import io
import struct

import pytest
from PIL import Image

from relance.domain.errors import Invalid
from relance.domain.images import MAX_BYTES, clean_jpeg


def jpeg(mode: str = "RGB", **options: object) -> bytes:
    image = io.BytesIO()
    Image.effect_noise((64, 40), 80).convert(mode).save(image, "JPEG", **options)
    return image.getvalue()


def pixels(image: bytes) -> bytes:
    return Image.open(io.BytesIO(image)).convert("RGB").tobytes()


@pytest.mark.parametrize(
    "image",
    [
        jpeg(),
        jpeg("L"),
        jpeg(progressive=True),
        jpeg(quality=30, optimize=True),
        jpeg(restart_marker_blocks=1),
        jpeg(subsampling=0),
    ],
    ids=["rgb", "grey", "progressive", "optimized", "restarts", "4:4:4"],
)
def test_a_picture_comes_through_with_every_pixel_and_a_second_time_unchanged(image: bytes) -> None:
    once = clean_jpeg(image)
    assert pixels(once) == pixels(image)
    assert clean_jpeg(once) == once


def test_what_a_camera_tells_and_what_follows_the_end_are_left_behind() -> None:
    exif = Image.Exif()
    exif[0x010E] = "12 rue des Capucins"
    told = jpeg(exif=exif, comment=b"file:///etc/passwd") + b"<script>"
    cleaned = clean_jpeg(told)
    for secret in (b"Capucins", b"Exif", b"passwd", b"script"):
        assert secret in told
        assert secret not in cleaned


def test_the_coding_of_colours_is_kept() -> None:
    adobe = b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x01"
    image = jpeg()
    with_adobe = clean_jpeg(image[:2] + adobe + image[2:])
    assert adobe in with_adobe
    assert b"JFIF" not in with_adobe
    assert b"other" not in clean_jpeg(image[:2] + b"\xff\xee\x00\x07other" + image[2:])


def frame(width: int = 8, height: int = 8, components: int = 1, depth: int = 8, marker: int = 0xC0) -> bytes:
    body = struct.pack(">BHHB", depth, height, width, components) + b"\x01\x11\x00" * components
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


SCAN = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + b"\x2b\xff\x00\xff\xd0\x01"
END = b"\xff\xd9"


def made(*parts: bytes) -> bytes:
    return b"\xff\xd8" + b"".join(parts)


def test_the_smallest_picture_of_the_right_shape_passes() -> None:
    assert clean_jpeg(made(frame(), SCAN, END)).endswith(SCAN + END)


@pytest.mark.parametrize(
    ("image", "reason"),
    [
        (b"", "ce n’est pas une image JPEG"),
        (b"GIF89a", "ce n’est pas une image JPEG"),
        (b"\xff\xd8\xff" + bytes(MAX_BYTES), "dépasse 150 ko"),
        (made(frame(), END), "abîmé"),
        (made(SCAN, END), "abîmé"),
        (made(frame(), frame(), SCAN, END), "abîmé"),
        (made(frame(marker=0xC9), SCAN, END), "abîmé"),
        (made(frame(), b"oops", SCAN, END), "abîmé"),
        (made(frame(depth=12), SCAN, END), "abîmé"),
        (made(b"\xff\xc0\x00\x04\x08\x00", SCAN, END), "abîmé"),
        (made(frame(width=2001), SCAN, END), "2000 pixels"),
        (made(frame(height=0), SCAN, END), "2000 pixels"),
        (made(frame(components=4), SCAN, END), "CMJN"),
        (made(frame(), SCAN), "tronqué"),
        (made(frame(), SCAN, b"\xff"), "tronqué"),
        (made(frame(), b"\xff\xda\xff"), "tronqué"),
        (made(frame(), b"\xff\xda\x00\x01"), "tronqué"),
        (made(frame(), b"\xff\xdb\x0f\xff\x00"), "tronqué"),
        (made(frame(), b"\xff"), "abîmé"),
    ],
)
def test_everything_else_is_refused_with_its_reason(image: bytes, reason: str) -> None:
    with pytest.raises(Invalid, match=reason) as refused:
        clean_jpeg(image)
    assert refused.value.code == "not_a_logo"
