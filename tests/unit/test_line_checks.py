from dataclasses import replace
from decimal import Decimal

import pytest

from relance.domain.content import MAX_LINES
from relance.domain.draft_checks import draft_faults, require_sellable
from relance.domain.errors import Invalid
from relance.domain.line_checks import line_faults, regime_faults
from relance.domain.lines import Discount, Line
from relance.domain.money import Cents
from relance.domain.party import VatRegime
from relance.domain.vat import FRENCH_RATES_BP, VatCase, VatCategory, VatTreatment, in_case
from tests.builders import EXEMPT, STANDARD, a_line, a_quote_draft, an_invoice_draft, some_lines


def told(line: Line) -> list[tuple[str, str]]:
    return [(fault.pointer, fault.code) for fault in line_faults(line)]


@pytest.mark.parametrize(
    "line",
    [
        *some_lines(),
        a_line(quantity="0.0001", unit_price="0.000001"),
        a_line(quantity="1.00000", unit_price="1.0000000"),  # zeros at the end are no decimals
        a_line(quantity="1E+2", unit_price="10"),
        a_line(vat=EXEMPT),
        a_line(percent_off_bp=10_000),
        a_line(quantity="1", unit_price="10", off=1_000),
        a_line(description="x" * 2000),
    ],
)
def test_a_line_that_can_be_sold_has_no_fault_R_03(line: Line) -> None:
    assert line_faults(line) == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (a_line(" \n"), ("/description", "empty")),
        (a_line("x" * 2001), ("/description", "too_long")),
        (a_line(quantity="0"), ("/quantity", "not_positive")),
        (a_line(quantity="-1"), ("/quantity", "negative")),
        (a_line(quantity="1.00001"), ("/quantity", "too_many_decimals")),
        (a_line(quantity="NaN"), ("/quantity", "not_a_number")),
        (a_line(quantity="1000000000"), ("/quantity", "too_large")),
        (a_line(unit_price="-0.01"), ("/unit_price", "negative")),
        (a_line(unit_price="-0"), ("/unit_price", "negative")),
        (a_line(unit_price="0.0000001"), ("/unit_price", "too_many_decimals")),
        (a_line(unit_price="Infinity"), ("/unit_price", "not_a_number")),
        (a_line(unit_price="1E+999999"), ("/unit_price", "too_large")),
        (a_line(unit_price="1E-999999"), ("/unit_price", "too_many_decimals")),
        (a_line(quantity="999999999", unit_price="999999999"), ("/unit_price", "amount_too_large")),
        (a_line(nature="works"), ("/nature", "not_allowed")),
    ],
)
def test_a_line_that_cannot_be_sold_says_where_and_why_R_03(line: Line, expected: tuple[str, str]) -> None:
    assert told(line) == [expected]


@pytest.mark.parametrize(
    ("discount", "code"),
    [
        (Discount(), "one_of"),
        (Discount(percent_bp=100, amount=Cents(100)), "one_of"),
        (Discount(percent_bp=-100), "one_of"),
        (Discount(percent_bp=100, amount=Cents(-100)), "one_of"),
        (Discount(percent_bp=10_001), "discount_too_large"),
        (Discount(amount=Cents(1_001)), "discount_too_large"),
    ],
)
def test_a_discount_is_one_reduction_of_at_most_the_line(discount: Discount, code: str) -> None:
    line = replace(a_line(quantity="1", unit_price="10"), discount=discount)
    assert told(line) == [("/discount", code)]


@pytest.mark.parametrize(
    ("vat", "expected"),
    [
        (VatTreatment(VatCategory.STANDARD, 1999), ("/vat/rate", "V-11")),
        (VatTreatment(VatCategory.STANDARD, -2000), ("/vat/rate", "V-11")),
        (VatTreatment(VatCategory.STANDARD, 0), ("/vat/category", "V-10")),
        (VatTreatment(VatCategory.EXEMPT, 2000, "raison"), ("/vat/rate", "V-10")),
        (VatTreatment(VatCategory.EXPORT, 0, " "), ("/vat/reason", "V-10")),
        (VatTreatment(VatCategory.ZERO, 0), ("/vat/reason", "V-10")),
        (VatTreatment(VatCategory.STANDARD, 2000, case=VatCase.EU_SERVICES), ("/vat", "V-10")),
    ],
)
def test_vat_is_one_that_france_knows_and_says_why_it_is_nothing_V_10_V_11(
    vat: VatTreatment, expected: tuple[str, str]
) -> None:
    assert told(a_line(vat=vat)) == [expected]


