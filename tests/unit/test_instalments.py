"""The deposit schedule of a quote: what each step asks for. [D-03, R-04]"""

from hypothesis import given
from hypothesis import strategies as st

from relance.domain.content import DepositStep
from relance.domain.instalments import balance, instalments
from relance.domain.money import Cents
from relance.domain.totals import total
from tests.builders import REDUCED, STANDARD, a_line, some_lines


def test_a_percentage_is_taken_of_each_base_and_taxed_as_the_deposit_invoice_will_be() -> None:
    lines = (
        a_line(quantity="1", unit_price="33.33", vat=STANDARD),
        a_line(quantity="1", unit_price="66.65", vat=REDUCED),
    )
    (first,) = instalments([DepositStep("Acompte", percent_bp=3000)], total(lines))
    assert first.amount == 1000 + 200 + 2000 + 200


def test_an_amount_is_asked_as_it_stands_and_the_rest_is_the_balance() -> None:
    totals = total(some_lines())
    asked = instalments(
        [DepositStep("Réservation", amount=Cents(50_000)), DepositStep("Pose", percent_bp=2000)], totals
    )
    assert asked[0].amount == 50_000
    assert balance(totals, asked) == totals.gross - sum(each.amount for each in asked)


@given(st.lists(st.integers(1, 5000), min_size=1, max_size=6), st.sampled_from([1, 100]))
def test_steps_of_the_whole_add_up_to_the_whole(parts: list[int], smallest: int) -> None:
    """R-04: no cent is lost between the schedule and the total."""
    steps = [DepositStep("Étape", percent_bp=part) for part in parts]
    if sum(parts) < 10_000:
        steps.append(DepositStep("Solde", percent_bp=10_000 - sum(parts)))
    totals = total(some_lines())
    asked = instalments(steps, totals, smallest)
    if sum(step.percent_bp for step in steps) == 10_000:
        assert balance(totals, asked) == 0


def test_without_a_schedule_the_last_invoice_asks_for_everything() -> None:
    totals = total(some_lines())
    assert balance(totals, instalments((), totals)) == totals.gross
