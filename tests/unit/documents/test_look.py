"""The palette of one brand colour, and the names of the parties."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.adapters import palette as module
from relance.adapters.identity import address_lines, brand_name, buyer_mentions, legal_mentions, seller_name
from relance.adapters.palette import palette
from relance.domain.content import buyer_of, seller_of
from relance.domain.party import Address, CustomerKind, Registry
from tests.builders import a_company, a_customer, a_sole_trader


def _contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast, written down a second time."""

    def luminance(colour: str) -> float:
        channels = [int(colour[a:b], 16) / 255 for a, b in pairwise((1, 3, 5, 7))]
        red, green, blue = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@given(st.integers(0, 0xFFFFFF).map("#{:06x}".format))
def test_whatever_the_brand_colour_text_can_be_read(colour: str) -> None:
    colours = palette(colour)
    assert _contrast(colours.text, "#ffffff") >= 4.5
    assert _contrast(colours.on_fill, colours.fill) >= 4.0
    assert colours.fill == colour


@pytest.mark.parametrize("colour", ["", "red", "#fff", "#12345g", "#123456;}body{display:none", "#123456\n"])
def test_what_is_no_colour_never_reaches_a_style_sheet(colour: str) -> None:
    assert palette(colour).fill == module.DEFAULT


def test_a_company_prints_its_form_capital_register_and_vat_number() -> None:
    mentions = " · ".join(legal_mentions(seller_of(a_company()))).replace("\u00a0", " ").replace("\u202f", " ")
    assert mentions == (
        "SARL au capital de 10 000 € · SIRET 912 345 675 00017 · RCS Lyon 912 345 675 · N° TVA FR65 912 345 675"
    )


def test_a_capital_with_cents_prints_them_and_a_missing_siret_leaves_the_siren() -> None:
    seller = seller_of(a_company(share_capital=1_000_050, siret="", registry=Registry.NONE))
    assert legal_mentions(seller)[:2] == [
        "SARL au capital de 10\u202f000,50\u00a0€",
        "SIREN\u00a0912\u00a0345\u00a0675",
    ]
    assert not any("RCS" in mention for mention in legal_mentions(seller))


def test_a_sole_trader_is_named_with_ei() -> None:
    seller = seller_of(a_sole_trader())
    assert seller_name(seller) == "Louise Morel\u00a0EI"
    assert legal_mentions(seller)[0] == "Entrepreneur individuel (EI)"
    assert brand_name(seller_of(a_sole_trader(trading_name="Ébénisterie Morel"))) == "Ébénisterie Morel"


def test_a_business_customer_is_identified_and_a_consumer_is_not() -> None:
    business = buyer_mentions(buyer_of(a_customer(kind=CustomerKind.BUSINESS)))
    assert business == ["SIREN\u00a0803\u00a0124\u00a0569", "N°\u00a0TVA\u00a0FR31\u00a0803\u00a0124\u00a0569"]
    assert buyer_mentions(buyer_of(a_customer())) == []


def test_a_foreign_address_names_its_country() -> None:
    assert address_lines(Address("Rue Haute 1", "1000", "Bruxelles", country="BE")) == [
        "Rue Haute 1",
        "1000 Bruxelles",
        "Belgique",
    ]
    assert address_lines(Address("1 Main St", "", "Boston", country="US"))[-1] == "US"
