"""What a customer may choose, what it comes to, and what he may not."""

from dataclasses import replace
from decimal import Decimal

import pytest

from relance.domain.choices import agreed, decided, is_open_choice, kept, offers_choices, proposed, with_choices
from relance.domain.content import QuoteContent
from relance.domain.errors import Invalid
from relance.domain.lines import Line
from relance.domain.money import Cents
from relance.domain.quote import Choice
from relance.domain.totals import DocumentDiscount, total
from tests.builders import a_line, a_quote_content

FIXED = a_line("Pose", quantity="1", unit_price="100")
OPTION = replace(a_line("Vernis", quantity="1", unit_price="50"), is_option=True, is_chosen=False)
TAKEN = replace(a_line("Plinthes", quantity="1", unit_price="30"), is_option=True, is_chosen=True)
ADJUSTABLE = replace(
    a_line("Marches", quantity="4", unit_price="10"), min_quantity=Decimal("2"), max_quantity=Decimal("10.5")
)
LINES = (FIXED, OPTION, TAKEN, ADJUSTABLE)


def an_offer(lines: tuple[Line, ...] = LINES, *discounts: DocumentDiscount) -> QuoteContent:
    return replace(a_quote_content(lines=lines), discounts=discounts, totals=total(lines, discounts))


def wish(line: int, *, chosen: bool = True, quantity: str | None = None) -> Choice:
    return Choice(line, chosen, None if quantity is None else Decimal(quantity))


def test_options_and_bounds_are_choices_and_nothing_else_PF_11() -> None:
    assert [is_open_choice(line) for line in LINES] == [False, True, True, True]
    assert offers_choices(an_offer())
    assert not offers_choices(an_offer((FIXED,)))


def test_who_says_nothing_takes_what_is_proposed() -> None:
    as_sent = (wish(1, chosen=False), wish(2), wish(3, quantity="4"))
    assert proposed(LINES) == decided(LINES, None) == as_sent
    assert with_choices(an_offer(), as_sent) == an_offer()


def test_an_option_that_is_not_wished_for_is_left_and_a_quantity_keeps_what_was_proposed() -> None:
    assert decided(LINES, ()) == (wish(1, chosen=False), wish(2, chosen=False), wish(3, quantity="4"))
    assert decided(LINES, [wish(1), wish(3, quantity="10.5")]) == (
        wish(1),
        wish(2, chosen=False),
        wish(3, quantity="10.5"),
    )


@pytest.mark.parametrize(
    ("wished", "pointer", "code"),
    [
        (wish(0), "/choice-0", "not_allowed"),
        (wish(4), "/choice-4", "not_allowed"),
        (wish(-1), "/choice--1", "not_allowed"),
        (wish(1, quantity="2"), "/quantity-1", "not_allowed"),
        (wish(3, quantity="1.9999"), "/quantity-3", "out_of_bounds"),
        (wish(3, quantity="10.5001"), "/quantity-3", "out_of_bounds"),
        (wish(3, chosen=False, quantity="11"), "/quantity-3", "out_of_bounds"),  # no option: it cannot be left
        (wish(3, quantity="0"), "/quantity-3", "not_positive"),
        (wish(3, quantity="2.00001"), "/quantity-3", "too_many_decimals"),
        (wish(3, quantity="NaN"), "/quantity-3", "not_a_number"),
    ],
)
def test_a_wish_that_was_not_offered_is_refused_where_it_was_made(wished: Choice, pointer: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        decided(LINES, [wished])
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [(pointer, code)]


def test_the_quantity_of_an_option_that_is_left_does_not_matter() -> None:
    both = replace(ADJUSTABLE, is_option=True)
    assert decided((both,), [wish(0, chosen=False, quantity="999")]) == (wish(0, chosen=False, quantity="4"),)


def test_the_bounds_are_told_in_french() -> None:
    with pytest.raises(Invalid) as refused:
        decided(LINES, [wish(3, quantity="11")])
    assert refused.value.faults[0].message == "Indiquez une quantité de 2 à 10,5."


def test_a_contract_holds_what_is_ordered_and_leaves_nothing_open() -> None:
    choices = decided(LINES, [wish(1), wish(3, quantity="10")])
    contract = agreed(an_offer(), choices)
    assert [line.description for line in contract.lines] == ["Pose", "Vernis", "Marches"]
    assert contract.totals.net == Cents(25_000)
    assert not offers_choices(contract)
    assert kept(LINES, choices) == (0, 1, 3)


def test_an_order_of_nothing_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        with_choices(an_offer((OPTION, TAKEN)), decided((OPTION, TAKEN), ()))
    assert refused.value.faults[0].code == "nothing_chosen"


def test_choices_never_turn_the_sign_of_a_total() -> None:
    """Judged again here: rounding may leave less than the least that was judged when the draft was stored."""
    offer = an_offer((FIXED, TAKEN), DocumentDiscount("Remise", amount=Cents(11_000)))
    with pytest.raises(Invalid) as refused:
        agreed(offer, decided(offer.lines, ()))
    assert refused.value.faults[0].code == "discount_too_large"
