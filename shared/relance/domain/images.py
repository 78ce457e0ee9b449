"""A logo as we keep it: a PNG or a JPEG rewritten from its checked parts, nothing else in it and nothing to fetch.

SVG and every other format is refused: a renderer could be led to follow what is inside them. Text, EXIF, ICC and
animation chunks are dropped; sizes are checked before anything is inflated (a few kilobytes can claim gigabytes).
PNG (Third Edition), W3C Recommendation, 2025-06-24, §§ 5.3, 11.2-11.3; JPEG, ITU-T T.81 annex B (checked 2026-11).
"""

import struct
import zlib
from collections.abc import Iterator

from relance.domain.errors import Invalid

MAX_BYTES = 150_000  # in base64 what `party_checks` allows: an item holds 400 kB, a mail carries it each time
MAX_SIDE_PX = 2_000

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_END, _SCAN = 0xD9, 0xDA
_FRAMES = (0xC0, 0xC1, 0xC2)  # baseline, extended, progressive; nothing draws the others
_TABLES = (0xC4, 0xDB, 0xDD)  # Huffman, quantization, restart interval
_ADOBE = 0xEE  # says how the three colours are coded
_JFIF = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
_KEPT = (b"IHDR", b"PLTE", b"tRNS", b"IDAT")
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by colour type
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def clean_png(image: bytes) -> bytes:
    """The same picture as a minimal PNG. Raises Invalid, code `not_a_logo`, with the reason in French."""
    if len(image) > MAX_BYTES:
        raise _refused(f"le fichier dépasse {MAX_BYTES // 1000} ko")
    if not image.startswith(_SIGNATURE):
        raise _refused("seul le format PNG est accepté (ni SVG, ni adresse d’image)")
    chunks = _chunks(image)
    if [kind for kind, _ in chunks[:1]] != [b"IHDR"] or len(chunks[0][1]) != 13:
        raise _refused("le fichier est abîmé")
    expected = _pixel_bytes(chunks[0][1])
    packed = b"".join(data for kind, data in chunks if kind == b"IDAT")
    pixels = _inflate(packed, expected)
    rewritten = [(kind, data) for kind, data in chunks if kind in _KEPT and kind != b"IDAT"]
    rewritten += [(b"IDAT", zlib.compress(pixels, 9)), (b"IEND", b"")]
    return _SIGNATURE + b"".join(_chunk(kind, data) for kind, data in rewritten)


def clean_jpeg(image: bytes) -> bytes:
    """The same picture as a minimal JPEG in greys or RGB. Raises Invalid, code `not_a_logo`, like `clean_png`."""
    if len(image) > MAX_BYTES:
        raise _refused(f"le fichier dépasse {MAX_BYTES // 1000} ko")
    if not image.startswith(b"\xff\xd8\xff"):
        raise _refused("ce n’est pas une image JPEG")
    kept, frames, adobe = [], 0, False
    for marker, segment in _segments(image):
        if marker in _FRAMES:
            _check_frame(segment)
            frames += 1
        elif marker == _ADOBE and segment[4:9] == b"Adobe":
            adobe = True
        elif marker not in (*_TABLES, _SCAN):
            continue
        kept.append(segment)
    if frames != 1 or not kept or kept[-1][1] != _SCAN:
        raise _refused("le fichier est abîmé")
    return b"".join([b"\xff\xd8", b"" if adobe else _JFIF, *kept, b"\xff\xd9"])


def _segments(image: bytes) -> Iterator[tuple[int, bytes]]:
    """Each marker with its bytes, a scan with its pixels, up to the end of the image and no further."""
    at = 2
    while True:
        head = image[at : at + 4]
        if len(head) < 2 or head[0] != 0xFF:
            raise _refused("le fichier est abîmé")
        if head[1] == _END:
            return
        end = at + 2 + int.from_bytes(head[2:], "big")
        if len(head) < 4 or end < at + 4 or end > len(image):
            raise _refused("le fichier est tronqué")
        if head[1] == _SCAN:
            end = _end_of_scan(image, end)
        yield head[1], image[at:end]
        at = end


def _end_of_scan(image: bytes, at: int) -> int:
    """Where the next marker stands: within a scan FF is followed by 00 or by a restart marker."""
    while (at := image.find(b"\xff", at)) >= 0 and at + 1 < len(image):
        if image[at + 1] != 0 and not 0xD0 <= image[at + 1] <= 0xD7:
            return at
        at += 2
    raise _refused("le fichier est tronqué")


def _check_frame(segment: bytes) -> None:
    if len(segment) < 10 or segment[4] != 8:
        raise _refused("le fichier est abîmé")
    height, width, components = struct.unpack(">HHB", segment[5:10])
    if not (0 < width <= MAX_SIDE_PX and 0 < height <= MAX_SIDE_PX):
        raise _refused(f"{MAX_SIDE_PX} pixels de côté au plus")
    if components not in (1, 3):
        raise _refused("enregistrez-le en RVB : les couleurs d’imprimerie (CMJN) ne sont pas acceptées")


def _refused(reason: str) -> Invalid:
    return Invalid(f"Ce logo ne convient pas : {reason}.", code="not_a_logo")


def _chunks(image: bytes) -> list[tuple[bytes, bytes]]:
    chunks: list[tuple[bytes, bytes]] = []
    at = len(_SIGNATURE)
    while at < len(image):
        header = image[at : at + 8]
        if len(header) < 8:
            raise _refused("le fichier est tronqué")
        length, kind = struct.unpack(">I4s", header)
        data, crc = image[at + 8 : at + 8 + length], image[at + 8 + length : at + 12 + length]
        if len(crc) < 4 or zlib.crc32(kind + data) != int.from_bytes(crc, "big"):
            raise _refused("le fichier est abîmé")
        if kind == b"IEND":
            return chunks
        chunks.append((kind, data))
        at += 12 + length
    raise _refused("le fichier est tronqué")


def _pixel_bytes(header: bytes) -> int:
    """How many bytes the filtered scanlines take, from IHDR alone."""
    width, height, depth, colour, compression, filtering, interlace = struct.unpack(">IIBBBBB", header)
    if not (0 < width <= MAX_SIDE_PX and 0 < height <= MAX_SIDE_PX):
        raise _refused(f"{MAX_SIDE_PX} pixels de côté au plus")
    if colour not in _CHANNELS or depth not in {1, 2, 4, 8, 16} or compression or filtering or interlace > 1:
        raise _refused("le fichier est abîmé")
    bits = _CHANNELS[colour] * depth
    passes = _ADAM7 if interlace else ((0, 0, 1, 1),)
    total = 0
    for left, top, right_step, down_step in passes:
        columns = max(0, (width - left + right_step - 1) // right_step)
        rows = max(0, (height - top + down_step - 1) // down_step)
        total += rows * (1 + (columns * bits + 7) // 8) if columns else 0
    return total


def _inflate(packed: bytes, expected: int) -> bytes:
    inflater = zlib.decompressobj()
    try:
        pixels = inflater.decompress(packed, expected + 1)
    except zlib.error:
        raise _refused("le fichier est abîmé") from None
    if len(pixels) != expected or not inflater.eof:
        raise _refused("le fichier est abîmé")
    return pixels


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I4s", len(data), kind) + data + zlib.crc32(kind + data).to_bytes(4, "big")
