"""The chart: dated, complete, and the company's own numbers in it. [F-02]"""

from dataclasses import replace
from datetime import date

import pytest

from relance.adapters.chart_data import load_charts
from relance.domain.bookkeeping.accounts import Charts, Role
from relance.domain.bookkeeping.entries import Paid, Party, Sold, entries
from relance.domain.bookkeeping.fec import amount
from relance.domain.errors import Stop
from relance.domain.invoice import PaymentMode
from relance.domain.totals import total
from tests.builders import a_line, an_invoice_content

TODAY = date(2026, 11, 16)
CHART = load_charts().on(TODAY)


def test_every_mode_of_payment_that_moves_money_has_its_account_and_its_journal() -> None:
    for mode in PaymentMode:
        if mode is not PaymentMode.CREDIT:
            assert CHART.money(mode).number.startswith("5")
            assert CHART.journal(mode).code == ("CA" if mode is PaymentMode.CASH else "BQ")


@pytest.mark.parametrize(("rate", "number"), [(2000, "445711"), (550, "445713"), (175, "445710")])
def test_vat_goes_to_the_account_of_its_rate(rate: int, number: str) -> None:
    assert CHART.vat(rate).number == number


def test_a_day_before_the_first_chart_has_none() -> None:
    with pytest.raises(Stop):
        load_charts().on(date(1999, 1, 1))
    with pytest.raises(Stop):
        Charts().on(TODAY)


def test_the_newest_chart_in_force_counts_and_own_numbers_keep_their_label() -> None:
    own = CHART.renumbered({Role.GOODS: "707100"})
    assert (own[Role.GOODS].number, own[Role.GOODS].label) == ("707100", CHART[Role.GOODS].label)
    assert own[Role.SERVICES] == CHART[Role.SERVICES]


def test_what_comes_to_nothing_is_no_entry() -> None:
    """A free document, and a credit between two documents, move no account."""
    free = an_invoice_content(lines=(), totals=total(()))
    party = Party("C1", "Client")
    facts: list[Sold | Paid] = [Sold(TODAY, free, party), Paid(TODAY, free, party, 100, PaymentMode.CREDIT, TODAY)]
    assert list(entries(facts, CHART)) == []


def test_an_option_that_was_not_chosen_sells_nothing() -> None:
    taken, left = a_line(nature="goods"), replace(a_line(nature="services"), is_option=True, is_chosen=False)
    content = an_invoice_content(lines=(taken, left), totals=total((taken, left)))
    (entry,) = entries([Sold(TODAY, content, Party("C1", "Client"))], CHART)
    assert CHART[Role.SERVICES] not in {posting.account for posting in entry.postings}


@pytest.mark.parametrize(("cents", "text"), [(0, "0,00"), (5, "0,05"), (-5, "-0,05"), (123_456, "1234,56")])
def test_amounts_have_a_decimal_comma_and_two_decimals(cents: int, text: str) -> None:
    assert amount(cents) == text
