"""The look of documents on the wire: colour, logo, design, typeface. [KX-10]"""

from base64 import b64decode, b64encode
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Annotated

import msgspec

from relance.contracts.identities import Colour
from relance.contracts.parse import Body
from relance.domain import images
from relance.domain.errors import Invalid
from relance.domain.look import Design, Typeface
from relance.domain.party import Branding

Clean = Callable[[bytes], bytes]


def _fault(clean: Clean, name: str, text: str) -> str | None:
    try:
        _rewritten(clean, text)
    except ValueError:
        return f"Un logo est un fichier {name} encodé en base64, sans préfixe ni adresse."
    except Invalid as refused:
        return refused.message
    return None


def _meta(clean: Clean, name: str) -> msgspec.Meta:
    return msgspec.Meta(
        max_length=images.MAX_BYTES * 4 // 3 + 4,
        description=f"{name} en base64, 150 ko et 2 000 pixels de côté au plus ; réécrit à la réception",
        extra_json_schema={"contentEncoding": "base64", "contentMediaType": f"image/{name.lower()}"},
        extra={"check": partial(_fault, clean, name)},
    )


PngLogo = Annotated[str, _meta(images.clean_png, "PNG")]
JpegLogo = Annotated[str, _meta(images.clean_jpeg, "JPEG")]


class BrandingBody(Body, frozen=True):
    """How documents look; at most one of the two logos, and a typeface only to replace the design's own."""

    colour: Colour = "#1f4e5f"
    logo_png: PngLogo = ""
    logo_jpeg: JpegLogo = ""
    design: Design = Design.MODERN
    typeface: Typeface | None = None


def to_branding(body: BrandingBody) -> Branding:
    """The domain's branding, with the logo as it was rewritten."""
    return Branding(
        colour=body.colour,
        logo_png=_cleaned(images.clean_png, body.logo_png),
        logo_jpeg=_cleaned(images.clean_jpeg, body.logo_jpeg),
        design=body.design,
        typeface=body.typeface,
    )


def branding_body(branding: Branding) -> BrandingBody:
    """The branding as it is told."""
    return BrandingBody(
        colour=branding.colour,
        logo_png=branding.logo_png,
        logo_jpeg=branding.logo_jpeg,
        design=branding.design,
        typeface=branding.typeface,
    )


def _cleaned(clean: Clean, text: str) -> str:
    return b64encode(_rewritten(clean, text)).decode() if text else ""


@lru_cache(maxsize=2)  # checked first, then taken over: the same logo twice in one request
def _rewritten(clean: Clean, text: str) -> bytes:
    return clean(b64decode(text, validate=True))
