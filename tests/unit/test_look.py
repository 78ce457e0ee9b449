"""What a company chooses of the look of its documents, on the wire and off it."""

import io
import json
from base64 import b64encode

import pytest
from PIL import Image

from relance.contracts.branding import BrandingBody, branding_body, to_branding
from relance.contracts.parse import parse
from relance.domain.copies import ORIGINAL, PREVIEW, CopyKind, duplicate
from relance.domain.errors import Invalid
from relance.domain.look import Design, Typeface
from relance.domain.party import Branding
from relance.domain.party_checks import company_faults
from tests.builders import a_company


def picture(image_format: str, mode: str = "RGB") -> str:
    image = io.BytesIO()
    Image.new(mode, (24, 8), None).save(image, image_format)
    return b64encode(image.getvalue()).decode()


def test_a_logo_is_either_format_and_has_an_address_inside_the_page() -> None:
    assert Branding().logo is None
    png = to_branding(BrandingBody(logo_png=picture("PNG"))).logo
    jpeg = to_branding(BrandingBody(logo_jpeg=picture("JPEG"))).logo
    assert png is not None
    assert png.url.startswith("data:image/png;base64,iVBOR")
    assert jpeg is not None
    assert jpeg.url.startswith("data:image/jpeg;base64,/9j/")


def test_what_was_chosen_is_told_again() -> None:
    chosen = BrandingBody(colour="#aa3300", design=Design.SOBER, typeface=Typeface.SOURCE_SERIF)
    assert branding_body(to_branding(chosen)) == chosen
    assert to_branding(BrandingBody()) == Branding()


@pytest.mark.parametrize(
    ("asked", "pointer", "sentence"),
    [
        ({"design": "baroque"}, "/design", "Valeurs permises : moderne, classique, sobre."),
        ({"typeface": "comic"}, "/typeface", "Valeurs permises : inter, source-serif."),
        ({"logo_png": picture("JPEG")}, "/logo_png", "seul le format PNG"),
        ({"logo_jpeg": picture("PNG")}, "/logo_jpeg", "ce n’est pas une image JPEG"),
        ({"logo_jpeg": picture("JPEG", "CMYK")}, "/logo_jpeg", "enregistrez-le en RVB"),
        ({"logo_jpeg": "logo.jpg"}, "/logo_jpeg", "un fichier JPEG encodé en base64"),
    ],
)
def test_a_look_that_we_do_not_have_is_refused_by_name(asked: dict[str, str], pointer: str, sentence: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse(json.dumps(asked).encode(), BrandingBody)
    (fault,) = refused.value.faults
    assert fault.pointer == pointer
    assert sentence in fault.message


def test_one_logo_at_a_time() -> None:
    both = Branding(logo_png=picture("PNG"), logo_jpeg=picture("JPEG"))
    assert [fault.code for fault in company_faults(a_company(branding=both))] == ["two_logos"]
    wrong = Branding(logo_jpeg=picture("PNG"))
    (fault,) = company_faults(a_company(branding=wrong))
    assert fault.message == "Le logo doit être une image JPEG encodée en base64."


def test_copies_are_told_apart() -> None:
    assert (ORIGINAL.kind, PREVIEW.kind) == (CopyKind.ORIGINAL, CopyKind.PREVIEW)
    assert duplicate(2).rank == 2
