"""What goes through the platforms, what is told of it, and when money is told there. [E-01, E-05, C-03]"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from relance.domain.errors import Conflict, Invalid
from relance.domain.ids import PaymentId
from relance.domain.invoice import Invoice, Payment, PaymentMode
from relance.domain.lines import Line
from relance.domain.money import Cents
from relance.domain.party import Address, CustomerKind
from relance.domain.platform_status import Source, StatusCode, StatusEntry
from relance.domain.transmission import cashed, ends_pause, is_deposited, require_exchanged, told
from tests.builders import a_customer, a_line, an_instant, an_invoice_content, an_issued_invoice

BUSINESS = a_customer(kind=CustomerKind.BUSINESS)
BERLIN = Address("Hauptstraße 7", "10115", "Berlin", country="DE")
AT = an_instant("2026-11-20T09:00:00")
HOUR = timedelta(hours=1)


def sold(*lines: Line, statuses: tuple[StatusEntry, ...] = (), **content: Any) -> Invoice:
    """To a French business: services, unless other lines are named."""
    told = {"customer": BUSINESS, "lines": lines or (a_line(),), **content}
    return an_issued_invoice(an_invoice_content(**told), statuses=statuses)


def said(code: StatusCode, hours: int = 0, id: str = "sta_1", **changes: Any) -> StatusEntry:
    return replace(StatusEntry(id, code, AT + hours * HOUR, AT + 9 * HOUR, Source.PLATFORM), **changes)


DEPOSITED = said(StatusCode.DEPOSITED, id="sta_0")


def paid(amount: int = 1_000, mode: PaymentMode = PaymentMode.TRANSFER) -> Payment:
    return Payment(PaymentId("pay_1"), Cents(amount), AT.date(), mode, AT)


def test_what_one_french_business_sells_another_is_exchanged_E_01() -> None:
    invoice = sold()
    assert require_exchanged(invoice) is invoice.content


@pytest.mark.parametrize(
    ("invoice", "code"),
    [
        (sold(customer=a_customer()), "not_exchanged"),
        (sold(customer=replace(BUSINESS, address=BERLIN)), "not_exchanged"),
        (replace(sold(), draft=replace(sold().draft, is_internal=True)), "internal_credit_note"),
        (replace(sold(), content=None), "invoice_not_issued"),
    ],
    ids=["consumer", "abroad", "internal", "draft"],
)
def test_nothing_else_is_exchanged_E_01_C_03(invoice: Invoice, code: str) -> None:
    with pytest.raises(Conflict) as refused:
        require_exchanged(invoice)
    assert refused.value.code == code


def test_a_status_is_added_once_whoever_tells_it_again_E_05() -> None:
    before = sold()
    after = told(before, DEPOSITED)
    assert (after.statuses, after.rev, after.updated_at) == ((DEPOSITED,), before.rev + 1, DEPOSITED.recorded_at)
    assert (is_deposited(before), is_deposited(after)) == (False, True)
    assert told(after, DEPOSITED) is after
    assert told(before, replace(DEPOSITED, at=DEPOSITED.recorded_at)).statuses, "told at the instant it happened"
    with pytest.raises(Conflict) as refused:
        told(after, said(StatusCode.APPROVED, id=DEPOSITED.id))
    assert refused.value.code == "other_status"


@pytest.mark.parametrize(
    ("entry", "pointers"),
    [
        (said(StatusCode.REFUSED, reason=" "), ["/reason"]),
        (said(StatusCode.APPROVED, hours=10), ["/at"]),
        (said(StatusCode.DISPUTED, hours=10), ["/reason", "/at"]),
    ],
)
def test_a_status_has_happened_and_says_why_where_the_standard_wants_it_E_05(
    entry: StatusEntry, pointers: list[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        told(sold(), entry)
    assert [fault.pointer for fault in refused.value.faults] == pointers


def test_a_dispute_that_is_settled_lets_reminders_go_on_E_05_DU_06() -> None:
    disputed = sold(statuses=(said(StatusCode.DISPUTED, reason="Quantité"),))
    settled = told(disputed, said(StatusCode.APPROVED, hours=1, id="sta_2"))
    assert ends_pause(disputed, settled)
    assert not ends_pause(settled, settled)
    assert not ends_pause(sold(), disputed)


def test_money_for_services_is_told_as_212_with_its_amount_E_05() -> None:
    entry = cashed(sold(statuses=(DEPOSITED,)), paid())
    assert entry == StatusEntry("sta_pay_1", StatusCode.CASHED, AT, AT, Source.SELLER, amount=1_000)


@pytest.mark.parametrize(
    ("invoice", "payment"),
    [
        (sold(), paid()),
        (sold(statuses=(DEPOSITED,), vat_on_debits=True), paid()),
        (sold(a_line(nature="goods"), statuses=(DEPOSITED,)), paid()),
        (sold(replace(a_line(), is_option=True, is_chosen=False), statuses=(DEPOSITED,)), paid()),
        (sold(statuses=(DEPOSITED,)), paid(0)),
        (sold(statuses=(DEPOSITED,)), paid(-1_000)),
        (sold(statuses=(DEPOSITED,)), paid(mode=PaymentMode.CREDIT)),
    ],
    ids=["not deposited", "on debits", "goods", "an option not taken", "nothing", "given back", "a credit"],
)
def test_money_that_makes_no_vat_due_is_not_told_E_05(invoice: Invoice, payment: Payment) -> None:
    assert cashed(invoice, payment) is None
