"""A logo packed for PDF once, not in each document: WeasyPrint decodes and deflates its pixels again every time.

Measured in docs/decisions/0009. Imported once WeasyPrint is.
"""

from functools import cache, wraps
from typing import Any, Final

import pydyf
import weasyprint
from weasyprint.images import RasterImage

MADE_FOR: Final = "70.0"


@cache
def install() -> None:
    """Let WeasyPrint's images keep what they are in a PDF. Another version of it is left as it is."""
    if weasyprint.__version__ != MADE_FOR:
        return
    pack = RasterImage.get_x_object

    @wraps(pack)
    def get_x_object(image: Any, interpolate: bool, dpi_ratio: float) -> Any:
        kept = image.__dict__.setdefault("kept", {})
        if (interpolate, dpi_ratio) not in kept:
            kept[interpolate, dpi_ratio] = pack(image, interpolate, dpi_ratio)
        return _another(kept[interpolate, dpi_ratio])

    RasterImage.get_x_object = get_x_object


def _another(stream: Any) -> Any:
    """The same stream for another PDF, where it gets another number; its mask as well."""
    extra = pydyf.Dictionary(stream.extra)
    if "SMask" in extra:
        extra["SMask"] = _another(extra["SMask"])
    return pydyf.Stream(list(stream.stream), extra, stream.compress)
