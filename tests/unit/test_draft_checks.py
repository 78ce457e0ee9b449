"""The rules of a draft as a whole, each broken once, with the pointer that leads to what is to be mended."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from relance.domain.content import DepositStep, Exchange
from relance.domain.currencies import CURRENCIES, step_of
from relance.domain.draft_checks import draft_faults, least, most, reduction_faults
from relance.domain.lines import Discount, Line
from relance.domain.money import Cents
from relance.domain.totals import Charge, ChargeKind, DocumentDiscount, total
from relance.domain.vat import VatCategory, VatTreatment
from tests.builders import STANDARD, a_line, a_quote_draft, an_invoice_draft

TEN = a_line(quantity="1", unit_price="10")
OPTION = replace(a_line("Option", quantity="1", unit_price="90"), is_option=True)
RATE = Exchange(Decimal("1.0482"), date(2026, 11, 16), "BCE")


def told(*, lines: tuple[Line, ...] = (TEN,), **changes: Any) -> list[tuple[str, str]]:
    return [(fault.pointer, fault.code) for fault in draft_faults(a_quote_draft(lines=lines, **changes))]


def off(*, percent_bp: int = 0, amount: int = 0, label: str = "Remise") -> DocumentDiscount:
    return DocumentDiscount(label, percent_bp, Cents(amount))


def deposit(*, percent_bp: int = 0, amount: int = 0, label: str = "Acompte") -> DepositStep:
    return DepositStep(label, "", percent_bp, Cents(amount))


def charge(amount: int = 500, label: str = "Déplacement", vat: VatTreatment = STANDARD) -> Charge:
    return Charge(label, Cents(amount), vat, ChargeKind.TRAVEL)


@pytest.mark.parametrize(
    "changes",
    [
        {"discounts": (off(percent_bp=10_000),)},
        {"discounts": (off(amount=1_000),)},
        {"discounts": (off(percent_bp=5_000), off(amount=500))},
        {"charges": (charge(),)},
        {"deposits": (deposit(percent_bp=3_000), deposit(percent_bp=7_000))},
        {"deposits": (deposit(amount=1_200),)},
        {"deposits": (deposit(percent_bp=3_333), deposit(percent_bp=3_333), deposit(percent_bp=3_334))},
        {"costs": (Decimal("4.5"),)},
        {"costs": (None,)},
        {"channel": "off_premises", "withdrawal_exception": "urgent_repair"},
        {"language": "en"},
        {"currency": "CHF", "exchange": RATE},
    ],
)
def test_a_sound_draft_has_no_fault(changes: dict[str, Any]) -> None:
    assert told(**changes) == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"discounts": (off(),)}, ("/discounts/0", "one_of")),
        ({"discounts": (off(percent_bp=1, amount=1),)}, ("/discounts/0", "one_of")),
        ({"discounts": (off(percent_bp=-1),)}, ("/discounts/0", "one_of")),
        ({"discounts": (off(percent_bp=10_001),)}, ("/discounts/0/percent", "too_large")),
        ({"discounts": (off(amount=100, label=" "),)}, ("/discounts/0/label", "empty")),
        ({"discounts": (off(amount=1_001),)}, ("/discounts", "discount_too_large")),
        ({"discounts": (off(percent_bp=5_100), off(amount=500))}, ("/discounts", "discount_too_large")),
        ({"charges": (charge(0),)}, ("/charges/0/amount", "not_positive")),
        ({"charges": (charge(label=""),)}, ("/charges/0/label", "empty")),
        ({"charges": (charge(vat=VatTreatment(VatCategory.STANDARD, 1)),)}, ("/charges/0/vat/rate", "V-11")),
        ({"deposits": (deposit(),)}, ("/deposits/0", "one_of")),
        ({"deposits": (deposit(percent_bp=3_000, label=""),)}, ("/deposits/0/label", "empty")),
        ({"deposits": (deposit(percent_bp=6_000), deposit(percent_bp=4_001))}, ("/deposits", "deposits_too_large")),
        ({"deposits": (deposit(amount=1_201),)}, ("/deposits", "deposits_too_large")),
        ({"deposits": (deposit(percent_bp=5_000), deposit(amount=601))}, ("/deposits", "deposits_too_large")),
        ({"costs": (None, None)}, ("/lines", "costs")),
        ({"costs": (Decimal("-1"),)}, ("/lines/0/unit_cost", "negative")),
        ({"channel": "street"}, ("/channel", "not_allowed")),
        ({"withdrawal_exception": "because"}, ("/withdrawal_exception", "not_allowed")),
        ({"language": "de"}, ("/language", "not_allowed")),
        ({"currency": "XAU", "exchange": RATE}, ("/currency", "unknown_currency")),
        ({"currency": "CHF"}, ("/exchange", "missing")),
        ({"exchange": RATE}, ("/exchange", "not_allowed")),
        ({"currency": "CHF", "exchange": replace(RATE, rate=Decimal(0))}, ("/exchange/rate", "not_positive")),
        ({"currency": "CHF", "exchange": replace(RATE, rate=Decimal("-1"))}, ("/exchange/rate", "negative")),
        ({"currency": "CHF", "exchange": replace(RATE, source="")}, ("/exchange/source", "empty")),
    ],
)
def test_what_is_wrong_beside_the_lines_is_told_where_it_is(changes: dict[str, Any], fault: tuple[str, str]) -> None:
    assert told(**changes) == [fault]


def test_a_reduction_is_judged_on_the_least_that_may_be_ordered_PF_11() -> None:
    """A fixed reduction of 20 € is fine on 100 €, and more than the 10 € that are left without the option."""
    assert told(lines=(TEN, replace(OPTION, is_chosen=True)), discounts=(off(amount=2_000),)) == [
        ("/discounts", "discount_too_large")
    ]
    bounded = replace(TEN, quantity=Decimal(10), min_quantity=Decimal(1), max_quantity=Decimal(10))
    assert told(lines=(bounded,), discounts=(off(amount=2_000),)) == [("/discounts", "discount_too_large")]
    assert told(lines=(OPTION,), discounts=(off(amount=1),)) == [("/discounts", "discount_too_large")]
    assert told(lines=(OPTION,), discounts=(off(percent_bp=1_000),)) == []


def test_a_deposit_is_judged_on_the_least_that_may_be_ordered() -> None:
    assert told(lines=(TEN, OPTION), deposits=(deposit(amount=1_201),)) == [("/deposits", "deposits_too_large")]


def test_the_most_that_may_be_ordered_is_bounded() -> None:
    dear = replace(a_line(quantity="1", unit_price="999999999"), max_quantity=Decimal(900), min_quantity=Decimal(1))
    assert told(lines=(dear, dear)) == [("/lines", "amount_too_large")]


def test_the_least_and_the_most_of_a_draft() -> None:
    bounded = replace(TEN, quantity=Decimal(5), min_quantity=Decimal(2), max_quantity=Decimal(9))
    lines = (TEN, replace(OPTION, is_chosen=True), bounded)
    assert total(least(lines)).net == 1_000 + 2_000
    assert total(most(lines)).net == 1_000 + 9_000 + 9_000


def test_the_option_that_is_not_taken_reduces_nothing() -> None:
    assert reduction_faults((TEN, replace(OPTION, is_chosen=False)), (off(amount=1_000),)) == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"discounts": (off(amount=150),)}, ("/discounts/0/amount", "too_many_decimals")),
        ({"charges": (charge(150),)}, ("/charges/0/amount", "too_many_decimals")),
        ({"deposits": (deposit(amount=150),)}, ("/deposits/0/amount", "too_many_decimals")),
        (
            {"lines": (replace(TEN, step=100, discount=Discount(amount=Cents(150))),)},
            ("/lines/0/discount/amount", "too_many_decimals"),
        ),
    ],
)
def test_a_currency_without_decimals_has_none_anywhere_PF_03(changes: dict[str, Any], fault: tuple[str, str]) -> None:
    wanted = {"lines": (replace(TEN, step=100),)} | changes
    assert told(**wanted, currency="JPY", exchange=replace(RATE, rate=Decimal("0.0062"))) == [fault]


def test_an_invoice_is_judged_by_the_same_rules() -> None:
    draft = an_invoice_draft(lines=(TEN,), discounts=(off(amount=1_001),))
    assert [fault.code for fault in draft_faults(draft)] == ["discount_too_large"]


@pytest.mark.parametrize(("currency", "step"), [("EUR", 1), ("JPY", 100), ("XPF", 100), ("TND", 1), ("CHF", 1)])
def test_each_currency_has_its_smallest_amount(currency: str, step: int) -> None:
    assert currency in CURRENCIES
    assert step_of(currency) == step


def test_codes_are_those_of_iso_4217_in_2026() -> None:
    assert all(len(code) == 3 and code.isupper() for code in CURRENCIES)
    assert {"BGN", "HRK", "XAU", "XTS", "ZWL"} & CURRENCIES == set(), "withdrawn, or no money"
