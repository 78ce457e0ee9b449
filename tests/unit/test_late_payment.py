"""Late payment, exact to the cent, on the cases worked by hand."""

from dataclasses import replace
from datetime import date

import pytest

from relance.adapters.dunning_data import load_dunning_law
from relance.domain.dunning_law import LegalRate
from relance.domain.errors import Invalid
from relance.domain.late_payment import (
    NOTHING,
    Imputation,
    LateRate,
    LateRates,
    RateBasis,
    Reduction,
    accrue,
    interest,
    late_payment,
    segments,
)
from relance.domain.late_terms import rate_faults
from relance.domain.money import Cents
from relance.domain.party import CustomerKind
from relance.domain.penalty_claim import PenaltyState, may_become

RATES = LateRates(
    (
        LateRate(date(2026, 1, 1), 1215, "BCE, taux de refinancement au 1er janvier 2026 + 10 points"),
        LateRate(date(2026, 7, 1), 1240, "BCE, taux de refinancement au 1er juillet 2026 + 10 points"),
    )
)
BUSINESS = CustomerKind.BUSINESS
FORTY = Cents(4_000)


def paid(day: date, amount: int) -> Reduction:
    return Reduction(day, Cents(amount))


def test_p_03_forty_three_days_in_one_semester() -> None:
    due, received = date(2026, 1, 31), date(2026, 3, 15)
    (row,) = segments(due, Cents(120_000), [paid(received, 120_000)], RATES, date(2026, 6, 1))[:1]
    assert (row.days, interest([row])) == (43, 1_718)


def test_p_03_two_semesters_have_two_rates_and_one_rounding() -> None:
    rows = segments(date(2026, 5, 31), Cents(500_000), [paid(date(2026, 8, 15), 500_000)], RATES, date(2026, 12, 1))
    assert [(row.days, row.rate_bp, f"{row.interest / 100:.2f}") for row in rows] == [
        (30, 1215, "49.93"),
        (46, 1240, "78.14"),
    ]
    assert interest(rows) == 12_807


def test_p_03_a_partial_payment_cuts_the_interest() -> None:
    payments = [paid(date(2026, 2, 20), 40_000), paid(date(2026, 3, 31), 60_000)]
    rows = segments(date(2026, 1, 31), Cents(100_000), payments, RATES, date(2026, 5, 1))
    assert [(row.principal, row.days) for row in rows] == [(100_000, 20), (60_000, 39)]
    assert interest(rows) == 1_445


def test_p_03_a_credit_note_before_the_due_date_reduces_from_the_first_day() -> None:
    rows = segments(date(2026, 1, 31), Cents(100_000), [paid(date(2026, 1, 10), 100_000)], RATES, date(2026, 5, 1))
    assert rows == ()


def test_p_02_interest_runs_the_day_after_the_due_date_without_a_reminder() -> None:
    assert (
        late_payment(BUSINESS, date(2026, 1, 31), Cents(100_000), [], RATES, date(2026, 1, 31), indemnity=FORTY)
        == NOTHING
    )
    first = late_payment(BUSINESS, date(2026, 1, 31), Cents(100_000), [], RATES, date(2026, 2, 1), indemnity=FORTY)
    assert (first.interest, first.indemnity, first.total) == (33, 4_000, 4_033)
    assert (
        late_payment(BUSINESS, date(2026, 1, 31), Cents(100_000), [], RATES, date(2026, 1, 15), indemnity=FORTY)
        == NOTHING
    )


def test_p_02_a_day_without_a_rate_is_refused_and_never_guessed() -> None:
    with pytest.raises(Invalid, match="Aucun taux de pénalité n’est connu au 02/12/2025") as error:
        segments(date(2025, 12, 1), Cents(1), [], RATES, date(2026, 2, 1))
    assert error.value.faults[0].code == "P-02"


def test_p_04_forty_euros_once_per_invoice_however_little_was_late_and_none_when_paid_in_time() -> None:
    due = date(2026, 1, 31)
    late = late_payment(
        BUSINESS,
        due,
        Cents(100_000),
        [paid(due, 99_999), paid(date(2026, 2, 1), 1)],
        RATES,
        date(2026, 6, 1),
        indemnity=FORTY,
    )
    assert (late.interest, late.indemnity) == (0, 4_000)
    in_time = late_payment(
        BUSINESS, due, Cents(100_000), [paid(due, 100_000)], RATES, date(2026, 6, 1), indemnity=FORTY
    )
    assert in_time == NOTHING


