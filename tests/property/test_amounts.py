"""The arithmetic of a document, in words: what is summed is what is printed, and the order of lines means nothing."""

from collections import defaultdict
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from relance.domain.draft_checks import draft_faults
from relance.domain.errors import Conflict, Invalid
from relance.domain.ids import PaymentId
from relance.domain.invoice import InvoiceStatus, Payment, PaymentMode, Settlement
from relance.domain.lines import Line
from relance.domain.money import BASIS_POINTS, Cents, format_amount, parse_amount, share, to_cents
from relance.domain.settlement import receive
from relance.domain.totals import total
from relance.domain.vat import VatTreatment
from tests.builders import a_line, a_quote_draft, an_instant, an_invoice, an_invoice_content
from tests.property.strategies import cents, documents, euros, rates_bp

TODAY = date(2026, 11, 20)


@given(documents)
def test_with_tax_is_without_tax_plus_tax_R_01(lines: tuple[Line, ...]) -> None:
    totals = total(lines)
    assert totals.gross == totals.net + totals.vat
    assert totals.net == sum(row.base for row in totals.subtotals) == sum(line.net for line in lines)
    assert totals.vat == sum(row.vat for row in totals.subtotals)


@given(documents)
def test_each_rate_is_computed_on_its_whole_base_and_rounded_once_R_01(lines: tuple[Line, ...]) -> None:
    bases: dict[VatTreatment, int] = defaultdict(int)
    for line in lines:
        bases[line.vat] += line.net
    rows = total(lines).subtotals
    assert {row.treatment: row.base for row in rows} == bases
    for row in rows:
        exact = Fraction(row.base * row.treatment.rate_bp, BASIS_POINTS)
        assert Fraction(-1, 2) < exact - row.vat < Fraction(1, 2) or row.vat - exact == Fraction(1, 2)


@given(documents, st.randoms())
def test_the_order_of_lines_does_not_change_the_totals(lines: tuple[Line, ...], random: Random) -> None:
    shuffled = list(lines)
    random.shuffle(shuffled)
    assert total(shuffled) == total(lines)


@given(documents)
def test_a_discount_never_makes_a_line_negative(lines: tuple[Line, ...]) -> None:
    assert all(0 <= line.net <= line.gross for line in lines)
    assert all(replace(line, discount=None).net == line.gross for line in lines)


@given(documents)
def test_what_may_be_sold_passes_the_checks(lines: tuple[Line, ...]) -> None:
    assert draft_faults(a_quote_draft(lines=lines)) == []


@given(st.decimals(allow_nan=True, allow_infinity=True), st.decimals(allow_nan=True, allow_infinity=True))
def test_any_decimal_is_judged_and_what_passes_is_printed_whole_R_03(quantity: Decimal, price: Decimal) -> None:
    line = replace(a_line(), quantity=quantity, unit_price=price)
    if draft_faults(a_quote_draft(lines=(line,))):
        return
    for value, places in ((quantity, 4), (price, 6)):
        whole, _, decimals = format(value.normalize(), "f").partition(".")
        assert len(decimals) <= places
        assert len(whole) <= 9
    assert abs(Fraction(line.gross, 100) - Fraction(quantity) * Fraction(price)) <= Fraction(1, 200)


@given(cents)
def test_an_amount_reads_back_as_written(amount: int) -> None:
    assert parse_amount(format_amount(amount)) == amount


@given(euros)
def test_rounding_to_the_cent_is_half_up_and_symmetrical(amount: Decimal) -> None:
    rounded = to_cents(amount)
    assert abs(Fraction(rounded, 100) - Fraction(amount)) <= Fraction(1, 200)
    assert to_cents(-amount) == -rounded


@given(cents, rates_bp)
def test_a_share_is_at_most_half_a_cent_off_and_symmetrical(amount: int, rate_bp: int) -> None:
    part = share(amount, rate_bp)
    assert abs(part - Fraction(amount * rate_bp, BASIS_POINTS)) <= Fraction(1, 2)
    assert share(-amount, rate_bp) == -part


@given(st.integers(1, 10**9), st.lists(st.integers(-5, 10**9), max_size=12))
def test_the_balance_is_what_is_due_less_what_came_in_and_never_below_zero_KX_16(due: int, wished: list[int]) -> None:
    line = a_line(quantity="1", unit_price=format_amount(due))
    content = an_invoice_content(lines=(line,))
    invoice = an_invoice(status=InvoiceStatus.ISSUED, content=content)
    taken = 0
    for n, amount in enumerate(wished):
        payment = Payment(PaymentId(f"pay_{n}"), Cents(amount), TODAY, PaymentMode.CARD, an_instant())
        fits = 0 < amount <= invoice.balance
        try:
            invoice = receive(invoice, payment, TODAY, keep_excess=False)
        except (Conflict, Invalid):
            assert not fits
        else:
            assert fits
            taken += amount
        assert invoice.balance == content.totals.gross - taken >= 0
        assert (invoice.settlement is Settlement.PAID) == (invoice.balance == 0)
