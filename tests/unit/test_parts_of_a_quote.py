"""What may be invoiced of an accepted quote, part after part: never beyond it, never an empty invoice. [D-01, R-04]"""

from typing import Any

import pytest

from relance.domain.billing import Part, deposit, progress, whole
from relance.domain.content import DepositStep, QuoteContent
from relance.domain.errors import Conflict, Invalid
from relance.domain.ids import CustomerId
from relance.domain.invoice import Billing
from relance.domain.lines import Line
from relance.domain.money import Cents
from relance.domain.totals import DocumentDiscount, total
from tests.builders import REDUCED, STANDARD, a_line, a_quote_content

HUNDRED = a_line(quantity="1", unit_price="100")
SCHEDULE = (
    DepositStep("À la commande", percent_bp=3_000),
    DepositStep("À la livraison", amount=Cents(3_600)),
)


def agreed(*lines: Line, discounts: tuple[DocumentDiscount, ...] = (), **changes: Any) -> QuoteContent:
    """A quote of 100.00 HT, 120.00 TTC unless it is of other lines, with a schedule of two deposits."""
    lines = lines or (HUNDRED,)
    totals = total(lines, discounts)
    return a_quote_content(lines=lines, totals=totals, discounts=discounts, deposits=SCHEDULE, **changes)


def a_deposit(*, percent_bp: int = 0, amount: int = 0, step: int = 0) -> Part:
    return Part(Billing.DEPOSIT, percent_bp, Cents(amount), step)


def test_a_step_of_the_schedule_asks_for_what_was_agreed_under_its_name_D_01() -> None:
    first = deposit(agreed(), a_deposit(step=1), {}, 0)
    assert [line.description for line in first.lines] == ["À la commande de 30 % sur le devis n° D-2026-0001"]
    assert (total(first.lines).net, first.gross) == (3_000, None)
    second = deposit(agreed(), a_deposit(step=2), {STANDARD: 3_000}, 1)
    assert [line.description for line in second.lines] == ["À la livraison sur le devis n° D-2026-0001"]
    assert (total(second.lines).net, second.gross) == (3_000, 3_600)


@pytest.mark.parametrize(
    ("part", "pointer"),
    [
        (a_deposit(), "/percent"),
        (a_deposit(percent_bp=3_000, amount=3_600), "/percent"),
        (a_deposit(percent_bp=3_000, step=1), "/percent"),
        (a_deposit(percent_bp=-1), "/percent"),
        (a_deposit(percent_bp=10_001), "/percent"),
        (a_deposit(amount=12_001), "/amount"),
        (a_deposit(step=3), "/step"),
    ],
)
def test_a_deposit_is_a_share_or_an_amount_or_a_step_of_the_quote_D_01(part: Part, pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        deposit(agreed(), part, {}, 0)
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [(pointer, "bad_part")]


def test_a_deposit_may_be_the_whole_of_the_quote_D_01() -> None:
    assert total(deposit(agreed(), a_deposit(percent_bp=10_000), {}, 0).lines).net == 10_000
    assert deposit(agreed(), a_deposit(amount=12_000), {}, 0).gross == 12_000


def test_a_quote_is_not_invoiced_beyond_its_total_under_any_rate_R_04() -> None:
    quote = agreed(HUNDRED, a_line(quantity="1", unit_price="50", vat=REDUCED))
    earlier = {STANDARD: 6_000, REDUCED: 0}
    with pytest.raises(Conflict) as refused:
        deposit(quote, a_deposit(percent_bp=5_000), earlier, 1)
    assert refused.value.code == "overbilled"
    assert "90.00 HT" in refused.value.message, "40.00 at one rate and 50.00 at the other are free"
    assert total(deposit(quote, a_deposit(percent_bp=4_000), earlier, 1).lines).net == 6_000


def test_two_halves_of_an_odd_cent_are_the_whole_and_not_a_cent_more_R_04() -> None:
    quote, half = agreed(a_line(quantity="1", unit_price="100.01")), a_deposit(percent_bp=5_000)
    assert total(deposit(quote, half, {}, 0).lines).net == 5_001
    assert total(deposit(quote, half, {STANDARD: 5_001}, 1).lines).net == 5_000
    with pytest.raises(Conflict):
        deposit(quote, half, {STANDARD: 5_002}, 1)


def test_an_amount_is_spread_over_the_rates_as_the_quote_is_and_keeps_what_is_sold_under_each_R_04() -> None:
    """Half of 120.00 and 110.00 TTC."""
    quote = agreed(HUNDRED, a_line(quantity="1", unit_price="100", vat=REDUCED, nature="goods"))
    bill = deposit(quote, a_deposit(amount=11_500), {}, 0)
    assert [(line.vat, line.net, line.nature) for line in bill.lines] == [
        (STANDARD, 5_000, "services"),
        (REDUCED, 5_000, "goods"),
    ]


def test_a_deposit_that_rounds_to_nothing_is_no_invoice_R_04() -> None:
    with pytest.raises(Conflict) as refused:
        deposit(agreed(a_line(quantity="1", unit_price="0.40")), a_deposit(percent_bp=1), {}, 0)
    assert refused.value.code == "nothing_to_bill"


@pytest.mark.parametrize("percent_bp", [-1, 0, 10_001])
def test_works_progress_from_above_nothing_to_the_whole(percent_bp: int) -> None:
    with pytest.raises(Invalid) as refused:
        progress(agreed(), percent_bp, {})
    assert [fault.pointer for fault in refused.value.faults] == ["/percent"]


def test_progress_asks_for_what_is_done_so_far_less_what_was_asked_for_R_04() -> None:
    assert total(progress(agreed(), 5_000, {STANDARD: 3_000}).lines).net == 2_000
    assert total(progress(agreed(), 10_000, {STANDARD: 5_000}).lines).net == 5_000
    for earlier in (5_000, 6_000):
        with pytest.raises(Conflict) as refused:
            progress(agreed(), 5_000, {STANDARD: earlier})
        assert refused.value.code == "nothing_to_bill"


def test_quotes_in_two_currencies_are_not_one_invoice() -> None:
    with pytest.raises(Invalid) as refused:
        whole([agreed(), agreed(currency="CHF")], CustomerId("cus_1"))
    assert [fault.pointer for fault in refused.value.faults] == ["/quote_ids"]


def test_the_discount_of_one_quote_touches_no_line_of_another_R_04() -> None:
    """10 % off 400.00 is spread over its own lines, beside the 5.00 that one of them had off already."""
    tenth = (DocumentDiscount("Remise", percent_bp=1_000),)
    off = agreed(
        a_line(quantity="1", unit_price="105", off=500), a_line(quantity="1", unit_price="300"), discounts=tenth
    )
    plain = agreed(a_line(quantity="1", unit_price="200", percent_off_bp=1_000), number="D-2026-0002")
    joined = whole([off, plain], CustomerId("cus_1"))
    assert [line.discount_amount for line in joined.lines] == [500 + 1_000, 3_000, 2_000]
    assert joined.discounts == ()
    assert total(joined.lines).gross == off.totals.gross + plain.totals.gross


def test_a_quote_alone_keeps_its_discount_on_the_whole_R_04() -> None:
    tenth = (DocumentDiscount("Remise", percent_bp=1_000),)
    draft = whole([agreed(discounts=tenth)], CustomerId("cus_1"))
    assert (draft.discounts, draft.lines) == (tenth, (HUNDRED,))
