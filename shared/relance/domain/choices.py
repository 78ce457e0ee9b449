"""What a customer chooses in a quote: options taken or not, quantities within their bounds, and what that comes to.

The totals are always computed here, from the lines as they were sent: nothing that a browser sums up is believed.
[PF-11, KX-07, Q-04]
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from relance.domain.content import QuoteContent
from relance.domain.draft_checks import reduction_faults
from relance.domain.errors import Fault, Invalid
from relance.domain.line_checks import quantity_faults
from relance.domain.lines import Line
from relance.domain.quote import Choice
from relance.domain.totals import total


def is_open_choice(line: Line) -> bool:
    """Whether the customer has something to decide about this line."""
    return line.is_option or line.is_adjustable


def offers_choices(content: QuoteContent) -> bool:
    """Whether the customer has anything to decide besides yes or no."""
    return any(is_open_choice(line) for line in content.lines)


def proposed(lines: Sequence[Line]) -> tuple[Choice, ...]:
    """What its author proposes: one choice for each line that leaves one."""
    return tuple(
        Choice(index, line.counts, line.quantity if line.is_adjustable else None)
        for index, line in enumerate(lines)
        if is_open_choice(line)
    )


def decided(lines: Sequence[Line], wishes: Sequence[Choice] | None) -> tuple[Choice, ...]:
    """One sound choice for each line that leaves one; None takes what is proposed, an option not wished for is left.

    Raises Invalid with a fault at `/quantity-{line}` or `/choice-{line}` for each wish that cannot be met.
    """
    if wishes is None:
        return proposed(lines)
    wished = {wish.line: wish for wish in wishes}
    faults = [fault for wish in wishes for fault in _wish_faults(lines, wish)]
    if faults:
        raise Invalid("Vérifiez vos choix : l’un d’eux n’est pas possible.", faults=faults)
    return tuple(_choice(choice, lines[choice.line], wished.get(choice.line)) for choice in proposed(lines))


def _choice(offer: Choice, line: Line, wish: Choice | None) -> Choice:
    taken = wish is not None and wish.is_chosen if line.is_option else True
    quantity = wish.quantity if taken and wish is not None and wish.quantity is not None else offer.quantity
    return Choice(offer.line, taken, quantity if line.is_adjustable else None)


def _wish_faults(lines: Sequence[Line], wish: Choice) -> Iterator[Fault]:
    if not 0 <= wish.line < len(lines) or not is_open_choice(lines[wish.line]):
        yield Fault(f"/choice-{wish.line}", "Cette ligne ne laisse pas de choix : rechargez la page.", "not_allowed")
        return
    line, pointer = lines[wish.line], f"/quantity-{wish.line}"
    if wish.quantity is None or (line.is_option and not wish.is_chosen):
        return  # nothing is wished, or of something that he leaves
    if not line.is_adjustable:
        yield Fault(pointer, "La quantité de cette ligne ne se change pas.", "not_allowed")
        return
    faults = list(quantity_faults(wish.quantity, pointer))
    yield from faults
    assert line.min_quantity is not None, "it is adjustable"
    assert line.max_quantity is not None, "it is adjustable"
    if not faults and not line.min_quantity <= wish.quantity <= line.max_quantity:
        bounds = f"{_words(line.min_quantity)} à {_words(line.max_quantity)}"
        yield Fault(pointer, f"Indiquez une quantité de {bounds}.", "out_of_bounds")


def with_choices(content: QuoteContent, choices: Sequence[Choice]) -> QuoteContent:
    """The offer as these choices make it: every line still there, with the totals of those that count.

    Raises Invalid when nothing is ordered, or when a reduction would be more than what is left.
    """
    lines = list(content.lines)
    for choice in choices:
        line = lines[choice.line]
        lines[choice.line] = replace(line, is_chosen=choice.is_chosen, quantity=choice.quantity or line.quantity)
    if not any(line.counts for line in lines):
        message = "Choisissez au moins une prestation."
        raise Invalid(message, faults=[Fault("/lines", message, "nothing_chosen")])
    if faults := reduction_faults(lines, content.discounts):
        raise Invalid("Ces choix ne suffisent pas à la remise accordée : reprenez une option.", faults=faults)
    return replace(content, lines=tuple(lines), totals=total(lines, content.discounts, content.charges))


def agreed(content: QuoteContent, choices: Sequence[Choice]) -> QuoteContent:
    """The contract that these choices make: only what is ordered, with nothing left to choose. Raises as above."""
    chosen = with_choices(content, choices)
    lines = tuple(
        replace(line, is_option=False, is_chosen=True, min_quantity=None, max_quantity=None)
        for line in chosen.lines
        if line.counts
    )
    return replace(chosen, lines=lines)


def kept(lines: Sequence[Line], choices: Sequence[Choice]) -> tuple[int, ...]:
    """Which lines of the offer are in the contract, by their index."""
    left = {choice.line for choice in choices if not choice.is_chosen}
    return tuple(index for index in range(len(lines)) if index not in left)


def _words(quantity: Decimal) -> str:
    return f"{quantity.normalize():f}".replace(".", ",")
