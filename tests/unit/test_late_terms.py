"""What a company may say of late payment: rates with their source, and no contract below the law's floor. [P-02]"""

from datetime import date

import pytest

from relance.domain.dunning_law import ContractRate, DunningLaw, LegalRate
from relance.domain.late_payment import LateRate, RateBasis
from relance.domain.late_terms import LateTerms, rate_faults
from tests.builders import TENANT

# Three times 2.76 % in the second semester of 2025; nothing is known of the next ones.
LAW = DunningLaw(
    (),
    (),
    (),
    (LegalRate(276, "arrêté", date(2025, 7, 1), date(2025, 12, 31)),),
    (ContractRate(3, "L441-10", date(2009, 1, 1)),),
)
IN_IT, AFTER_IT = date(2025, 10, 1), date(2026, 1, 1)


def rate(rate_bp: int, on: date = IN_IT, basis: RateBasis = RateBasis.CONTRACT, source: str = "contrat") -> LateRate:
    return LateRate(on, rate_bp, source, basis)


def told(*entries: LateRate) -> list[tuple[str, str]]:
    return [(fault.pointer, fault.code) for fault in rate_faults(entries, LAW)]


@pytest.mark.parametrize("rate_bp", [-1, 0, 10_001])
def test_a_rate_is_above_nothing_and_at_most_the_whole_P_02(rate_bp: int) -> None:
    assert told(rate(rate_bp, basis=RateBasis.STATUTORY)) == [("/rates/0/rate", "P-02")]
    assert told(rate(1, basis=RateBasis.STATUTORY), rate(10_000, AFTER_IT)) == []


@pytest.mark.parametrize(("next_from", "refused"), [(date(2025, 7, 1), False), (date(2025, 7, 2), True)])
def test_one_day_in_a_semester_is_enough_to_be_held_to_its_floor_P_02(next_from: date, refused: bool) -> None:
    found = told(rate(827, date(2025, 1, 1)), rate(1_200, next_from))
    assert found == ([("/rates/0/rate", "P-02")] if refused else [])


def test_the_fault_of_a_low_rate_says_the_floor_and_where_it_comes_from_P_02() -> None:
    (fault,) = rate_faults([rate(500)], LAW)
    assert "au moins 8,28 % : 3 fois l’intérêt légal du 01/07/2025 au 31/12/2025 (2,76 %)" in fault.message


def test_one_rate_begins_on_a_day_P_02() -> None:
    assert told(rate(1_200), rate(1_300), rate(1_400, AFTER_IT)) == [("/rates/1/valid_from", "twice")]


def test_every_fault_of_a_table_is_told_at_once_P_02() -> None:
    assert told(rate(0, source=""), rate(0, source=" ")) == [
        ("/rates/0/rate", "P-02"),
        ("/rates/0/source", "P-02"),
        ("/rates/1/rate", "P-02"),
        ("/rates/1/source", "P-02"),
        ("/rates/1/valid_from", "twice"),
    ]


def test_terms_are_one_per_company() -> None:
    assert LateTerms(TENANT, 0).id == TENANT
