"""Money against invoices: kept, bounded, moved, never lost. [KX-16, AF-02]"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from relance.domain.content import InvoiceType
from relance.domain.errors import Conflict, Invalid
from relance.domain.ids import CustomerId, InvoiceId, PaymentId
from relance.domain.invoice import Credit, Invoice, InvoiceStatus, Payment, PaymentMode, Settlement
from relance.domain.money import Cents
from relance.domain.settlement import allocate, give_back, receive, use_credit
from relance.domain.vat import VatSubtotal
from tests.builders import STANDARD, a_line, an_instant, an_invoice, an_invoice_content

TODAY = date(2026, 11, 20)


def owing(euros: str = "100", id: str = "inv_1", type: InvoiceType = InvoiceType.COMMERCIAL) -> Invoice:
    content = an_invoice_content(
        lines=(a_line(quantity="1", unit_price=euros),), type_code=type.value, number=f"F-{id}"
    )
    return an_invoice(id=InvoiceId(id), rev=2, status=InvoiceStatus.ISSUED, number=f"F-{id}", content=content)


def a_payment(cents: int, paid_on: date = TODAY, mode: PaymentMode = PaymentMode.TRANSFER) -> Payment:
    return Payment(PaymentId("pay_1"), Cents(cents), paid_on, mode, an_instant("2026-11-20T10:00:00"))


def test_more_than_what_is_owed_stays_as_the_customers_credit_KX_16() -> None:
    paid = receive(owing(), a_payment(15_000), TODAY)
    assert (paid.balance, paid.credit, paid.settlement) == (-3_000, 3_000, Settlement.PAID)


def test_a_settled_invoice_takes_a_second_payment_only_on_purpose() -> None:
    paid = receive(owing(), a_payment(12_000), TODAY)
    with pytest.raises(Conflict) as refused:
        receive(paid, a_payment(12_000), TODAY)
    assert refused.value.code == "already_paid"
    assert receive(paid, a_payment(12_000), TODAY, keep_excess=True).credit == 12_000


def test_more_than_what_is_owed_is_refused_when_asked() -> None:
    assert receive(owing(), a_payment(12_000), TODAY, keep_excess=False).balance == 0
    with pytest.raises(Conflict) as refused:
        receive(owing(), a_payment(12_001), TODAY, keep_excess=False)
    assert refused.value.code == "overpaid"
    assert "120.00" in refused.value.message


@pytest.mark.parametrize(
    ("payment", "codes"),
    [
        (a_payment(0), ["not_positive"]),
        (a_payment(-5), ["not_positive"]),
        (a_payment(1, date(2026, 11, 21)), ["future_date"]),
        (a_payment(0, date(2027, 1, 1)), ["not_positive", "future_date"]),
    ],
)
def test_a_payment_that_cannot_be_says_every_reason(payment: Payment, codes: list[str]) -> None:
    with pytest.raises(Invalid) as refused:
        receive(owing(), payment, TODAY)
    assert [fault.code for fault in refused.value.faults] == codes


@pytest.mark.parametrize(
    ("invoice", "code"),
    [
        (an_invoice(), "invoice_not_issued"),
        (owing(type=InvoiceType.CREDIT_NOTE), "is_credit_note"),
        (replace(owing(), replaced_by=InvoiceId("inv_2")), "invoice_replaced"),
    ],
)
def test_money_goes_to_a_living_invoice_only(invoice: Invoice, code: str) -> None:
    with pytest.raises(Conflict) as refused:
        receive(invoice, a_payment(1), TODAY)
    assert refused.value.code == code


def test_a_refund_is_bounded_by_what_is_owed_to_the_customer() -> None:
    invoice = owing()
    rows = (VatSubtotal(STANDARD, Cents(5_000), Cents(1_000)),)
    paid_then_credited = replace(
        receive(invoice, a_payment(12_000), TODAY), credits=(Credit(InvoiceId("inv_9"), "A-1", an_instant(), rows),)
    )
    assert paid_then_credited.credit == 6_000
    after = give_back(paid_then_credited, a_payment(-6_000), TODAY)
    assert (after.balance, after.credit, after.paid) == (0, 0, 6_000)
    with pytest.raises(Invalid) as refused:
        give_back(paid_then_credited, a_payment(-6_001), TODAY)
    assert refused.value.faults[0].code == "refund_too_large"
    with pytest.raises(Invalid):
        give_back(paid_then_credited, a_payment(5), TODAY)
    with pytest.raises(Conflict) as nothing:
        give_back(invoice, a_payment(-1), TODAY)
    assert nothing.value.code == "nothing_to_refund"


def test_what_one_document_owes_pays_another_by_two_entries() -> None:
    source, target = receive(owing(), a_payment(15_000), TODAY), owing(id="inv_2")
    spent, received = a_payment(-3_000, mode=PaymentMode.CREDIT), a_payment(3_000, mode=PaymentMode.CREDIT)
    source, target = use_credit(source, target, spent, received)
    assert (source.balance, source.credit, target.balance) == (0, 0, 9_000)


def overpaid(cents: int = 15_000, **changes: object) -> Invoice:
    return replace(receive(owing(), a_payment(cents), TODAY), **changes)  # type: ignore[arg-type]  # a test's shorthand


@pytest.mark.parametrize(
    ("source", "cents", "code"),
    [
        (overpaid, 3_001, "credit_too_small"),
        (lambda: overpaid(99_000), 12_001, "overpaid"),
        (overpaid, 0, "invalid"),
        (lambda: overpaid(id="inv_2"), 1, "invalid"),
        (lambda: overpaid(draft=replace(owing().draft, customer_id=CustomerId("cus_2"))), 1, "invalid"),
    ],
)
def test_a_credit_is_never_spent_twice_nor_on_another_customer(
    source: Callable[[], Invoice], cents: int, code: str
) -> None:
    with pytest.raises((Conflict, Invalid)) as refused:
        use_credit(source(), owing(id="inv_2"), a_payment(-cents), a_payment(cents))
    assert refused.value.code == code


def test_one_transfer_settles_several_invoices_in_order() -> None:
    first, second, third = owing(), owing("50", "inv_2"), owing("10", "inv_3")
    rows = allocate([(first, None), (second, None), (third, None)], Cents(13_000))
    assert [(row.invoice.id, row.amount) for row in rows] == [("inv_1", 12_000), ("inv_2", 1_000)]


def test_one_transfer_goes_where_it_is_said_and_the_last_one_keeps_the_rest() -> None:
    rows = allocate([(owing(), Cents(2_000)), (owing("50", "inv_2"), None)], Cents(10_000))
    assert [row.amount for row in rows] == [2_000, 8_000]  # 60.00 owed, 20.00 of credit


@pytest.mark.parametrize(
    ("shares", "amount", "codes"),
    [
        ([Cents(2_000), Cents(9_000)], 10_000, ["over_allocated"]),
        ([Cents(-1), None], 100, ["not_positive"]),
    ],
)
def test_a_transfer_that_does_not_add_up_is_refused(shares: list[Cents | None], amount: int, codes: list[str]) -> None:
    with pytest.raises(Invalid) as refused:
        allocate(list(zip([owing(), owing("50", "inv_2")], shares, strict=True)), Cents(amount))
    assert [fault.code for fault in refused.value.faults] == codes
