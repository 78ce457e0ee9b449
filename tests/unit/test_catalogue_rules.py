"""Items and customers' prices by themselves: what may be sold, and who pays what today. [KB-31, KB-32, KB-33]"""

from datetime import date
from decimal import Decimal

import pytest

from relance.domain.catalogue import Price, article_faults, is_item_id, offer, price_faults, price_id, reference_key
from relance.domain.lines import Discount
from relance.domain.vat import VatCategory, VatTreatment
from tests.builders import an_article

TODAY = date(2026, 11, 16)


def faults(**changes: object) -> list[tuple[str, str]]:
    return [(fault.pointer, fault.code) for fault in article_faults(an_article(**changes))]


def test_an_article_that_could_be_sold_has_no_fault() -> None:
    assert faults() == []
    assert faults(unit_cost=None, reference="", unit_price=Decimal(0)) == []


def test_every_fault_of_an_article_is_told_where_it_is() -> None:
    wrong = faults(
        description=" ",
        unit_price=Decimal("1.2345678"),
        unit_cost=Decimal("-1"),
        vat=VatTreatment(VatCategory.STANDARD, 1900),
        nature="things",
    )
    assert wrong == [
        ("/description", "empty"),
        ("/unit_price", "too_many_decimals"),
        ("/vat/rate", "V-11"),
        ("/nature", "not_allowed"),
        ("/unit_cost", "negative"),
    ]


def test_a_cost_is_called_a_cost() -> None:
    (fault,) = article_faults(an_article(unit_cost=Decimal("0.0000001")))
    assert fault.message.startswith("Le coût unitaire")


def test_a_reference_cannot_be_taken_for_an_id() -> None:
    id = "itm_" + "0" * 26
    assert is_item_id(id)
    assert not is_item_id("PAR-01")
    assert faults(reference=id) == [("/reference", "like_an_id")]


def test_references_are_one_whatever_their_case() -> None:
    assert reference_key("PAR-01") == reference_key("par-01")
    assert reference_key("ÉCL") == reference_key("écl")


@pytest.mark.parametrize(
    ("price", "unit_price", "discount"),
    [
        (None, "48.90", None),
        (Price(unit_price=Decimal("42")), "42", None),
        (Price(percent_off_bp=1000), "48.90", Discount(percent_bp=1000)),
        (Price(unit_price=Decimal("42"), valid_from=TODAY, valid_to=TODAY), "42", None),
        (Price(unit_price=Decimal("42"), valid_from=date(2026, 11, 17)), "48.90", None),
        (Price(unit_price=Decimal("42"), valid_to=date(2026, 11, 15)), "48.90", None),
    ],
)
def test_a_customer_pays_his_own_price_while_it_holds_and_the_catalogue_s_else(
    price: Price | None, unit_price: str, discount: Discount | None
) -> None:
    offered = offer(an_article(), price, TODAY)
    assert (offered.unit_price, offered.discount) == (Decimal(unit_price), discount)
    assert offered.article == an_article()


@pytest.mark.parametrize(
    ("price", "expected"),
    [
        (Price(unit_price=Decimal(42)), []),
        (Price(percent_off_bp=10_000), []),
        (Price(), [("", "one_of")]),
        (Price(unit_price=Decimal(42), percent_off_bp=1), [("", "one_of")]),
        (Price(percent_off_bp=10_001), [("/percent_off", "out_of_range")]),
        (Price(percent_off_bp=-1), [("/percent_off", "out_of_range")]),
        (Price(unit_price=Decimal("-1")), [("/unit_price", "negative")]),
        (
            Price(percent_off_bp=1, valid_from=TODAY, valid_to=date(2026, 11, 15)),
            [("/valid_to", "past_date")],
        ),
        (Price(percent_off_bp=1, valid_from=TODAY), []),
    ],
)
def test_a_price_is_an_amount_or_a_percentage_within_bounds(price: Price, expected: list[tuple[str, str]]) -> None:
    assert [(fault.pointer, fault.code) for fault in price_faults(price, an_article())] == expected


def test_all_prices_of_a_customer_begin_with_his_id() -> None:
    assert price_id("cus_1", "itm_1").startswith(price_id("cus_1", ""))
    assert not price_id("cus_11", "itm_1").startswith(price_id("cus_1", ""))
