"""The running totals that closings are made of. [AF-05]"""

from datetime import date
from decimal import Decimal

from relance.domain.chain.canonical import canonical
from relance.domain.chain.event import Fact, Ref
from relance.domain.content import Exchange
from relance.domain.ids import PaymentId
from relance.domain.invoice import Payment, PaymentMode
from relance.domain.money import Cents
from relance.domain.perpetual import added, declared, money, turnover
from relance.domain.vat import VatCategory, VatSubtotal, VatTreatment
from tests.builders import EXEMPT, REDUCED, STANDARD, an_instant

FRANC = Exchange(Decimal("1.05"), date(2026, 11, 16), "BCE")
OTHER = VatTreatment(VatCategory.EXEMPT, 0, "Autre motif")


def rows(*sums: tuple[VatTreatment, int, int]) -> list[VatSubtotal]:
    return [VatSubtotal(treatment, Cents(base), Cents(vat)) for treatment, base, vat in sums]


def a_payment(cents: int, mode: PaymentMode = PaymentMode.TRANSFER) -> Payment:
    return Payment(PaymentId("pay_1"), Cents(cents), date(2026, 11, 16), mode, an_instant())


def test_turnover_is_kept_per_vat_treatment_whatever_its_reason_AF_05() -> None:
    totals = turnover("invoiced", rows((STANDARD, 1_000, 200), (REDUCED, 500, 50), (EXEMPT, 70, 0), (OTHER, 30, 0)))
    assert totals == {
        "invoiced_net": 1_600,
        "invoiced_vat": 250,
        "invoiced_gross": 1_850,
        "invoiced_net_s_2000": 1_000,
        "invoiced_vat_s_2000": 200,
        "invoiced_net_s_1000": 500,
        "invoiced_vat_s_1000": 50,
        "invoiced_net_e_0": 100,
        "invoiced_vat_e_0": 0,
    }
    assert canonical(totals), "a closing holds them as they are"


def test_money_is_kept_per_mode_and_a_credit_is_no_money_AF_05() -> None:
    moved = [a_payment(500), a_payment(200, PaymentMode.CASH), a_payment(-50), a_payment(70, PaymentMode.CREDIT)]
    assert money(moved) == {
        "received_transfer": 500,
        "received_cash": 200,
        "received_credit": 70,
        "received": 700,
        "refunded_transfer": 50,
        "refunded": 50,
    }


def test_totals_are_in_euros_at_the_rate_that_the_document_prints_I_07() -> None:
    assert turnover("invoiced", rows((STANDARD, 1_001, 200)), FRANC)["invoiced_gross"] == 1_051 + 210
    assert money([a_payment(100)], FRANC) == {"received_transfer": 105, "received": 105}


def test_totals_add_up() -> None:
    assert added({"a": 1, "b": 2}, {}, {"b": 3}) == {"a": 1, "b": 5}


def test_any_other_fact_says_itself_what_it_counts_AF_05() -> None:
    ref = Ref("penalty", "inv_1", "F-2026-0001")
    facts = [
        Fact("penalty.claimed", ref, "user:a", {"counts": {"penalties_claimed": 4_666}}),
        Fact("penalty.paid", ref, "user:a", {"counts": {"penalties_received": 100, "penalties_claimed": 1}}),
        Fact("document.sent", ref, "system", {}),
    ]
    assert declared(facts) == {"penalties_claimed": 4_667, "penalties_received": 100}
