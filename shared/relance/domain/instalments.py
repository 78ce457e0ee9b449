"""What each step of a deposit schedule comes to, so that the quote prints what the deposit invoices will ask for.

A percentage is taken of every base of the VAT table and the VAT computed on what it gives, each rounded: the same
arithmetic as that of the deposit invoice. What is left at the end goes to the last invoice. [R-04, D-03]
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from relance.domain.content import DepositStep
from relance.domain.money import Cents, share
from relance.domain.totals import Totals


@dataclass(frozen=True, slots=True)
class Instalment:
    """A step and what it asks for, TTC."""

    step: DepositStep
    amount: Cents


def instalments(steps: Sequence[DepositStep], totals: Totals, smallest: int = 1) -> tuple[Instalment, ...]:
    """The steps with their amounts; `smallest` is the smallest amount of the currency in hundredths.

    Steps of percentages that add up to the whole do so to the cent: the last one takes what is left.
    """
    amounts = [step.amount or _part(totals, step.percent_bp, smallest) for step in steps]
    if steps and sum(step.percent_bp for step in steps) == 10_000 and not any(step.amount for step in steps):
        amounts[-1] = Cents(totals.gross - sum(amounts[:-1]))
    return tuple(Instalment(step, amount) for step, amount in zip(steps, amounts, strict=True))


def balance(totals: Totals, asked: Sequence[Instalment]) -> Cents:
    """What the last invoice asks for once the instalments are paid, TTC."""
    return Cents(totals.gross - sum(instalment.amount for instalment in asked))


def _part(totals: Totals, percent_bp: int, smallest: int) -> Cents:
    return Cents(sum(_rows(totals, percent_bp, smallest)))


def _rows(totals: Totals, percent_bp: int, smallest: int) -> Iterator[int]:
    for row in totals.subtotals:
        base = share(row.base, percent_bp, smallest)
        yield base + share(base, row.treatment.rate_bp, smallest)
