import re
from decimal import Decimal

import pytest

from relance.domain.money import format_amount, parse_amount, share, to_cents


@pytest.mark.parametrize(
    ("euros", "cents"),
    [("0.005", 1), ("0.0049", 0), ("99.99", 9999), ("33.335", 3334), ("-0.005", -1), ("1E+3", 100_000)],
)
def test_euros_become_cents_half_up_R_01(euros: str, cents: int) -> None:
    assert to_cents(Decimal(euros)) == cents


@pytest.mark.parametrize(
    ("cents", "rate_bp", "expected"), [(9999, 2000, 2000), (10, 550, 1), (9, 550, 0), (-10, 550, -1), (0, 2000, 0)]
)
def test_a_share_is_rounded_half_up_and_alike_on_both_sides_of_zero(cents: int, rate_bp: int, expected: int) -> None:
    assert share(cents, rate_bp) == expected


@pytest.mark.parametrize(
    ("text", "cents"), [("1234.5", 123_450), ("1234.50", 123_450), ("0", 0), ("-3.07", -307), ("007", 700)]
)
def test_an_amount_is_read_exactly(text: str, cents: int) -> None:
    assert parse_amount(text) == cents


@pytest.mark.parametrize(
    "text", ["", "1,50", "1.234", "1e3", " 1", "1\n", "+1", "1.", ".5", "NaN", "Infinity", "١٢", "1" * 16, "--1"]
)
def test_anything_but_a_plain_decimal_with_two_places_is_no_amount(text: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        parse_amount(text)


@pytest.mark.parametrize(("cents", "text"), [(123_450, "1234.50"), (5, "0.05"), (-5, "-0.05"), (-100, "-1.00")])
def test_an_amount_is_written_with_two_decimals(cents: int, text: str) -> None:
    assert format_amount(cents) == text
