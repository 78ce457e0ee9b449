"""What is left to the author, and that it is told only as far as it is known."""

from dataclasses import replace
from decimal import Decimal

from relance.domain.lines import Line
from relance.domain.margin import Margin, margin_of
from relance.domain.money import Cents
from relance.domain.totals import DocumentDiscount
from tests.builders import a_line

LINE: Line = a_line(quantity="3", unit_price="33.33")  # 99.99


def test_the_margin_of_all_lines_takes_the_discount_on_the_whole_off_KB_23() -> None:
    margin = margin_of((LINE, LINE), (DocumentDiscount("Remise", percent_bp=1_000),), (Decimal("20"), Decimal("10")))
    assert margin == Margin(Cents(19_998 - 2_000), Cents(9_000), is_complete=True)
    assert (margin.left, margin.rate_bp) == (8_998, 4_999)


def test_without_the_cost_of_every_line_the_discount_is_left_out_and_it_says_so() -> None:
    margin = margin_of((LINE, LINE), (DocumentDiscount("Remise", percent_bp=1_000),), (Decimal("20"), None))
    assert margin == Margin(Cents(9_999), Cents(6_000), is_complete=False)


def test_an_option_that_is_not_taken_has_neither_price_nor_cost() -> None:
    option = replace(LINE, is_option=True, is_chosen=False)
    margin = margin_of((LINE, option), (), (Decimal("20"), Decimal("20")))
    assert margin == Margin(Cents(9_999), Cents(6_000), is_complete=True)


def test_no_cost_no_margin_and_nothing_sold_no_rate() -> None:
    assert margin_of((LINE,), (), ()) is None
    assert margin_of((LINE,), (), (None,)) is None
    free = margin_of((a_line(quantity="1", unit_price="0"),), (), (Decimal("12"),))
    assert free is not None
    assert (free.left, free.rate_bp) == (-1_200, None)


def test_selling_at_a_loss_is_a_negative_margin() -> None:
    loss = margin_of((LINE,), (), (Decimal("50"),))
    assert loss is not None
    assert (loss.left, loss.rate_bp) == (-5_001, -5_002)
