from relance.domain.vat import FRENCH_RATES_BP, VatCategory, VatTreatment, breakdown
from tests.builders import EXEMPT, REDUCED, STANDARD


def test_vat_is_rounded_once_per_rate_and_not_once_per_line_R_01_R_02() -> None:
    (row,) = breakdown([(STANDARD, 3333)] * 3)
    assert (row.base, row.vat) == (9999, 2000)  # 3 x 6.67 would make 20.01


def test_each_treatment_has_its_row_the_highest_rate_first() -> None:
    rows = breakdown([(EXEMPT, 100), (REDUCED, 200), (STANDARD, 300), (REDUCED, 50)])
    assert [(row.treatment, row.base, row.vat) for row in rows] == [
        (STANDARD, 300, 60),
        (REDUCED, 250, 25),
        (EXEMPT, 100, 0),
    ]


def test_lines_that_are_exempt_for_different_reasons_are_not_mixed_V_10() -> None:
    other = VatTreatment(VatCategory.EXPORT, 0, "Exonération de TVA, art. 262, I du CGI")
    assert [row.treatment for row in breakdown([(other, 1), (EXEMPT, 1)])] == [EXEMPT, other]


def test_nothing_sold_has_no_vat_table() -> None:
    assert breakdown([]) == ()


def test_the_rates_are_those_of_br_fr_16_V_11() -> None:
    percents = {0, 0.9, 1.05, 1.75, 2.1, 5.5, 7, 8.5, 9.2, 9.6, 10, 13, 19.6, 20, 20.6}
    assert {rate / 100 for rate in FRENCH_RATES_BP} == percents
