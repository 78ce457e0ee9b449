"""Whatever a customer chooses, what he accepts is the sum of what he chose, and never less than nothing."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from relance.domain.choices import agreed, decided, kept, proposed, with_choices
from relance.domain.content import QuoteContent
from relance.domain.draft_checks import draft_faults
from relance.domain.errors import Invalid
from relance.domain.lines import Line
from relance.domain.money import BASIS_POINTS, Cents
from relance.domain.quote import Choice
from relance.domain.totals import DocumentDiscount, total
from tests.builders import a_quote_content, a_quote_draft
from tests.property.strategies import lines


@st.composite
def offered(draw: st.DrawFn) -> Line:
    """A line that may leave a choice."""
    line = draw(lines())
    if draw(st.booleans()):
        line = replace(line, is_option=True, is_chosen=draw(st.booleans()))
    if draw(st.booleans()):
        line = replace(line, min_quantity=line.quantity, max_quantity=line.quantity + draw(st.integers(0, 50)))
    return line


@st.composite
def offers(draw: st.DrawFn) -> QuoteContent:
    """An offer that could be stored, with a discount on the whole or none."""
    chosen = tuple(draw(st.lists(offered(), min_size=1, max_size=8)))
    reduced = draw(
        st.sampled_from([(), (DocumentDiscount("%", percent_bp=draw(st.integers(1, BASIS_POINTS))),)])
        | st.integers(1, 500).map(lambda cents: (DocumentDiscount("€", amount=Cents(cents)),))
    )
    if draft_faults(a_quote_draft(lines=chosen, discounts=reduced)):
        reduced = ()
    return replace(a_quote_content(lines=chosen), discounts=reduced, totals=total(chosen, reduced))


@st.composite
def decisions(draw: st.DrawFn) -> tuple[QuoteContent, tuple[Choice, ...]]:
    """An offer and a lawful answer to each of its choices."""
    offer = draw(offers())
    wishes = []
    for choice in proposed(offer.lines):
        line = offer.lines[choice.line]
        quantity: Decimal | None = None
        if line.min_quantity is not None and line.max_quantity is not None:
            quantity = draw(st.decimals(line.min_quantity, line.max_quantity, places=4))
        wishes.append(Choice(choice.line, not line.is_option or draw(st.booleans()), quantity))
    return offer, decided(offer.lines, wishes)


@given(decisions())
def test_a_contract_is_the_sum_of_the_lines_that_were_chosen_PF_11(
    decision: tuple[QuoteContent, tuple[Choice, ...]],
) -> None:
    offer, choices = decision
    try:
        shown, contract = with_choices(offer, choices), agreed(offer, choices)
    except Invalid:  # nothing was ordered, or a fixed reduction is more than what is left
        assert not any(line.counts for line in offer.lines) or choices
        return
    assert contract.totals == shown.totals, "what he saw is what he gets"
    assert contract.totals == total(contract.lines, offer.discounts, offer.charges)
    assert [line.description for line in contract.lines] == [
        offer.lines[index].description for index in kept(offer.lines, choices)
    ]
    assert all(line.counts for line in contract.lines)
    assert all(row.base >= 0 for row in contract.totals.subtotals)


@given(offers())
def test_an_answer_that_changes_nothing_gives_the_totals_that_were_sent(offer: QuoteContent) -> None:
    if not any(line.counts for line in offer.lines):
        return
    assert with_choices(offer, decided(offer.lines, None)) == offer