def test_p_05_a_consumer_owes_neither_interest_nor_indemnity() -> None:
    consumer = CustomerKind.CONSUMER
    assert late_payment(consumer, date(2026, 1, 31), Cents(1), [], RATES, date(2026, 6, 1), indemnity=FORTY) == NOTHING


@pytest.mark.parametrize(
    ("state", "wanted", "allowed"),
    [
        (PenaltyState.ACCRUED, PenaltyState.CLAIMED, True),
        (PenaltyState.ACCRUED, PenaltyState.PAID, False),
        (PenaltyState.ACCRUED, PenaltyState.WAIVED, True),
        (PenaltyState.CLAIMED, PenaltyState.PAID, True),
        (PenaltyState.CLAIMED, PenaltyState.ACCRUED, False),
        (PenaltyState.CLAIMED, PenaltyState.CLAIMED, True),
        (PenaltyState.PAID, PenaltyState.CLAIMED, True),
        (PenaltyState.PAID, PenaltyState.WAIVED, False),
        (PenaltyState.NONE, PenaltyState.CLAIMED, False),
        (PenaltyState.WAIVED, PenaltyState.CLAIMED, False),
    ],
)
def test_p_06_a_claim_has_a_state_of_its_own(state: PenaltyState, wanted: PenaltyState, allowed: bool) -> None:
    assert may_become(state, wanted) is allowed


def test_p_07_interest_first_leaves_more_of_the_debt_and_costs_more() -> None:
    """1,000.00 due on 31 January: the 6.66 of the first 20 days are paid before the debt, which stays 606.66."""
    payments = [paid(date(2026, 2, 20), 40_000)]
    due, until = date(2026, 1, 31), date(2026, 3, 31)
    usual = accrue(due, Cents(100_000), payments, RATES, until)
    first = accrue(due, Cents(100_000), payments, RATES, until, Imputation.INTEREST_FIRST)
    assert [row.principal for row in usual.segments] == [100_000, 60_000]
    assert [row.principal for row in first.segments] == [100_000, 60_666]
    assert (usual.on_interest, first.on_interest) == (0, 666)
    assert (interest(usual.segments), interest(first.segments)) == (1_445, 1_453)


def test_p_07_neither_a_credit_note_nor_money_given_back_pays_interest() -> None:
    day = date(2026, 2, 20)
    moved = [Reduction(day, Cents(40_000), is_payment=False), Reduction(day, Cents(-10_000))]
    ran = accrue(date(2026, 1, 31), Cents(100_000), moved, RATES, date(2026, 3, 31), Imputation.INTEREST_FIRST)
    assert [row.principal for row in ran.segments] == [100_000, 70_000]
    assert ran.on_interest == 0


# --- what a company enters ------------------------------------------------------------------------------------------

LAW = load_dunning_law()


@pytest.mark.parametrize(
    ("entries", "wrong"),
    [
        ([LateRate(date(2025, 7, 1), 827, "Contrat")], ["/rates/0/rate"]),
        ([LateRate(date(2025, 7, 1), 828, "Contrat")], []),
        ([LateRate(date(2026, 1, 1), 785, "Avenant"), LateRate(date(2025, 7, 1), 828, "Contrat")], ["/rates/0/rate"]),
        ([LateRate(date(2026, 1, 1), 786, "Avenant"), LateRate(date(2025, 7, 1), 828, "Contrat")], []),
        ([LateRate(date(2025, 7, 1), 200, "BCE + 10 points", RateBasis.STATUTORY)], []),
        ([LateRate(date(2031, 1, 1), 50, "Contrat")], []),
        ([LateRate(date(2025, 7, 1), 0, "Contrat")], ["/rates/0/rate"]),
        ([LateRate(date(2031, 1, 1), 50, " "), LateRate(date(2031, 1, 1), 60, "Contrat")],
         ["/rates/0/source", "/rates/1/valid_from"]),
    ],
    ids=["a point below", "the least", "too low from 2026", "as low as it", "the law's own", "unknown", "none", "odd"],
)  # fmt: skip
def test_p_02_a_contract_says_three_times_the_legal_interest_of_the_semesters_that_are_known(
    entries: list[LateRate], wrong: list[str]
) -> None:
    assert [fault.pointer for fault in rate_faults(entries, LAW)] == wrong


def test_p_02_before_the_law_of_2009_no_multiple_was_asked_for() -> None:
    old = LegalRate(400, "1975", date(1975, 7, 15), date(1975, 12, 31))
    assert replace(LAW, legal_rates=(old,)).contract_floor(date(1975, 8, 1), None) is None
