"""The payment code of an invoice as a picture that a page may hold: a PNG of one pixel per module, drawn by segno.

ISO/IEC 18004, error level M, version 13 at most as EPC069-12 asks, checked 2026-11. The quiet zone is the page's.
"""

import io
from base64 import b64encode
from typing import Final

MAX_VERSION: Final = 13


def qr_url(text: str | None) -> str:
    """A `data:` URL of the code; "" for no text. Importing segno waits for the first one."""
    if text is None:
        return ""
    import segno  # noqa: PLC0415 - only with the PDF layer

    picture = io.BytesIO()
    code = segno.make(text, error="m", mode="byte", encoding="utf-8", eci=False, boost_error=False, micro=False)
    assert int(code.version) <= MAX_VERSION, "payment_code keeps within 331 bytes"
    code.save(picture, kind="png", scale=1, border=0)
    return "data:image/png;base64," + b64encode(picture.getvalue()).decode()
