"""A logo packed for PDF once and well: WeasyPrint deflates its pixels again in each document, in twice their size.

A logo is flat colours, which deflate better as they are than through the filters that PNG has for photographs: the
smaller of both is taken, with the same pixels. Measured in docs/decisions/0009. Imported once WeasyPrint is.
"""

import zlib
from typing import Any

import pydyf
from weasyprint.images import RasterImage

from relance.adapters.weasyprint_places import known, put


def install() -> None:
    """Let WeasyPrint's images keep what they are in a PDF. Another version of it is left as it is."""
    if not known():
        return
    pack, filtered = RasterImage.get_x_object, RasterImage._get_png_data

    def get_x_object(image: Any, interpolate: bool, dpi_ratio: float) -> Any:
        kept = image.__dict__.setdefault("kept", {})
        if (interpolate, dpi_ratio) not in kept:
            kept[interpolate, dpi_ratio] = pack(image, interpolate, dpi_ratio)
        return _another(kept[interpolate, dpi_ratio])

    def smallest(image: Any) -> bytes:
        packed: bytes = min(filtered(image), _flat(image), key=len)
        return packed

    put(RasterImage, "get_x_object", get_x_object)
    put(RasterImage, "_get_png_data", staticmethod(smallest))


def _flat(image: Any) -> bytes:
    """Pixels as PNG has them, each row behind a 0: no filter. PNG (Third Edition), § 9, checked 2026-11."""
    pixels = image.tobytes()
    row = len(pixels) // image.height
    return zlib.compress(b"".join(b"\0" + pixels[at : at + row] for at in range(0, len(pixels), row)), 9)


def _another(stream: Any) -> Any:
    """The same stream for another PDF, where it gets another number; its mask as well."""
    extra = pydyf.Dictionary(stream.extra)
    if "SMask" in extra:
        extra["SMask"] = _another(extra["SMask"])
    return pydyf.Stream(list(stream.stream), extra, stream.compress)
