"""What penalties brought in over a month: claimed, received, given up, each by the day it happened. [M-16]"""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from relance.domain.ids import CustomerId, PaymentId
from relance.domain.invoice import PaymentMode
from relance.domain.money import Cents
from relance.domain.penalty_claim import PenaltyClaim, PenaltyPayment, PenaltyState
from relance.domain.penalty_figures import PenaltyFigures, penalty_figures
from tests.builders import TENANT, an_instant

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
BEFORE, IN_IT = an_instant("2026-10-15T09:00:00"), an_instant("2026-11-15T09:00:00")
NOTHING = PenaltyFigures(0, Cents(0), Cents(0), Cents(0))


def a_claim(**changes: Any) -> PenaltyClaim:
    """Of 10.00 and 40.00, claimed in October."""
    made = PenaltyClaim(
        tenant=TENANT,
        id="inv_1",
        rev=1,
        number="F-2026-0001",
        customer_id=CustomerId("cus_1"),
        state=PenaltyState.CLAIMED,
        until=BEFORE.date(),
        segments=(),
        interest=Cents(1_000),
        indemnity=Cents(4_000),
        created_at=BEFORE,
        updated_at=BEFORE,
        claimed_at=BEFORE,
    )
    return replace(made, **changes)


def paid(amount: int, on: date) -> PenaltyPayment:
    return PenaltyPayment(PaymentId("pay_1"), Cents(amount), on, PaymentMode.TRANSFER, IN_IT)


@pytest.mark.parametrize(
    ("claim", "figures"),
    [
        (a_claim(), NOTHING),
        (a_claim(claimed_at=None), NOTHING),
        (a_claim(claimed_at=IN_IT), replace(NOTHING, claims=1, claimed=Cents(5_000))),
        (a_claim(payments=(paid(700, date(2026, 10, 31)), paid(300, LAST))), replace(NOTHING, received=Cents(300))),
        (a_claim(waived_at=BEFORE, state=PenaltyState.WAIVED), NOTHING),
        (
            a_claim(waived_at=IN_IT, state=PenaltyState.WAIVED, payments=(paid(700, date(2026, 10, 31)),)),
            replace(NOTHING, waived=Cents(4_300)),
        ),
        (
            a_claim(claimed_at=IN_IT, waived_at=IN_IT, payments=(paid(700, LAST),), currency="CHF"),
            replace(NOTHING, claims=1),
        ),
    ],
    ids=["before", "never", "claimed", "received", "given up before", "given up", "in francs"],
)
def test_each_thing_counts_in_the_month_it_happened_and_in_euros_only_M_16(
    claim: PenaltyClaim, figures: PenaltyFigures
) -> None:
    assert penalty_figures([claim], FIRST, LAST) == figures


@pytest.mark.parametrize(("on", "counts"), [(date(2026, 10, 31), 0), (FIRST, 1), (LAST, 1), (date(2026, 12, 1), 0)])
def test_both_ends_of_a_period_belong_to_it_M_16(on: date, counts: int) -> None:
    noon = an_instant(f"{on}T12:00:00")
    claim = a_claim(claimed_at=noon, waived_at=noon, payments=(paid(700, on),))
    amounts = (5_000, 700, 4_300) if counts else (0, 0, 0)
    assert penalty_figures([claim], FIRST, LAST) == PenaltyFigures(counts, *map(Cents, amounts))


def test_claims_add_up_and_days_are_those_of_paris_M_16() -> None:
    """23:30 UTC on 31 October is half past midnight on 1 November."""
    night = an_instant("2026-10-31T23:30:00")
    found = penalty_figures([a_claim(claimed_at=night), a_claim(claimed_at=IN_IT)], FIRST, LAST)
    assert (found.claims, found.claimed) == (2, 10_000)
