"""Discounts and charges on the whole, deposits that are deducted: everything adds up, whatever the order of lines."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from relance.domain.lines import Line
from relance.domain.money import Cents, share, spread, to_cents
from relance.domain.totals import Charge, Deduction, DocumentDiscount, allowances, remaining, total
from relance.domain.vat import VatCategory, VatSubtotal, VatTreatment
from tests.property.strategies import documents

treatments = st.sampled_from(
    [VatTreatment(VatCategory.STANDARD, rate) for rate in (2000, 1000, 550)]
    + [VatTreatment(VatCategory.EXEMPT, 0, "Exonération")]
)
percents = st.builds(DocumentDiscount, st.just("Remise"), percent_bp=st.integers(1, 10_000))
charges = st.lists(st.builds(Charge, st.just("Port"), st.integers(1, 10**7).map(Cents), treatments), max_size=3).map(
    tuple
)


@given(documents, st.lists(percents, max_size=1).map(tuple), charges)
def test_net_and_vat_make_gross_and_each_rate_is_rounded_once_R_01(
    lines: tuple[Line, ...], discounts: tuple[DocumentDiscount, ...], extras: tuple[Charge, ...]
) -> None:
    totals = total(lines, discounts, extras)
    assert totals.gross == totals.net + totals.vat
    assert totals.net == totals.lines - totals.discounts + totals.charges
    assert totals.net == sum(row.base for row in totals.subtotals)
    assert all(row.vat == share(row.base, row.treatment.rate_bp) for row in totals.subtotals)


@given(documents, percents, charges, st.randoms())
def test_the_order_of_lines_changes_nothing_R_01(
    lines: tuple[Line, ...], discount: DocumentDiscount, extras: tuple[Charge, ...], order: object
) -> None:
    shuffled = list(lines)
    order.shuffle(shuffled)  # type: ignore[attr-defined]  # random.Random, which hypothesis hides
    assert total(tuple(shuffled), (discount,), extras) == total(lines, (discount,), extras)


@given(documents, st.data())
def test_a_discount_in_cents_is_spread_whole_and_never_changes_a_sign(
    lines: tuple[Line, ...], data: st.DataObject
) -> None:
    whole = total(lines)
    off = data.draw(st.integers(0, whole.lines))
    discounts = (DocumentDiscount("Geste", amount=Cents(off)),)
    assert sum(part.amount for part in allowances(lines, discounts)) == off
    assert all(row.base >= 0 and row.vat >= 0 for row in total(lines, discounts).subtotals)


@given(documents, st.integers(1, 10_000), st.integers(1, 10_000))
def test_deposits_and_the_last_invoice_make_the_whole_per_rate_R_04(
    lines: tuple[Line, ...], first_bp: int, second_bp: int
) -> None:
    whole = total(lines)
    deposits = [
        Deduction("F-1", date(2026, 11, 2), _part(whole.subtotals, first_bp)),
        Deduction("F-2", date(2026, 11, 9), _part(whole.subtotals, second_bp)),
    ]
    left = {row.treatment: row for row in remaining(whole, deposits)}
    for row in whole.subtotals:
        parts = [p for d in deposits for p in d.subtotals if p.treatment == row.treatment]
        assert sum(p.base for p in parts) + left[row.treatment].base == row.base
        assert sum(p.vat for p in parts) + left[row.treatment].vat == row.vat
    assert sum(d.gross for d in deposits) + sum(r.base + r.vat for r in left.values()) == whole.gross


def _part(rows: tuple[VatSubtotal, ...], percent_bp: int) -> tuple[VatSubtotal, ...]:
    bases = [(row.treatment, share(row.base, percent_bp)) for row in rows]
    return tuple(VatSubtotal(t, base, share(base, t.rate_bp)) for t, base in bases)


def test_a_deduction_of_a_rate_that_the_invoice_lacks_is_given_back_at_that_rate_R_04() -> None:
    reduced = VatTreatment(VatCategory.STANDARD, 550)
    deposit = Deduction("F-1", date(2026, 11, 2), (VatSubtotal(reduced, Cents(100), Cents(6)),))
    assert remaining(total(()), (deposit,)) == (VatSubtotal(reduced, Cents(-100), Cents(-6)),)
    assert (deposit.net, deposit.vat, deposit.gross) == (100, 6, 106)


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**7), min_size=1, max_size=6), st.sampled_from([1, 100]))
def test_spread_adds_up_and_is_fair(cents: int, weights: list[int], step: int) -> None:
    parts = spread(cents, weights, step)
    if not any(weights):
        assert not any(parts)
        return
    assert sum(parts) == cents
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - cents * weight / sum(weights)) < 2 * step


@given(st.decimals(0, 10**6, places=4), st.sampled_from([1, 100]))
def test_a_currency_without_decimals_is_rounded_to_whole_units(units: Decimal, step: int) -> None:
    cents = to_cents(units, step)
    assert cents % step == 0
    assert abs(cents - units * 100) <= Decimal(step) / 2


def test_what_was_not_chosen_counts_for_nothing_PF_11() -> None:
    option = Line(
        "Option", Decimal(1), "", Decimal(10), VatTreatment(VatCategory.STANDARD, 2000), is_option=True, is_chosen=False
    )
    assert total((option,)).gross == 0
    assert not option.is_adjustable