@pytest.mark.parametrize(
    ("least", "most", "expected"),
    [
        (None, None, []),
        ("1", "5", []),
        ("2", "2", []),
        ("1", None, [("/max_quantity", "both")]),
        (None, "5", [("/min_quantity", "both")]),
        ("3", "5", [("/quantity", "out_of_bounds")]),
        ("0.5", "1.5", [("/quantity", "out_of_bounds")]),
        ("0", "5.00001", [("/min_quantity", "not_positive"), ("/max_quantity", "too_many_decimals")]),
    ],
)
def test_a_customer_changes_a_quantity_between_two_bounds_with_the_proposed_one_between_them(
    least: str | None, most: str | None, expected: list[tuple[str, str]]
) -> None:
    bounds = [None if bound is None else Decimal(bound) for bound in (least, most)]
    assert told(replace(a_line(quantity="2"), min_quantity=bounds[0], max_quantity=bounds[1])) == expected


@pytest.mark.parametrize("case", VatCase)
def test_a_case_that_has_its_own_category_needs_no_reason_of_its_author_V_10(case: VatCase) -> None:
    assert line_faults(a_line(vat=in_case(case))) == []


def test_the_fault_of_a_rate_lists_the_rates_as_a_person_reads_them_V_11() -> None:
    (fault,) = line_faults(a_line(vat=VatTreatment(VatCategory.STANDARD, 1999)))
    assert "0,9 %, 1,05 %, 1,75 %" in fault.message
    assert "20,6" in fault.message


@pytest.mark.parametrize("rate_bp", sorted(FRENCH_RATES_BP - {0}))
def test_every_french_rate_may_be_charged_V_11(rate_bp: int) -> None:
    assert line_faults(a_line(vat=VatTreatment(VatCategory.STANDARD, rate_bp))) == []


@pytest.mark.parametrize("category", [c for c in VatCategory if c is not VatCategory.STANDARD])
def test_every_other_category_charges_nothing_and_says_why_V_10(category: VatCategory) -> None:
    assert line_faults(a_line(vat=VatTreatment(category, 0, "Raison imprimée"))) == []


def test_every_fault_of_a_line_is_told_at_once() -> None:
    line = a_line("", quantity="0.00001", unit_price="-1", vat=VatTreatment(VatCategory.STANDARD, 0), nature="?")
    assert [fault.pointer for fault in line_faults(line, "/lines/3")] == [
        "/lines/3/description",
        "/lines/3/quantity",
        "/lines/3/unit_price",
        "/lines/3/vat/category",
        "/lines/3/nature",
    ]


def test_a_draft_that_can_be_sold_has_no_fault() -> None:
    assert draft_faults(a_quote_draft()) == []
    assert draft_faults(an_invoice_draft()) == []
    assert draft_faults(a_quote_draft(lines=(a_line(),) * MAX_LINES)) == []


def test_a_draft_has_at_least_one_line() -> None:
    assert [fault.code for fault in draft_faults(a_quote_draft(lines=()))] == ["no_lines"]


def test_a_thousand_lines_are_refused_by_a_stated_limit() -> None:
    (fault,) = draft_faults(a_quote_draft(lines=(a_line(),) * 1000))
    assert (fault.pointer, fault.code) == ("/lines", "too_many_lines")
    assert "500" in fault.message
    assert "1000" in fault.message


def test_a_draft_names_the_line_that_is_wrong() -> None:
    lines = (a_line(), a_line(quantity="0"))
    assert [fault.pointer for fault in draft_faults(a_quote_draft(lines=lines))] == ["/lines/1/quantity"]


def test_lines_that_are_sound_may_still_come_to_too_much() -> None:
    dear = a_line(quantity="1000", unit_price="999999999")  # just under a thousand billion euros
    assert line_faults(dear) == []
    assert [fault.code for fault in draft_faults(a_quote_draft(lines=(dear,)))] == ["amount_too_large"]


def test_a_draft_is_stored_only_when_it_can_be_sold() -> None:
    require_sellable(a_quote_draft())
    with pytest.raises(Invalid) as refused:
        require_sellable(an_invoice_draft(lines=(a_line(quantity="0"), a_line(unit_price="-1"))))
    assert [fault.pointer for fault in refused.value.faults] == ["/lines/0/quantity", "/lines/1/unit_price"]


def test_a_seller_under_the_franchise_charges_no_vat_V_01() -> None:
    lines = (a_line(vat=EXEMPT), a_line(vat=STANDARD))
    (fault,) = regime_faults(lines, VatRegime.FRANCHISE)
    assert (fault.pointer, fault.code) == ("/lines/1/vat/rate", "vat_in_franchise")
    assert regime_faults(lines, VatRegime.LIABLE) == []


def test_no_amount_of_a_sound_line_is_rounded_twice_R_03() -> None:
    line = a_line(quantity="99999999.9999", unit_price="999.999999")
    assert line_faults(line) == []
    exact = Decimal("99999999.9999") * Decimal("999.999999") * 100
    assert abs(Decimal(line.gross) - exact) <= Decimal("0.5")
